//! What is to be done.

use super::settings::Credential;

/// What the caller does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Send this request. From now on its answer is waited for.
    Send(Request),
    /// Wait for so many milliseconds, or until something happens.
    Wait(u32),
    /// Let the TPM open what the last answer brought
    /// ([`Registration::sealed`](super::Registration::sealed)).
    Activate,
    /// Connect to the hub of the [`assignment`](super::Registration::assignment), and say whether it took the device.
    Confirm,
    /// The hub took the device: take its identity over.
    Done,
    /// It ended without a hub: [`Registration::end`](super::Registration::end).
    Ended,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// To register. With a TPM, to be challenged: no token yet.
    Register,
    /// To register with a token that the challenge's key signs. The body is the same.
    Proof,
    /// To ask how an operation stands.
    Operation,
}

/// A request, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    pub(super) kind: RequestKind,
    pub(super) number: u32,
    pub(super) credential: Credential,
}

impl Request {
    /// What it is for.
    #[must_use]
    pub const fn kind(self) -> RequestKind {
        self.kind
    }

    /// Its number: over MQTT the `$rid`.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// It needs a SAS token: [`Registration::token`](super::Registration::token), in the `Authorization` header.
    /// Over MQTT that is the connection's password.
    #[must_use]
    pub const fn needs_token(self) -> bool {
        match self.credential {
            Credential::Certificate => false,
            Credential::Key => true,
            Credential::Tpm => !matches!(self.kind, RequestKind::Register),
        }
    }
}
