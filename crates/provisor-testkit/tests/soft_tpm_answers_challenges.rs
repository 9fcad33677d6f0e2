//! The software TPM answers the challenges of provisor-tpm, and its faults are noticed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use provisor_report::{Code, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{Fault, Refused, SoftTpm, TpmKind};
use provisor_tpm::{ActivationBlob, Challenge, EkPublic, PendingChallenge, SrkPublic};

const NOW: UnixTime = UnixTime::new(1_800_000_000);

fn challenge(tpm: &SoftTpm, seed: u64) -> (Challenge, PendingChallenge) {
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    assert_eq!(ek.name().as_bytes(), tpm.ek_name());
    assert_eq!(srk.name().as_bytes(), tpm.srk_name());
    let mut random = SeededRandom::new(seed, "challenge");
    Challenge::new(&ek, &srk, NOW.saturating_add(60), &mut random).unwrap()
}

fn answer(tpm: &mut SoftTpm, challenge: &Challenge) -> Result<Vec<u8>, Refused> {
    let credential = challenge.credential();
    tpm.activate_credential(&credential.id_object, &credential.encrypted_secret)
}

#[test]
fn all_kinds_answer() {
    for kind in TpmKind::ALL {
        for number in 0..10 {
            let mut tpm = SoftTpm::new(kind, 1, number);
            let (challenge, pending) = challenge(&tpm, number as u64);
            let proof = pending
                .verify(&answer(&mut tpm, &challenge).unwrap(), NOW)
                .unwrap();
            assert_eq!(proof.ek_name().as_bytes(), tpm.ek_name());
        }
    }
}

#[test]
fn another_tpm_does_not_answer() {
    for kind in TpmKind::ALL {
        let (challenge, _) = challenge(&SoftTpm::new(kind, 1, 0), 1);
        assert_eq!(
            answer(&mut SoftTpm::new(kind, 1, 1), &challenge),
            Err(Refused)
        );
    }
}

#[test]
fn faulty_answers_are_noticed() {
    for kind in TpmKind::ALL {
        for fault in [
            Fault::FlippedSecret,
            Fault::StaleSecret,
            Fault::TruncatedSecret,
        ] {
            let mut tpm = SoftTpm::new(kind, 1, 0).with_fault(fault);
            // Something to be stale.
            let (before, _) = challenge(&tpm, 1);
            let _ = answer(&mut tpm, &before);
            let (challenge, pending) = challenge(&tpm, 2);
            let rejection = pending
                .verify(&answer(&mut tpm, &challenge).unwrap(), NOW)
                .unwrap_err();
            assert_eq!(rejection.code(), Code::TpmChallengeAnswer, "{fault:?}");
        }
        let mut tpm = SoftTpm::new(kind, 1, 0).with_fault(Fault::WrongName);
        let (challenge, _) = challenge(&tpm, 1);
        assert_eq!(answer(&mut tpm, &challenge), Err(Refused));
    }
}

fn blob(tpm: &SoftTpm, seed: u64) -> (ActivationBlob, PendingChallenge) {
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    let mut random = SeededRandom::new(seed, "blob");
    ActivationBlob::challenge(&ek, &srk, NOW.saturating_add(60), &mut random).unwrap()
}

#[test]
fn all_kinds_import_the_identity_key_and_sign_with_it() {
    for kind in TpmKind::ALL {
        let mut tpm = SoftTpm::new(kind, 1, 0);
        assert_eq!(
            tpm.sign_with_identity(b"x"),
            Err(Refused),
            "nothing imported yet"
        );
        let (blob, pending) = blob(&tpm, 1);
        tpm.import_activation_blob(blob.as_bytes()).unwrap();
        let mac = tpm.sign_with_identity(b"message").unwrap();
        pending.verify_hmac(b"message", &mac, NOW).unwrap();
    }
}

#[test]
fn a_blob_with_one_changed_bit_is_refused() {
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let (blob, _) = blob(&tpm, 1);
    for position in 0..blob.as_bytes().len() {
        let mut changed = blob.as_bytes().to_vec();
        changed[position] ^= 1;
        assert_eq!(
            tpm.clone().import_activation_blob(&changed),
            Err(Refused),
            "byte {position}"
        );
    }
    for length in 0..blob.as_bytes().len() {
        let cut = &blob.as_bytes()[..length];
        assert_eq!(
            tpm.clone().import_activation_blob(cut),
            Err(Refused),
            "{length} bytes"
        );
    }
}

#[test]
fn a_blob_for_another_tpm_is_refused() {
    for kind in TpmKind::ALL {
        let (blob, _) = blob(&SoftTpm::new(kind, 1, 0), 1);
        let mut other = SoftTpm::new(kind, 1, 1);
        assert_eq!(other.import_activation_blob(blob.as_bytes()), Err(Refused));
    }
}
