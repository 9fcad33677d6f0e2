//! X.509 enrollment groups, and their order of precedence.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation, SigningCertificates,
};
use provisor::{CaName, Code, GroupId};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

fn admitted_by(response: provisor::registration::Response) -> String {
    assigned(response).record.enrollment.to_string()
}

#[test]
fn the_signing_certificate_may_be_the_issuer_or_the_root() {
    let pki = ToyPki::new(7);
    let leaf = device(&pki, "line-7").certificate;
    for (signing, sent) in [
        (&pki.intermediate.certificate, &[][..]),
        (
            &pki.intermediate.certificate,
            &[&pki.intermediate.certificate],
        ),
        (
            &pki.intermediate.certificate,
            &[&pki.intermediate.certificate, &pki.root.certificate],
        ),
        (&pki.root.certificate, &[&pki.intermediate.certificate]),
        (
            &pki.root.certificate,
            &[&pki.root.certificate, &pki.intermediate.certificate],
        ),
    ] {
        let mut world = World::new();
        world.groups.push(group("line", signing));
        let got = assigned(world.with_certificate("LINE-7", &leaf, sent));
        assert_eq!(
            got.record.enrollment,
            EnrollmentRef::Group(GroupId::parse("LINE").unwrap())
        );
        assert_eq!(got.record.device_id.as_str(), "line-7");
    }
}

#[test]
fn each_refusal_has_its_code() {
    let (pki, other, mut world) = (ToyPki::new(7), ToyPki::new(8), World::new());
    let leaf = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let rejection = refused(world.with_certificate("line-7", &leaf, &sent));
    assert_eq!(rejection.code(), Code::AttestNoGroup);
    assert!(
        rejection.found_text().contains("Toy Issuing CA"),
        "{rejection}"
    );

    world.groups.push(group("line", &pki.root.certificate));
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestNoGroup
    );
    assert_eq!(
        code(world.with_certificate("line-8", &leaf, &sent)),
        Code::AttestIdMismatch
    );
    let late = ToyPki::VALID.1.saturating_add(1);
    assert_eq!(
        code(world.with_certificate_at("line-7", &leaf, &sent, late)),
        Code::X509Expired
    );

    // Same names everywhere, other keys.
    let foreign = device(&other, "line-7").certificate;
    let rejection =
        refused(world.with_certificate("line-7", &foreign, &[&other.intermediate.certificate]));
    assert!(
        (2100..2200).contains(&rejection.code().number()),
        "{rejection}"
    );

    world.groups = vec![group("line", &pki.root.certificate).with_settings(disabled())];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestGroupDisabled
    );
}

#[test]
fn the_nearest_group_decides_even_if_it_is_disabled() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let (near, far) = (
        group("near", &pki.intermediate.certificate),
        group("far", &pki.root.certificate),
    );
    world.groups = vec![far.clone(), near.clone()];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &sent)),
        "group near"
    );
    world.groups = vec![far.clone(), near.clone().with_settings(disabled())];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestGroupDisabled
    );
    world.groups = vec![far.with_settings(disabled()), near.clone()];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &sent)),
        "group near"
    );
    world.groups = vec![near, group("twin", &pki.intermediate.certificate)];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestGroupAmbiguous
    );
}

#[test]
fn an_individual_enrollment_goes_before_the_group_and_never_falls_through() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world
        .groups
        .push(group("line", &pki.intermediate.certificate));
    world.individuals = vec![individual("line-7", &leaf)];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &[])),
        "individual enrollment"
    );
    world.individuals = vec![individual("line-7", &leaf).with_settings(disabled())];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestDisabled
    );
    let other = device(&pki, "line-8").certificate;
    world.individuals = vec![individual("line-7", &other)];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestLeafUnknown
    );
    world.individuals = vec![tpm_enrollment("line-7", &SoftTpm::new(TpmKind::P256, 7, 0))];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestMechanism
    );
}

#[test]
fn a_group_by_ca_reference_needs_a_verified_ca() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let [old, new] = ["old", "new"].map(|name| CaName::parse(name).unwrap());
    let references = CaReferences::new(old.clone(), Some(new.clone())).unwrap();
    let id = GroupId::parse("line").unwrap();
    world.groups.push(EnrollmentGroup::new(
        id,
        GroupAttestation::Ca(references),
        generation(),
    ));
    // A CA that is not registered has no subject to compare: the device hears of its own issuers.
    let rejection = refused(world.with_certificate("line-7", &leaf, &sent));
    assert_eq!(rejection.code(), Code::AttestNoGroup);
    assert!(!rejection.to_string().contains("old"), "{rejection}");
    let ca = |name: &CaName, seed, status| {
        CaCertificate::from_store(
            name.clone(),
            trusted(&ToyPki::new(seed).root.certificate),
            status,
        )
    };
    world.cas = vec![
        ca(&old, 8, CaStatus::Unverified),
        ca(&new, 7, CaStatus::Unverified),
    ];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestCaUnverified
    );
    let stranger = Authority::root("Stranger CA", KeyKind::P256, 7);
    let key = KeyPair::new(KeyKind::P256, 7, "stranger");
    let foreign =
        CertificateBuilder::device(DistinguishedName::cn("line-7"), &key).issued_by(&stranger);
    let rejection = refused(world.with_certificate("line-7", &foreign, &[]));
    assert_eq!(rejection.code(), Code::AttestNoGroup);
    assert!(
        rejection.found_text().contains("Stranger CA"),
        "{rejection}"
    );
    world.cas = vec![
        ca(&old, 8, CaStatus::Verified),
        ca(&new, 7, CaStatus::Verified),
    ];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &sent)),
        "group line"
    );
}

