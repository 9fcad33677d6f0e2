use alloc::format;
use alloc::string::{String, ToString as _};

use provisor_report::UnixTime;

use super::*;
use crate::enrollment::{Generation, GroupAttestation, ProvisioningStatus, Settings};
use crate::id::GroupId;

const NOW: UnixTime = UnixTime::new(1_790_000_000);

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn id(text: &str) -> RegistrationId {
    RegistrationId::try_from(text).unwrap()
}

fn keys(byte: u8) -> SymmetricKeys {
    let [primary, secondary] = [[byte; 64], [byte ^ 0x80; 64]];
    SymmetricKeys::new(
        SasKey::from_bytes(&primary).unwrap(),
        SasKey::from_bytes(&secondary).unwrap(),
    )
}

fn group(name: &str, byte: u8) -> EnrollmentGroup {
    let generation = Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap();
    let attestation = GroupAttestation::SymmetricKey(keys(byte));
    EnrollmentGroup::new(GroupId::parse(name).unwrap(), attestation, generation)
}

fn disabled(name: &str, byte: u8) -> EnrollmentGroup {
    let status = ProvisioningStatus::Disabled;
    group(name, byte).with_settings(Settings::new().with_provisioning_status(status))
}

fn recorded(name: &str) -> EnrollmentRef {
    EnrollmentRef::Group(GroupId::parse(name).unwrap())
}

fn signed(id: &RegistrationId, key: &SasKey) -> String {
    let scope = scope();
    let resource = Resource::registration(&scope, id);
    key.sign(&resource, NOW.saturating_add(60)).to_string()
}

/// The group that answers a token of this key, and with which of its keys; or why none does.
fn answer(
    device: &RegistrationId,
    key: &SasKey,
    groups: &[EnrollmentGroup],
    record: Option<&EnrollmentRef>,
) -> Result<(String, KeySlot), Rejection> {
    let (scope, text) = (scope(), signed(device, key));
    let shown = Shown::new(SasToken::parse(&text).unwrap(), &scope, device);
    search(&shown, groups.iter(), record).map(|hit| {
        let Proof::SymmetricKey { key: slot } = *hit.bound.attested.proof() else {
            panic!("no symmetric key");
        };
        // What the hub will know is what the device signs with.
        let theirs = match slot {
            KeySlot::Primary => hit.bound.keys.primary(),
            KeySlot::Secondary => hit.bound.keys.secondary(),
        };
        assert!(theirs.equals(key));
        (hit.group.id().to_string(), slot)
    })
}

#[test]
fn either_key_of_an_individual_enrollment_and_no_other() {
    let (device, scope) = (id("Line-7"), scope());
    let enrolled = keys(7);
    for (slot, key) in enrolled.both() {
        let text = signed(&device, key);
        let shown = Shown::new(SasToken::parse(&text).unwrap(), &scope, &device);
        let bound = bind_individual(&shown, &enrolled).ok().unwrap();
        assert_eq!(*bound.attested.proof(), Proof::SymmetricKey { key: slot });
        assert_eq!(*bound.attested.enrollment(), EnrollmentRef::Individual);
        assert_eq!(bound.accepted.len(), 2);
        assert!(bound.accepted.contains(&bound.attested.marks()[0]));
        assert!(bound.keys.primary().equals(enrolled.primary()));
    }
    for (key, code, mistake) in [
        (keys(8).primary().clone(), Code::SasSignature, false),
        (
            enrolled.derive(&device).primary().clone(),
            Code::SasKeyDerived,
            true,
        ),
    ] {
        let text = signed(&device, &key);
        let shown = Shown::new(SasToken::parse(&text).unwrap(), &scope, &device);
        let refused = bind_individual(&shown, &enrolled).err().unwrap();
        assert_eq!(refused.code(), code);
        assert_eq!(is_mistake(&refused), mistake);
    }
}

