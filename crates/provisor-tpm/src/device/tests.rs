//! What every flow reaches, and what it leaves in the TPM, whatever goes wrong.

mod fake;

use alloc::vec::Vec;

use fake::{FakeTpm, response};
use proptest::prelude::*;
use provisor_report::Code;

use super::slots::{Occupancy, Slots};
use super::*;
use crate::testing::{Counter, Fixture};
use crate::{
    ActivationBlob, EkPublic, HashAlg, Mac, Rejection, Secret, SrkPublic, Template, limits,
};

fn handles() -> KeyHandles {
    KeyHandles::of(&Template::EK[1]).srk_at(Handle::SRK, &Template::SRK[1])
}

fn run<F: Flow>(tpm: &mut FakeTpm, flow: F) -> Result<F::Output, Rejection> {
    let done = Machine::new(flow).run(|command| Ok::<_, Rejection>(tpm.execute(command)));
    assert_eq!(tpm.open(), 0, "something was left open");
    done
}

/// A TPM with both keys, and who it is.
fn device() -> (FakeTpm, DeviceIdentity) {
    let mut tpm = FakeTpm::new();
    let identity = run(&mut tpm, ReadIdentity::new(handles())).unwrap();
    tpm.log.clear();
    (tpm, identity)
}

fn key(byte: u8) -> Secret {
    Secret::new(&[byte; 32]).unwrap()
}

fn blob(identity: &DeviceIdentity, byte: u8) -> Vec<u8> {
    let (crypto, random) = (&crate::crypto::DefaultCrypto, &mut Counter(u64::from(byte)));
    let blob = ActivationBlob::deliver(crypto, identity.ek(), identity.srk(), &key(byte), random);
    blob.unwrap().as_bytes().to_vec()
}

fn activate(identity: &DeviceIdentity, byte: u8) -> Activate {
    let blob = blob(identity, byte);
    Activate::new(identity, Slots::default(), &blob, &mut Counter(7)).unwrap()
}

fn survey(tpm: &mut FakeTpm) -> Occupancy {
    run(tpm, Survey::default()).unwrap()
}

/// The first byte of the identity key that is in use.
fn in_use(tpm: &mut FakeTpm) -> Option<u8> {
    let found = survey(tpm).in_use?;
    tpm.key_at(found.handle).map(|key| key[0])
}

fn mac_of(byte: u8, data: &[u8]) -> Vec<u8> {
    let mac: Mac = HashAlg::Sha256.hmac(&[byte; 32], &[data]);
    mac.as_ref().to_vec()
}

#[test]
fn a_new_device_gets_its_keys_and_a_known_one_is_read() {
    let mut tpm = FakeTpm::new();
    tpm.nv.insert(0x01C0_000A, (0..250).collect());
    let identity = run(&mut tpm, ReadIdentity::new(handles())).unwrap();
    assert_eq!(
        identity.ek(),
        &EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap()
    );
    assert_eq!(
        identity.srk(),
        &SrkPublic::from_tpm2b(&Fixture::srk_ecc()).unwrap()
    );
    // Blocks of 100 bytes, as this TPM's buffer is.
    assert_eq!(
        identity.certificate(),
        Some(&(0..250).collect::<Vec<u8>>()[..])
    );
    assert_eq!(
        tpm.log,
        [
            0x173, 0x131, 0x120, 0x165, 0x173, 0x131, 0x120, 0x165, 0x169, 0x17A, 0x14E, 0x14E,
            0x14E
        ]
    );
    tpm.log.clear();
    tpm.nv.clear();
    let again = run(&mut tpm, ReadIdentity::new(handles().read_only())).unwrap();
    assert_eq!(again.certificate(), None);
    assert_eq!(tpm.log, [0x173, 0x173, 0x169]);
}

#[test]
fn nothing_is_made_for_a_reader() {
    let mut tpm = FakeTpm::new();
    let refused = run(&mut tpm, ReadIdentity::new(handles().read_only())).unwrap_err();
    assert_eq!(refused.code(), Code::TpmHandleEmpty);
    assert_eq!(tpm.log, [0x173]);
}

/// A software key where the endorsement key should be is not read as one.
#[test]
fn what_stands_at_a_handle_is_checked() {
    let mut tpm = FakeTpm::new();
    tpm.put(Handle::new(0x8101_000A), Fixture::srk_ecc());
    let refused = run(&mut tpm, ReadIdentity::new(handles())).unwrap_err();
    assert_eq!(refused.code(), Code::TpmAttributes);
}

