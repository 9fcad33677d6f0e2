//! Linked hubs.

use provisor::allocation::{AllocationBasis, Weight};
use provisor::limits;
use provisor::metering::Instruction;
use provisor::operations::hub::{self as hubs, HubDraft, HubView};
use provisor::operations::{
    Caller, HubCredential, IfMatch, Right, Rights, ServiceFacts, linked_hubs,
};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::{Code, Rejection};

use crate::store::{Store, hub, tag};

fn put(store: &mut Store, draft: HubDraft, if_match: &IfMatch) -> Result<HubView, Rejection> {
    let name = draft.name.clone();
    store.with(|call, store| {
        let counts = store.counts();
        let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &store.quotas, &counts);
        hubs::put(call, &name, draft, if_match, store.links.get(&name), &facts)
    })
}

fn unlink(store: &mut Store, name: &str, if_match: &IfMatch) -> Result<(), Rejection> {
    let name = hub(name);
    store.with(|call, store| hubs::unlink(call, &name, if_match, store.links.get(&name)))
}

fn draft(name: &str, weight: Option<u16>, apply: Option<bool>) -> HubDraft {
    let mut draft = HubDraft::new(hub(name));
    (draft.allocation_weight, draft.apply_allocation_policy) = (weight, apply);
    draft
}

#[test]
fn d2_a_hub_is_linked_reweighted_closed_and_unlinked() {
    let mut store = Store::new();
    let made = put(&mut store, draft("Hub-A", None, None), &IfMatch::Any).unwrap();
    assert_eq!(
        (made.weight, made.apply_allocation_policy),
        (Weight::ONE, true)
    );
    put(&mut store, draft("hub-b", Some(1000), None), &IfMatch::Any).unwrap();
    let closed = draft("hub-a", Some(7), Some(false));
    let closed = put(&mut store, closed, &tag(&made.etag)).unwrap();
    assert_eq!(
        (closed.weight.get(), closed.apply_allocation_policy),
        (7, false)
    );

    // As allocation takes them: a closed hub has no weight, and keeps its own for later.
    let links = store.links.values().map(|stored| &stored.value);
    let linked = linked_hubs(&store.scope, &AllocationBasis::UNSALTED, links).unwrap();
    let weights: Vec<_> = linked
        .iter()
        .map(|(name, w)| (name.to_string(), w.get()))
        .collect();
    assert_eq!(
        weights,
        [("hub-a".to_owned(), 0), ("hub-b".to_owned(), 1000)]
    );

    let stale = unlink(&mut store, "hub-a", &tag(&made.etag)).unwrap_err();
    assert_eq!(stale.code(), Code::ServiceEtag);
    unlink(&mut store, "hub-a", &IfMatch::Exists).unwrap();
    assert_eq!(
        unlink(&mut store, "hub-a", &IfMatch::Any)
            .unwrap_err()
            .code(),
        Code::ServiceNotFound
    );
    let kinds: Vec<_> = store
        .counted
        .iter()
        .map(|entry| entry.instruction())
        .collect();
    let (write, delete) = (Instruction::HubWrite, Instruction::HubDelete);
    assert_eq!(kinds, [write, write, write, delete]);
}

#[test]
fn d2_weights_are_from_1_to_1000_and_the_name_is_that_of_the_path() {
    let mut store = Store::new();
    for (weight, good) in [
        (0, false),
        (1, true),
        (1000, true),
        (1001, false),
        (u16::MAX, false),
    ] {
        match put(
            &mut store,
            draft("hub-a", Some(weight), None),
            &IfMatch::Any,
        ) {
            Ok(view) => assert!(good && view.weight.get() == weight),
            Err(refused) => assert!(!good && refused.code() == Code::ServiceHubWeight),
        }
    }
    let refused = store.with(|call, store| {
        let counts = store.counts();
        let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &store.quotas, &counts);
        hubs::put(
            call,
            &hub("hub-b"),
            HubDraft::new(hub("hub-a")),
            &IfMatch::Any,
            None,
            &facts,
        )
    });
    assert_eq!(refused.unwrap_err().code(), Code::ServiceIdMismatch);
}

