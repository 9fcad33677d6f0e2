//! Which identity keys are in the TPM.

use provisor_report::{Code, Rejection, Subject};

use super::{Flow, Step, answered};
use crate::device::slots::{Occupancy, Slots, check_identity_key};
use crate::device::{Answer, Command, Handle, command};
use crate::{Name, Public};

/// Looks at the three places of identity keys and tells which key is in use. Three commands,
/// nothing is changed.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    look: Look,
}

impl Survey {
    /// Looks at those places.
    #[must_use]
    pub const fn new(slots: Slots) -> Self {
        Self {
            look: Look::new(slots),
        }
    }
}

impl Flow for Survey {
    type Output = Occupancy;

    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<Occupancy>, Rejection> {
        Ok(match self.look.next(answer)? {
            Looking::Ask(command) => Step::Send(command),
            Looking::Seen(occupancy) => Step::Done(occupancy),
        })
    }
}

/// The part of a flow that looks at the places.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    slots: Slots,
    asked: usize,
    found: [Option<Name>; 3],
}

pub(super) enum Looking {
    Ask(Command),
    Seen(Occupancy),
}

impl Look {
    pub(super) const fn new(slots: Slots) -> Self {
        Self {
            slots,
            asked: 0,
            found: [None; 3],
        }
    }

    /// The next question, or what was seen. `None` at the beginning.
    pub(super) fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Looking, Rejection> {
        if let Some(place) = self.asked.checked_sub(1) {
            let handle = self.slots.handles().get(place).copied();
            let name = occupant(handle.unwrap_or(Handle::NULL), answered(answer)?)?;
            if let Some(found) = self.found.get_mut(place) {
                *found = name;
            }
        }
        match self.slots.handles().get(self.asked) {
            Some(handle) => {
                self.asked += 1;
                Ok(Looking::Ask(command::read_public(*handle)?))
            }
            None => self.slots.tell(self.found).map(Looking::Seen),
        }
    }
}

/// Another kind of object there belongs to somebody: it must not be evicted for us.
fn occupant(handle: Handle, answer: Answer<'_>) -> Result<Option<Name>, Rejection> {
    let Some(response) = answer.occupied()? else {
        return Ok(None);
    };
    let bytes = command::public_area(&response)?;
    Public::from_tpm2b(&bytes)
        .and_then(|public| {
            check_identity_key(&public)?;
            Ok(Some(public.name()))
        })
        .map_err(|rejection| {
            Rejection::new(
                Code::TpmSlotForeign,
                Subject::field(alloc::format!("{handle}")),
            )
            .expected("nothing, or an identity key")
            .found(alloc::format!("{}", rejection.code()))
        })
}