#[test]
fn from_the_blob_to_the_signature() {
    let (mut tpm, identity) = device();
    let candidate = run(&mut tpm, activate(&identity, 0xA1)).unwrap();
    assert_eq!(candidate.handle(), Handle::IDENTITY);
    for length in [0, 1, 1024, 1025, 2048, 2049, 5000] {
        let data = alloc::vec![0x5A; length];
        let mac = run(&mut tpm, Sign::new(candidate.handle(), &data).unwrap()).unwrap();
        assert_eq!(mac.as_ref(), mac_of(0xA1, &data), "{length}");
    }
    let confirmed = run(
        &mut tpm,
        Confirm::new(&identity, Slots::default(), candidate),
    )
    .unwrap();
    assert_eq!(confirmed.handle(), Handle::IDENTITY);
}

#[test]
fn the_old_key_signs_until_the_new_one_is_confirmed() {
    let (mut tpm, identity) = device();
    run(&mut tpm, activate(&identity, 0xA1)).unwrap();
    // Twice: the second candidate replaces the first, and never the key in use.
    run(&mut tpm, activate(&identity, 0xA2)).unwrap();
    let candidate = run(&mut tpm, activate(&identity, 0xA3)).unwrap();
    assert_eq!(candidate.handle(), Handle::new(0x8100_0101));
    let old = run(&mut tpm, Sign::new(Handle::IDENTITY, b"x").unwrap()).unwrap();
    assert_eq!(old.as_ref(), mac_of(0xA1, b"x"));
    let new = run(&mut tpm, Sign::new(candidate.handle(), b"x").unwrap()).unwrap();
    assert_eq!(new.as_ref(), mac_of(0xA3, b"x"));
    let confirmed = run(
        &mut tpm,
        Confirm::new(&identity, Slots::default(), candidate),
    )
    .unwrap();
    assert_eq!(confirmed.handle(), Handle::IDENTITY);
    let seen = survey(&mut tpm);
    assert_eq!((in_use(&mut tpm), seen.candidate), (Some(0xA3), None));
}

/// The power goes at every command of an activation and of a confirmation: the key in use is always
/// there, it is the old one until the confirmation removes it, and running the flow again ends well.
#[test]
fn a_power_cut_at_any_command_loses_nothing() {
    let (mut fresh, identity) = device();
    run(&mut fresh, activate(&identity, 0xA1)).unwrap();
    run(&mut fresh, activate(&identity, 0xA2)).unwrap();
    let mut cut = 0;
    loop {
        let mut tpm = fresh.clone();
        let mut left = cut;
        let done = Machine::new(activate(&identity, 0xA3)).run(|command| {
            left = usize::checked_sub(left, 1).ok_or(None)?;
            Ok::<_, Option<Rejection>>(tpm.execute(command))
        });
        tpm.restart();
        assert_eq!(in_use(&mut tpm), Some(0xA1), "cut before command {cut}");
        let candidate = run(&mut tpm, activate(&identity, 0xA3)).unwrap();
        confirm_with_cuts(&tpm, &identity, &candidate);
        if done.is_ok() {
            break;
        }
        cut += 1;
    }
    assert!(cut > 10, "{cut}");
}

fn confirm_with_cuts(fresh: &FakeTpm, identity: &DeviceIdentity, candidate: &Candidate) {
    let confirm = || Confirm::new(identity, Slots::default(), candidate.clone());
    let mut new_since = None;
    for cut in 0.. {
        let mut tpm = fresh.clone();
        let mut left = cut;
        let done = Machine::new(confirm()).run(|command| {
            left = usize::checked_sub(left, 1).ok_or(None)?;
            Ok::<_, Option<Rejection>>(tpm.execute(command))
        });
        tpm.restart();
        match in_use(&mut tpm) {
            Some(0xA1) => assert_eq!(new_since, None, "back to the old key at {cut}"),
            Some(0xA3) => new_since = new_since.or(Some(cut)),
            other => panic!("{other:02x?} is in use after a cut at {cut}"),
        }
        // Found after the restart, without the wrapped key: it counts just the same.
        let seen = survey(&mut tpm);
        if let Some(found) = seen.candidate {
            let mut tpm = tpm.clone();
            let flow = Confirm::new(identity, Slots::default(), Candidate::from(found));
            let confirmed = run(&mut tpm, flow).unwrap();
            assert_eq!(tpm.key_at(confirmed.handle()), Some(&[0xA3; 32][..]));
            assert_eq!(survey(&mut tpm).candidate, None);
        }
        let confirmed = run(&mut tpm, confirm()).unwrap();
        assert_eq!(confirmed.handle(), Handle::IDENTITY);
        assert_eq!(
            (in_use(&mut tpm), survey(&mut tpm).candidate),
            (Some(0xA3), None)
        );
        if done.is_ok() {
            break;
        }
    }
    // Three looks, then one command that removes the old key.
    assert_eq!(new_since, Some(4));
}

