//! TPM challenges, in memory: they live for seconds, and after a restart the device asks again.

use std::collections::HashMap;

use provisor::UnixTime;
use provisor::registration::{ChallengeFact, Fence, OpenChallenge};

use crate::limits;
use crate::store::Result;
use crate::store::fault::{fenced, full};

/// One for each registration that was challenged lately.
#[derive(Debug, Default)]
pub(super) struct Challenges {
    kept: HashMap<String, Kept>,
    swept: Option<UnixTime>,
}

#[derive(Debug)]
struct Kept {
    fence: Fence,
    state: State,
}

#[derive(Debug)]
enum State {
    Open(Box<OpenChallenge>),
    Retired(UnixTime),
}

impl Challenges {
    /// Keeps a challenge.
    pub(super) fn keep(
        &mut self,
        key: &str,
        fence: Fence,
        open: Box<OpenChallenge>,
        now: UnixTime,
    ) -> Result<()> {
        self.put(key, fence, State::Open(open), now)
    }

    /// Remembers that it was answered.
    pub(super) fn retire(
        &mut self,
        key: &str,
        fence: Fence,
        until: UnixTime,
        now: UnixTime,
    ) -> Result<()> {
        self.put(key, fence, State::Retired(until), now)
    }

    fn put(&mut self, key: &str, fence: Fence, state: State, now: UnixTime) -> Result<()> {
        if let Some(kept) = self.kept.get_mut(key) {
            if fence < kept.fence {
                return Err(fenced(fence));
            }
            *kept = Kept { fence, state };
            return Ok(());
        }
        // Once a second is enough: whoever asks for more meanwhile is told to come again.
        if self.kept.len() >= limits::CHALLENGES && self.swept != Some(now) {
            self.kept.retain(|_, kept| now < kept.state.until());
            self.swept = Some(now);
        }
        if self.kept.len() >= limits::CHALLENGES {
            return Err(full("challenges", limits::CHALLENGES));
        }
        self.kept.insert(key.to_owned(), Kept { fence, state });
        Ok(())
    }

    /// Takes the challenge out. The memory of one that was answered stays.
    pub(super) fn take(&mut self, key: &str, now: UnixTime) -> ChallengeFact {
        match self.kept.remove(key) {
            None => ChallengeFact::None,
            Some(Kept {
                state: State::Open(open),
                ..
            }) => ChallengeFact::Open(open),
            Some(retired) => {
                if retired.state.until() <= now {
                    return ChallengeFact::None;
                }
                self.kept.insert(key.to_owned(), retired);
                ChallengeFact::Retired
            }
        }
    }
}

impl State {
    fn until(&self) -> UnixTime {
        match self {
            Self::Open(open) => open.expires(),
            Self::Retired(until) => *until,
        }
    }
}