#[test]
fn the_secondary_signing_certificate_is_for_rolling_over() {
    let (old, new, mut world) = (ToyPki::new(7), ToyPki::new(8), World::new());
    let signing = SigningCertificates::new(
        trusted(&old.intermediate.certificate),
        Some(trusted(&new.intermediate.certificate)),
    );
    let id = GroupId::parse("line").unwrap();
    world.groups.push(EnrollmentGroup::new(
        id,
        GroupAttestation::Signing(signing.unwrap()),
        generation(),
    ));
    for pki in [&old, &new] {
        let leaf = device(pki, "line-7").certificate;
        assert_eq!(
            admitted_by(world.with_certificate("line-7", &leaf, &[])),
            "group line"
        );
    }
    assert_eq!(
        world.records.len(),
        1,
        "one device, whichever certificate it shows"
    );
}

#[test]
fn a_signing_certificate_is_not_a_device() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    world.groups.push(group("line", &pki.root.certificate));
    let key = KeyPair::new(KeyKind::P256, 7, "ca as device");
    let ca =
        CertificateBuilder::ca(DistinguishedName::cn("line-7"), &key, None).issued_by(&pki.root);
    let rejection = refused(world.with_certificate("line-7", &ca, &[]));
    assert!(
        (2100..2200).contains(&rejection.code().number()),
        "{rejection}"
    );
}

#[test]
fn a_ca_certified_anew_does_not_lead_around_its_disabled_group() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let name = DistinguishedName::cn("Toy Line CA");
    let key = KeyPair::new(KeyKind::P256, 7, "line CA");
    let certify = |path_len| {
        CertificateBuilder::ca(name.clone(), &key, path_len).into_authority(
            name.clone(),
            key.clone(),
            &pki.root,
        )
    };
    // The group knows the CA with path length 0; the CA has issued a sub-CA all the same.
    let (narrow, wide) = (certify(Some(0)), certify(None));
    let below = wide.issuing_ca("Toy Sub CA", KeyKind::P256, 7, None);
    let device_key = KeyPair::new(KeyKind::P256, 7, "line-7");
    let leaf =
        CertificateBuilder::device(DistinguishedName::cn("line-7"), &device_key).issued_by(&below);
    let sent = [&below.certificate, &wide.certificate];
    let far = group("far", &pki.root.certificate);
    world.groups = vec![far.clone()];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &sent)),
        "group far"
    );
    world.groups = vec![
        far,
        group("near", &narrow.certificate).with_settings(disabled()),
    ];
    let rejection = refused(world.with_certificate("line-7", &leaf, &sent));
    assert_eq!(rejection.code(), Code::X509PathLength, "{rejection}");
}

#[test]
fn many_groups_of_one_name_end_within_the_limit() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    for seed in 100..117 {
        let namesake = Authority::root("Toy Issuing CA", KeyKind::P256, seed);
        world
            .groups
            .push(group(&format!("g{seed}"), &namesake.certificate));
    }
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestTooManyGroups
    );
}

#[test]
fn an_expired_signing_certificate_stops_devices_until_the_renewed_one_is_there() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let signing = |until| {
        CertificateBuilder::ca(
            pki.intermediate.name.clone(),
            &pki.intermediate.key,
            Some(0),
        )
        .valid(ToyPki::VALID.0, until)
        .issued_by(&pki.root)
    };
    let (old, renewed) = (signing(NOW.saturating_add(-1)), signing(ToyPki::VALID.1));
    world.groups = vec![group("near", &old)];
    let rejection = refused(world.with_certificate("line-7", &leaf, &sent));
    assert_eq!(rejection.code(), Code::X509Expired);
    assert!(rejection.remedy_text().contains("secondary"), "{rejection}");
    // The group has decided all the same: its devices do not fall through to the next one.
    world.groups.push(group("far", &pki.root.certificate));
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::X509Expired
    );
    let both = SigningCertificates::new(trusted(&old), Some(trusted(&renewed))).unwrap();
    let id = GroupId::parse("near").unwrap();
    world.groups = vec![EnrollmentGroup::new(
        id,
        GroupAttestation::Signing(both),
        generation(),
    )];
    assert_eq!(
        admitted_by(world.with_certificate("line-7", &leaf, &sent)),
        "group near"
    );
}
