//! The life of a challenge (traps 49, 51 to 53 and 57).

use alloc::format;

use proptest::prelude::*;
use provisor_report::Code;

use super::*;
use crate::credential::open_credential;
use crate::testing::{Counter, Fixture, Holder};
use crate::{AkPublic, HashAlg, SrkPublic};

const NOW: UnixTime = UnixTime::new(1_000);

fn ek() -> EkPublic {
    EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap()
}

fn srk() -> SrkPublic {
    SrkPublic::from_tpm2b(&Fixture::srk_rsa()).unwrap()
}

/// A challenge, and the secret that the right TPM finds in it.
fn asked() -> (Secret, PendingChallenge) {
    let (ek, srk) = (ek(), srk());
    let (challenge, pending) = Challenge::new(&ek, &srk, NOW, &mut Counter(0)).unwrap();
    let sent = challenge.credential();
    let (blob, sealed) = (&sent.id_object, &sent.encrypted_secret);
    (
        open_credential(&Holder, &ek, srk.name(), blob, sealed).unwrap(),
        pending,
    )
}

#[test]
fn the_right_tpm_answers() {
    let (secret, pending) = asked();
    assert_eq!(secret.len(), 32);
    let proof = pending.verify(secret.expose(), NOW).unwrap();
    assert_eq!(proof.ek_name(), ek().name());
    assert_eq!(proof.object_name(), srk().name());
    assert_eq!(proof.answered(), NOW);
}

#[test]
fn an_attestation_key_can_be_challenged_too() {
    let ak = AkPublic::from_tpm2b(&Fixture::ak_ecc()).unwrap();
    let (_, pending) = Challenge::new(&ek(), &ak, NOW, &mut Counter(0)).unwrap();
    assert_eq!(pending.object_name(), ak.name());
}

#[test]
fn wrong_answers() {
    let all_zero = [0; 32];
    for wrong in [&[][..], &all_zero, &[1; 31], &[1; 33]] {
        let (_, pending) = asked();
        assert_eq!(
            pending.verify(wrong, NOW).unwrap_err().code(),
            Code::TpmChallengeAnswer
        );
    }
    let (secret, pending) = asked();
    let prefix = &secret.expose()[..16];
    assert_eq!(
        pending.verify(prefix, NOW).unwrap_err().code(),
        Code::TpmChallengeAnswer
    );
}

#[test]
fn macs_under_other_keys_and_hashes() {
    let message = b"idScope%2fregistrations%2fx\n1700000000";
    let judge = |mac: &dyn Fn(&[u8]) -> alloc::vec::Vec<u8>| {
        let (secret, pending) = asked();
        pending
            .verify_hmac(message, &mac(secret.expose()), NOW)
            .map_err(|r| r.code())
    };
    let hmac = |hash: HashAlg, key: &[u8]| hash.hmac(key, &[message]).as_ref().to_vec();
    assert!(judge(&|key| hmac(HashAlg::Sha256, key)).is_ok());
    for wrong in [
        judge(&|_| hmac(HashAlg::Sha256, &[])),
        judge(&|key| hmac(HashAlg::Sha384, key)),
        judge(&|key| HashAlg::Sha256.digest(&[key, message]).as_ref().to_vec()),
        judge(&|key| hmac(HashAlg::Sha256, key)[..16].to_vec()),
        judge(&|key| [hmac(HashAlg::Sha256, key), alloc::vec![0]].concat()),
        judge(&|_| alloc::vec::Vec::new()),
    ] {
        assert_eq!(wrong.unwrap_err(), Code::TpmChallengeAnswer);
    }
}

#[test]
fn the_last_second_counts_and_the_next_does_not() {
    let (secret, pending) = asked();
    let late = NOW.saturating_add(1);
    assert_eq!(
        pending.verify(secret.expose(), late).unwrap_err().code(),
        Code::TpmChallengeExpired
    );
    let (_, pending) = asked();
    assert_eq!(
        pending.verify_hmac(b"", &[], late).unwrap_err().code(),
        Code::TpmChallengeExpired
    );
}

#[test]
fn an_endorsement_key_cannot_stand_for_both() {
    // The type of the second argument keeps EkPublic out; the Name is compared besides.
    let srk = SrkPublic::from_tpm2b(&Fixture::srk_ecc()).unwrap();
    assert!(check_two_keys(&ek(), &srk).is_ok());
}

#[test]
fn no_secret_is_printed() {
    let (secret, pending) = asked();
    let text = format!("{pending:?} {secret:?}");
    assert!(text.contains("Secret(32 bytes)"), "{text}");
    let hex: alloc::string::String = secret
        .expose()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(!text.contains(&hex), "{text}");
}

#[test]
fn a_stored_challenge_is_the_same_challenge() {
    let (secret, pending) = asked();
    let stored = pending.into_stored().unwrap();
    assert!(stored.len() < crate::limits::STORED_CHALLENGE);
    let restored = PendingChallenge::from_stored(&stored).unwrap();
    assert_eq!(restored.expires(), NOW);
    assert_eq!(restored.ek_name(), ek().name());
    assert!(restored.verify(secret.expose(), NOW).is_ok());
    for length in 0..stored.len() {
        let refused = PendingChallenge::from_stored(&stored[..length]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmChallengeStored, "{length}");
    }
    let longer = [&stored[..], &[0]].concat();
    assert!(PendingChallenge::from_stored(&longer).is_err());
}

proptest! {
    #[test]
    fn any_other_answer_is_wrong(answer: alloc::vec::Vec<u8>) {
        let (secret, pending) = asked();
        prop_assume!(answer != secret.expose());
        prop_assert!(pending.verify(&answer, NOW).is_err());
    }

    #[test]
    fn arbitrary_stored_bytes_never_panic(bytes: alloc::vec::Vec<u8>) {
        if let Ok(pending) = PendingChallenge::from_stored(&bytes) {
            prop_assert_eq!(&pending.into_stored().unwrap()[..], &bytes[..]);
        }
    }
}
