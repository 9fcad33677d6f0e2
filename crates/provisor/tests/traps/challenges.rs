//! E. Challenge and answer.

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{Generation, IndividualAttestation, IndividualEnrollment};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, Effect, Evidence, Facts, Fence, RegistrationRequest, Response, Sealed, Service,
    TpmAnswer, TpmKeys,
};
use provisor::sas::{Resource, SasKey, SasToken};
use provisor::tpm::{
    ActivationBlob, Challenge, EkPublic, HashAlg, PendingChallenge, Secret, SrkPublic,
    make_credential,
};
use provisor::{Code, HubName, IdScope, RegistrationId, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::area::Broken;

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const MESSAGE: &[u8] = b"0ne0A1B2C3D%2Fregistrations%2Fline-7\n1790000060";

struct Device {
    tpm: SoftTpm,
    ek: EkPublic,
    srk: SrkPublic,
}

fn device(number: usize) -> Device {
    let tpm = SoftTpm::new(TpmKind::P256, 7, number);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    Device { tpm, ek, srk }
}

fn random() -> SeededRandom {
    SeededRandom::new(1, "traps")
}

/// An open challenge and its secret.
fn asked() -> (PendingChallenge, Vec<u8>) {
    let mut device = device(0);
    let (asked, pending) = Challenge::new(&device.ek, &device.srk, NOW, &mut random()).unwrap();
    let sent = asked.credential();
    let (blob, sealed) = (&sent.id_object, &sent.encrypted_secret);
    (
        pending,
        device.tpm.activate_credential(blob, sealed).unwrap(),
    )
}

fn request<'a>(id: &str, evidence: Evidence<'a>) -> RegistrationRequest<'a> {
    RegistrationRequest::new(scope(), RegistrationId::try_from(id).unwrap(), evidence)
}

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn hubs() -> LinkedHubs {
    let hub = HubName::parse("hub-a.example.net").unwrap();
    LinkedHubs::new(&scope(), [(hub, Weight::new(1).unwrap())]).unwrap()
}

fn keys(device: &Device) -> TpmKeys<'_> {
    TpmKeys::new(device.ek.tpm2b(), device.srk.tpm2b())
}

fn enrollment(id: &str, device: &Device) -> IndividualEnrollment {
    let id = RegistrationId::try_from(id).unwrap();
    let attestation = IndividualAttestation::Tpm(Box::new(device.ek.clone()));
    let generation = Generation::draw(&mut SeededRandom::new(1, "generation")).unwrap();
    IndividualEnrollment::new(id, attestation, generation)
}

#[test]
fn trap_51_used_twice_expired_or_for_another() {
    // Used twice: `verify` takes the challenge away, and the engine remembers that it was answered.
    let device = device(0);
    let individual = enrollment("line-7", &device);
    let hubs = hubs();
    let decide = |token: &str, challenge| {
        let answer = TpmAnswer::Token(token);
        let asked = request("line-7", Evidence::TpmAnswer { answer, keys: None });
        let facts = Facts::new(
            &hubs,
            Some(&individual),
            None,
            Fence::new(1),
            RecordQuota::NONE,
        );
        let facts = facts.with_challenge(challenge);
        let decision = Service::new(scope()).decide(&asked, facts, NOW, &mut random());
        let response = decision.carry_out(|_| Ok(()));
        response.refused().unwrap().code()
    };
    assert_eq!(
        decide("", ChallengeFact::Retired),
        Code::AttestChallengeUsed
    );
    assert_eq!(decide("", ChallengeFact::None), Code::AttestNoChallenge);
    // Expired.
    let (pending, secret) = asked();
    let late = pending.verify(&secret, NOW.saturating_add(1)).unwrap_err();
    assert_eq!(late.code(), Code::TpmChallengeExpired);
    // Another registration: its token names it.
    let other = RegistrationId::try_from("line-8").unwrap();
    let token = SasKey::from_bytes(&[7; 32])
        .unwrap()
        .sign(&Resource::registration(&scope(), &other), NOW)
        .to_string();
    let ask = request("line-7", Evidence::TpmKeys(keys(&device)));
    let facts = Facts::new(
        &hubs,
        Some(&individual),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    );
    let decision = Service::new(scope()).decide(&ask, facts, NOW, &mut random());
    let mut stored = None;
    let response = decision.carry_out(|effect| match effect {
        Effect::StoreChallenge { open, .. } => {
            stored = Some(open);
            Ok(())
        }
        other => Err(other.unknown()),
    });
    let open = ChallengeFact::Open(stored.unwrap());
    assert_eq!(decide(&token, open), Code::SasResource);
    // Another endorsement key: its holder cannot open the blob.
    let Response::Challenge(Sealed::ActivationBlob(blob)) = response else {
        panic!("no challenge");
    };
    let mut stranger = super::challenges::device(1);
    assert!(
        stranger
            .tpm
            .import_activation_blob(blob.as_bytes())
            .is_err()
    );
}

