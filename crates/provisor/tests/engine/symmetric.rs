//! Devices with symmetric keys, of individual enrollments and of groups.

use std::collections::BTreeSet;

use provisor::attestation::{EnrollmentRef, Proof};
use provisor::enrollment::{
    IndividualAttestation, IndividualEnrollment, KeySlot, ReprovisionPolicy, Settings,
    SymmetricKeys,
};
use provisor::quota::RecordQuota;
use provisor::registration::reprovision::Action;
use provisor::registration::{
    EnrollmentSelector as Of, Evidence, Facts, Fence, RegistrationRequest, Response, SasText,
    Succession,
};
use provisor::sas::{Resource, SasKey};
use provisor::{Code, IdScope, Rejection};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const ID: &str = "line-7";

fn derived(byte: u8, spelling: &str) -> SymmetricKeys {
    // The library derives from the normal form; other spellings by hand, as tools do.
    let keys = symmetric_keys(byte);
    let derive = |key: &SasKey| {
        use ring::hmac;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
        SasKey::from_bytes(hmac::sign(&key, spelling.as_bytes()).as_ref()).unwrap()
    };
    SymmetricKeys::new(derive(keys.primary()), derive(keys.secondary()))
}

fn both(keys: &SymmetricKeys) -> [&SasKey; 2] {
    [keys.primary(), keys.secondary()]
}

/// The hub of the device knows it by these keys.
#[track_caller]
fn assert_hub_knows(world: &World, id: &str, keys: &SymmetricKeys) {
    let record = &world.records[&self::id(id)];
    let place = (
        record.assigned_hub.to_string(),
        record.device_id.to_string(),
    );
    let known = &world.hub_keys[&place];
    assert!(known.primary().equals(keys.primary()));
    assert!(known.secondary().equals(keys.secondary()));
}

#[track_caller]
fn assert_refused(response: Response, world: &World, code: Code) -> Rejection {
    let rejection = refused(response);
    assert_eq!(rejection.code(), code, "{rejection}");
    assert!(world.devices.is_empty() && world.records.is_empty());
    rejection
}

#[test]
fn b5_either_key_registers_the_device_of_an_individual_enrollment() {
    for key in 0..2 {
        let mut world = World::new();
        let keys = symmetric_keys(7);
        world.individuals = vec![keyed(ID, keys.clone())];
        let assigned = assigned(world.with_key("Line-7", both(&keys)[key]));
        assert_eq!(assigned.record.enrollment, EnrollmentRef::Individual);
        assert!(assigned.hub_key.is_none());
        assert_hub_knows(&world, ID, &keys);
    }
}

#[test]
fn b6_a_groups_device_is_known_by_what_is_derived_for_it_in_its_own_spelling() {
    for spelling in ["Line-7", "line-7"] {
        let device = derived(1, spelling);
        for key in 0..2 {
            let mut world = World::new();
            world.groups = vec![
                keyed_group("other", symmetric_keys(2)),
                keyed_group("line", symmetric_keys(1)),
            ];
            let assigned = assigned(world.with_key("Line-7", both(&device)[key]));
            assert_eq!(assigned.record.enrollment.to_string(), "group line");
            assert_hub_knows(&world, ID, &device);
        }
    }
    let (mut world, shouted) = (World::new(), derived(1, "LINE-7"));
    world.groups = vec![keyed_group("line", symmetric_keys(1))];
    let response = world.with_key("Line-7", shouted.primary());
    assert_refused(response, &world, Code::SasDerivedCase);
}

#[test]
fn a_key_that_is_not_the_devices_admits_nobody() {
    let keys = symmetric_keys(7);
    let individual = || vec![keyed(ID, keys.clone())];
    let groups = || vec![keyed_group("line", keys.clone())];
    for (individuals, groups, key, code) in [
        (individual(), vec![], symmetric_keys(8), Code::SasSignature),
        (individual(), vec![], derived(7, ID), Code::SasKeyDerived),
        (vec![], groups(), keys.clone(), Code::SasGroupKey),
        (
            vec![],
            groups(),
            derived(7, "line-8"),
            Code::AttestNoKeyGroup,
        ),
        (vec![], groups(), symmetric_keys(8), Code::AttestNoKeyGroup),
        (vec![], vec![], keys.clone(), Code::AttestNotEnrolled),
        // The individual enrollment goes before the group.
        (individual(), groups(), derived(7, ID), Code::SasKeyDerived),
        (
            vec![keyed(ID, symmetric_keys(9))],
            groups(),
            derived(7, ID),
            Code::SasSignature,
        ),
        // Keys of zeros are tried where there are none, and are nobody's.
        (vec![], groups(), zeros(), Code::AttestNoKeyGroup),
        (vec![], vec![], zeros(), Code::AttestNotEnrolled),
    ] {
        for key in both(&key) {
            let mut world = World::new();
            (world.individuals, world.groups) = (individuals.clone(), groups.clone());
            let response = world.with_key(ID, key);
            assert_refused(response, &world, code);
        }
    }
}

