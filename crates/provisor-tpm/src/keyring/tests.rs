//! The ring: derivation, judgement, rotation, storage.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::testing::{Counter, hex};
use crate::{ChallengeAnswer, Code, HashAlg, Name, Rejection, UnixTime};

const DAY: i64 = 86_400;
const START: UnixTime = UnixTime::new(1_800_000_000);

fn name(byte: u8) -> Name {
    Name::from_bytes(&[&[0x00, 0x0B][..], &[byte; 32]].concat()).unwrap()
}

/// Epochs of seven days that accept for one more, one beginning every six days.
fn epoch(number: u32) -> Epoch {
    let secret = [u8::try_from(number).unwrap(); 32];
    Epoch::new(number, &secret, times(number)).unwrap()
}

fn times(number: u32) -> EpochTimes {
    EpochTimes::days(after(6 * (i64::from(number) - 1)), 7, 1)
}

fn after(days: i64) -> UnixTime {
    START.saturating_add(days * DAY)
}

struct Names(Name, Name);

impl Names {
    fn new() -> Self {
        Self(name(0xAA), name(0xBB))
    }

    fn binding(&self) -> Binding<'_> {
        Binding {
            scope: "0ne0a1b2c3d",
            registration_id: "line-7",
            ek: &self.0,
            srk: &self.1,
            registrations: 5,
        }
    }
}

// Own values, from a short Python script on hmac and hashlib that follows RFC 5869.
#[test]
fn known_answers() {
    let times = EpochTimes::days(START, 7, 1);
    let epoch = Epoch::new(3, &[0x11; 32], times).unwrap();
    for (purpose, expected) in [
        (
            Purpose::Challenge,
            "debd5b94c62397146a9f15be360abf4800f357d49e58de635e08f83e5cbb8fb5",
        ),
        (
            Purpose::Identity,
            "d18360a20145145794e996293effaee7a33bc72fa72d9777aa5445e05635affc",
        ),
    ] {
        let key = epoch.derive(&Names::new().binding(), purpose).unwrap();
        assert_eq!(key.expose(), hex(expected));
    }
}

#[test]
fn every_part_of_the_binding_counts() {
    let (names, other) = (Names::new(), name(0xCC));
    let good = names.binding();
    let bindings = [
        good,
        Binding {
            scope: "0ne0a1b2c3e",
            ..good
        },
        Binding {
            registration_id: "line-8",
            ..good
        },
        // The border between two texts is bound too.
        Binding {
            scope: "0ne0a1b2c3dl",
            registration_id: "ine-7",
            ..good
        },
        Binding { ek: &other, ..good },
        Binding {
            srk: &other,
            ..good
        },
        Binding {
            ek: good.srk,
            srk: good.ek,
            ..good
        },
        Binding {
            registrations: 6,
            ..good
        },
    ];
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for epoch in [epoch(1), epoch(2)] {
        for binding in &bindings {
            for purpose in [Purpose::Challenge, Purpose::Identity] {
                let key = epoch.derive(binding, purpose).unwrap();
                assert_eq!(key.len(), 32);
                keys.push(key.expose().to_vec());
            }
        }
    }
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

/// Asks with one ring at one time, and judges with another at another.
fn exchange(
    ask: &Keyring,
    asked: UnixTime,
    judge: &Keyring,
    judged: UnixTime,
) -> Result<u32, Code> {
    let names = Names::new();
    let binding = names.binding();
    let epoch = ask.issuing(asked).map_err(|r| r.code())?;
    let key = epoch.derive(&binding, Purpose::Challenge).unwrap();
    let by_secret = judge.judge(&binding, ChallengeAnswer::Secret(key.expose()), judged);
    let mac = HashAlg::Sha256.hmac(key.expose(), &[b"text"]);
    let answer = ChallengeAnswer::Hmac {
        message: b"text",
        mac: mac.as_ref(),
    };
    let by_mac = judge.judge(&binding, answer, judged);
    let code = |got: Result<Judged<'_>, Rejection>| {
        got.map(|right| {
            assert_eq!(right.proof().ek_name(), &names.0);
            assert_eq!(right.proof().object_name(), &names.1);
            right.epoch().number()
        })
        .map_err(|r| r.code())
    };
    let (a, b) = (code(by_secret), code(by_mac));
    assert_eq!(a, b);
    a
}

