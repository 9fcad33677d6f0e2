//! Shared access policies.

use provisor::enrollment::{KeySlot, SymmetricKeys};
use provisor::operations::policy::{self, PolicyView};
use provisor::operations::{AccessPolicy, Caller, IfMatch, KeysDraft, PolicyName, Right, Rights};
use provisor::sas::SasKey;
use provisor::{Code, Rejection};

use crate::store::{Store, tag};

fn name(text: &str) -> PolicyName {
    PolicyName::parse(text).unwrap()
}

fn others<'a>(store: &'a Store, id: &str) -> Vec<&'a provisor::operations::Stored<AccessPolicy>> {
    let id = name(id);
    store
        .policies
        .iter()
        .filter(|(other, _)| **other != id)
        .map(|(_, stored)| stored)
        .collect()
}

fn put(
    store: &mut Store,
    id: &str,
    rights: Rights,
    keys: KeysDraft,
) -> Result<PolicyView, Rejection> {
    store.with(|call, store| {
        let stored = store.policies.get(&name(id));
        policy::put(
            call,
            &name(id),
            (rights, keys),
            &IfMatch::Any,
            stored,
            &others(store, id),
        )
    })
}

fn keys(store: &mut Store, id: &str) -> Result<SymmetricKeys, Rejection> {
    store.with(|call, store| policy::keys(call, &name(id), store.policies.get(&name(id))))
}

fn rotate(store: &mut Store, id: &str, slot: KeySlot) -> Result<SymmetricKeys, Rejection> {
    store.with(|call, store| {
        policy::rotate(
            call,
            &name(id),
            slot,
            &IfMatch::Any,
            store.policies.get(&name(id)),
        )
    })
}

fn delete(store: &mut Store, id: &str, if_match: &IfMatch) -> Result<(), Rejection> {
    store.with(|call, store| {
        let stored = store.policies.get(&name(id));
        policy::delete(call, &name(id), if_match, stored, &others(store, id))
    })
}

const READ: Rights = Rights::NONE.with(Right::EnrollmentRead);

#[test]
fn d4_keys_are_drawn_and_replaced_one_at_a_time() {
    let mut store = Store::new();
    put(&mut store, "owner", Rights::ALL, KeysDraft::default()).unwrap();
    let before = keys(&mut store, "owner").unwrap();
    assert!(!before.primary().equals(before.secondary()));
    let after = rotate(&mut store, "owner", KeySlot::Primary).unwrap();
    assert!(!after.primary().equals(before.primary()));
    assert!(after.secondary().equals(before.secondary()));
    let last = rotate(&mut store, "owner", KeySlot::Secondary).unwrap();
    assert!(last.primary().equals(after.primary()));
    assert!(!last.secondary().equals(after.secondary()));
    // Other rights: the keys stay, unless they are given.
    put(&mut store, "owner", Rights::ALL, KeysDraft::default()).unwrap();
    assert!(
        keys(&mut store, "owner")
            .unwrap()
            .primary()
            .equals(last.primary())
    );
    let mut given = KeysDraft::default();
    given.primary = Some(SasKey::from_bytes(&[7; 32]).unwrap());
    put(&mut store, "owner", Rights::ALL, given).unwrap();
    let now = keys(&mut store, "owner").unwrap();
    assert_eq!(now.primary().expose(), [7; 32]);
    assert!(now.secondary().equals(last.secondary()));
    assert_eq!(
        rotate(&mut store, "none", KeySlot::Primary)
            .unwrap_err()
            .code(),
        Code::ServiceNotFound
    );
    assert!(!format!("{:?}{:?}", store.policies, store.audit).contains("7, 7"));
}

#[test]
fn d4_somebody_can_always_configure_the_service() {
    let mut store = Store::new();
    put(&mut store, "owner", Rights::ALL, KeysDraft::default()).unwrap();
    put(&mut store, "reader", READ, KeysDraft::default()).unwrap();
    for refused in [
        delete(&mut store, "owner", &IfMatch::Any).unwrap_err(),
        put(&mut store, "owner", READ, KeysDraft::default()).unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::ServiceLastPolicy);
    }
    let second = put(&mut store, "second", Rights::ALL, KeysDraft::default()).unwrap();
    delete(&mut store, "owner", &IfMatch::Any).unwrap();
    let refused = delete(&mut store, "second", &tag(&second.etag)).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceLastPolicy);
    delete(&mut store, "reader", &IfMatch::Any).unwrap();
    let none = put(&mut store, "nothing", Rights::NONE, KeysDraft::default()).unwrap_err();
    assert_eq!(none.code(), Code::ServicePolicyRights);
}

