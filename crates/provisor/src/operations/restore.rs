//! What was stored elsewhere, put as it was: by a copy of a service, or a test of a store.
//!
//! ```
//! # use provisor::enrollment::{Etag, Generation, IndividualAttestation, IndividualEnrollment};
//! # use provisor::operations::{Call, Caller, Expected, Rights, Stored, Write, restore};
//! # use provisor::{IdScope, RegistrationId, UnixTime};
//! # use provisor_testkit::random::SeededRandom;
//! # let (scope, mut random) = (IdScope::parse("0ne0A1B2C3D")?, SeededRandom::new(1, ""));
//! # let caller = Caller::new("import", Rights::ALL);
//! # let (id, now) = (RegistrationId::try_from("line-7")?, UnixTime::new(1_790_000_000));
//! # let generation = Generation::draw(&mut random)?;
//! let enrollment = IndividualEnrollment::new(id, IndividualAttestation::TpmAny, generation);
//! let stored = Stored::new(enrollment, Etag::parse("a-7")?, now);
//! let call = Call::new(&scope, &caller, now, &mut random);
//! let transaction = restore::individual(&call, Expected::Absent, stored);
//! let [Write::Individual(change)] = &*transaction.writes else { panic!("one write") };
//! assert_eq!(change.becomes.as_ref().unwrap().value.generation(), generation);
//! assert!(transaction.count.is_none());
//! # Ok::<(), provisor::Rejection>(())
//! ```

use alloc::vec;

use provisor_report::UnixTime;

use super::audit::{AuditEntry, Finding};
use super::call::Call;
use super::kind::Verb;
use super::stored::{Resource, Stored};
use super::transaction::{Change, Expected, Transaction, Write};
use crate::enrollment::{EnrollmentGroup, IndividualEnrollment};

/// A transaction that puts an individual enrollment as it stands there, its generation included, in place of
/// that version. Nothing of it is judged, and nothing is counted: it was, where it comes from.
pub fn individual(
    call: &Call<'_>,
    expected: Expected,
    stored: Stored<IndividualEnrollment>,
) -> Transaction {
    restored(call, expected, stored, Write::Individual)
}

/// The same of a group.
pub fn group(call: &Call<'_>, expected: Expected, stored: Stored<EnrollmentGroup>) -> Transaction {
    restored(call, expected, stored, Write::Group)
}

fn restored<T: Resource>(
    call: &Call<'_>,
    expected: Expected,
    stored: Stored<T>,
    write: impl FnOnce(Change<T>) -> Write,
) -> Transaction {
    let (scope, now, who): (_, UnixTime, _) = (call.scope, call.now, call.caller.name());
    let what = (Verb::Put, T::KIND, T::key(stored.value.id()));
    let audit = AuditEntry::new(scope, now, who, what, Finding::Done);
    Transaction {
        writes: vec![write(Change::put(expected, stored))],
        conditions: vec![],
        count: None,
        audit,
    }
}