#[test]
fn trap_52_wrong_lengths_and_zeros() {
    let (_, secret) = asked();
    for wrong in [
        &[][..],
        &secret[..16],
        &[&secret[..], &[0]].concat(),
        &[0; 32],
    ] {
        let refused = asked().0.verify(wrong, NOW).unwrap_err();
        assert_eq!(refused.code(), Code::TpmChallengeAnswer);
    }
}

#[test]
fn trap_53_empty_key_other_hash_plain_hash() {
    let (_, secret) = asked();
    let judge = |mac: &[u8]| asked().0.verify_hmac(MESSAGE, mac, NOW);
    assert!(judge(HashAlg::Sha256.hmac(&secret, &[MESSAGE]).as_ref()).is_ok());
    for wrong in [
        HashAlg::Sha256.hmac(&[], &[MESSAGE]),
        HashAlg::Sha384.hmac(&secret, &[MESSAGE]),
        HashAlg::Sha256.digest(&[&secret, MESSAGE]),
    ] {
        let refused = judge(wrong.as_ref()).unwrap_err();
        assert_eq!(refused.code(), Code::TpmChallengeAnswer);
    }
}

#[test]
fn trap_54_no_secret() {
    assert_eq!(Secret::new(&[]).unwrap_err().code(), Code::TpmSecretEmpty);
    let drawn = Secret::random(0, &mut random()).unwrap_err();
    assert_eq!(drawn.code(), Code::TpmSecretEmpty);
}

#[test]
fn trap_55_a_secret_longer_than_the_digest() {
    let device = device(0);
    let secret = Secret::new(&[7; 33]).unwrap();
    let name = device.srk.name();
    let refused = make_credential(&device.ek, name, &secret, &mut random()).unwrap_err();
    assert_eq!(refused.code(), Code::TpmSecretTooLong);
}

#[test]
fn trap_56_each_part_of_a_sas_token() {
    let (scope, id) = (scope(), RegistrationId::try_from("line-7").unwrap());
    let resource = Resource::registration(&scope, &id);
    let key = SasKey::from_bytes(&[7; 32]).unwrap();
    let good = key.sign(&resource, NOW).to_string();
    let judge = |text: &str, now| {
        SasToken::parse(text)
            .and_then(|token| token.verify(&resource, &[&key], now))
            .map(|_| ())
            .map_err(|refused| refused.code())
    };
    assert_eq!(judge(&good, NOW), Ok(()));
    assert_eq!(judge(&good, NOW.saturating_add(301)), Err(Code::SasExpired));
    let bent = |from: &str, to: &str| {
        let bent = good.replace(from, to);
        assert_ne!(bent, good);
        judge(&bent, NOW)
    };
    assert_eq!(bent("line-7", "line-8"), Err(Code::SasResource));
    assert_eq!(bent("0ne0A1B2C3D", "0ne0A1B2C3E"), Err(Code::SasResource));
    assert_eq!(bent("skn=registration", "skn=owner"), Err(Code::SasKeyName));
    assert_eq!(bent("sig=", "sig=!"), Err(Code::SasSignatureForm));
    // The same claims spelled otherwise are other bytes: what is signed is what was sent.
    assert_eq!(bent("line-7", "LINE-7"), Err(Code::SasSignedCase));
    assert_eq!(bent("%2F", "/"), Err(Code::SasSignedEncoded));
    let later = format!("se={}", NOW.seconds() + 1);
    let claimed = format!("se={}", NOW.seconds());
    assert_eq!(bent(&claimed, &later), Err(Code::SasSignature));
}

