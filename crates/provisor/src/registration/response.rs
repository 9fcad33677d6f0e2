//! What a device is told.

use alloc::boxed::Box;

use provisor_report::{Code, Rejection, Subject};

use super::challenge::Sealed;
use super::record::RegistrationRecord;
use super::reprovision::Action;
use crate::attestation::Proof;

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
    /// The service failed: nothing was decided about the device, which should come again. No refusal:
    /// a client takes that as final.
    Failed(Failure),
}

/// A device's assignment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Assigned {
    /// The record, as it was stored.
    pub record: RegistrationRecord,
    /// What was done to get there.
    pub action: Action,
    /// What the device proved itself by: with a symmetric key, which of the two.
    pub proof: Proof,
    /// For a TPM: its hub key, sealed to its two keys. It is in clear nowhere but in the effect for
    /// the hub.
    pub hub_key: Option<Sealed>,
}

/// A fault that is not the device's: its code is of the class
/// [`Service`](provisor_report::Class::Service) or
/// [`Transient`](provisor_report::Class::Transient), or an effect could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    cause: Rejection,
}

impl Failure {
    pub(super) const fn new(cause: Rejection) -> Self {
        Self { cause }
    }

    /// What is wrong: for the log, and never for the device.
    #[must_use]
    pub const fn cause(&self) -> &Rejection {
        &self.cause
    }

    /// What the device is told: that the service cannot decide now. The same whatever the cause is.
    #[must_use]
    pub fn public(&self) -> Rejection {
        Rejection::new(Code::RegUnavailable, Subject::field("request"))
    }
}

impl Response {
    /// The assignment, if there is one.
    #[must_use]
    pub fn assigned(&self) -> Option<&Assigned> {
        match self {
            Self::Assigned(assigned) => Some(assigned),
            Self::Challenge(_) | Self::Refused(_) | Self::Failed(_) => None,
        }
    }

    /// The rejection, if the device was refused.
    #[must_use]
    pub const fn refused(&self) -> Option<&Rejection> {
        match self {
            Self::Refused(rejection) => Some(rejection),
            Self::Assigned(_) | Self::Challenge(_) | Self::Failed(_) => None,
        }
    }

    /// The failure, if it is the service's.
    #[must_use]
    pub const fn failed(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Assigned(_) | Self::Challenge(_) | Self::Refused(_) => None,
        }
    }

    /// Why not, refusal or failure: for the log.
    #[must_use]
    pub const fn cause(&self) -> Option<&Rejection> {
        match self {
            Self::Refused(rejection) => Some(rejection),
            Self::Failed(failure) => Some(failure.cause()),
            Self::Assigned(_) | Self::Challenge(_) => None,
        }
    }

    /// What a rejection is for the device: a refusal, or no word about it.
    pub(super) const fn not_admitted(cause: Rejection) -> Self {
        if cause.code().class().is_own_fault() {
            Self::Failed(Failure::new(cause))
        } else {
            Self::Refused(cause)
        }
    }
}
