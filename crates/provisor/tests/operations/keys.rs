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

/// Whatever is printed of an operation on its way: what is sent, decided, committed, refused, answered.
#[test]
fn c7_nothing_that_is_printed_has_a_key() {
    use provisor::enrollment::{Etag, KeySlot, SymmetricKeys};
    use provisor::operations::{
        AccessPolicy, BulkItem, BulkMode, Call, HubCredential, PolicyName, ServiceFacts, group,
        hub, individual, policy,
    };
    use provisor::quota::{Counts, Quotas};
    let mut store = Store::new();
    store
        .put(draft(Some(b'K'), Some(b'k')), &IfMatch::Any)
        .unwrap();
    let of_group = AttestationDraft::symmetric_key(Some(key(b'K')), Some(key(b'k')));
    let of_group = GroupDraft::new(named("line"), of_group);
    store.put_group(of_group.clone(), &IfMatch::Any).unwrap();
    let (quotas, counts) = (Quotas::NONE, Counts::NOT_COUNTED);
    let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &quotas, &counts);
    let (owner, id, line) = (
        PolicyName::parse("owner").unwrap(),
        device("line-7"),
        named("line"),
    );
    let keys = SymmetricKeys::new(key(b'K'), key(b'k'));
    let policy_of = AccessPolicy::new(owner.clone(), keys, Rights::ALL);
    let etag = store.individuals[&id].etag.clone();
    let stored_policy = provisor::operations::Stored::new(policy_of, etag.clone(), store.now);
    let (stored, stored_group) = (store.individuals.get(&id), store.groups.get(&line));
    let mut random = store.random.clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let stale = IfMatch::Tag(Etag::parse("stale").unwrap());
    let mut shown = vec![format!(
        "{stored_policy:?} {of_group:?} {:?}",
        draft(Some(b'K'), None)
    )];
    for if_match in [&IfMatch::Any, &stale] {
        let sent = draft(Some(b'K'), Some(b'k'));
        let outcome = individual::put(&mut call, &id, sent, if_match, stored, &facts);
        shown.push(format!("{outcome:?}"));
        let outcome = group::put(
            &mut call,
            &line,
            of_group.clone(),
            if_match,
            stored_group,
            &facts,
        );
        shown.push(format!("{outcome:?}"));
        let outcome = policy::rotate(
            &mut call,
            &owner,
            KeySlot::Primary,
            if_match,
            Some(&stored_policy),
        );
        shown.push(format!("{outcome:?}"));
        let mut link = hub::HubDraft::new(crate::store::hub("hub-c"));
        link.credential = Some(HubCredential::new("K".repeat(44)));
        let counted = Counts::NOT_COUNTED.with(provisor::quota::Counted::LinkedHubs, 1);
        let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &quotas, &counted);
        let name = link.name.clone();
        let outcome = hub::put(&mut call, &name, link, if_match, None, &facts);
        shown.push(format!("{outcome:?}"));
    }
    for mode in [
        BulkMode::Create,
        BulkMode::Update,
        BulkMode::UpdateIfMatchEtag,
    ] {
        let sent = draft(Some(b'K'), Some(b'k'));
        let items = vec![BulkItem::new(sent, stored).with_etag(Some(etag.clone()))];
        shown.push(format!("{items:?}"));
        let parts = individual::bulk(&mut call, mode, items, &facts).unwrap();
        shown.push(format!("{parts:?}"));
    }
    shown.push(format!(
        "{:?}",
        policy::keys(&mut call, &owner, Some(&stored_policy))
    ));
    shown.push(format!(
        "{:?}",
        individual::mechanism(&mut call, &id, stored)
    ));
    for text in shown {
        let lower = text.to_lowercase();
        for part in ["kkkk", "75, 75", "107, 107", "s0tl", "a2tr", "4b4b", "6b6b"] {
            assert!(!lower.contains(part), "{part}: {text}");
        }
    }
}
