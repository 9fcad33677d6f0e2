//! What is written down about every operation.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use core::fmt;

use provisor_report::{Code, UnixTime};

use super::kind::{Kind, Verb};
use crate::id::{IdScope, RegistrationId};
use crate::registration::Response;

/// That somebody tried something: who, what, to which thing, with which end. No key, no token, no
/// certificate is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// In which service.
    pub scope: IdScope,
    /// When.
    pub at: UnixTime,
    /// Who: the name of the policy, or what the server knows the caller by.
    pub who: Box<str>,
    /// What was done, or tried.
    pub verb: Verb,
    /// To which kind of thing.
    pub kind: Kind,
    /// To which of them; empty for a query over all.
    pub id: Box<str>,
    /// How it ended.
    pub finding: Finding,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A device was challenged, and has to answer.
    Challenged,
    /// It was done.
    Done,
    /// The service failed, with that code; nothing was decided.
    Failed(Code),
    /// It was refused, with that code.
    Refused(Code),
}

impl AuditEntry {
    /// That this was tried.
    #[must_use]
    pub fn new(
        scope: &IdScope,
        at: UnixTime,
        who: &str,
        (verb, kind, id): (Verb, Kind, &str),
        finding: Finding,
    ) -> Self {
        Self {
            scope: scope.clone(),
            at,
            who: who.to_owned().into_boxed_str(),
            verb,
            kind,
            id: id.to_owned().into_boxed_str(),
            finding,
        }
    }

    /// That a device tried to register.
    #[must_use]
    pub fn of_registration(
        scope: &IdScope,
        id: &RegistrationId,
        response: &Response,
        at: UnixTime,
    ) -> Self {
        let finding = match response {
            Response::Assigned(_) => Finding::Done,
            Response::Challenge(_) => Finding::Challenged,
            Response::Failed(failure) => Finding::Failed(failure.cause().code()),
            Response::Refused(rejection) => Finding::Refused(rejection.code()),
        };
        let id = id.normal_form();
        let done = (Verb::Register, Kind::RegistrationRecord, id);
        Self::new(scope, at, "device", done, finding)
    }
}

impl fmt::Display for AuditEntry {
    /// One line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, who) = (self.at, self.who.escape_debug());
        let (verb, kind, id) = (self.verb, self.kind, self.id.escape_debug());
        write!(f, "{at} {}: {who}: {verb} {kind} {id}: ", self.scope)?;
        match self.finding {
            Finding::Challenged => f.write_str("challenged"),
            Finding::Done => f.write_str("done"),
            Finding::Failed(code) => write!(f, "failed, {code}"),
            Finding::Refused(code) => write!(f, "refused, {code}"),
        }
    }
}
