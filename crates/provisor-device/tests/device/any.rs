//! Any sequence of answers, losses, restarts and clocks: it ends, and gives nothing up before the end.

use proptest::prelude::*;
use proptest::sample::Index;
use provisor_device::Reason;
use provisor_device::registration::{
    Credential, Identity, Pace, Registration, STATE_BYTES, Settings, Step, Transport,
};

/// Bodies that mean something to somebody.
const BODIES: [&str; 15] = [
    r#"{"operationId":"5.a","status":"assigning"}"#,
    r#"{"operationId":"5.b","status":"dreaming"}"#,
    r#"{"status":"assigned","registrationState":{"assignedHub":"hub-2","deviceId":"d"}}"#,
    r#"{"status":"assigned","registrationState":{"assignedHub":"hub-3","deviceId":"d","tpm":{"authenticationKey":"AA=="}}}"#,
    r#"{"status":"assigned","registrationState":{"assignedHub":"","deviceId":"d"}}"#,
    r#"{"status":"assigned","registrationState":{"registrationId":"another","assignedHub":"hub-9","deviceId":"d"}}"#,
    r#"{"status":"failed","registrationState":{"errorCode":400208}}"#,
    r#"{"status":"failed","registrationState":{"errorCode":500001}}"#,
    r#"{"status":"disabled"}"#,
    r#"{"authenticationKey":"AA==","keyName":"registration"}"#,
    r#"{"errorCode":401002,"trackingId":"1ac2a6d6"}"#,
    r#"{"status":"unassigned","operationId":null}"#,
    "{}",
    "<html>",
    "",
];

const STATUSES: [u16; 16] = [
    0, 100, 200, 202, 204, 301, 308, 400, 401, 404, 409, 412, 429, 500, 503, 65_535,
];

#[derive(Clone, Debug)]
enum Event {
    Answer(Index, Index, Option<u32>),
    Bytes(u16, Vec<u8>),
    Message(Index, Index, u32),
    Lost,
    Silence,
    Refused(u8),
    /// Written down and read again, by a clock that begins anew.
    Restart(u32),
    Activated(bool),
    Confirmed(bool),
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (any::<Index>(), any::<Index>(), proptest::option::of(any::<u32>()))
            .prop_map(|(status, body, retry)| Event::Answer(status, body, retry)),
        1 => (any::<u16>(), any::<Vec<u8>>()).prop_map(|(status, body)| Event::Bytes(status, body)),
        2 => (any::<Index>(), any::<Index>(), 0..3_u32)
            .prop_map(|(status, body, off)| Event::Message(status, body, off)),
        1 => Just(Event::Lost),
        1 => Just(Event::Silence),
        1 => any::<u8>().prop_map(Event::Refused),
        1 => (0..1_000_000_u32).prop_map(Event::Restart),
        3 => any::<bool>().prop_map(Event::Activated),
        3 => any::<bool>().prop_map(Event::Confirmed),
    ]
}

fn settings() -> impl Strategy<Value = (Credential, Transport)> {
    prop_oneof![
        Just((Credential::Certificate, Transport::Http)),
        Just((Credential::Key, Transport::Mqtt)),
        Just((Credential::Tpm, Transport::Http)),
    ]
}

fn again(registration: &Registration) -> Registration {
    let mut bytes = [0; STATE_BYTES];
    registration.store(&mut bytes);
    let read = Registration::restore(&bytes).unwrap();
    assert_eq!(&read, registration);
    read
}

proptest! {
    #[test]
    fn it_ends_and_gives_nothing_up_before((credential, transport) in settings(), seed: u64, script in prop::collection::vec(events(), 1..40)) {
        let mut pace = Pace::fleet();
        pace.requests = 60;
        let settings = Settings::new("0ne0A1B2C3D", "line-7", credential, transport).with_pace(pace);
        let mut registration = Registration::begin(&settings, 0, seed).unwrap();
        let mut identity = Identity::of("hub-1", "line-7").unwrap();
        let (mut now, mut sent, mut waited, mut confirmed) = (0_u64, 0, 0_u64, false);
        let mut request = None;
        let mut script = script.iter().cycle();
        for turn in 0.. {
            prop_assert!(turn < 2_000, "no end: {:?}", registration);
            let step = registration.step(now);
            prop_assert_eq!(registration.step(now), match step { Step::Send(_) => Step::Wait(pace.answer_ms.min(left(&registration, now))), same => same });
            registration = again(&registration);
            match step {
                Step::Send(send) => {
                    sent += 1;
                    request = Some(send);
                }
                Step::Wait(ms) => {
                    prop_assert!(ms > 0);
                    // Nothing comes in most waits.
                    if turn % 2 == 0 {
                        now += u64::from(ms);
                        waited += u64::from(ms);
                        continue;
                    }
                }
                Step::Done | Step::Ended => break,
                // A TPM and a hub take their time.
                Step::Activate | Step::Confirm => now += 10_000,
            }
            prop_assert!(registration.commit(&mut identity).is_err());
            let event = script.next().unwrap();
            match (event, request) {
                (Event::Answer(status, body, retry), Some(send)) => {
                    let retry = retry.map(|seconds| seconds.to_string());
                    let (status, body) = (*status.get(&STATUSES), body.get(&BODIES));
                    let _ = registration.http_response(send, status, retry.as_ref().map(|text| text.as_bytes()), body.as_bytes(), now);
                }
                (Event::Bytes(status, body), Some(send)) => {
                    let _ = registration.http_response(send, *status, Some(body), body, now);
                }
                (Event::Message(status, body, off), Some(send)) => {
                    let number = send.number().wrapping_add(*off);
                    let topic = format!("$dps/registrations/res/{}/?$rid={number}&retry-after=1", status.get(&STATUSES));
                    let before = registration.clone();
                    let taken = registration.mqtt_message(&topic, body.get(&BODIES).as_bytes(), now);
                    if *off > 0 {
                        prop_assert_eq!(taken.unwrap_err().reason(), Reason::NotOurs);
                        prop_assert_eq!(&before, &registration);
                    }
                }
                (Event::Lost, Some(send)) => { let _ = registration.lost(send, now); }
                (Event::Refused(code), Some(send)) => { let _ = registration.mqtt_refused(send, *code, now); }
                (Event::Restart(at), _) => now = u64::from(*at),
                (Event::Activated(well), _) => {
                    let done = if *well { registration.activated(now) } else { registration.activation_failed(now) };
                    prop_assert_eq!(done.is_ok(), step == Step::Activate);
                }
                (Event::Confirmed(well), _) => {
                    let done = if *well { registration.confirmed(now) } else { registration.not_confirmed(now) };
                    prop_assert_eq!(done.is_ok(), step == Step::Confirm);
                    confirmed |= done.is_ok() && *well;
                }
                (Event::Silence, _) | (_, None) => {}
            }
        }
        prop_assert!(sent <= 60);
        prop_assert!(waited <= u64::from(pace.total_ms + pace.spread_ms));
        match registration.end() {
            None => {
                prop_assert!(confirmed);
                registration.commit(&mut identity).unwrap();
                prop_assert!(matches!(identity.hub(), Some("hub-2" | "hub-3")));
            }
            Some(end) => {
                prop_assert!(end.reason.number() >= 200);
                prop_assert!(registration.commit(&mut identity).is_err());
                prop_assert_eq!(identity.hub(), Some("hub-1"));
            }
        }
    }
}

/// What the machine says it waits for, by a copy of it.
fn left(registration: &Registration, now: u64) -> u32 {
    match registration.clone().step(now) {
        Step::Wait(ms) => ms,
        _ => u32::MAX,
    }
}
