//! The custom allocation: what is asked, what is answered, and what comes of it.

use provisor::allocation::{AllocationPolicy, Latency};
use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{
    Capabilities, CustomAllocation, InitialTwin, ReprovisionPolicy, Settings,
};
use provisor::quota::RecordQuota;
use provisor::registration::reprovision::Action;
use provisor::registration::{
    AllocationAnswer, AllocationQuestion, Asked, Decision, Effect, Evidence, Facts, Fence, Known,
    Outcome, Response, SasText, Service, Step, Substatus, TpmAnswer,
};
use provisor::{Code, DeviceId, Rejection, Subject, limits};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const ID: &str = "line-7";

fn custom() -> Settings {
    Settings::new().with_allocation_policy(AllocationPolicy::Custom)
}

/// One device with keys under an enrollment with these settings.
fn world(settings: Settings) -> World {
    let mut world = World::new();
    world.individuals = vec![keyed(ID, symmetric_keys(7)).with_settings(settings)];
    world
}

fn decide(world: &mut World, payload: Option<&[u8]>) -> Decision {
    let text = token(ID, symmetric_keys(7).primary(), NOW);
    let evidence = Evidence::Sas(SasText::new(&text));
    let mut request = request(ID, evidence);
    if let Some(payload) = payload {
        request = request.with_payload(payload);
    }
    world.decide(&request, NOW).unwrap()
}

/// Up to the question.
fn asked(world: &mut World, mut decision: Decision) -> Asked {
    assert_eq!(decision.outcome(), Outcome::Ask);
    loop {
        decision = match decision.step() {
            Step::Effect(effect, pending) => {
                world.carry_out(effect).unwrap();
                pending.done()
            }
            Step::Ask(asked) => return asked,
            Step::Respond(response) => panic!("{response:?}"),
        };
    }
}

fn ask(world: &mut World) -> Asked {
    let decision = decide(world, None);
    asked(world, decision)
}

fn finish(world: &mut World, decision: Decision) -> Response {
    decision.carry_out(|effect| world.carry_out(effect))
}

fn to(question: &AllocationQuestion, hub: &str) -> AllocationAnswer {
    AllocationAnswer::to(&question.id).with_hub(hub)
}

/// Asks, is answered with that hub, and puts the device there.
fn placed(world: &mut World, hub: &str) -> Response {
    let asked = ask(world);
    let answer = to(asked.question(), hub);
    let decision = asked.answer(&answer, NOW);
    finish(world, decision)
}

#[track_caller]
fn failed(response: &Response) -> Code {
    response
        .failed()
        .expect("no refusal, no hub")
        .cause()
        .code()
}

