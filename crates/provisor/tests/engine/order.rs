//! The response comes after the effects, late writes lose, and removals look again.

use provisor::quota::RecordQuota;
use provisor::registration::{
    Current, Decision, Due, Effect, Evidence, Facts, Fence, Known, Outcome, OwnerTag,
    RegistrationRecord, Removal, Response, Save, Step, device_owned,
};
use provisor::{Code, DeviceId, IdScope, Rejection, Subject};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;

use super::world::*;

/// A device that moves from hub-a to hub-b: all effects that there are, in one decision.
fn moving(world: &World, lease: u64) -> Decision {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = request("line-7", evidence);
    let known = world.known(&asked.registration_id);
    let individual = world.individuals.first();
    let facts = Facts::new(
        &world.hubs,
        individual,
        known,
        Fence::new(lease),
        RecordQuota::NONE,
    );
    let random = &mut SeededRandom::new(1, "order");
    world
        .service
        .decide(&asked, facts.with_groups(&[], &[]), NOW, random)
}

fn moved() -> World {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    let mut world = World::new();
    world.hubs = hubs(&[("hub-a", 1)]);
    world.individuals = vec![individual("line-7", &leaf)];
    assigned(world.with_certificate("line-7", &leaf, &[]));
    world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
    world
}

fn names(decision: &Decision) -> Vec<&'static str> {
    decision.effects().map(Effect::name).collect()
}

#[test]
fn the_response_comes_last() {
    let world = moved();
    let mut decision = moving(&world, 2);
    assert_eq!(decision.outcome(), Outcome::Assigned);
    let all = ["Prepare", "PutDevice", "SaveRecord", "RemoveDevice"];
    assert_eq!(names(&decision), all);
    let mut done = Vec::new();
    let response = loop {
        decision = match decision.step() {
            Step::Effect(effect, pending) => {
                done.push(effect.name());
                pending.done()
            }
            Step::Ask(asked) => panic!("no custom allocation: {asked:?}"),
            Step::Respond(response) => break response,
        };
    };
    assert_eq!(done, all);
    assert_eq!(assigned(response).record.assigned_hub, hub("hub-b"));
}

#[test]
fn after_an_effect_that_failed_nothing_is_done_and_nothing_told() {
    let down = || Rejection::new(Code::RegEffect, Subject::field("hub"));
    for failing in ["Prepare", "PutDevice", "SaveRecord"] {
        let world = moved();
        let mut done = Vec::new();
        let response = moving(&world, 2).carry_out(|effect| {
            done.push(effect.name());
            if effect.name() == failing {
                return Err(down());
            }
            Ok(())
        });
        assert_eq!(done.last(), Some(&failing));
        assert_eq!(failed(response).code(), Code::RegEffect);
    }
    // The removal is on record with the rest: what is left to do is nobody's reason to wait.
    let response = moving(&moved(), 2).carry_out(|effect| match effect {
        Effect::RemoveDevice(_) => Err(down()),
        _ => Ok(()),
    });
    assigned(response);
}

#[test]
fn whatever_an_effect_fails_with_it_is_no_refusal_but_for_an_owned_name() {
    let owned = device_owned(&hub("hub-b"), &DeviceId::parse("line-7").unwrap(), None);
    for (cause, refuses) in [
        (owned, true),
        (
            Rejection::new(Code::AttestDisabled, Subject::field("hub")),
            false,
        ),
        (
            Rejection::new(Code::RegFenced, Subject::field("hub")),
            false,
        ),
    ] {
        let response = moving(&moved(), 2).carry_out(|effect| match effect {
            Effect::PutDevice { .. } => Err(cause.clone()),
            _ => Ok(()),
        });
        assert_eq!(response.refused(), refuses.then_some(&cause));
        assert_eq!(response.cause(), Some(&cause));
        assert_eq!(response.failed().is_some(), !refuses);
    }
    // Only the hub knows of owned names.
    let owned = device_owned(&hub("hub-b"), &DeviceId::parse("line-7").unwrap(), None);
    let response = moving(&moved(), 2).carry_out(|_| Err(owned.clone()));
    assert_eq!(failed(response), owned);
}

#[test]
fn an_effect_that_is_not_known_fails() {
    let response = moving(&moved(), 2).carry_out(|effect| match effect {
        Effect::Prepare(_) => Ok(()),
        other => Err(other.unknown()),
    });
    let why = failed(response);
    assert_eq!(why.code(), Code::RegEffectUnknown);
    assert_eq!(why.found_text(), "PutDevice");
}

fn save_of(decision: &Decision) -> Save {
    let found = decision.effects().find_map(|effect| match effect {
        Effect::SaveRecord(save) => Some((**save).clone()),
        _ => None,
    });
    found.expect("a save")
}