/// A refusal of every command in turn: the reason is handed out, nothing is left open, and the key
/// in use is the one before.
#[test]
fn a_refusal_of_any_command_leaves_nothing_open() {
    let (mut fresh, identity) = device();
    run(&mut fresh, activate(&identity, 0xA1)).unwrap();
    fresh.log.clear();
    for at in 0.. {
        let mut tpm = fresh.clone();
        tpm.refuse = Some((at, 0x9A2));
        let done = run(&mut tpm, activate(&identity, 0xA3));
        tpm.refuse = None;
        assert_eq!(in_use(&mut tpm), Some(0xA1));
        match done {
            Ok(_) => {
                assert!(at > 10, "{at}");
                break;
            }
            Err(refused) => assert_eq!(refused.code(), Code::TpmAuthorization, "{at}"),
        }
    }
}

#[test]
fn a_blob_for_another_tpm_is_refused_and_the_session_is_flushed() {
    let (mut tpm, identity) = device();
    let mut blob = blob(&identity, 1);
    blob[10] ^= 1;
    let flow = Activate::new(&identity, Slots::default(), &blob, &mut Counter(1)).unwrap();
    let refused = run(&mut tpm, flow).unwrap_err();
    assert_eq!(refused.code(), Code::TpmBlobForeign);
    assert_eq!(tpm.log.last(), Some(&0x165));
}

#[test]
fn another_kind_of_key_is_not_taken_in() {
    let (_, identity) = device();
    let blob = blob(&identity, 1);
    let public = blob.len() - 2 - 50;
    // restricted, and the scheme's hash: both stand in field 5.
    for (at, bit) in [(public + 7, 0x01), (public + 15, 0x07)] {
        let mut blob = blob.clone();
        blob[at] ^= bit;
        let refused = Activate::new(&identity, Slots::default(), &blob, &mut Counter(1));
        assert_eq!(refused.unwrap_err().code(), Code::TpmIdentityKey, "{at}");
    }
}

#[test]
fn what_is_not_ours_is_not_evicted() {
    let (mut tpm, identity) = device();
    tpm.put(Handle::new(0x8100_0101), Fixture::srk_ecc());
    let refused = run(&mut tpm, activate(&identity, 1)).unwrap_err();
    assert_eq!(refused.code(), Code::TpmSlotForeign);
    assert!(!tpm.log.contains(&0x120));
}

#[test]
fn a_candidate_that_is_gone_is_not_confirmed() {
    let (mut tpm, identity) = device();
    run(&mut tpm, activate(&identity, 0xA1)).unwrap();
    let replaced = run(&mut tpm, activate(&identity, 0xA2)).unwrap();
    run(&mut tpm, activate(&identity, 0xA3)).unwrap();
    let refused = run(
        &mut tpm,
        Confirm::new(&identity, Slots::default(), replaced),
    )
    .unwrap_err();
    assert_eq!(refused.code(), Code::TpmCandidateGone);
    assert_eq!(in_use(&mut tpm), Some(0xA1));
}

#[test]
fn a_busy_tpm_is_asked_again_and_not_for_ever() {
    let (mut tpm, identity) = device();
    tpm.retries = 3;
    run(&mut tpm, activate(&identity, 0xA1)).unwrap();
    tpm.retries = limits::DEVICE_REPEATS + 1;
    let refused = run(&mut tpm, Survey::default()).unwrap_err();
    assert_eq!(refused.code(), Code::TpmBusy);
}

#[test]
fn a_tpm_that_sleeps_is_started_once() {
    let (mut tpm, _) = device();
    tpm.restart();
    tpm.log.clear();
    run(&mut tpm, Survey::default()).unwrap();
    assert_eq!(tpm.log, [0x173, 0x144, 0x173, 0x173, 0x173]);
    let refused =
        Machine::new(Survey::default()).run(|_| Ok::<_, Rejection>(response(0x8001, 0x100, &[])));
    assert_eq!(refused.unwrap_err().code(), Code::TpmNotStarted);
}

#[test]
fn buffers_nobody_can_work_with_are_refused() {
    let (mut tpm, _) = device();
    tpm.input_buffer = 63;
    let refused = run(&mut tpm, Sign::new(Handle::IDENTITY, b"x").unwrap()).unwrap_err();
    assert_eq!(refused.code(), Code::TpmDeviceBuffer);
    let long = alloc::vec![0; limits::SIGNED_DATA + 1];
    let refused = Sign::new(Handle::IDENTITY, &long).unwrap_err();
    assert_eq!(refused.code(), Code::TpmTooLong);
}