fn zeros() -> SymmetricKeys {
    let key = SasKey::from_bytes(&[0; 64]).unwrap();
    SymmetricKeys::new(key.clone(), key)
}

#[test]
fn b7_a_token_for_another_time_scope_or_device_admits_nobody() {
    let keys = symmetric_keys(7);
    let key = keys.primary();
    let mut world = World::new();
    world.individuals = vec![keyed(ID, keys.clone())];
    let response = world.with_token(ID, &token(ID, key, NOW.saturating_add(-4000)));
    assert_refused(response, &world, Code::SasExpired);
    let (other, device) = (IdScope::parse("0ne0A1B2C3E").unwrap(), id(ID));
    let elsewhere = key.sign(
        &Resource::registration(&other, &device),
        NOW.saturating_add(60),
    );
    let response = world.with_token(ID, elsewhere.as_str());
    assert_refused(response, &world, Code::SasResource);
    let response = world.with_token(ID, &token("line-8", key, NOW));
    assert_refused(response, &world, Code::SasResource);
    let response = world.with_token(ID, "Bearer x");
    assert_refused(response, &world, Code::SasScheme);
    let good = token(ID, key, NOW);
    let evidence = Evidence::Sas(SasText::new(&good));
    let request = RegistrationRequest::new(other, device, evidence);
    let response = world.register(&request, NOW);
    assert_refused(response, &world, Code::RegScope);
    // The same token for this very service is good, and is not shown.
    assert!(!format!("{request:?}").contains("sig"));
    assigned(world.with_token(ID, &good));
}

/// As official clients send it: plain and encoded in either case, all in lower case, with `skn` missing
/// or empty, with 30 seconds to live and reused afterwards.
#[test]
fn b7_what_is_signed_is_the_resource_as_it_was_sent() {
    let keys = symmetric_keys(7);
    let sign = |resource: &str, expires: i64, rest: &str| {
        let signed = format!("{resource}\n{expires}");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, keys.secondary().expose());
        let tag = ring::hmac::sign(&key, signed.as_bytes());
        let sig = data_encoding::BASE64.encode(tag.as_ref());
        let sig = sig
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        format!("SharedAccessSignature sr={resource}&sig={sig}&se={expires}{rest}")
    };
    let later = NOW.seconds() + 3600;
    for text in [
        sign(
            "0ne0A1B2C3D/registrations/Line-7",
            later,
            "&skn=registration",
        ),
        sign("0ne0A1B2C3D/registrations/Line-7", later, "&skn="),
        sign("0ne0A1B2C3D%2Fregistrations%2FLine-7", later, ""),
        sign(
            "0ne0A1B2C3D%2fregistrations%2fLine-7",
            later,
            "&skn=registration",
        ),
        sign(
            "0ne0a1b2c3d%2Fregistrations%2Fline-7",
            later,
            "&skn=registration",
        ),
        sign(
            "0ne0a1b2c3d%2Fregistrations%2Fline-7",
            NOW.seconds() - 300,
            "",
        ),
    ] {
        let mut world = World::new();
        world.individuals = vec![keyed(ID, keys.clone())];
        assigned(world.with_token("Line-7", &text));
    }
    // One second more than clocks may differ, and what was signed in another spelling than it is sent.
    for (text, code) in [
        (
            sign("0ne0A1B2C3D/registrations/line-7", NOW.seconds() - 301, ""),
            Code::SasExpired,
        ),
        (
            sign("0ne0A1B2C3D/registrations/line-7", later, "").replace("/reg", "%2Freg"),
            Code::SasSignedPlain,
        ),
    ] {
        let mut world = World::new();
        world.individuals = vec![keyed(ID, keys.clone())];
        let response = world.with_token(ID, &text);
        assert_refused(response, &world, code);
    }
}

