//! Registration records.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::Etag;
use provisor::metering::Instruction;
use provisor::operations::{Call, Caller, IfMatch, Query, Right, Rights, individual};
use provisor::registration::Entry as Left;
use provisor::{Code, IdScope};

use crate::store::{Store, device, named, tag, tpm};

fn of_group(id: &str) -> EnrollmentRef {
    EnrollmentRef::Group(named(id))
}

#[test]
fn c8_a_record_is_read_and_deleted_and_leaves_a_tombstone() {
    let mut store = Store::new();
    store.register("Line-7", EnrollmentRef::Individual);
    let view = store.read_record("line-7").unwrap();
    assert_eq!(view.record.registration_id.as_str(), "Line-7");
    let again = store.read_record("line-7").unwrap();
    assert_eq!(view.etag, again.etag);

    let wrong = IfMatch::Tag(Etag::parse("another").unwrap());
    let refused = store.delete_record("line-7", &wrong).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceEtag);
    store.delete_record("line-7", &tag(&view.etag)).unwrap();
    let Some(Left::Tombstone(left)) = store.records.get(&device("line-7")) else {
        panic!("a tombstone");
    };
    assert_eq!(
        (&left.hub, left.revision),
        (&view.record.assigned_hub, view.record.revision + 1)
    );
    for result in [
        store.read_record("line-7").map(drop),
        store.delete_record("line-7", &IfMatch::Any),
    ] {
        assert_eq!(result.unwrap_err().code(), Code::ServiceNotFound);
    }
    let kinds: Vec<_> = store
        .counted
        .iter()
        .map(|entry| entry.instruction())
        .collect();
    assert_eq!(kinds, [Instruction::RecordDelete]);
}

#[test]
fn c8_the_version_of_a_record_changes_with_every_registration() {
    let mut store = Store::new();
    store.register("line-7", EnrollmentRef::Individual);
    let first = store.read_record("line-7").unwrap();
    let Some(Left::Record(record)) = store.records.get_mut(&device("line-7")) else {
        panic!("a record");
    };
    record.revision += 1;
    let refused = store
        .delete_record("line-7", &tag(&first.etag))
        .unwrap_err();
    assert_eq!(refused.code(), Code::ServiceEtag);
}

#[test]
fn c8_a_registration_at_the_same_time_makes_the_deletion_look_again() {
    use provisor::operations::{Call, record};
    let mut store = Store::new();
    store.register("line-7", EnrollmentRef::Individual);
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut store.random);
    let known = store.records[&device("line-7")].clone();
    let outcome = record::delete(&mut call, &device("line-7"), &IfMatch::Any, known.record());
    let (transaction, _) = outcome.begin();
    // Meanwhile the device registers again.
    let Some(Left::Record(record)) = store.records.get_mut(&device("line-7")) else {
        panic!("a record");
    };
    record.revision += 1;
    assert!(store.commit(transaction).is_err());
    assert!(store.record("line-7").is_some() && store.counted.is_empty());
    store.delete_record("line-7", &IfMatch::Any).unwrap();
}

#[test]
fn c8_rights_of_records_are_their_own() {
    let mut store = Store::new();
    store.register("line-7", of_group("line"));
    let only = |right| Caller::new("one right", Rights::NONE.with(right));
    store.caller = only(Right::RegistrationStatusRead);
    assert!(store.read_record("line-7").is_ok());
    assert!(store.query_records("line", &Query::all()).is_ok());
    let refused = store.delete_record("line-7", &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceRight);
    for other in [Right::EnrollmentRead, Right::RegistrationStatusWrite] {
        store.caller = only(other);
        assert_eq!(
            store.read_record("line-7").unwrap_err().code(),
            Code::ServiceRight
        );
        let refused = store.query_records("line", &Query::all()).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceRight);
    }
    assert!(store.delete_record("line-7", &IfMatch::Any).is_ok());
}

#[test]
fn c8_the_records_of_a_group_page_by_page_also_when_the_group_is_gone() {
    let mut store = Store::new();
    for number in 0..7 {
        store.register(&format!("line-{number}"), of_group("line"));
        store.register(&format!("other-{number}"), of_group("other"));
        store.register(&format!("own-{number}"), EnrollmentRef::Individual);
    }
    store.delete_record("line-3", &IfMatch::Any).unwrap();
    let mut query = Query::all().with_max_items(2);
    let mut found = Vec::new();
    loop {
        let page = store.query_records("LINE", &query).unwrap();
        assert!(page.items.len() <= 2);
        found.extend(
            page.items
                .into_iter()
                .map(|view| view.record.registration_id.to_string()),
        );
        let Some(token) = page.continuation else {
            break;
        };
        // Good for this group alone.
        let other = store.query_records("other", &query.clone().with_continuation(&*token));
        assert_eq!(other.unwrap_err().code(), Code::ServiceContinuation);
        query = query.with_continuation(token);
    }
    assert_eq!(
        found,
        ["line-0", "line-1", "line-2", "line-4", "line-5", "line-6"]
    );
    assert!(
        store
            .query_records("none", &Query::all())
            .unwrap()
            .items
            .is_empty()
    );
}

#[test]
fn a_record_of_another_service_is_no_fact_of_this_one() {
    let mut store = Store::new();
    store.register("line-7", EnrollmentRef::Individual);
    store.scope = IdScope::parse("0ne0000000F").unwrap();
    let refused = store.read_record("line-7").unwrap_err();
    assert_eq!(refused.code(), Code::ServiceFacts);
    let refused = store.delete_record("line-7", &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceFacts);
}

/// One after the other, the record goes with the enrollment or the device is not admitted. At once, the
/// deletion is decided again.
#[test]
fn c8_a_device_that_registers_while_its_enrollment_is_deleted_leaves_no_record() {
    let group = of_group("line");
    for before in [None, Some(group)] {
        let mut store = Store::new();
        store.put(tpm("line-7"), &IfMatch::Any).unwrap();
        if let Some(through) = before {
            store.register("line-7", through);
        }
        let id = device("line-7");
        let record = store.records.get(&id).and_then(Left::record).cloned();
        let mut random = store.random.clone();
        let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
        let stored = store.individuals.get(&id);
        let (late, _) =
            individual::delete(&mut call, &id, &IfMatch::Any, stored, record.as_ref()).begin();
        // Meanwhile the device registers through the enrollment.
        store.register("line-7", EnrollmentRef::Individual);
        if let (Some(before), Some(Left::Record(record))) = (record, store.records.get_mut(&id)) {
            record.revision = before.revision + 1;
        }
        assert!(store.commit(late).is_err());
        store.delete("line-7", &IfMatch::Any).unwrap();
        assert!(matches!(store.records.get(&id), Some(Left::Tombstone(_))));
    }
}
