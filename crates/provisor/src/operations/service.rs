//! The service itself: its default policy, and what is fixed.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::call::{Call, Success};
use super::etag::IfMatch;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::resource::ServiceSettings;
use super::stored::Stored;
use super::transaction::{Change, Write};
use super::written::{self, Written};
use crate::allocation::AllocationPolicy;
use crate::enrollment::Etag;
use crate::metering::Instruction;

const KIND: Kind = Kind::ServiceSettings;

/// Makes the settings of a service, or changes them: the default policy can be another one, scope and
/// allocation cannot.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`ServiceConfig`](super::Right::ServiceConfig),
/// [`ServiceImmutable`](Code::ServiceImmutable), [`ServiceDefaultPolicy`](Code::ServiceDefaultPolicy) for a
/// policy that only an enrollment can have, the codes of [`IfMatch`].
pub fn put(
    call: &mut Call<'_>,
    settings: ServiceSettings,
    if_match: &IfMatch,
    stored: Option<&Stored<ServiceSettings>>,
) -> Outcome<Etag> {
    let scope = call.scope;
    call.conclude((Verb::Put, KIND, scope.normal_form()), |call| {
        let stored = written::writable(call, scope, stored)?;
        let tag = stored.map(|stored| &stored.etag);
        let expected = if_match.for_put(KIND, scope.as_str(), tag)?;
        if settings.scope != *scope {
            return Err(immutable("idScope"));
        }
        if stored.is_some_and(|stored| stored.value.basis != settings.basis) {
            return Err(immutable("allocation"));
        }
        match settings.allocation_policy {
            AllocationPolicy::Custom | AllocationPolicy::Static(_) => {
                return Err(Rejection::new(
                    Code::ServiceDefaultPolicy,
                    Subject::field("allocationPolicy"),
                ));
            }
            AllocationPolicy::EvenlyWeighted
            | AllocationPolicy::LowestLatency
            | AllocationPolicy::Weighted => {}
        }
        written::put(call, expected, settings, stored, Vec::new(), |next| {
            let etag = next.etag.clone();
            (next, etag)
        })
    })
}

/// Reads the settings.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound).
pub fn read(
    call: &mut Call<'_>,
    stored: Option<&Stored<ServiceSettings>>,
) -> Outcome<Stored<ServiceSettings>> {
    let scope = call.scope;
    call.conclude((Verb::Read, KIND, scope.normal_form()), |call| {
        Ok(Success::read(written::read(call, scope, stored)?.clone()))
    })
}

fn immutable(field: &'static str) -> Rejection {
    Rejection::new(Code::ServiceImmutable, Subject::field(field))
}

impl Written for ServiceSettings {
    const WRITE: Instruction = Instruction::ServiceWrite;
    const DELETE: Instruction = Instruction::ServiceWrite;

    fn write(change: Change<Self>) -> Write {
        Write::Service(change)
    }
}