#[test]
fn a_groups_device_has_its_key_derived_from_either_in_either_spelling() {
    let (device, groups) = (id("Line-7"), [group("a", 1), group("b", 2)]);
    for (byte, name) in [(1, "a"), (2, "b")] {
        for spelling in ["Line-7", "line-7"] {
            let derived = keys(byte).derive_from(spelling);
            for (slot, key) in derived.both() {
                let found = answer(&device, key, &groups, None).unwrap();
                assert_eq!(found, (name.to_string(), slot), "{spelling}");
            }
        }
    }
    let shouted = keys(1).derive_from("LINE-7");
    let refused = answer(&device, shouted.primary(), &groups, None).unwrap_err();
    assert_eq!(refused.code(), Code::SasDerivedCase);
    let other = keys(1).derive(&id("line-8"));
    let refused = answer(&device, other.primary(), &groups, None).unwrap_err();
    assert_eq!(refused.code(), Code::AttestNoKeyGroup);
    assert!(!is_mistake(&refused));
    let refused = answer(&device, other.primary(), &[], None).unwrap_err();
    assert_eq!(refused.code(), Code::AttestNoKeyGroup);
}

#[test]
fn the_key_of_any_group_used_as_a_devices_is_named_to_the_operator_alone() {
    let groups: Vec<_> = (0..50).map(|at| group(&format!("g{at}"), at)).collect();
    for at in [0, 25, 49] {
        for (_, key) in keys(at).both() {
            let refused = answer(&id("line-7"), key, &groups, None).unwrap_err();
            assert_eq!(refused.code(), Code::SasGroupKey);
            assert!(is_mistake(&refused));
            assert!(refused.found_text().ends_with(&format!("group g{at}")));
            assert!(!refused.public().to_string().contains("group g"));
        }
    }
}

#[test]
fn of_groups_with_one_key_the_recorded_one_answers_then_a_disabled_one_then_the_first_by_name() {
    let device = id("line-7");
    let key = keys(1).derive(&device);
    let of = |groups: &[EnrollmentGroup], record: Option<&str>| {
        let record = record.map(recorded);
        answer(&device, key.primary(), groups, record.as_ref())
            .unwrap()
            .0
    };
    let open = [group("c", 1), group("B", 1), group("a", 2)];
    assert_eq!(of(&open, None), "B");
    assert_eq!(of(&open, Some("c")), "c");
    assert_eq!(of(&open, Some("C")), "c");
    // On record under a group that its key is not of.
    assert_eq!(of(&open, Some("a")), "B");
    let barred = [group("a", 1), disabled("z", 1), disabled("y", 2)];
    assert_eq!(of(&barred, None), "z");
    assert_eq!(of(&barred, Some("a")), "a");
    assert_eq!(of(&barred, Some("z")), "z");
}

#[test]
fn there_are_at_most_a_hundred_such_groups() {
    let device = id("line-7");
    let mut groups: Vec<_> = (0..100).map(|at| group(&format!("g{at:03}"), at)).collect();
    let key = keys(99).derive(&device);
    let found = answer(&device, key.secondary(), &groups, None).unwrap();
    assert_eq!(found, ("g099".to_string(), KeySlot::Secondary));
    groups.push(group("one-more", 100));
    let refused = answer(&device, key.secondary(), &groups, None).unwrap_err();
    assert_eq!(refused.code(), Code::AttestTooManyFacts);
}

#[test]
fn a_device_that_takes_its_derived_key_along_has_the_same_mark() {
    let (device, scope) = (id("Line-7"), scope());
    let derived = keys(1).derive(&device);
    let text = signed(&device, derived.secondary());
    let shown = Shown::new(SasToken::parse(&text).unwrap(), &scope, &device);
    let hit = search(&shown, [group("a", 1)].iter(), None).map(|hit| hit.bound.accepted);
    let alone = bind_individual(&shown, &derived).map(|bound| bound.accepted);
    assert_eq!(hit.unwrap(), alone.unwrap());
}
