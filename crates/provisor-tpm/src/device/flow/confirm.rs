//! Giving the old identity key up, once the service took the new one.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::activate::{Candidate, check_loaded};
use super::survey::{Look, Looking};
use super::{Flow, Step, answered};
use crate::Name;
use crate::device::command::Loaded;
use crate::device::slots::{Occupancy, Slots, StoredKey};
use crate::device::{Answer, Command, DeviceIdentity, Handle, command};

/// Makes the candidate the key in use: call it when the service has accepted something that the
/// candidate signed, and not before.
///
/// The order, and what a power cut after each step leaves:
///
/// | step | in use afterwards |
/// |---|---|
/// | look at the three places; the candidate must be there, by its Name | the old key |
/// | `TPM2_EvictControl`: the old key is removed | the new key |
/// | `TPM2_Load`, `TPM2_EvictControl`: a copy of the new key at the first place, 0x81000100 | the new key |
/// | `TPM2_FlushContext`, `TPM2_EvictControl`: the first copy is removed | the new key |
///
/// The last two rows serve other programs that look at 0x81000100. They are left out when the key is
/// there already, and for a candidate that was found after a restart, which nobody can load again.
/// Run again after a power cut, the flow goes on where it stopped.
#[derive(Debug)]
pub struct Confirm {
    srk: Handle,
    slots: Slots,
    name: Name,
    wrapped: Option<(Vec<u8>, Vec<u8>)>,
    look: Look,
    /// Where the key stands now.
    at: Handle,
    state: State,
}

/// Each state names the command whose response is waited for.
#[derive(Clone, Copy, Debug)]
enum State {
    Look,
    EvictOld,
    Load,
    Keep(Handle),
    Flush,
    EvictCopy,
}

/// The identity key that is in use from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmedIdentity {
    key: StoredKey,
}

impl ConfirmedIdentity {
    /// Where to sign with it.
    #[must_use]
    pub const fn handle(&self) -> Handle {
        self.key.handle
    }

    /// Which key it is.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.key.name
    }
}

impl Confirm {
    /// Confirms `candidate`, which stands in one of `slots`.
    #[must_use]
    pub fn new(identity: &DeviceIdentity, slots: Slots, candidate: Candidate) -> Self {
        Self {
            srk: identity.srk_handle(),
            slots,
            name: candidate.key.name,
            wrapped: candidate.wrapped,
            look: Look::new(slots),
            at: candidate.key.handle,
            state: State::Look,
        }
    }

    fn seen(&mut self, seen: Occupancy) -> Result<Step<ConfirmedIdentity>, Rejection> {
        let ours = |key: &StoredKey| key.name == self.name;
        match (seen.in_use, seen.candidate) {
            // Two copies: a power cut stopped this flow before its last step.
            (Some(first), Some(second)) if ours(&first) && ours(&second) => {
                let (keep, remove) = if second.handle == self.slots.first() {
                    (second, first)
                } else {
                    (first, second)
                };
                self.at = keep.handle;
                self.evict(remove.handle, State::EvictCopy)
            }
            (Some(old), Some(new)) if ours(&new) => {
                self.at = new.handle;
                self.evict(old.handle, State::EvictOld)
            }
            (Some(key), None) if ours(&key) => {
                self.at = key.handle;
                self.settle()
            }
            // A younger candidate waits: moving ours now would fill the ring.
            (Some(key), Some(_)) if ours(&key) => {
                self.at = key.handle;
                Ok(self.done())
            }
            _ => Err(
                Rejection::new(Code::TpmCandidateGone, Subject::field("candidate"))
                    .expected(alloc::format!("{}", self.name)),
            ),
        }
    }

    fn evict(
        &mut self,
        handle: Handle,
        state: State,
    ) -> Result<Step<ConfirmedIdentity>, Rejection> {
        self.state = state;
        command::evict_control(handle, handle).map(Step::Send)
    }

    /// The key is in use; now to the first place, if that can be.
    fn settle(&mut self) -> Result<Step<ConfirmedIdentity>, Rejection> {
        match &self.wrapped {
            Some((private, public)) if self.at != self.slots.first() => {
                self.state = State::Load;
                command::load(self.srk, private, public).map(Step::Send)
            }
            _ => Ok(self.done()),
        }
    }

    fn done(&self) -> Step<ConfirmedIdentity> {
        Step::Done(ConfirmedIdentity {
            key: StoredKey {
                handle: self.at,
                name: self.name,
            },
        })
    }
}

impl Flow for Confirm {
    type Output = ConfirmedIdentity;

    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<ConfirmedIdentity>, Rejection> {
        if let State::Look = self.state {
            return match self.look.next(answer)? {
                Looking::Ask(command) => Ok(Step::Send(command)),
                Looking::Seen(occupancy) => self.seen(occupancy),
            };
        }
        let response = answered(answer)?.done()?;
        let send = |command: Result<Command, Rejection>| command.map(Step::Send);
        match self.state {
            State::Look | State::EvictOld => self.settle(),
            State::Load => {
                let loaded = check_loaded(Loaded::read(&response)?, &self.name)?;
                self.state = State::Keep(loaded);
                send(command::evict_control(loaded, self.slots.first()))
            }
            State::Keep(loaded) => {
                self.state = State::Flush;
                send(command::flush_context(loaded))
            }
            State::Flush => {
                let old = core::mem::replace(&mut self.at, self.slots.first());
                self.evict(old, State::EvictCopy)
            }
            State::EvictCopy => Ok(self.done()),
        }
    }
}