#[test]
fn the_life_of_an_epoch_to_the_second() {
    let ring = Keyring::new([epoch(1)]).unwrap();
    let judged = |ask, judge| exchange(&ring, ask, &ring, judge);
    let second = |time: UnixTime, by| time.saturating_add(by);
    let times = times(1);
    assert_eq!(judged(START, START), Ok(1));
    assert_eq!(judged(times.issues_until, times.accepts_until), Ok(1));
    assert_eq!(
        judged(START, second(times.accepts_until, 1)),
        Err(Code::TpmEpochExpired)
    );
    assert_eq!(judged(START, second(START, -300)), Ok(1));
    assert_eq!(judged(START, second(START, -301)), Err(Code::TpmEpochEarly));
    assert_eq!(judged(second(START, -1), START), Err(Code::TpmNoEpoch));
    assert_eq!(
        judged(second(times.issues_until, 1), START),
        Err(Code::TpmNoEpoch)
    );
}

#[test]
fn rotation_changes_what_issues_and_keeps_what_was_issued() {
    let old = Keyring::new([epoch(1)]).unwrap();
    let mut ring = Keyring::new([epoch(1)]).unwrap();
    ring.insert(epoch(2)).unwrap();
    ring.insert(epoch(3)).unwrap();
    assert_eq!(ring.issuing(after(5)).unwrap().number(), 1);
    assert_eq!(ring.issuing(after(6)).unwrap().number(), 2);
    // Asked by a replica that has not heard of the rotation yet, and by one that has.
    assert_eq!(exchange(&old, after(7), &ring, after(8)), Ok(1));
    assert_eq!(exchange(&ring, after(7), &ring, after(8)), Ok(2));
    assert_eq!(
        exchange(&ring, after(7), &old, after(7)),
        Err(Code::TpmChallengeAnswer)
    );
    // Late while the epoch is known, wrong once it was erased.
    assert_eq!(
        exchange(&old, after(7), &ring, after(9)),
        Err(Code::TpmEpochExpired)
    );
    ring.erase_before(after(9));
    assert_eq!(ring.epochs().len(), 2);
    assert_eq!(
        exchange(&old, after(7), &ring, after(9)),
        Err(Code::TpmChallengeAnswer)
    );
    ring.erase_before(after(1_000));
    assert_eq!(ring.epochs().len(), 1, "the newest stays");
}

#[test]
fn an_answer_counts_until_the_next_registration() {
    let ring = Keyring::new([epoch(1), epoch(2)]).unwrap();
    let names = Names::new();
    let binding = names.binding();
    let key = epoch(1).derive(&binding, Purpose::Challenge).unwrap();
    let code = |registrations| {
        let binding = Binding {
            registrations,
            ..binding
        };
        let judged = ring.judge(&binding, ChallengeAnswer::Secret(key.expose()), START);
        judged.map(|_| ()).map_err(|r| r.code())
    };
    assert_eq!(code(5), Ok(()));
    assert_eq!(code(6), Err(Code::AttestChallengeUsed));
    for other in [0, 4, 7, u64::MAX] {
        assert_eq!(code(other), Err(Code::TpmChallengeAnswer), "{other}");
    }
}

#[test]
fn the_key_for_the_hub_answers_nothing() {
    let ring = Keyring::new([epoch(1)]).unwrap();
    let names = Names::new();
    let key = epoch(1)
        .derive(&names.binding(), Purpose::Identity)
        .unwrap();
    let judged = ring.judge(
        &names.binding(),
        ChallengeAnswer::Secret(key.expose()),
        START,
    );
    assert_eq!(judged.unwrap_err().code(), Code::TpmChallengeAnswer);
    for wrong in [&[][..], &[0; 32], &[0; 33]] {
        let judged = ring.judge(&names.binding(), ChallengeAnswer::Secret(wrong), START);
        assert_eq!(judged.unwrap_err().code(), Code::TpmChallengeAnswer);
    }
}