#[test]
fn d2_texts_of_a_link_have_a_length_and_of_a_secret_no_more_is_told() {
    let mut store = Store::new();
    let text = |length: usize| "x".repeat(length);
    let with = |location: usize, credential: usize| {
        let mut draft = HubDraft::new(hub("hub-a"));
        draft.location = Some(text(location).into());
        draft.credential = Some(HubCredential::new(text(credential)));
        draft
    };
    let (place, secret) = (limits::HUB_LOCATION_BYTES, limits::HUB_CREDENTIAL_BYTES);
    let most = put(&mut store, with(place, secret), &IfMatch::Any).unwrap();
    assert_eq!(most.location.unwrap().len(), place);
    for (draft, field) in [
        (with(place + 1, 1), "location"),
        (with(1, secret + 1), "credential"),
    ] {
        let refused = put(&mut store, draft, &IfMatch::Any).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceHubText);
        assert!(refused.to_string().contains(field), "{refused}");
        assert!(!refused.to_string().contains("xxx"), "{refused}");
    }
    // Nothing was stored of them.
    let link = &store.links[&hub("hub-a")].value;
    assert_eq!(link.credential.as_ref().unwrap().expose().len(), secret);
}

#[test]
fn d2_the_credential_is_in_no_answer_and_stays_when_it_is_left_out() {
    let mut store = Store::new();
    let mut with = HubDraft::new(hub("hub-a"));
    with.credential = Some(HubCredential::new("SharedAccessKey=s3cret"));
    let view = put(&mut store, with, &IfMatch::Any).unwrap();
    put(&mut store, draft("hub-a", Some(2), None), &IfMatch::Any).unwrap();
    let kept = store.links[&hub("hub-a")]
        .value
        .credential
        .as_ref()
        .unwrap();
    assert_eq!(kept.expose(), "SharedAccessKey=s3cret");
    for shown in [
        format!("{view:?}"),
        format!("{:?}", store.links),
        format!("{:?}", store.audit),
    ] {
        assert!(!shown.contains("s3cret"));
    }
}

#[test]
fn d5_hubs_have_a_quota_and_a_limit() {
    let mut store = Store::new();
    store.quotas = Quotas::NONE.with(Counted::LinkedHubs, Some(1));
    put(&mut store, draft("hub-a", None, None), &IfMatch::Any).unwrap();
    let refused = put(&mut store, draft("hub-b", None, None), &IfMatch::Any).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceQuota);
    put(&mut store, draft("hub-a", Some(2), None), &IfMatch::Any).unwrap();
    // Without a quota, allocation's own limit stands, and somebody has to count.
    for (counts, code) in [
        (
            Counts::NOT_COUNTED.with(Counted::LinkedHubs, limits::LINKED_HUBS as u64),
            Code::ServiceQuota,
        ),
        (Counts::NOT_COUNTED, Code::ServiceFacts),
    ] {
        let refused = store.with(|call, store| {
            let facts = ServiceFacts::new(&store.hubs, &store.ek_policy, &Quotas::NONE, &counts);
            hubs::put(
                call,
                &hub("hub-c"),
                HubDraft::new(hub("hub-c")),
                &IfMatch::Any,
                None,
                &facts,
            )
        });
        assert_eq!(refused.unwrap_err().code(), code);
    }
}

#[test]
fn c9_hubs_are_for_those_who_configure_the_service() {
    let mut store = Store::new();
    put(&mut store, draft("hub-a", None, None), &IfMatch::Any).unwrap();
    let read = |store: &mut Store| {
        store.with(|call, store| hubs::read(call, &hub("hub-a"), store.links.get(&hub("hub-a"))))
    };
    let list = |store: &mut Store| {
        store.with(|call, store| hubs::list(call, &store.links.values().collect::<Vec<_>>()))
    };
    assert_eq!(
        (
            read(&mut store).unwrap().name,
            list(&mut store).unwrap().len()
        ),
        (hub("hub-a"), 1)
    );
    let without = Rights::ALL
        .iter()
        .filter(|right| *right != Right::ServiceConfig);
    store.caller = Caller::new("writer", without.collect());
    for result in [
        put(&mut store, draft("hub-a", None, None), &IfMatch::Any).map(drop),
        unlink(&mut store, "hub-a", &IfMatch::Any),
        read(&mut store).map(drop),
        list(&mut store).map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), Code::ServiceRight);
    }
}
