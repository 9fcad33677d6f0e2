//! What each right opens, and what it does not.

use provisor::Code;
use provisor::operations::{Caller, Finding, IfMatch, Kind, Right, Rights, Verb};

use crate::store::{Store, tpm};

#[test]
fn c9_each_operation_asks_for_its_right_and_no_other() {
    for right in Right::ALL {
        let mut store = Store::new();
        store.put(tpm("line-7"), &IfMatch::Any).unwrap();
        store.caller = Caller::new("one right", Rights::NONE.with(right));
        let write = store.put(tpm("line-7"), &IfMatch::Any).map(drop);
        let read = store.read("line-7").map(drop);
        let delete = store.delete("line-7", &IfMatch::Any);
        for (result, needed) in [
            (write, Right::EnrollmentWrite),
            (read, Right::EnrollmentRead),
            (delete, Right::EnrollmentWrite),
        ] {
            match result {
                Ok(()) => assert_eq!(right, needed),
                Err(refused) => {
                    assert_ne!(right, needed, "{refused}");
                    assert_eq!(refused.code(), Code::ServiceRight);
                    assert!(refused.expected_text().contains(needed.as_str()));
                }
            }
        }
    }
}

#[test]
fn without_the_right_nothing_is_told_of_what_is_stored() {
    let mut store = Store::new();
    store.put(tpm("line-7"), &IfMatch::Any).unwrap();
    store.caller = Caller::new("nobody", Rights::NONE);
    let there = store.read("line-7").unwrap_err();
    let not_there = store.read("line-8").unwrap_err();
    assert_eq!(there, not_there);
}

#[test]
fn d6_every_attempt_is_written_down() {
    let mut store = Store::new();
    store.put(tpm("Line-7"), &IfMatch::Any).unwrap();
    store.read("line-8").unwrap_err();
    store.caller = Caller::new("someone", Rights::NONE);
    store.delete("line-7", &IfMatch::Any).unwrap_err();
    let written: Vec<_> = store
        .audit
        .iter()
        .map(|e| (&*e.who, e.verb, e.kind, &*e.id, e.finding))
        .collect();
    let kind = Kind::IndividualEnrollment;
    let refused = Finding::Refused;
    assert_eq!(
        written,
        [
            ("owner", Verb::Put, kind, "line-7", Finding::Done),
            (
                "owner",
                Verb::Read,
                kind,
                "line-8",
                refused(Code::ServiceNotFound)
            ),
            (
                "someone",
                Verb::Delete,
                kind,
                "line-7",
                refused(Code::ServiceRight)
            ),
        ]
    );
    assert!(store.audit[2].to_string().contains("SERVICE_RIGHT"));
    assert!(!store.audit[2].to_string().contains('\n'));
}
