//! The software TPM answers the challenges of provisor-tpm, and its faults are noticed.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use provisor_report::{Code, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{Fault, Refused, SoftTpm, TpmKind};
use provisor_tpm::{Challenge, EkPublic, PendingChallenge, SrkPublic};

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
fn both_kinds_answer() {
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
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
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        let (challenge, _) = challenge(&SoftTpm::new(kind, 1, 0), 1);
        assert_eq!(
            answer(&mut SoftTpm::new(kind, 1, 1), &challenge),
            Err(Refused)
        );
    }
}

#[test]
fn faulty_answers_are_noticed() {
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
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
