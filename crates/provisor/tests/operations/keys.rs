//! Symmetric keys: drawn, kept, rolled over, and shown by one answer alone.

use provisor::Code;
use provisor::operations::{
    AttestationDraft, Caller, GroupDraft, IfMatch, IndividualDraft, MechanismView, Right, Rights,
};
use provisor::sas::SasKey;

use crate::store::{Store, device, named};

fn key(byte: u8) -> SasKey {
    SasKey::from_bytes(&[byte; 32]).unwrap()
}

fn draft(primary: Option<u8>, secondary: Option<u8>) -> IndividualDraft {
    let draft = AttestationDraft::symmetric_key(primary.map(key), secondary.map(key));
    IndividualDraft::new(device("line-7"), draft)
}

#[test]
fn c11_keys_are_drawn_when_left_out_and_kept_when_left_out_again() {
    let mut store = Store::new();
    store.put(draft(None, None), &IfMatch::Any).unwrap();
    let drawn = store.mechanism("line-7").unwrap().keys.unwrap();
    assert_eq!(drawn.primary().expose().len(), 64);
    assert!(!drawn.primary().equals(drawn.secondary()));

    store.put(draft(None, None), &IfMatch::Any).unwrap();
    let kept = store.mechanism("line-7").unwrap().keys.unwrap();
    assert!(kept.primary().equals(drawn.primary()) && kept.secondary().equals(drawn.secondary()));

    // One is rolled over, the other stays.
    store.put(draft(Some(7), None), &IfMatch::Any).unwrap();
    let rolled = store.mechanism("line-7").unwrap().keys.unwrap();
    assert!(rolled.primary().equals(&key(7)) && rolled.secondary().equals(drawn.secondary()));

    // The member may be missing as a whole, as some clients send nothing but the type.
    let mut bare = draft(None, None);
    bare.attestation.symmetric_key = None;
    store.put(bare, &IfMatch::Any).unwrap();
    let kept = store.mechanism("line-7").unwrap().keys.unwrap();
    assert!(kept.primary().equals(&key(7)));

    // Made anew, it has other keys.
    store.delete("line-7", &IfMatch::Any).unwrap();
    store.put(draft(None, None), &IfMatch::Any).unwrap();
    let anew = store.mechanism("line-7").unwrap().keys.unwrap();
    assert!(!anew.secondary().equals(drawn.secondary()));
}

#[test]
fn c7_only_one_answer_has_the_keys_and_it_asks_for_both_rights() {
    let mut store = Store::new();
    let marked = draft(Some(b'K'), Some(b'k'));
    let view = store.put(marked, &IfMatch::Any).unwrap();
    assert!(matches!(view.attestation, MechanismView::SymmetricKey));
    let all = [
        format!("{view:?}"),
        format!("{:?}", store.read("line-7").unwrap()),
        format!("{:?}", store.mechanism("line-7").unwrap()),
        format!("{:?}", store.individuals),
        format!("{:?}", store.audit),
        format!("{:?}", store.counted),
    ];
    for shown in all {
        assert!(!shown.contains("KKKK") && !shown.contains("75, 75") && !shown.contains("S0tL"));
    }
    for rights in [
        Rights::NONE.with(Right::EnrollmentRead),
        Rights::NONE.with(Right::EnrollmentWrite),
    ] {
        store.caller = Caller::new("half", rights);
        let refused = store.mechanism("line-7").unwrap_err();
        assert_eq!(refused.code(), Code::ServiceRight);
    }
    let both = Rights::NONE
        .with(Right::EnrollmentRead)
        .with(Right::EnrollmentWrite);
    store.caller = Caller::new("both", both);
    assert!(store.mechanism("line-7").unwrap().keys.is_some());
    let refused = store.mechanism("line-8").unwrap_err();
    assert_eq!(refused.code(), Code::ServiceNotFound);
}

#[test]
fn c11_groups_have_keys_as_well() {
    let mut store = Store::new();
    let draft = |primary: Option<u8>| {
        let attestation = AttestationDraft::symmetric_key(primary.map(key), None);
        GroupDraft::new(named("line"), attestation)
    };
    store.put_group(draft(None), &IfMatch::Any).unwrap();
    let drawn = store.group_mechanism("line").unwrap().keys.unwrap();
    store.put_group(draft(Some(1)), &IfMatch::Any).unwrap();
    let rolled = store.group_mechanism("line").unwrap().keys.unwrap();
    assert!(rolled.primary().equals(&key(1)) && rolled.secondary().equals(drawn.secondary()));
}