#[test]
fn c16_the_question_says_what_a_webhook_gets_and_the_answer_comes_out() {
    let webhook = CustomAllocation::new("https://fn.example.net/?code=x", "2021-10-01").unwrap();
    let settings = Settings::new()
        .with_custom_allocation(webhook.clone())
        .with_iot_hubs(["hub-c", "hub-x", "hub-a"].map(hub))
        .with_capabilities(Capabilities::new(true));
    let mut world = world(settings);
    let decision = decide(&mut world, Some(br#"{ "site": [1, "B"] }"#));
    let asked = asked(&mut world, decision);
    let question = asked.question();
    assert_eq!(question.registration_id, id(ID));
    assert_eq!(question.enrollment, EnrollmentRef::Individual);
    assert_eq!(question.generation, world.individuals[0].generation());
    assert_eq!(question.webhook, Some(webhook));
    assert_eq!(
        question.payload.as_ref().unwrap().as_str(),
        r#"{"site":[1,"B"]}"#
    );
    assert_eq!(question.linked_hubs, ["hub-a", "hub-c"].map(hub));
    assert_eq!(
        (&question.current_hub, &question.current_device_id),
        (&None, &None)
    );
    // Nothing has happened yet, and nobody has been told anything.
    assert!(world.devices.is_empty() && world.records.is_empty());

    let answer = to(question, "HUB-C")
        .with_initial_twin(r#"{"tags":{"a":1}}"#)
        .with_payload("[true]");
    let decision = asked.answer(&answer, NOW.saturating_add(3));
    assert!(decision.effects().any(|effect| matches!(
        effect,
        Effect::PutDevice { capabilities, .. } if capabilities.iot_edge
    )));
    let assigned = assigned(finish(&mut world, decision));
    let record = assigned.record;
    assert_eq!(record.assigned_hub, hub("hub-c"));
    assert_eq!(record.payload.as_ref().unwrap().as_str(), "[true]");
    assert_eq!(record.created, NOW.saturating_add(3));
    assert_eq!(world.records[&id(ID)], record);
    assert_eq!(
        world.devices[&("hub-c".into(), ID.into())],
        r#"{"tags":{"a":1}}"#
    );

    // The second time it says where the device is.
    let asked = ask(&mut world);
    let question = asked.question();
    assert_eq!(question.current_hub, Some(hub("hub-c")));
    assert_eq!(
        question.current_device_id,
        Some(DeviceId::parse(ID).unwrap())
    );
    assert_eq!(question.payload, None);
}

#[test]
fn an_answer_that_names_no_hub_of_the_question_refuses_and_does_nothing() {
    for (hub, code) in [
        (None, Code::AllocAnswerMissing),
        (Some(""), Code::AllocAnswerMissing),
        (Some("https://hub-a/"), Code::AllocAnswerMalformed),
        (Some("hub a"), Code::AllocAnswerMalformed),
        (Some("hub-x"), Code::AllocAnswerNotLinked),
        // Linked, and not listed.
        (Some("hub-c"), Code::AllocAnswerNotLinked),
    ] {
        let mut world = world(custom().with_iot_hubs(["hub-a", "hub-b", "hub-x"].map(self::hub)));
        let asked = ask(&mut world);
        let mut answer = AllocationAnswer::to(&asked.question().id);
        if let Some(hub) = hub {
            answer = answer.with_hub(hub);
        }
        let decision = asked.answer(&answer, NOW);
        let rejection = refused(finish(&mut world, decision));
        assert_eq!(rejection.code(), code, "{hub:?}");
        assert!(world.devices.is_empty() && world.records.is_empty());
    }
}

#[test]
fn what_else_is_in_the_answer_is_judged_too() {
    let long = format!("\"{}\"", "x".repeat(limits::PAYLOAD_BYTES));
    for (twin, payload, expected) in [
        (Some("null"), Some("null"), None),
        (Some(" {} "), None, None),
        (Some("[]"), None, Some("initialTwin")),
        (Some("{"), None, Some("initialTwin")),
        (Some(""), None, Some("initialTwin")),
        (None, Some("{} {}"), Some("payload")),
        (None, Some(""), Some("payload")),
        (None, Some(long.as_str()), Some("payload")),
    ] {
        let mut world = world(custom());
        let asked = ask(&mut world);
        let mut answer = to(asked.question(), "hub-a");
        if let Some(twin) = twin {
            answer = answer.with_initial_twin(twin);
        }
        if let Some(payload) = payload {
            answer = answer.with_payload(payload);
        }
        let decision = asked.answer(&answer, NOW);
        let response = finish(&mut world, decision);
        match expected {
            None => assert_eq!(assigned(response).record.payload, None),
            Some(field) => {
                let rejection = refused(response);
                assert_eq!(rejection.code(), Code::AllocAnswerMalformed);
                assert_eq!(*rejection.subject(), Subject::field(field));
                assert!(world.devices.is_empty());
            }
        }
    }
}

#[test]
fn no_answer_a_late_one_and_anothers_are_no_refusal() {
    let fresh = || world(custom());
    let nothing = |world: &World| assert!(world.devices.is_empty() && world.records.is_empty());

    let mut world = fresh();
    let cause = Rejection::new(Code::RegEffect, Subject::field("webhook")).found("503");
    let decision = ask(&mut world).lost(cause);
    let response = finish(&mut world, decision);
    assert_eq!(failed(&response), Code::RegAnswerLost);
    assert!(response.cause().unwrap().found_text().contains("503"));
    nothing(&world);

    // In the last second, and after it.
    for (later, in_time) in [(10, true), (11, false)] {
        let mut world = fresh();
        let asked = ask(&mut world);
        let answer = to(asked.question(), "hub-a");
        let decision = asked.answer(&answer, NOW.saturating_add(later));
        let response = finish(&mut world, decision);
        if in_time {
            assigned(response);
        } else {
            assert_eq!(failed(&response), Code::RegAnswerLate);
            nothing(&world);
        }
    }

    // The answer to the question of the lease before, and that about another device.
    let mut world = fresh();
    let before = to(ask(&mut world).question(), "hub-a");
    let decision = ask(&mut world).answer(&before, NOW);
    assert_eq!(failed(&finish(&mut world, decision)), Code::RegAnswerOther);
    nothing(&world);

    // Who asks nobody.
    let decision = decide(&mut world, None);
    assert_eq!(failed(&finish(&mut world, decision)), Code::RegAnswerLost);
    nothing(&world);

    // And then it is well.
    assigned(placed(&mut world, "hub-a"));
}

#[test]
fn a_function_of_the_service_answers_at_once() {
    let mut world = world(custom());
    let decision = decide(&mut world, None);
    let response = decision.carry_out_asking(
        |effect| world.carry_out(effect),
        NOW,
        |question| Ok(to(question, "hub-b")),
    );
    assert_eq!(assigned(response).record.assigned_hub, hub("hub-b"));
}

#[test]
fn the_twin_of_the_answer_overrides_what_the_policy_says() {
    let enrolled = InitialTwin::parse(r#"{"tags":{"from":"enrollment"}}"#).unwrap();
    let said = r#"{"tags":{"from":"answer"}}"#;
    for (policy, twin, expected, substatus) in [
        (
            ReprovisionPolicy::MigrateData,
            Some(said),
            format!("copied from hub-a, then {said}"),
            Substatus::DeviceDataMigrated,
        ),
        (
            ReprovisionPolicy::MigrateData,
            None,
            "copied from hub-a".into(),
            Substatus::DeviceDataMigrated,
        ),
        (
            ReprovisionPolicy::ResetData,
            Some(said),
            said.into(),
            Substatus::DeviceDataReset,
        ),
        (
            ReprovisionPolicy::ResetData,
            None,
            enrolled.to_string(),
            Substatus::DeviceDataReset,
        ),
    ] {
        let settings = custom()
            .with_reprovision_policy(policy)
            .with_initial_twin(enrolled.clone());
        let mut world = world(settings);
        assigned(placed(&mut world, "hub-a"));
        let asked = ask(&mut world);
        let mut answer = to(asked.question(), "hub-b");
        if let Some(twin) = twin {
            answer = answer.with_initial_twin(twin);
        }
        let decision = asked.answer(&answer, NOW);
        let record = assigned(finish(&mut world, decision)).record;
        assert_eq!(record.substatus, substatus);
        assert_eq!(world.devices.len(), 1, "{:?}", world.devices);
        assert_eq!(world.devices[&("hub-b".into(), ID.into())], expected);
    }
}

#[test]
fn who_stays_is_not_asked_about_and_who_cannot_stay_is() {
    let settings = custom().with_reprovision_policy(ReprovisionPolicy::Never);
    let mut world = world(settings.clone());
    let asked = ask(&mut world);
    let answer = to(asked.question(), "hub-a").with_payload(r#""hello""#);
    let decision = asked.answer(&answer, NOW);
    assigned(finish(&mut world, decision));
    let decision = decide(&mut world, None);
    assert_eq!(decision.outcome(), Outcome::Assigned);
    let stays = assigned(finish(&mut world, decision));
    assert_eq!(stays.action, Action::Keep);
    // It is told again what it was told then, until the enrollment has another policy.
    assert_eq!(stays.record.payload.unwrap().as_str(), r#""hello""#);
    let asking = world.individuals[0].clone();
    let static_ = settings
        .clone()
        .with_allocation_policy(AllocationPolicy::Static(hub("hub-a")));
    world.individuals = vec![asking.clone().with_settings(static_)];
    let decision = decide(&mut world, None);
    assert_eq!(assigned(finish(&mut world, decision)).record.payload, None);
    world.individuals = vec![asking];
    // The enrollment excludes the hub.
    let excluded = settings.with_iot_hubs(["hub-b", "hub-c"].map(hub));
    world.individuals = vec![world.individuals.remove(0).with_settings(excluded)];
    assert_eq!(
        assigned(placed(&mut world, "hub-c")).action,
        Action::MoveKeepingData
    );
    // The same hub again changes nothing, and the payload is that of the last answer.
    world.individuals = vec![world.individuals.remove(0).with_settings(custom())];
    let asked = ask(&mut world);
    let answer = to(asked.question(), "hub-c").with_payload("1");
    let decision = asked.answer(&answer, NOW);
    let again = assigned(finish(&mut world, decision));
    assert_eq!(again.action, Action::Keep);
    assert_eq!(world.records[&id(ID)].payload, again.record.payload);
    assert!(again.record.payload.is_some());
}

#[test]
fn nothing_is_asked_where_nobody_could_answer_or_nobody_is_admitted() {
    let mut world = world(custom().with_iot_hubs([hub("hub-x")]));
    let decision = decide(&mut world, None);
    assert_eq!(decision.outcome(), Outcome::Refused);
    assert_eq!(code(finish(&mut world, decision)), Code::AllocHubNotLinked);
    let mut world = self::world(custom());
    world.hubs = hubs(&[]);
    let decision = decide(&mut world, None);
    assert_eq!(code(finish(&mut world, decision)), Code::AllocNoHubs);
    let mut world = self::world(custom());
    let response = world.with_key(ID, symmetric_keys(9).primary());
    assert_eq!(code(response), Code::SasSignature);
    // What a device says that is no JSON.
    let decision = decide(&mut world, Some(b"{"));
    let rejection = refused(finish(&mut world, decision));
    assert_eq!(rejection.code(), Code::RegPayload);
    // It is the device's own, so that it is told where it is wrong.
    assert_eq!(rejection.public().position(), rejection.position());
    assert!(rejection.position().is_some());
    // Where nobody is asked, nobody reads it.
    world.individuals = vec![world.individuals.remove(0).with_settings(Settings::new())];
    let decision = decide(&mut world, Some(b"{"));
    assigned(finish(&mut world, decision));
}

#[test]
fn a_challenge_is_used_up_once_and_before_the_question() {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let mut world = World::new();
    world.individuals = vec![tpm_enrollment(ID, &device).with_settings(custom())];
    let challenge = world.register(&request(ID, Evidence::TpmKeys(keys(&device))), NOW);
    let Response::Challenge(sealed) = challenge else {
        panic!("{challenge:?}");
    };
    let token = answer(ID, &mut device, &sealed, NOW);
    let evidence = || Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&token),
        keys: None,
    };
    let decision = world.decide(&request(ID, evidence()), NOW).unwrap();
    let names: Vec<_> = decision.effects().map(Effect::name).collect();
    assert_eq!(names, ["RetireChallenge"]);
    let asked = asked(&mut world, decision);
    // The same answer again, while the question is open.
    assert_eq!(
        code(world.answer(ID, &token, NOW)),
        Code::AttestChallengeUsed
    );
    let answer = to(asked.question(), "hub-b");
    let decision = asked.answer(&answer, NOW);
    assert!(
        !decision
            .effects()
            .any(|effect| effect.name() == "RetireChallenge")
    );
    let assigned = assigned(finish(&mut world, decision));
    assert!(assigned.hub_key.is_some());
    assert_eq!(world.operations.len(), 1);
    // A challenge that could not be used up is not followed by a question.
    let challenge = world.register(&request(ID, Evidence::TpmKeys(keys(&device))), NOW);
    let Response::Challenge(sealed) = challenge else {
        panic!("{challenge:?}");
    };
    let token = self::answer(ID, &mut device, &sealed, NOW);
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&token),
        keys: None,
    };
    let decision = world.decide(&request(ID, evidence), NOW).unwrap();
    let Step::Effect(_, pending) = decision.step() else {
        panic!("nothing to do");
    };
    let failed = pending.failed(Rejection::new(Code::RegEffect, Subject::field("store")));
    assert_eq!(failed.outcome(), Outcome::Failed);
}

#[test]
fn a_question_says_nothing_of_keys() {
    let webhook = CustomAllocation::new("https://fn.example.net/?code=s3cret", "2021-10-01");
    let mut world = world(Settings::new().with_custom_allocation(webhook.unwrap()));
    let decision = decide(&mut world, None);
    let shown = format!("{decision:?}");
    assert!(shown.contains("question"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(!shown.contains("7, 7, 7"), "{shown}");
}

#[test]
fn e5_each_policy_of_the_wire_places_the_device() {
    let listed = ["hub-b", "hub-c"].map(hub);
    for (word, expected) in [
        ("static", Some("hub-b")),
        ("hashed", None),
        ("geoLatency", None),
        ("custom", Some("hub-c")),
    ] {
        let policy = AllocationPolicy::parse(word, &listed).unwrap();
        let settings = Settings::new()
            .with_allocation_policy(policy)
            .with_iot_hubs(listed.clone());
        let mut world = world(settings);
        world.hubs = hubs(&[("hub-a", 1000), ("hub-b", 0), ("hub-c", 0)]);
        let decision = decide(&mut world, None);
        let response = decision.carry_out_asking(
            |effect| world.carry_out(effect),
            NOW,
            |question| Ok(to(question, "hub-c")),
        );
        match expected {
            // Whoever names a hub means it.
            Some(name) => assert_eq!(assigned(response).record.assigned_hub, hub(name)),
            None => assert_eq!(code(response), Code::AllocNoWeight, "{word}"),
        }
    }
}

#[test]
fn e5_the_custom_policy_is_no_default_of_a_service() {
    let service = Service::new(scope()).with_allocation_policy(AllocationPolicy::Custom);
    assert_eq!(service.unwrap_err().code(), Code::AllocCustom);
}

#[test]
fn e5_latencies_decide_where_some_are_known_and_weights_where_none_are() {
    let near = Settings::new().with_allocation_policy(AllocationPolicy::LowestLatency);
    let mut world = world(near.clone());
    let weighted = Settings::new().with_allocation_policy(AllocationPolicy::Weighted);
    let place = |world: &World, settings: &Settings, latencies: &[Latency]| {
        let enrollment = world.individuals[0].clone().with_settings(settings.clone());
        let text = token(ID, symmetric_keys(7).primary(), NOW);
        let request = request(ID, Evidence::Sas(SasText::new(&text)));
        let known: Option<Known<'_>> = None;
        let facts = Facts::new(
            &world.hubs,
            Some(&enrollment),
            known,
            Fence::new(1),
            RecordQuota::NONE,
        )
        .with_symmetric_key_groups(&[])
        .with_latencies(latencies);
        let mut random = SeededRandom::new(1, "");
        let decision = world.service.decide(&request, facts, NOW, &mut random);
        assigned(decision.carry_out(|_| Ok(()))).record.assigned_hub
    };
    let by_weight = place(&world, &weighted, &[]);
    for name in ["hub-a", "hub-b", "hub-c"] {
        let latencies = [Latency::new(hub(name), 5)];
        assert_eq!(place(&world, &near, &latencies), hub(name));
        // Of the hubs to choose from none is known.
        let others: Vec<_> = ["hub-a", "hub-b", "hub-c"]
            .into_iter()
            .filter(|other| *other != name)
            .map(hub)
            .collect();
        let (near, weighted) = (
            near.clone().with_iot_hubs(others.clone()),
            weighted.clone().with_iot_hubs(others),
        );
        assert_eq!(
            place(&world, &near, &latencies),
            place(&world, &weighted, &[])
        );
    }
    assert_eq!(place(&world, &near, &[]), by_weight);
    assert_eq!(
        place(&world, &near, &[Latency::new(hub("hub-x"), 1)]),
        by_weight
    );
    // By an even or a weighted service, that is by weights.
    world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
    assert_eq!(place(&world, &near, &[]), hub("hub-b"));
}