#[test]
fn malformed_rings_are_refused_each_by_its_code() {
    let ring = |epochs: Vec<Epoch>| Keyring::new(epochs).unwrap_err().code();
    assert_eq!(ring(Vec::new()), Code::TpmKeyringSize);
    assert_eq!(ring((1..=9).map(epoch).collect()), Code::TpmKeyringSize);
    assert_eq!(ring([2, 1].map(epoch).into()), Code::TpmKeyringOrder);
    assert_eq!(ring([1, 1].map(epoch).into()), Code::TpmKeyringOrder);
    let same_secret = Epoch::new(2, &[1; 32], times(2)).unwrap();
    assert_eq!(ring([epoch(1), same_secret].into()), Code::TpmKeyringOrder);
    let same_beginning = Epoch::new(2, &[2; 32], times(1)).unwrap();
    assert_eq!(
        ring([epoch(1), same_beginning].into()),
        Code::TpmKeyringOrder
    );

    let secret = |length| Epoch::new(1, &[1; 65][..length], times(1)).map_err(|r| r.code());
    for length in [0, 16, 31, 65] {
        assert_eq!(
            secret(length).unwrap_err(),
            Code::TpmEpochSecret,
            "{length}"
        );
    }
    assert!(secret(32).is_ok() && secret(64).is_ok());

    let times = |a, b, c| EpochTimes {
        begins: after(a),
        issues_until: after(b),
        accepts_until: after(c),
    };
    let judged = |times| Epoch::generate(1, times, &mut Counter(0)).map_err(|r| r.code());
    for wrong in [times(1, 0, 2), times(0, 2, 1), times(0, 1, 33)] {
        assert_eq!(judged(wrong).unwrap_err(), Code::TpmEpochTimes);
    }
    assert!(judged(times(0, 0, 0)).is_ok() && judged(times(0, 1, 32)).is_ok());
}

#[test]
fn nothing_secret_is_printed() {
    let ring = Keyring::new([Epoch::new(1, &[0x5A; 32], times(1)).unwrap()]).unwrap();
    let text = alloc::format!("{ring:?} {:?}", ChallengeAnswer::Secret(&[0x5A; 32]));
    assert!(text.contains("number: 1"), "{text}");
    assert!(!text.contains("90, 90") && !text.contains("5a5a"), "{text}");
}

#[test]
fn a_stored_ring_is_the_same_ring() {
    let ring = Keyring::new([epoch(1), epoch(2)]).unwrap();
    let stored = ring.to_stored().unwrap();
    let restored = Keyring::from_stored(&stored).unwrap();
    assert_eq!(exchange(&ring, START, &restored, START), Ok(1));
    assert_eq!(exchange(&restored, after(7), &ring, after(7)), Ok(2));
    for length in 0..stored.len() {
        let refused = Keyring::from_stored(&stored[..length]).unwrap_err();
        assert_eq!(refused.code(), Code::TpmKeyringStored, "{length}");
    }
    let code = |bytes: &[u8]| Keyring::from_stored(bytes).unwrap_err().code();
    assert_eq!(code(&[&stored[..], &[0]].concat()), Code::TpmKeyringStored);
    assert_eq!(code(&[1, 0]), Code::TpmKeyringSize);
    assert_eq!(code(&[2, 0]), Code::TpmKeyringStored);
}

proptest! {
    #[test]
    fn arbitrary_stored_bytes_never_panic(bytes: Vec<u8>) {
        if let Ok(ring) = Keyring::from_stored(&bytes) {
            prop_assert_eq!(&ring.to_stored().unwrap()[..], &bytes[..]);
        }
    }

    #[test]
    fn any_other_answer_is_wrong(answer: Vec<u8>) {
        let names = Names::new();
        let ring = Keyring::new([epoch(1)]).unwrap();
        let judged = ring.judge(&names.binding(), ChallengeAnswer::Secret(&answer), START);
        prop_assert_eq!(judged.unwrap_err().code(), Code::TpmChallengeAnswer);
    }
}
