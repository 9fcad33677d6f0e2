//! Attestation, by the rows of `docs/features.md`: each mechanism admits what it is for and refuses its
//! nearest neighbour. The files beside go deeper into each.

use provisor::attestation::{EnrollmentRef, VerificationCode, prove_possession};
use provisor::enrollment::{
    CaCertificate, CaReferences, EnrollmentGroup, GroupAttestation, IndividualAttestation,
    IndividualEnrollment, Leaves, Thumbprint,
};
use provisor::registration::{Evidence, Response, Sealed, TpmKeys};
use provisor::tpm::EkPublic;
use provisor::{CaName, Code, GroupId, RegistrationId};
use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

fn tpm_of(number: usize) -> (SoftTpm, World) {
    let device = SoftTpm::new(TpmKind::P256, 7, number);
    let mut world = World::new();
    world.individuals.push(tpm_enrollment("tpm-7", &device));
    (device, world)
}

#[track_caller]
fn challenge(world: &mut World, device: &SoftTpm) -> Sealed {
    let ask = request("tpm-7", Evidence::TpmKeys(keys(device)));
    match world.register(&ask, NOW) {
        Response::Challenge(sealed) => sealed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn b1_an_individual_enrollment_by_either_leaf_whose_common_name_is_the_id() {
    let pki = ToyPki::new(7);
    let [primary, secondary, other] =
        [KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa2048].map(|kind| pki.device("a-1", kind));
    let print = |leaf: &provisor_testkit::pki::Device| Thumbprint::of_der(leaf.certificate.der());
    let leaves = Leaves::new(print(&primary), Some(print(&secondary))).unwrap();
    let enrolled = |id| {
        let attestation = IndividualAttestation::X509Leaf(leaves.clone());
        IndividualEnrollment::new(self::id(id), attestation, generation())
    };
    for admitted in [&primary, &secondary] {
        let mut world = World::new();
        world.individuals = vec![enrolled("a-1")];
        let got = assigned(world.with_certificate("A-1", &admitted.certificate, &[]));
        assert_eq!(got.record.enrollment, EnrollmentRef::Individual);
    }
    let mut world = World::new();
    world.individuals = vec![enrolled("a-1")];
    let unknown = world.with_certificate("a-1", &other.certificate, &[]);
    assert_eq!(code(unknown), Code::AttestLeafUnknown);
    // The right leaf for an ID that is not its name.
    world.individuals = vec![enrolled("a-2")];
    let misnamed = world.with_certificate("a-2", &primary.certificate, &[]);
    assert_eq!(code(misnamed), Code::AttestIdMismatch);
    assert!(world.devices.is_empty());
}

#[test]
fn b2_a_group_by_the_intermediate_that_signed_the_device() {
    let (pki, other) = (ToyPki::new(7), ToyPki::new(8));
    let mut world = World::new();
    world.groups = vec![group("line", &pki.intermediate.certificate)];
    let mine = device(&pki, "line-7").certificate;
    let got = assigned(world.with_certificate("line-7", &mine, &[]));
    assert_eq!(got.record.enrollment.to_string(), "group line");
    assert_eq!(got.record.device_id.as_str(), "line-7");
    // The same names by another CA, and a device that the root signed past the intermediate.
    let foreign = device(&other, "line-8").certificate;
    let sent = [&other.intermediate.certificate];
    assert!(
        world
            .with_certificate("line-8", &foreign, &sent)
            .refused()
            .is_some()
    );
    let key = KeyPair::new(KeyKind::P256, 7, "past it");
    let past =
        CertificateBuilder::device(DistinguishedName::cn("line-9"), &key).issued_by(&pki.root);
    let past = world.with_certificate("line-9", &past, &[&pki.root.certificate]);
    assert_eq!(code(past), Code::AttestNoGroup);
    assert_eq!(world.records.len(), 1);
}

#[test]
fn b3_a_group_by_a_ca_after_its_possession_is_proved() {
    let pki = ToyPki::new(7);
    let mut world = World::new();
    let name = CaName::parse("factory").unwrap();
    let by = GroupAttestation::Ca(CaReferences::new(name.clone(), None).unwrap());
    let line = GroupId::parse("line").unwrap();
    world.groups = vec![EnrollmentGroup::new(line, by, generation())];
    let mine = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate];
    let uploaded = CaCertificate::new(name, trusted(&pki.root.certificate));
    world.cas = vec![uploaded.clone()];
    let before = world.with_certificate("line-7", &mine, &sent);
    assert_eq!(code(before), Code::AttestCaUnverified);

    let drawn = VerificationCode::generate(&mut SeededRandom::new(3, "b3")).unwrap();
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let shown =
        |by| CertificateBuilder::device(DistinguishedName::cn(drawn.as_str()), &key).issued_by(by);
    let prove = |by| prove_possession(uploaded.certificate(), &drawn, shown(by).der(), NOW);
    assert!(prove(&pki.intermediate).is_err(), "by another key");
    let proof = prove(&pki.root).unwrap();
    world.cas = vec![uploaded.verified_by(&proof).unwrap()];
    let got = assigned(world.with_certificate("line-7", &mine, &sent));
    assert_eq!(got.record.enrollment.to_string(), "group line");
}

#[test]
fn b4_the_individual_enrollment_then_the_nearest_group_and_no_way_around_what_is_disabled() {
    let pki = ToyPki::new(7);
    let mine = device(&pki, "line-7").certificate;
    let sent = [&pki.intermediate.certificate, &pki.root.certificate];
    let near = || group("near", &pki.intermediate.certificate);
    let far = || group("far", &pki.root.certificate);
    let alone = || individual("line-7", &mine);
    let rows = [
        (Some(alone()), near(), far(), Ok("individual enrollment")),
        (
            Some(alone().with_settings(disabled())),
            near(),
            far(),
            Err(Code::AttestDisabled),
        ),
        (None, near(), far(), Ok("group near")),
        (
            None,
            near(),
            far().with_settings(disabled()),
            Ok("group near"),
        ),
        (
            None,
            near().with_settings(disabled()),
            far(),
            Err(Code::AttestGroupDisabled),
        ),
    ];
    for (individual, near, far, expected) in rows {
        let mut world = World::new();
        world.individuals = individual.into_iter().collect();
        world.groups = vec![far, near];
        let response = world.with_certificate("line-7", &mine, &sent);
        match expected {
            Ok(by) => assert_eq!(assigned(response).record.enrollment.to_string(), by),
            Err(why) => assert_eq!(code(response), why),
        }
    }
}

#[test]
fn b8_the_keys_of_an_enrolled_tpm_are_answered_by_a_challenge_and_its_token_by_a_hub() {
    let (mut device, mut world) = tpm_of(1);
    let sealed = challenge(&mut world, &device);
    assert!(world.records.is_empty() && world.devices.is_empty());
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    let got = assigned(world.answer("tpm-7", &token, NOW));
    assert_eq!(got.record.enrollment, EnrollmentRef::Individual);
    // A token by a key that the TPM never got from the service.
    let guessed = token_of(&[7; 32]);
    challenge(&mut world, &device);
    assert_eq!(
        code(world.answer("tpm-7", &guessed, NOW)),
        Code::TpmChallengeAnswer
    );
}

fn token_of(key: &[u8]) -> String {
    let key = provisor::sas::SasKey::from_bytes(key).unwrap();
    token("tpm-7", &key, NOW)
}

#[test]
fn b10_an_activation_blob_opens_in_the_tpm_that_it_is_for_and_in_no_other() {
    for kind in [TpmKind::P256, TpmKind::P384, TpmKind::Rsa2048] {
        let mut device = SoftTpm::new(kind, 7, 1);
        let mut world = World::new();
        world.individuals = vec![tpm_enrollment("tpm-7", &device)];
        let [first, second] = [0; 2].map(|_| match challenge(&mut world, &device) {
            Sealed::ActivationBlob(blob) => blob,
            other => panic!("{other:?}"),
        });
        assert_ne!(first.as_bytes(), second.as_bytes(), "drawn anew");
        device.import_activation_blob(first.as_bytes()).unwrap();
        let mut other = SoftTpm::new(kind, 7, 2);
        assert!(other.import_activation_blob(second.as_bytes()).is_err());
        let mut broken = second.as_bytes().to_vec();
        *broken.last_mut().unwrap() ^= 1;
        assert!(device.import_activation_blob(&broken).is_err());
    }
}

#[test]
fn b11_the_two_keys_are_read_and_held_to_their_templates() {
    let (device, mut world) = tpm_of(1);
    let (ek, srk) = (device.ek_public(), device.srk_public());
    let cut = ek.get(..ek.len() - 1).unwrap();
    let longer = [srk, &[0]].concat();
    let mut signing = ek.to_vec();
    // The attributes follow the size, the type and the hash of the name.
    signing[8] ^= 0x04; // sign instead of nothing
    for (ek, srk, field) in [
        (cut, srk, "endorsementKey"),
        (&signing[..], srk, "endorsementKey"),
        (ek, &longer[..], "storageRootKey"),
        (ek, ek, "storageRootKey"),
        (srk, srk, "endorsementKey"),
    ] {
        let evidence = Evidence::TpmKeys(TpmKeys::new(ek, srk));
        let refused = refused(world.register(&request("tpm-7", evidence), NOW));
        assert!((3000..3500).contains(&refused.code().number()), "{refused}");
        assert!(refused.to_string().contains(field), "{refused}");
    }
    challenge(&mut world, &device);
}

#[test]
fn b12_the_endorsement_key_is_that_of_the_enrollment() {
    let (mut device, mut world) = tpm_of(1);
    let mut other = SoftTpm::new(TpmKind::P256, 7, 2);
    assert_eq!(
        code(world.with_tpm("tpm-7", &mut other, NOW)),
        Code::AttestEkMismatch
    );
    assert!(
        world.challenges.is_empty(),
        "nothing is kept for a stranger"
    );
    assigned(world.with_tpm("tpm-7", &mut device, NOW));
    // Cleared, it has another storage root key and the same endorsement key.
    device.clear(3);
    assigned(world.with_tpm("tpm-7", &mut device, NOW));
}

#[test]
fn b13_the_key_for_the_hub_comes_wrapped_for_the_tpm() {
    let (mut device, mut world) = tpm_of(1);
    let got = assigned(world.with_tpm("tpm-7", &mut device, NOW));
    let Some(Sealed::ActivationBlob(blob)) = &got.hub_key else {
        panic!("no key for the hub: {got:?}");
    };
    let mut other = SoftTpm::new(TpmKind::P256, 7, 2);
    assert!(other.import_activation_blob(blob.as_bytes()).is_err());
    device.import_activation_blob(blob.as_bytes()).unwrap();
    // It is another one than that of the challenge, which is used up.
    let by_hub_key = signed("tpm-7", &device, NOW);
    challenge(&mut world, &device);
    assert_eq!(
        code(world.answer("tpm-7", &by_hub_key, NOW)),
        Code::TpmChallengeAnswer
    );
}

#[test]
fn b14_a_challenge_is_kept_for_its_scope_and_id_for_a_time_and_answered_once_without_keys() {
    let (mut device, mut world) = tpm_of(1);
    world.individuals.push(tpm_enrollment("tpm-8", &device));
    let sealed = challenge(&mut world, &device);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    // Neither for another registration of the same TPM,
    assert_eq!(
        code(world.answer("tpm-8", &token, NOW)),
        Code::AttestNoChallenge
    );
    // nor by the keys of another, nor later than its end.
    let late = NOW.saturating_add(301);
    let token_late = signed("tpm-7", &device, late);
    assert_eq!(
        code(world.answer("tpm-7", &token_late, late)),
        Code::TpmChallengeExpired
    );
    let sealed = challenge(&mut world, &device);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    assigned(world.answer("tpm-7", &token, NOW));
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::AttestChallengeUsed
    );
}

#[test]
fn b15_the_registration_id_of_a_tpm_is_its_hashed_endorsement_key() {
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        let device = SoftTpm::new(kind, 7, 1);
        let ek = EkPublic::from_tpm2b(device.ek_public()).unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, device.ek_public());
        let text = data_encoding::BASE32_NOPAD.encode(digest.as_ref());
        let id = RegistrationId::from_ek(&ek);
        assert_eq!(id.normal_form(), text.to_lowercase());
        assert_eq!(id.as_str().len(), 52);
        let other = SoftTpm::new(kind, 7, 2);
        let other = EkPublic::from_tpm2b(other.ek_public()).unwrap();
        assert_ne!(RegistrationId::from_ek(&other), id);
    }
}