#[test]
fn b4_what_is_disabled_bars_and_nothing_falls_through_it() {
    let (own, groups) = (symmetric_keys(7), symmetric_keys(1));
    let device = derived(1, ID);
    let mut world = World::new();
    world.individuals = vec![keyed(ID, own.clone()).with_settings(disabled())];
    world.groups = vec![keyed_group("line", groups.clone())];
    for key in [own.primary(), device.primary(), symmetric_keys(9).primary()] {
        let response = world.with_key(ID, key);
        assert_refused(response, &world, Code::AttestDisabled);
    }
    // One that was made only to block, by another mechanism.
    let pki = ToyPki::new(7);
    let blocked = individual(ID, &self::device(&pki, ID).certificate);
    let tpm = tpm_enrollment(ID, &SoftTpm::new(TpmKind::P256, 7, 0));
    for other in [blocked.clone(), tpm] {
        world.individuals = vec![other];
        let response = world.with_key(ID, device.primary());
        assert_refused(response, &world, Code::AttestMechanism);
    }
    world.individuals = vec![blocked.with_settings(disabled())];
    let response = world.with_key(ID, device.primary());
    assert_refused(response, &world, Code::AttestDisabled);
    // And a certificate where keys are enrolled.
    world.individuals = vec![keyed(ID, own)];
    let leaf = self::device(&pki, ID).certificate;
    let response = world.with_certificate(ID, &leaf, &[]);
    assert_refused(response, &world, Code::AttestMechanism);
    // A disabled group, whose key another one has too, whatever their names.
    world.individuals = Vec::new();
    for (barred, open) in [("a", "b"), ("b", "a")] {
        world.groups = vec![
            keyed_group(open, groups.clone()),
            keyed_group(barred, groups.clone()).with_settings(disabled()),
        ];
        let response = world.with_key(ID, device.primary());
        assert_refused(response, &world, Code::AttestGroupDisabled);
    }
}

#[test]
fn the_group_on_record_answers_first() {
    let device = derived(1, ID);
    let mut world = World::new();
    world.groups = vec![keyed_group("m", symmetric_keys(1))];
    let first = assigned(world.with_key(ID, device.primary())).record;
    // Another one with the same key, before it by name.
    let mine = world.groups.remove(0);
    world.groups = vec![keyed_group("a", symmetric_keys(1)), mine.clone()];
    let again = assigned(world.with_key(ID, device.secondary()));
    assert_eq!(again.record.enrollment, first.enrollment);
    assert_eq!(again.action, Action::Keep);
    // Disabled, it does not give way to the other.
    world.groups[1] = mine.with_settings(disabled());
    let rejection = refused(world.with_key(ID, device.primary()));
    assert_eq!(rejection.code(), Code::AttestGroupDisabled);
    assert_eq!(world.records[&id(ID)], again.record);
}

#[test]
fn keys_are_rolled_one_after_the_other() {
    let [old, new] = [symmetric_keys(1), symmetric_keys(2)];
    let roll = |primary: &SymmetricKeys, secondary: &SymmetricKeys| {
        SymmetricKeys::new(primary.primary().clone(), secondary.secondary().clone())
    };
    let mut world = World::new();
    world.individuals = vec![keyed(ID, old.clone())];
    let first = assigned(world.with_key(ID, old.primary())).record;
    // The device takes the secondary, the primary is replaced, the device takes it.
    assigned(world.with_key(ID, old.secondary()));
    let edited = |world: &mut World, keys| {
        let attestation = IndividualAttestation::SymmetricKey(keys);
        let enrollment = world.individuals.remove(0).with_attestation(attestation);
        world.individuals = vec![enrollment];
    };
    edited(&mut world, roll(&new, &old));
    assert_eq!(code(world.with_key(ID, old.primary())), Code::SasSignature);
    for key in [old.secondary(), new.primary()] {
        let again = assigned(world.with_key(ID, key));
        assert_eq!(again.action, Action::Keep);
        assert_eq!(again.record.generation, first.generation);
        assert_hub_knows(&world, ID, &roll(&new, &old));
    }
    // Then the whole: an edit keeps the generation, and the device its data.
    edited(&mut world, new.clone());
    let last = assigned(world.with_key(ID, new.secondary()));
    assert_eq!(last.action, Action::Keep);
    assert_eq!(last.record.created, first.created);
    assert_eq!(
        code(world.with_key(ID, old.secondary())),
        Code::SasSignature
    );
}