/// The longest text through the smallest buffer stays within the budget.
#[test]
fn the_budget_is_enough() {
    let (mut tpm, identity) = device();
    run(&mut tpm, activate(&identity, 0xA1)).unwrap();
    tpm.log.clear();
    tpm.input_buffer = u32::from(limits::SMALLEST_BUFFER);
    let data = alloc::vec![3; limits::SIGNED_DATA];
    let mac = run(&mut tpm, Sign::new(Handle::IDENTITY, &data).unwrap()).unwrap();
    assert_eq!(mac.as_ref(), mac_of(0xA1, &data));
    assert!(u32::try_from(tpm.log.len()).unwrap() < limits::DEVICE_COMMANDS);
}

#[test]
fn responses_that_do_not_fit_are_refused() {
    for (bytes, code) in [
        (Vec::new(), Code::TpmTruncated),
        (response(0x8002, 0, &[0; 8]), Code::TpmResponseForm),
        (response(0x8001, 0, &[0, 1]), Code::TpmTruncated),
        (response(0x8001, 0x18B, &[0]), Code::TpmTrailingBytes),
        (response(0x8001, 0, &[0; 5000]), Code::TpmTooLong),
        (
            [&response(0x8001, 0, &[])[..], &[0]].concat(),
            Code::TpmResponseForm,
        ),
        (
            response(0x8001, 0, &[0, 0, 0, 0, 0, 0, 0]),
            Code::TpmTrailingBytes,
        ),
    ] {
        let mut machine = Machine::new(Survey::default());
        machine.on_response(&bytes);
        let Action::Failed(refused) = machine.action() else {
            panic!("{bytes:02x?} was taken");
        };
        assert_eq!(refused.code(), code, "{bytes:02x?}");
    }
}

#[test]
fn out_of_order_is_said() {
    let mut machine = Machine::new(Survey::default());
    let first = match machine.action() {
        Action::Send(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    };
    // Asked again, the same; no command is lost.
    assert!(matches!(machine.action(), Action::Send(bytes) if bytes == first));
    for _ in 0..3 {
        machine.on_response(&response(0x8001, 0x18B, &[]));
    }
    assert!(matches!(machine.action(), Action::Done(_)));
    machine.on_response(&response(0x8001, 0, &[]));
    let Action::Failed(refused) = machine.action() else {
        panic!("a response nobody asked for was taken");
    };
    assert_eq!(refused.code(), Code::TpmDeviceOrder);
}

/// A transport of arbitrary bytes: frames that are sound as often as not.
fn hostile() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let body = proptest::collection::vec(any::<u8>(), 0..200);
    let rc = prop_oneof![5 => Just(0_u32), 1 => Just(0x922), 1 => Just(0x100), 1 => any::<u32>()];
    let one = (any::<bool>(), rc, body).prop_map(|(sessions, rc, body)| {
        if sessions {
            // A body that reads as handle, parameters and one session.
            let length = u32::try_from(body.len()).unwrap().to_be_bytes();
            let body = [&[0x80, 0, 0, 1][..], &length, &body, &[0, 0, 1, 0, 0]].concat();
            response(0x8002, rc, &body)
        } else {
            response(0x8001, rc, &body)
        }
    });
    proptest::collection::vec(one, 1..40)
}

fn bounded<F: Flow>(flow: F, answers: &[Vec<u8>]) {
    let mut commands = 0;
    let mut answers = answers.iter().cycle();
    let _ = Machine::new(flow).run(|_| {
        commands += 1;
        Ok::<_, Rejection>(answers.next().unwrap().clone())
    });
    let cleaning = limits::DEVICE_REPEATS * 8;
    assert!(commands <= limits::DEVICE_COMMANDS + cleaning, "{commands}");
}

proptest! {
    #[test]
    fn arbitrary_responses_end_every_flow(answers in hostile()) {
        let (_, identity) = device();
        bounded(ReadIdentity::default(), &answers);
        bounded(activate(&identity, 1), &answers);
        bounded(Sign::new(Handle::IDENTITY, &[0; 3000]).unwrap(), &answers);
        bounded(Survey::default(), &answers);
    }

    /// Every flow, with one response of an honest TPM changed.
    #[test]
    fn one_changed_response_ends_every_flow(at in 0..16_usize, byte in 0..400_usize, bit in 0..8_u8) {
        let (tpm, identity) = device();
        let mut number = 0;
        let mut tpm = tpm;
        let _ = Machine::new(activate(&identity, 1)).run(|command| {
            let mut response = tpm.execute(command);
            if number == at && let Some(byte) = response.get_mut(byte) {
                *byte ^= 1 << bit;
            }
            number += 1;
            Ok::<_, Rejection>(response)
        });
        prop_assert!(number < 32);
    }
}