#[test]
fn a_late_save_loses() {
    let world = moved();
    let [early, late] = [2, 3].map(|lease| save_of(&moving(&world, lease)));
    let before = world.known(&id("line-7"));
    let enrolled = world.individuals.first().cloned();
    let check = |save: &Save, known: Option<Known<'_>>| {
        let current = Current::new(known, enrolled.as_ref(), None, RecordQuota::NONE);
        save.check(&current).map_err(|cause| cause.code())
    };
    assert!(check(&early, before).is_ok() && check(&late, before).is_ok());
    assert!(!late.is_done(before));
    // The later lease was faster; then the other one was.
    let stored = Some(Known::Record(&late.record));
    assert_eq!(check(&early, stored), Err(Code::RegFenced));
    assert!(late.is_done(stored), "its answer was lost");
    let stored = Some(Known::Record(&early.record));
    assert_eq!(check(&late, stored), Err(Code::RegSaveLost));
    // It was deleted in between.
    let mut world = world;
    world.delete(&id("line-7"));
    let stored = world.known(&id("line-7"));
    assert_eq!(check(&early, stored), Err(Code::RegSaveLost));
    assert_eq!(check(&early, None), Err(Code::RegSaveLost));
}

#[test]
fn the_same_service_twice_at_one_hub_is_told_apart_by_scope() {
    let press = DeviceId::parse("press-7").unwrap();
    let tag = |scope: &str, fence| {
        let scope = IdScope::parse(scope).unwrap();
        OwnerTag::new(scope, id("press-7"), Fence::new(fence))
    };
    let (ours, theirs) = (tag("0ne0A1B2C3D", 5), tag("0ne00000001", 1));
    let refused = ours
        .may_put(Some(&theirs), &hub("hub-a"), &press)
        .unwrap_err();
    assert_eq!(refused.code(), Code::RegDeviceOwned);
    assert!(refused.found_text().contains("0ne00000001"), "{refused}");
    let public = refused.public().to_string();
    assert!(!public.contains("0ne00000001"), "{public}");
    assert!(!ours.may_remove(Some(&theirs)) && !ours.may_remove(None));
    assert!(ours.may_remove(Some(&tag("0ne0A1B2C3D", 5))));
    assert!(
        !ours.may_remove(Some(&tag("0ne0A1B2C3D", 6))),
        "put by a later lease"
    );
}

#[test]
fn from_a_to_b_and_back_to_a_while_the_removal_from_a_is_due() {
    let mut world = moved();
    // It moves to hub-b, and stops before the removal.
    let mut due = None;
    let response = moving(&world, 10).carry_out(|effect| {
        match effect {
            Effect::SaveRecord(save) => {
                due = save.removal;
                world.records.insert(id("line-7"), save.record);
            }
            Effect::RemoveDevice(_) => {
                return Err(Rejection::new(Code::RegEffect, Subject::field("hub")));
            }
            _ => {}
        }
        Ok(())
    });
    assert_eq!(assigned(response).record.assigned_hub, hub("hub-b"));
    let due: Removal = due.expect("hub-a is left");
    assert_eq!(due.hub, hub("hub-a"));
    let known = |record| Some(Known::Record(record));
    let at_b: RegistrationRecord = world.records[&id("line-7")].clone();
    let Due::Remove(again) = due.due(known(&at_b), Fence::new(11)).unwrap() else {
        panic!("it is in hub-b");
    };
    assert_eq!(again.owner.fence, Fence::new(11));
    assert_eq!(again.place(), due.place());
    // And back.
    world.hubs = hubs(&[("hub-a", 1), ("hub-b", 0)]);
    let back = save_of(&moving(&world, 12));
    assert!(back.cancels(&due), "the store drops it with the save");
    let at_a = back.record;
    assert_eq!(due.due(known(&at_a), Fence::new(13)), Ok(Due::Cancelled));
    // By a lease that is over, nobody removes anything.
    for (record, lease) in [(&at_b, 9), (&at_a, 11)] {
        let fenced = due.due(known(record), Fence::new(lease)).unwrap_err();
        assert_eq!(fenced.code(), Code::RegFenced);
    }
    let mut other = at_b.clone();
    other.registration_id = id("line-8");
    let facts = due.due(known(&other), Fence::new(13)).unwrap_err();
    assert_eq!(facts.code(), Code::RegFacts);
    // What was put where nothing is on record, goes.
    assert!(matches!(due.due(None, Fence::new(13)), Ok(Due::Remove(_))));
}

#[test]
fn a_place_that_is_on_record_needs_no_note() {
    let mut world = moved();
    world.hubs = hubs(&[("hub-a", 1)]);
    let decision = moving(&world, 2);
    assert_eq!(names(&decision), ["Prepare", "PutDevice", "SaveRecord"]);
    let noted = |decision: &Decision| {
        decision.effects().any(|effect| match effect {
            Effect::Prepare(preparation) => preparation.removal.is_some(),
            _ => false,
        })
    };
    assert!(!noted(&decision));
    assert!(noted(&moving(&moved(), 2)));
    let response = moving(&world, 2).carry_out(|_| Ok(()));
    assert!(matches!(response, Response::Assigned(_)));
}
