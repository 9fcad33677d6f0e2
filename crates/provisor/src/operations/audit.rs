//! What is written down about every operation.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use core::fmt;

use provisor_report::{Code, UnixTime};

use super::kind::{Kind, Verb};
use crate::id::IdScope;

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
    /// It was done.
    Done,
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
}

impl fmt::Display for AuditEntry {
    /// One line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, who) = (self.at, self.who.escape_debug());
        let (verb, kind, id) = (self.verb, self.kind, self.id.escape_debug());
        write!(f, "{at} {}: {who}: {verb} {kind} {id}: ", self.scope)?;
        match self.finding {
            Finding::Done => f.write_str("done"),
            Finding::Refused(code) => write!(f, "refused, {code}"),
        }
    }
}
