//! Individual X.509 enrollments.

use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, IndividualAttestation, IndividualEnrollment, Leaves,
    Thumbprint,
};
use provisor::registration::{Evidence, Operation, RegistrationRequest, Service, Substatus};
use provisor::{CaName, Code, DeviceId, IdRules, IdScope};
use provisor_testkit::asn1;
use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};

use super::world::*;

fn self_signed(common_names: &[&str]) -> provisor_testkit::pki::IssuedCertificate {
    let key = KeyPair::new(KeyKind::P256, 3, "self-signed");
    let name = common_names.iter().fold(
        DistinguishedName::empty().and(provisor_testkit::pki::ORGANIZATION, "Toy"),
        |name, text| name.and(provisor_testkit::pki::COMMON_NAME, text),
    );
    CertificateBuilder::device(name, &key).self_signed(&key)
}

#[test]
fn from_certificate_to_hub() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world.individuals.push(individual("line-7", &leaf));
    let got = assigned(world.with_certificate("Line-7", &leaf, &[]));
    assert_eq!(got.record.registration_id, id("line-7"));
    assert_eq!(got.record.device_id, DeviceId::parse("line-7").unwrap());
    assert_eq!(got.record.substatus, Substatus::InitialAssignment);
    assert_eq!((got.record.created, got.record.revision), (NOW, 1));
    assert!(got.hub_key.is_none());
    assert_eq!(world.devices.len(), 1);
    assert_eq!(world.operations, [Operation::Registration]);
}

#[test]
fn a_self_signed_leaf_will_do_when_it_is_the_enrolled_one() {
    let mut world = World::new();
    let leaf = self_signed(&["line-7"]);
    let desired = DeviceId::parse("Press#7").unwrap();
    world
        .individuals
        .push(individual("line-7", &leaf).with_device_id(desired.clone()));
    assert_eq!(
        assigned(world.with_certificate("line-7", &leaf, &[]))
            .record
            .device_id,
        desired
    );
}

#[test]
fn the_secondary_leaf_is_as_good_as_the_primary() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let [old, new] =
        [KeyKind::P256, KeyKind::Ed25519].map(|kind| pki.device("line-7", kind).certificate);
    let leaves = Leaves::new(
        Thumbprint::of_der(old.der()),
        Some(Thumbprint::of_der(new.der())),
    );
    world.individuals.push(IndividualEnrollment::new(
        id("line-7"),
        IndividualAttestation::X509Leaf(leaves.unwrap()),
        generation(),
    ));
    let first = assigned(world.with_certificate("line-7", &old, &[]));
    let second = assigned(world.with_certificate("line-7", &new, &[]));
    assert_eq!(first.record.assigned_hub, second.record.assigned_hub);
    assert_eq!(second.record.revision, 2);
}

#[test]
fn each_refusal_has_its_code() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world.individuals.push(individual("line-7", &leaf));

    let other = device(&pki, "line-8").certificate;
    assert_eq!(
        code(world.with_certificate("line-7", &other, &[])),
        Code::AttestLeafUnknown
    );
    assert_eq!(
        code(world.with_certificate("line-8", &leaf, &[])),
        Code::AttestNoGroup
    );
    let late = ToyPki::VALID.1.saturating_add(1);
    assert_eq!(
        code(world.with_certificate_at("line-7", &leaf, &[], late)),
        Code::X509Expired
    );
    let early = ToyPki::VALID.0.saturating_add(-1);
    assert_eq!(
        code(world.with_certificate_at("line-7", &leaf, &[], early)),
        Code::X509NotYetValid
    );
    assert!(
        assigned(world.with_certificate_at("line-7", &leaf, &[], ToyPki::VALID.1))
            .record
            .revision
            == 1
    );

    world.individuals = vec![individual("line-7", &leaf).with_settings(disabled())];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestDisabled
    );
    assert_eq!(world.operations.len(), 1, "refusals are not billed");
}

#[test]
fn the_common_name_must_be_the_registration_id() {
    for (common_names, expected) in [
        (&["line-8"][..], Code::AttestIdMismatch),
        (&[], Code::IdNoCommonName),
        (&["line-7", "line-7"], Code::IdSeveralCommonNames),
        (&["line 7"], Code::IdCommonName),
        (&["line-7\0"], Code::IdCommonName),
        (&["line-7 "], Code::IdCommonName),
    ] {
        let (mut world, leaf) = (World::new(), self_signed(common_names));
        world.individuals.push(individual("line-7", &leaf));
        let rejection = refused(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(rejection.code(), expected, "{common_names:?}: {rejection}");
    }
}

#[test]
fn the_common_name_is_text_in_whatever_string_type() {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let key = KeyPair::new(KeyKind::P256, 3, "self-signed");
    for (tag, value, expected) in [
        (asn1::TELETEX_STRING, b"line-7".to_vec(), Ok(())),
        (asn1::BMP_STRING, wide("line-7"), Ok(())),
        (
            asn1::BMP_STRING,
            wide("line-8"),
            Err((Code::AttestIdMismatch, "line-8")),
        ),
        (
            asn1::BMP_STRING,
            wide("line-7\0"),
            Err((Code::IdCommonName, "U+0000")),
        ),
        (
            asn1::BMP_STRING,
            wide("l\u{ef}ne-7"),
            Err((Code::IdCommonName, "U+00EF")),
        ),
        (
            asn1::BMP_STRING,
            b"line-7".to_vec(),
            Err((Code::IdCommonName, "read as BMPString")),
        ),
        (
            asn1::TELETEX_STRING,
            b"l\xefne-7".to_vec(),
            Err((Code::IdCommonName, "TeletexString")),
        ),
        (
            asn1::BMP_STRING,
            b"line-78".to_vec(),
            Err((Code::IdCommonName, "BMPString")),
        ),
        (
            asn1::OCTET_STRING,
            b"line-7".to_vec(),
            Err((Code::IdCommonName, "OCTET STRING")),
        ),
    ] {
        let name = DistinguishedName::empty().and_raw("2.5.4.3", tag, &value);
        let leaf = CertificateBuilder::device(name, &key).self_signed(&key);
        let mut world = World::new();
        world.individuals.push(individual("line-7", &leaf));
        match expected {
            Ok(()) => _ = assigned(world.with_certificate("line-7", &leaf, &[])),
            Err((code, words)) => {
                let rejection = refused(world.with_certificate("line-7", &leaf, &[]));
                assert_eq!(rejection.code(), code, "{rejection}");
                assert!(
                    rejection.to_string().contains(words),
                    "{words}: {rejection}"
                );
            }
        }
    }
}

#[test]
fn an_enrolled_leaf_with_a_weak_key_is_refused() {
    let mut world = World::new();
    let key = KeyPair::new(KeyKind::P256, 3, "weak");
    let dsa = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid("1.2.840.10040.4.1")]),
        &asn1::bit_string(&[2, 1, 1]),
    ]);
    let leaf = CertificateBuilder::device(DistinguishedName::cn("line-7"), &key)
        .public_key_info(&dsa)
        .self_signed(&key);
    world.individuals.push(individual("line-7", &leaf));
    let rejection = refused(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(rejection.code(), Code::X509KeyDsa, "{rejection}");
}