#[test]
fn a_group_made_anew_with_a_key_in_common_goes_on_and_another_does_not() {
    let device = |byte| derived(byte, ID);
    let settled = || {
        let mut world = World::new();
        world.groups = vec![keyed_group("line", symmetric_keys(1))];
        assigned(world.with_key(ID, device(1).primary()));
        world
    };
    let half = SymmetricKeys::new(
        symmetric_keys(3).primary().clone(),
        symmetric_keys(1).secondary().clone(),
    );
    for (keys, key) in [
        (symmetric_keys(1), device(1)),
        // One of the two is enough, also for a device that has the other.
        (half.clone(), device(3)),
    ] {
        let mut world = settled();
        world.groups = vec![keyed_group("LINE", keys)];
        let again = assigned(world.with_key("Line-7", key.primary()));
        assert_eq!(again.action, Action::Keep);
    }
    let mut world = settled();
    world.groups = vec![keyed_group("line", symmetric_keys(2))];
    let rejection = refused(world.with_key(ID, device(2).primary()));
    assert_eq!(rejection.code(), Code::RegEnrollmentRemade);
    // Under another name it is another group, with whatever keys.
    world.groups = vec![keyed_group("other", symmetric_keys(1))];
    let rejection = refused(world.with_key(ID, device(1).primary()));
    assert_eq!(rejection.code(), Code::RegOtherEnrollment);
    // Unless the operator says so.
    let generation = |group: &provisor::enrollment::EnrollmentGroup| group.generation();
    let moved = Succession::new(
        Of::Generation(world.records[&id(ID)].generation),
        Of::Generation(generation(&world.groups[0])),
    );
    world.service = world.service.clone().with_successions([moved]).unwrap();
    assert_eq!(
        assigned(world.with_key(ID, device(1).primary())).action,
        Action::Keep
    );
}

#[test]
fn a_device_is_taken_out_of_its_group_with_its_key_and_begins_again_with_another() {
    let device = derived(1, ID);
    for (policy, keys, key, action) in [
        (
            ReprovisionPolicy::MigrateData,
            device.clone(),
            device.primary(),
            Action::Keep,
        ),
        (
            ReprovisionPolicy::Never,
            SymmetricKeys::new(
                symmetric_keys(5).primary().clone(),
                device.primary().clone(),
            ),
            device.primary(),
            Action::Keep,
        ),
        (
            ReprovisionPolicy::ResetData,
            device.clone(),
            device.secondary(),
            Action::MoveResettingData,
        ),
        (
            ReprovisionPolicy::MigrateData,
            symmetric_keys(5),
            symmetric_keys(5).primary(),
            Action::MoveResettingData,
        ),
    ] {
        let mut world = World::new();
        world.groups = vec![keyed_group("line", symmetric_keys(1))];
        assigned(world.with_key(ID, device.primary()));
        let settings = Settings::new().with_reprovision_policy(policy);
        world.individuals = vec![keyed(ID, keys).with_settings(settings)];
        assert_eq!(
            assigned(world.with_key(ID, key)).action,
            action,
            "{policy:?}"
        );
    }
}

#[test]
fn a_record_says_nothing_of_the_keys() {
    let device = derived(1, ID);
    let mut world = World::new();
    world.groups = vec![keyed_group("line", symmetric_keys(1))];
    let record = assigned(world.with_key("Line-7", device.secondary())).record;
    assert_eq!(record.marks.len(), 2);
    let shown = format!("{record:?} {:?}", world.groups);
    for key in both(&device).into_iter().chain(both(&symmetric_keys(1))) {
        let hex: String = key
            .expose()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(!shown.contains(&hex[..16]));
        assert!(!shown.contains(&key.expose_base64().to_string()[..12]));
    }
}

/// Every state that may be stored for an ID, for one that has no key of any.
fn states() -> Vec<(&'static str, World)> {
    let pki = ToyPki::new(7);
    let leaf = device(&pki, ID).certificate;
    let with = |individuals: Vec<IndividualEnrollment>| {
        let mut world = World::new();
        world.groups = vec![
            keyed_group("line", symmetric_keys(1)),
            keyed_group("off", symmetric_keys(2)).with_settings(disabled()),
        ];
        world.individuals = individuals;
        world
    };
    let own = || keyed(ID, symmetric_keys(7));
    let tpm = tpm_enrollment(ID, &SoftTpm::new(TpmKind::P256, 7, 0));
    vec![
        ("free", with(vec![])),
        ("keys", with(vec![own()])),
        ("disabled keys", with(vec![own().with_settings(disabled())])),
        ("a certificate", with(vec![individual(ID, &leaf)])),
        (
            "a disabled certificate",
            with(vec![individual(ID, &leaf).with_settings(disabled())]),
        ),
        ("a TPM", with(vec![tpm])),
        ("no groups at all", World::new()),
    ]
}