#[test]
fn d4_two_who_delete_the_last_two_at_once_do_not_both() {
    use provisor::operations::Call;
    let mut store = Store::new();
    put(&mut store, "a", Rights::ALL, KeysDraft::default()).unwrap();
    put(&mut store, "b", Rights::ALL, KeysDraft::default()).unwrap();
    let mut random = store.random.clone();
    let mut call = Call::new(&store.scope, &store.caller, store.now, &mut random);
    let outcomes = ["a", "b"].map(|id| {
        let stored = store.policies.get(&name(id));
        policy::delete(
            &mut call,
            &name(id),
            &IfMatch::Any,
            stored,
            &others(&store, id),
        )
    });
    let done = outcomes.map(|outcome| store.commit(outcome.begin().0).is_ok());
    assert_eq!(done, [true, false]);
}

#[test]
fn d4_policies_are_for_those_who_configure_the_service() {
    let mut store = Store::new();
    put(&mut store, "owner", Rights::ALL, KeysDraft::default()).unwrap();
    let list = |store: &mut Store| {
        store.with(|call, store| policy::list(call, &store.policies.values().collect::<Vec<_>>()))
    };
    let read = |store: &mut Store| {
        store.with(|call, store| {
            policy::read(call, &name("owner"), store.policies.get(&name("owner")))
        })
    };
    assert_eq!(list(&mut store).unwrap().len(), 1);
    assert_eq!(read(&mut store).unwrap().rights, Rights::ALL);
    let without = Rights::ALL
        .iter()
        .filter(|right| *right != Right::ServiceConfig);
    store.caller = Caller::new("writer", without.collect());
    for result in [
        put(&mut store, "mine", Rights::ALL, KeysDraft::default()).map(drop),
        keys(&mut store, "owner").map(drop),
        rotate(&mut store, "owner", KeySlot::Primary).map(drop),
        delete(&mut store, "owner", &IfMatch::Any),
        list(&mut store).map(drop),
        read(&mut store).map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), Code::ServiceRight);
    }
}

#[test]
fn names_of_policies() {
    for good in ["provisioningserviceowner", "a", "Line-7_x.y"] {
        assert_eq!(PolicyName::parse(good).unwrap().as_str(), good);
    }
    for bad in ["", "a b", "a/b", "a&b", "é", &"a".repeat(65)] {
        assert_eq!(
            PolicyName::parse(bad).unwrap_err().code(),
            Code::ServicePolicyName
        );
    }
}

/// Whoever may configure the service and no more must not come to the other rights by that one.
#[test]
fn d4_nobody_hands_out_or_takes_hold_of_more_than_they_have() {
    let mut store = Store::new();
    let config = Rights::NONE.with(Right::ServiceConfig);
    put(&mut store, "owner", Rights::ALL, KeysDraft::default()).unwrap();
    put(&mut store, "reader", READ, KeysDraft::default()).unwrap();
    put(&mut store, "config", config, KeysDraft::default()).unwrap();
    store.caller = Caller::new("config", config);
    let mut known = KeysDraft::default();
    known.primary = Some(SasKey::from_bytes(&[7; 32]).unwrap());
    for id in ["owner", "reader"] {
        for refused in [
            keys(&mut store, id).unwrap_err(),
            rotate(&mut store, id, KeySlot::Primary).unwrap_err(),
            put(&mut store, id, store_rights(id), known.clone()).unwrap_err(),
        ] {
            assert_eq!(refused.code(), Code::ServiceRight, "{id}");
            assert!(refused.expected_text().contains("EnrollmentRead"));
        }
    }
    for rights in [Rights::ALL, READ, config.with(Right::EnrollmentWrite)] {
        for id in ["config", "mine"] {
            let refused = put(&mut store, id, rights, known.clone()).unwrap_err();
            assert_eq!(refused.code(), Code::ServiceRight);
        }
    }
    // What is theirs they can do.
    put(&mut store, "mine", config, known).unwrap();
    rotate(&mut store, "config", KeySlot::Primary).unwrap();
    keys(&mut store, "config").unwrap();
    delete(&mut store, "reader", &IfMatch::Any).unwrap();
}

fn store_rights(id: &str) -> Rights {
    if id == "owner" { Rights::ALL } else { READ }
}