#[test]
fn trap_57_the_place_of_the_difference_makes_none() {
    // Comparisons are ring's `hmac::verify` and subtle's `ct_eq`; no time is asserted here, but
    // that neither code nor text of the refusal tells where an answer differs.
    let (_, secret) = asked();
    let mac = HashAlg::Sha256.hmac(&secret, &[MESSAGE]).as_ref().to_vec();
    let texts: Vec<String> = [0, 15, 31]
        .into_iter()
        .flat_map(|at| {
            let (mut secret, mut mac) = (secret.clone(), mac.clone());
            secret[at] ^= 1;
            mac[at] ^= 1;
            let by_secret = asked().0.verify(&secret, NOW).unwrap_err();
            let by_mac = asked().0.verify_hmac(MESSAGE, &mac, NOW).unwrap_err();
            [by_secret.to_string(), by_mac.to_string()]
        })
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

#[test]
fn trap_58_weak_or_repeated_randomness() {
    // Randomness that the caller lists goes through functions called `danger_` only. A source that
    // fails seals nothing, and every draw is fresh: two credentials share no byte string.
    let device = device(0);
    let secret = Secret::new(&[7; 32]).unwrap();
    let (ek, name) = (&device.ek, device.srk.name());
    let refused = make_credential(ek, name, &secret, &mut Broken).unwrap_err();
    assert_eq!(refused.code(), Code::TpmRandom);
    let refused = ActivationBlob::challenge(ek, &device.srk, NOW, &mut Broken).unwrap_err();
    assert_eq!(refused.code(), Code::TpmRandom);
    let mut random = random();
    let mut make = || make_credential(ek, name, &secret, &mut random).unwrap();
    let (a, b) = (make(), make());
    assert_ne!(a.id_object, b.id_object);
    assert_ne!(a.encrypted_secret, b.encrypted_secret);
}

#[test]
fn trap_59_an_empty_identity_key() {
    // `ActivationBlob::deliver` takes a `Secret`, which has one byte at least.
    assert_eq!(Secret::new(&[]).unwrap_err().code(), Code::TpmSecretEmpty);
    let none = SasKey::from_bytes(&[]).unwrap_err();
    assert_eq!(none.code(), Code::SasKey);
}

#[test]
fn trap_60_the_same_id_from_another_tpm() {
    let (enrolled, stranger) = (device(0), device(1));
    let individual = enrollment("line-7", &enrolled);
    let hubs = hubs();
    let facts = Facts::new(
        &hubs,
        Some(&individual),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    );
    let ask = request("line-7", Evidence::TpmKeys(keys(&stranger)));
    let decision = Service::new(scope()).decide(&ask, facts, NOW, &mut random());
    assert_eq!(decision.effects().len(), 0, "nothing is overwritten");
    let response = decision.carry_out(|_| Ok(()));
    assert_eq!(response.refused().unwrap().code(), Code::AttestEkMismatch);
}

#[test]
fn trap_61_open_challenges_are_bounded() {
    // One for each enrolled device: a new one takes the place of the old one under the same ID, and
    // who is not enrolled gets none. Stateless challenges are kept nowhere.
    let device = device(0);
    let individual = enrollment("line-7", &device);
    let hubs = hubs();
    let mut store = std::collections::BTreeMap::new();
    for number in 0..50 {
        let id = if number % 2 == 0 {
            "line-7"
        } else {
            "stranger"
        };
        let enrolled = (id == "line-7").then_some(&individual);
        let facts = Facts::new(&hubs, enrolled, None, Fence::new(1), RecordQuota::NONE);
        let ask = request(id, Evidence::TpmKeys(keys(&device)));
        let decision = Service::new(scope()).decide(&ask, facts, NOW, &mut random());
        let response = decision.carry_out(|effect| match effect {
            Effect::StoreChallenge {
                registration_id,
                open,
                ..
            } => {
                store.insert(registration_id, open);
                Ok(())
            }
            other => panic!("{other:?}"),
        });
        if id == "stranger" {
            let refused = response.refused().unwrap();
            assert_eq!(refused.code(), Code::AttestNotEnrolled);
        }
    }
    assert_eq!(store.len(), 1);
}