#[test]
fn a_stranger_with_a_token_is_answered_alike_whatever_is_stored() {
    let good = token(ID, symmetric_keys(9).primary(), NOW);
    let other = token("line-8", symmetric_keys(9).primary(), NOW);
    let old = token(ID, symmetric_keys(9).primary(), NOW.saturating_add(-9000));
    let zeros = token(ID, zeros().primary(), NOW);
    for (text, expected) in [
        (&good, Code::AttestNotAdmitted),
        (&zeros, Code::AttestNotAdmitted),
        (&other, Code::SasResource),
        (&old, Code::SasExpired),
        (
            &"SharedAccessSignature sr=a".to_owned(),
            Code::SasFieldMissing,
        ),
    ] {
        let mut causes = BTreeSet::new();
        for (state, mut world) in states() {
            let rejection = refused(world.with_token(ID, text));
            causes.insert(rejection.code().number());
            assert_eq!(rejection.public().code(), expected, "{state}");
            let (_, mut first) = states().remove(0);
            let free = refused(first.with_token(ID, text)).public();
            assert_eq!(rejection.public().to_string(), free.to_string(), "{state}");
        }
        assert_eq!(causes.len() > 2, expected == Code::AttestNotAdmitted);
    }
}

#[test]
fn who_has_a_key_is_told_what_is_wrong() {
    let keys = symmetric_keys(7);
    let public = |world: &mut World, key: &SasKey| refused(world.with_key(ID, key)).public().code();
    let mut world = World::new();
    world.individuals = vec![keyed(ID, keys.clone()).with_settings(disabled())];
    assert_eq!(public(&mut world, keys.secondary()), Code::AttestDisabled);
    assert_eq!(
        public(&mut world, symmetric_keys(8).primary()),
        Code::AttestNotAdmitted
    );
    world.individuals = Vec::new();
    world.groups = vec![keyed_group("line", keys.clone())];
    // The group's key on a device is a mistake that its maker has to hear of.
    let rejection = refused(world.with_key(ID, keys.primary()));
    assert_eq!(rejection.public().code(), Code::SasGroupKey);
    assert!(rejection.found_text().contains("group line"));
    assert!(!rejection.public().found_text().contains("group line"));
    // A group's device whose ID has an individual enrollment for other keys.
    world.individuals = vec![keyed(ID, symmetric_keys(9))];
    let rejection = refused(world.with_key(ID, derived(7, ID).primary()));
    assert_eq!(rejection.code(), Code::SasSignature);
    assert_eq!(rejection.public().code(), Code::SasSignature);
    assert!(rejection.found_text().contains("group line"), "{rejection}");
    assert!(!rejection.public().to_string().contains("group line"));
}

#[test]
fn groups_that_were_not_looked_up_and_too_many_of_them_are_the_services_fault() {
    let mut world = World::new();
    world.groups = (0..=100)
        .map(|at| keyed_group(&format!("g{at}"), symmetric_keys(at)))
        .collect();
    for individuals in [vec![], vec![keyed(ID, symmetric_keys(7))]] {
        world.individuals = individuals;
        let response = world.with_key(ID, symmetric_keys(9).primary());
        let cause = response.failed().expect("no refusal").cause();
        assert_eq!(cause.code(), Code::AttestTooManyFacts);
    }
    // The individual enrollment asks no group.
    assigned(world.with_key(ID, symmetric_keys(7).primary()));
    world.groups.pop();
    let device = derived(99, ID);
    world.individuals = Vec::new();
    world.records.clear();
    world.devices.clear();
    assert_eq!(
        assigned(world.with_key(ID, device.primary()))
            .record
            .enrollment
            .to_string(),
        "group g99"
    );

    let text = token(ID, device.primary(), NOW);
    let request = request(ID, Evidence::Sas(SasText::new(&text)));
    let needs = world.service.needs(&request).unwrap();
    assert!(needs.symmetric_key_groups && !needs.groups && !needs.challenge);
    let facts = Facts::new(&world.hubs, None, None, Fence::new(1), RecordQuota::NONE);
    let mut random = SeededRandom::new(1, "");
    let decision = world.service.decide(&request, facts, NOW, &mut random);
    let response = decision.carry_out(|effect| panic!("{effect:?}"));
    let cause = response.failed().expect("no refusal").cause();
    assert_eq!(cause.code(), Code::RegFacts);
}

#[test]
fn which_key_was_used_is_on_the_proof() {
    // Through the library's own judge: a rolled key shows how far a change has come.
    let keys = symmetric_keys(7);
    for (key, slot) in [
        (keys.primary(), KeySlot::Primary),
        (keys.secondary(), KeySlot::Secondary),
    ] {
        let mut world = World::new();
        world.individuals = vec![keyed(ID, keys.clone())];
        assert_eq!(
            assigned(world.with_key(ID, key)).proof,
            Proof::SymmetricKey { key: slot }
        );
    }
}
