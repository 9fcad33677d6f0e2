//! What comes out of the engine.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::challenge::Sealed;
use super::effects::Effect;
use super::record::RegistrationRecord;
use super::reprovision::Action;

/// The engine's whole answer: what to tell the device, and what to do before.
#[derive(Debug)]
#[must_use = "effects have to be carried out, then the response sent"]
pub struct Decision {
    /// What to tell the device, once every effect was carried out.
    pub response: Response,
    /// What to do, in this order.
    pub effects: Vec<Effect>,
}

/// What to tell the device.
#[derive(Debug)]
#[non_exhaustive]
pub enum Response {
    /// It has a hub.
    Assigned(Box<Assigned>),
    /// It must show that it is the TPM: open this and answer.
    Challenge(Sealed),
    /// It may not register, and why. Log this, the truth for the operator, and send its
    /// [`public`](Rejection::public) part, which is all that the device may be told.
    ///
    /// Where nothing was proved (by a chain to an enrolled anchor, an enrolled leaf or an answered
    /// challenge), the public part depends on the request alone: an ID that is free, one that is
    /// enrolled otherwise and one that is disabled answer alike, with what is wrong with the
    /// sender's own bytes, or with
    /// [`AttestNotAdmitted`](provisor_report::Code::AttestNotAdmitted).
    Refused(Rejection),
}

/// A device's assignment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Assigned {
    /// The record, as it will be stored.
    pub record: RegistrationRecord,
    /// What was done to get there.
    pub action: Action,
    /// For a TPM: its hub key, sealed to its two keys. It is in clear nowhere but in the effect for
    /// the hub.
    pub hub_key: Option<Sealed>,
}

impl Decision {
    pub(super) const fn new(response: Response, effects: Vec<Effect>) -> Self {
        Self { response, effects }
    }
}

impl Response {
    /// The assignment, if there is one.
    #[must_use]
    pub fn assigned(&self) -> Option<&Assigned> {
        match self {
            Self::Assigned(assigned) => Some(assigned),
            Self::Challenge(_) | Self::Refused(_) => None,
        }
    }

    /// The rejection, if it is one.
    #[must_use]
    pub const fn refused(&self) -> Option<&Rejection> {
        match self {
            Self::Refused(rejection) => Some(rejection),
            Self::Assigned(_) | Self::Challenge(_) => None,
        }
    }
}
