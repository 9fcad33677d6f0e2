//! One call: who, when, where.

use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};
use provisor_tpm::Random;

use super::access::Caller;
use super::audit::{AuditEntry, Finding};
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::transaction::{Condition, Transaction, Write};
use crate::enrollment::Etag;
use crate::id::IdScope;
use crate::metering::{Entry, Instruction};

/// What every operation is told: in which service, by whom, when; and where randomness comes from.
#[allow(missing_debug_implementations, reason = "randomness has none")]
#[non_exhaustive]
pub struct Call<'a> {
    /// The service.
    pub scope: &'a IdScope,
    /// Who calls.
    pub caller: &'a Caller,
    /// The time.
    pub now: UnixTime,
    /// Where tags, codes and keys are drawn from. Cryptographic.
    pub random: &'a mut dyn Random,
}

/// What an operation does when it succeeds.
pub(super) struct Success<A> {
    pub(super) writes: Vec<Write>,
    pub(super) conditions: Vec<Condition>,
    /// What it counts as, and the version that was written or deleted.
    pub(super) counts: Option<(Instruction, Etag)>,
    pub(super) answer: A,
}

impl<'a> Call<'a> {
    /// A call.
    #[must_use]
    pub fn new(
        scope: &'a IdScope,
        caller: &'a Caller,
        now: UnixTime,
        random: &'a mut dyn Random,
    ) -> Self {
        Self {
            scope,
            caller,
            now,
            random,
        }
    }

    /// Does it, and says what to commit and what to answer. `id` is in its normal form.
    pub(super) fn conclude<A>(
        &mut self,
        (verb, kind, id): (Verb, Kind, &str),
        operation: impl FnOnce(&mut Self) -> Result<Success<A>, Rejection>,
    ) -> Outcome<A> {
        let result = operation(self);
        let finding = match &result {
            Ok(_) => Finding::Done,
            Err(rejection) => Finding::Refused(rejection.code()),
        };
        let who = self.caller.name();
        let audit = AuditEntry::new(self.scope, self.now, who, (verb, kind, id), finding);
        match result {
            Ok(success) => {
                let count = success.counts.map(|(instruction, version)| {
                    Entry::new(self.scope, instruction, id, version.as_str(), self.now)
                });
                let transaction = Transaction {
                    writes: success.writes,
                    conditions: success.conditions,
                    count,
                    audit,
                };
                Outcome::new(transaction, Ok(success.answer))
            }
            Err(rejection) => {
                let transaction = Transaction {
                    writes: Vec::new(),
                    conditions: Vec::new(),
                    count: None,
                    audit,
                };
                Outcome::new(transaction, Err(rejection))
            }
        }
    }
}

impl<A> Success<A> {
    /// Reads only.
    pub(super) const fn read(answer: A) -> Self {
        Self {
            writes: Vec::new(),
            conditions: Vec::new(),
            counts: None,
            answer,
        }
    }

    /// The same with another form of the answer.
    pub(super) fn map<B>(self, form: impl FnOnce(A) -> B) -> Success<B> {
        Success {
            writes: self.writes,
            conditions: self.conditions,
            counts: self.counts,
            answer: form(self.answer),
        }
    }
}