/// Common tools make self-signed certificates that say they are a CA.
#[test]
fn an_enrolled_leaf_may_be_a_ca() {
    let mut world = World::new();
    let key = KeyPair::new(KeyKind::P256, 3, "self-signed");
    let name = DistinguishedName::cn("line-7");
    let leaf = CertificateBuilder::ca(name, &key, None).self_signed(&key);
    world.individuals.push(individual("line-7", &leaf));
    assigned(world.with_certificate("line-7", &leaf, &[]));
}

#[test]
fn under_the_rules_of_2017_case_counts() {
    let (mut world, leaf) = (World::new(), self_signed(&["Line-7"]));
    world.individuals.push(individual("line-7", &leaf));
    assert!(
        assigned(world.with_certificate("line-7", &leaf, &[]))
            .record
            .revision
            == 1
    );
    world.service = Service::new(scope()).with_id_rules(IdRules::V2017);
    let rejection = refused(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(rejection.code(), Code::AttestIdCase);
    assert_eq!(
        (rejection.expected_text(), rejection.found_text()),
        ("CN=line-7", "CN=Line-7")
    );
}

#[test]
fn an_individual_enrollment_by_ca_needs_the_chain_and_a_verified_ca() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    let name = CaName::parse("factory").unwrap();
    let references = CaReferences::new(name.clone(), None).unwrap();
    world.individuals.push(IndividualEnrollment::new(
        id("line-7"),
        IndividualAttestation::X509Ca(references),
        generation(),
    ));
    let sent = [&pki.intermediate.certificate];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestCaUnknown
    );
    world.cas.push(CaCertificate::from_store(
        name,
        trusted(&pki.root.certificate),
        CaStatus::Unverified,
    ));
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &sent)),
        Code::AttestCaUnverified
    );
    let ca = &world.cas[0];
    world.cas[0] = CaCertificate::from_store(
        ca.name().clone(),
        ca.certificate().clone(),
        CaStatus::Verified,
    );
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::X509IssuerNotFound
    );
    assert!(
        assigned(world.with_certificate("line-7", &leaf, &sent))
            .record
            .revision
            == 1
    );
    let other = device(&pki, "line-8").certificate;
    assert_eq!(
        code(world.with_certificate("line-7", &other, &sent)),
        Code::AttestIdMismatch
    );
}

#[test]
fn another_scope_is_another_service() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world.individuals.push(individual("line-7", &leaf));
    let request = RegistrationRequest::new(
        IdScope::parse("0neFFFFFFFF").unwrap(),
        id("line-7"),
        Evidence::X509 {
            leaf: leaf.der(),
            sent: &[],
        },
    );
    assert_eq!(code(world.register(&request, NOW)), Code::RegScope);
}

#[test]
fn bytes_that_are_no_certificate_and_too_many_of_them() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world.individuals.push(individual("line-7", &leaf));
    let garbage: &[u8] = b"garbage";
    let many = [leaf.der(); 17];
    let evidence = |leaf, sent| request("line-7", Evidence::X509 { leaf, sent });
    let rejection = refused(world.register(&evidence(garbage, &[]), NOW));
    assert!(
        (2000..2999).contains(&rejection.code().number()),
        "{rejection}"
    );
    assert!(rejection.subject().to_string().starts_with("certificate 0"));
    let sent = [garbage];
    let rejection = refused(world.register(&evidence(leaf.der(), &sent), NOW));
    assert!(
        rejection.subject().to_string().starts_with("certificate 1"),
        "{rejection}"
    );
    assert_eq!(
        code(world.register(&evidence(leaf.der(), &many), NOW)),
        Code::AttestTooManyCertificates
    );
}

#[test]
fn without_a_hub_there_is_no_registration() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, "line-7").certificate;
    world.individuals.push(individual("line-7", &leaf));
    world.hubs = hubs(&[]);
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AllocNoHubs
    );
    world.hubs = hubs(&[("hub-a", 0)]);
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AllocNoWeight
    );
    assert!(world.records.is_empty() && world.devices.is_empty());
}
