use std::string::String;
use std::vec::Vec;

use super::*;

const HUB: &str = r#"{"operationId":"5.a","status":"assigned","registrationState":{"assignedHub":"hub-2","deviceId":"line-7","tpm":{"authenticationKey":"aHVi"}}}"#;
const WORKING: &str = r#"{"operationId":"5.a","status":"assigning"}"#;
const CHALLENGE: &str = r#"{"authenticationKey":"bm9uY2U=","keyName":"registration"}"#;

fn begin(credential: Credential) -> Registration {
    let settings = Settings::new("0ne0A1B2C3D", "line-7", credential, Transport::Http);
    Registration::begin(&settings.with_pace(Pace::at_once()), 1_000, 7).unwrap()
}

/// The next request, with the wait before it.
fn next(registration: &mut Registration, now: &mut u64) -> (Request, u64) {
    let begun = *now;
    for _ in 0..3 {
        match registration.step(*now) {
            Step::Send(request) => return (request, *now - begun),
            Step::Wait(ms) => *now += u64::from(ms),
            step => panic!("{step:?}"),
        }
    }
    panic!("no request");
}

fn ended(registration: &mut Registration, now: u64) -> (Reason, Option<Reason>) {
    assert_eq!(registration.step(now), Step::Ended);
    let end = registration.end().unwrap();
    (end.reason, end.cause)
}

#[test]
fn a_certificate_and_the_hub_that_has_to_take_the_device() {
    let mut identity = Identity::of("hub-1", "line-7").unwrap();
    let (mut registration, mut now) = (begin(Credential::Certificate), 1_000);
    let (request, wait) = next(&mut registration, &mut now);
    assert_eq!(
        (request.kind(), request.needs_token(), wait),
        (RequestKind::Register, false, 0)
    );
    assert_eq!(registration.step(now), Step::Wait(30_000));
    registration
        .http_response(request, 202, Some(b"3"), WORKING.as_bytes(), now)
        .unwrap();
    let (request, wait) = next(&mut registration, &mut now);
    assert_eq!(request.kind(), RequestKind::Operation);
    assert!((3_000..=3_750).contains(&wait), "{wait}");
    registration
        .http_response(request, 200, None, HUB.as_bytes(), now)
        .unwrap();
    assert_eq!(registration.step(now), Step::Confirm);
    assert_eq!(registration.assignment().unwrap().hub, "hub-2");
    // Not before the hub took the device.
    assert_eq!(
        registration.commit(&mut identity).unwrap_err().reason(),
        Reason::NotNow
    );
    assert_eq!(identity.hub(), Some("hub-1"));
    registration.not_confirmed(now).unwrap();
    let Step::Wait(wait) = registration.step(now) else {
        panic!()
    };
    assert!((2_000..=4_000).contains(&wait));
    now += u64::from(wait);
    assert_eq!(registration.step(now), Step::Confirm);
    registration.confirmed(now).unwrap();
    assert_eq!(registration.step(now), Step::Done);
    registration.cancel();
    assert_eq!(registration.step(now + 100_000_000), Step::Done);
    registration.commit(&mut identity).unwrap();
    assert_eq!(
        (identity.hub(), identity.key()),
        (Some("hub-2"), KeyState::InUse)
    );
}

#[test]
fn a_hub_that_never_takes_the_device_leaves_the_old_one_in_use() {
    let mut identity = Identity::of("hub-1", "line-7").unwrap();
    let (mut registration, mut now) = (begin(Credential::Key), 1_000);
    let (request, _) = next(&mut registration, &mut now);
    assert!(request.needs_token());
    registration
        .http_response(request, 200, None, HUB.as_bytes(), now)
        .unwrap();
    for _ in 0..limits::CONFIRMATIONS {
        while let Step::Wait(ms) = registration.step(now) {
            now += u64::from(ms);
        }
        registration.not_confirmed(now).unwrap();
    }
    assert_eq!(
        ended(&mut registration, now),
        (Reason::NotConfirmed, Some(Reason::HubRefused))
    );
    assert!(registration.commit(&mut identity).is_err());
    assert_eq!(identity.hub(), Some("hub-1"));
    assert!(registration.end().unwrap().may_go_better());
}

#[test]
fn a_tpm_is_challenged_and_opens_two_keys() {
    let (mut registration, mut now) = (begin(Credential::Tpm), 1_000);
    let mut out = [0; 16];
    let (request, _) = next(&mut registration, &mut now);
    assert_eq!(
        (request.kind(), request.needs_token()),
        (RequestKind::Register, false)
    );
    registration
        .http_response(request, 401, None, CHALLENGE.as_bytes(), now)
        .unwrap();
    assert_eq!(registration.step(now), Step::Activate);
    assert_eq!(
        registration.sealed(CHALLENGE.as_bytes(), &mut out).unwrap(),
        b"nonce"
    );
    assert!(registration.assignment().is_none());
    registration.activated(now).unwrap();
    let (request, wait) = next(&mut registration, &mut now);
    assert_eq!(
        (request.kind(), request.needs_token(), wait),
        (RequestKind::Proof, true, 0)
    );
    registration
        .http_response(request, 202, None, WORKING.as_bytes(), now)
        .unwrap();
    assert_eq!(
        registration.activated(now).unwrap_err().reason(),
        Reason::NotNow
    );
    let (request, _) = next(&mut registration, &mut now);
    assert!(request.needs_token());
    registration
        .http_response(request, 200, None, HUB.as_bytes(), now)
        .unwrap();
    assert_eq!(registration.step(now), Step::Activate);
    assert_eq!(
        registration.sealed(HUB.as_bytes(), &mut out).unwrap(),
        b"hub"
    );
    registration.activated(now).unwrap();
    assert_eq!(registration.step(now), Step::Confirm);
    registration.confirmed(now).unwrap();
    let mut beside = Identity::of("hub-1", "line-7").unwrap();
    registration.commit(&mut beside).unwrap();
    assert_eq!(beside.key(), KeyState::Beside);
    beside.key_confirmed();
    assert_eq!(beside.key(), KeyState::InUse);
    let mut one_place = Identity::of("hub-1", "line-7").unwrap();
    one_place.lose_key();
    assert_eq!(
        (one_place.hub(), one_place.key()),
        (Some("hub-1"), KeyState::Lost)
    );
    registration.commit(&mut one_place).unwrap();
    assert_eq!(
        (one_place.hub(), one_place.key()),
        (Some("hub-2"), KeyState::InUse)
    );
}

#[test]
fn challenges_have_an_end_whatever_the_service_does() {
    // It challenges for ever.
    let (mut registration, mut now) = (begin(Credential::Tpm), 1_000);
    for _ in 0..=limits::CHALLENGES {
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 401, None, CHALLENGE.as_bytes(), now)
            .unwrap();
        let _ = registration.activated(now);
    }
    assert_eq!(
        ended(&mut registration, now),
        (Reason::ChallengesOver, None)
    );
    // It refuses the proof for ever, and its last word is kept.
    let (mut registration, mut now) = (begin(Credential::Tpm), 1_000);
    let refusal = br#"{"errorCode":401002,"trackingId":"1ac2"}"#;
    loop {
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 401, None, CHALLENGE.as_bytes(), now)
            .unwrap();
        if registration.activated(now).is_err() {
            break;
        }
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 401, None, refusal, now)
            .unwrap();
    }
    assert_eq!(
        ended(&mut registration, now),
        (Reason::ChallengesOver, Some(Reason::Refused))
    );
    let end = registration.end().unwrap();
    assert_eq!(
        (end.http_status, end.error_code, end.tracking_id),
        (401, 401_002, "1ac2")
    );
    // The TPM opens nothing.
    let (mut registration, mut now) = (begin(Credential::Tpm), 1_000);
    loop {
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 401, None, CHALLENGE.as_bytes(), now)
            .unwrap();
        if registration.activation_failed(now).is_err() {
            break;
        }
    }
    assert_eq!(
        ended(&mut registration, now),
        (Reason::ChallengesOver, Some(Reason::ActivationFailed))
    );
}

#[test]
fn a_refusal_ends_it_with_the_services_own_words_in_numbers() {
    let (mut registration, mut now) = (begin(Credential::Key), 1_000);
    let (request, _) = next(&mut registration, &mut now);
    let body =
        br#"{"errorCode":404201,"trackingId":"1ac2a6d6-0000","message":"no such registration"}"#;
    registration
        .http_response(request, 404, Some(b"5"), body, now)
        .unwrap();
    assert_eq!(ended(&mut registration, now), (Reason::Refused, None));
    let end = registration.end().unwrap();
    assert_eq!(
        (end.http_status, end.error_code, end.tracking_id),
        (404, 404_201, "1ac2a6d6-0000")
    );
    assert!(!end.may_go_better());
    // Ended is ended.
    registration.cancel();
    assert_eq!(ended(&mut registration, now).0, Reason::Refused);
    assert!(registration.confirmed(now).is_err() && registration.lost(request, now).is_err());
}

#[test]
fn failures_wait_longer_each_time_and_up_to_as_much_again() {
    let (mut registration, mut now) = (begin(Credential::Certificate), 1_000);
    let (mut request, _) = next(&mut registration, &mut now);
    for expected in [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000] {
        registration
            .http_response(request, 503, None, b"", now)
            .unwrap();
        let (again, wait) = next(&mut registration, &mut now);
        assert!(
            (expected..=2 * expected).contains(&wait),
            "{expected}: {wait}"
        );
        assert!(again.number() != request.number());
        request = again;
    }
    // What the service asks for counts when it is longer, from one second to five minutes.
    for (asked, least) in [
        (&b"0"[..], 64_000),
        (b"100", 100_000),
        (b"4000000000", 300_000),
        (b"soon", 64_000),
    ] {
        registration
            .http_response(request, 429, Some(asked), b"", now)
            .unwrap();
        let (again, wait) = next(&mut registration, &mut now);
        assert!((least..=2 * least).contains(&wait), "{asked:?}: {wait}");
        request = again;
    }
}

#[test]
fn answers_that_come_late_or_to_another_request_change_nothing() {
    let (mut registration, mut now) = (begin(Credential::Certificate), 1_000);
    let (first, _) = next(&mut registration, &mut now);
    now += 30_000;
    assert!(matches!(registration.step(now), Step::Wait(2_000..=4_000)));
    let before = registration.clone();
    let topic = |number: u32| std::format!("$dps/registrations/res/200/?$rid={number}");
    assert_eq!(
        registration
            .http_response(first, 200, None, HUB.as_bytes(), now)
            .unwrap_err()
            .reason(),
        Reason::NotOurs
    );
    let (second, _) = next(&mut registration, &mut now);
    for number in [first.number(), second.number().wrapping_add(1)] {
        let error = registration
            .mqtt_message(&topic(number), HUB.as_bytes(), now)
            .unwrap_err();
        assert_eq!(error.reason(), Reason::NotOurs);
    }
    assert!(
        registration
            .mqtt_message("$iothub/twin/res/200/?$rid=1", b"{}", now)
            .is_err()
    );
    assert!(registration.lost(first, now).is_err());
    assert_eq!(before.number, first.number());
    registration
        .mqtt_message(&topic(second.number()), HUB.as_bytes(), now)
        .unwrap();
    assert_eq!(registration.step(now), Step::Confirm);
}

#[test]
fn an_operation_without_end_is_given_up_and_so_is_the_whole() {
    let (mut registration, mut now) = (begin(Credential::Certificate), 1_000);
    let (mut registers, mut operations) = (0_u64, 0_u64);
    let end = loop {
        match registration.step(now) {
            Step::Send(request) => {
                match request.kind() {
                    RequestKind::Register => registers += 1,
                    _ => operations += 1,
                }
                registration
                    .http_response(request, 202, None, WORKING.as_bytes(), now)
                    .unwrap();
            }
            Step::Wait(ms) => now += u64::from(ms),
            step => break step,
        }
    };
    assert_eq!(end, Step::Ended);
    // Of 3,600 seconds, 300 to each operation: twelve of them less the back-off, or the requests run out.
    assert_eq!(
        ended(&mut registration, now),
        (Reason::RequestsOver, Some(Reason::OperationTooLong))
    );
    assert_eq!(registers + operations, 500);
    assert!((3..=12).contains(&registers), "{registers}");
    assert!(now <= 1_000 + 3_600_000);
}

#[test]
fn nobody_answers_and_the_time_ends_it() {
    let (mut registration, mut now) = (begin(Credential::Key), 1_000);
    let mut requests = 0;
    loop {
        match registration.step(now) {
            Step::Send(_) => requests += 1,
            Step::Wait(ms) => now += u64::from(ms),
            _ => break,
        }
    }
    assert_eq!(
        ended(&mut registration, now),
        (Reason::TimeOver, Some(Reason::NoAnswer))
    );
    assert_eq!(now, 1_000 + 3_600_000);
    assert!((25..=60).contains(&requests), "{requests}");
}

#[test]
fn a_clock_that_begins_anew_makes_nothing_wait_for_it() {
    let settings = Settings::new(
        "0ne0A1B2C3D",
        "line-7",
        Credential::Certificate,
        Transport::Mqtt,
    );
    let mut registration = Registration::begin(&settings, 10_000_000_000, 7).unwrap();
    let Step::Wait(wait) = registration.step(10_000_000_000) else {
        panic!()
    };
    // The device restarts, and its clock with it.
    assert_eq!(registration.step(5), Step::Wait(wait));
    let mut awake = registration.clone();
    assert!(matches!(awake.step(5 + u64::from(wait)), Step::Send(_)));
    // It slept as long as it should, with a clock that did not see it.
    registration.slept(wait, 3);
    assert!(matches!(registration.step(3), Step::Send(_)));
}

#[test]
fn a_broker_that_refuses_the_connection() {
    for (code, reason) in [
        (1, Some(Reason::Refused)),
        (3, None),
        (4, Some(Reason::Refused)),
        (5, Some(Reason::Refused)),
        (9, None),
    ] {
        let (mut registration, mut now) = (begin(Credential::Key), 1_000);
        let (request, _) = next(&mut registration, &mut now);
        registration.mqtt_refused(request, code, now).unwrap();
        registration.step(now);
        assert_eq!(registration.end().map(|end| end.reason), reason, "{code}");
    }
}

#[test]
fn what_no_registration_can_begin_with() {
    let begun = |scope: &str, id: &str, credential, transport| {
        let settings = Settings::new(scope, id, credential, transport);
        Registration::begin(&settings, 0, 0)
            .map(|_| ())
            .map_err(Error::reason)
    };
    let (key, tpm, http, mqtt) = (
        Credential::Key,
        Credential::Tpm,
        Transport::Http,
        Transport::Mqtt,
    );
    assert_eq!(begun("s", "d", key, mqtt), Ok(()));
    assert_eq!(begun("s", "d", tpm, http), Ok(()));
    assert_eq!(begun("s", "d", tpm, mqtt), Err(Reason::NoTpmOverMqtt));
    assert_eq!(begun("s/", "d", key, http), Err(Reason::ArgumentCharacter));
    assert_eq!(begun("s", "", key, http), Err(Reason::ArgumentLength));
    let settings = Settings::new("s", "d", key, http).with_pace(Pace {
        requests: 0,
        ..Pace::default()
    });
    assert_eq!(
        Registration::begin(&settings, 0, 0).unwrap_err().reason(),
        Reason::PaceMalformed
    );
}

#[test]
fn names_that_do_not_fit_are_asked_for_again() {
    let long = "h".repeat(254);
    let bodies: Vec<String> = std::vec![
        std::format!(
            r#"{{"status":"assigned","registrationState":{{"assignedHub":"{long}","deviceId":"d"}}}}"#
        ),
        r#"{"status":"assigned","registrationState":{"assignedHub":"a/b","deviceId":"d"}}"#.into(),
        r#"{"status":"assigned","registrationState":{"assignedHub":"a","deviceId":"d\n"}}"#.into(),
        std::format!(r#"{{"status":"assigning","operationId":"{long}"}}"#),
        r#"{"status":"assigning","operationId":""}"#.into(),
    ];
    for body in bodies {
        let (mut registration, mut now) = (begin(Credential::Key), 1_000);
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 200, None, body.as_bytes(), now)
            .unwrap();
        assert_eq!(
            next(&mut registration, &mut now).0.kind(),
            RequestKind::Register,
            "{body}"
        );
        assert_eq!(registration.trouble.reason, Some(Reason::AnswerName));
    }
}

#[test]
fn a_body_without_end_is_not_read() {
    let (mut registration, mut now) = (begin(Credential::Key), 1_000);
    let (request, _) = next(&mut registration, &mut now);
    let long = std::vec![b' '; limits::ANSWER_BYTES + 1];
    registration
        .http_response(request, 200, None, &long, now)
        .unwrap();
    assert_eq!(registration.trouble.reason, Some(Reason::AnswerTooLong));
    // Somewhere else is nowhere.
    let (request, _) = next(&mut registration, &mut now);
    registration
        .http_response(request, 307, Some(b"0"), HUB.as_bytes(), now)
        .unwrap();
    assert_eq!(registration.trouble.reason, Some(Reason::Redirected));
    let (request, wait) = next(&mut registration, &mut now);
    assert_eq!(request.kind(), RequestKind::Register);
    assert!(wait >= 4_000);
}

#[test]
fn given_up_in_any_phase_it_is_over_and_the_identity_stays() {
    let mut identity = Identity::of("hub-1", "line-7").unwrap();
    let ended = |mut registration: Registration, identity: &mut Identity| {
        registration.cancel();
        assert_eq!(registration.step(2_000), Step::Ended);
        assert_eq!(registration.end().unwrap().reason, Reason::Cancelled);
        assert!(registration.commit(identity).is_err());
    };
    let (mut registration, mut now) = (begin(Credential::Tpm), 1_000);
    ended(registration.clone(), &mut identity);
    for body in [CHALLENGE, WORKING, HUB] {
        let (request, _) = next(&mut registration, &mut now);
        ended(registration.clone(), &mut identity);
        let status = if body == CHALLENGE { 401 } else { 200 };
        registration
            .http_response(request, status, None, body.as_bytes(), now)
            .unwrap();
        ended(registration.clone(), &mut identity);
        if body != WORKING {
            registration.activated(now).unwrap();
            ended(registration.clone(), &mut identity);
        }
    }
    assert_eq!(registration.step(now), Step::Confirm);
    ended(registration, &mut identity);
    assert_eq!(identity.hub(), Some("hub-1"));
}

/// Devices that fail in the same second do not come back in the same second.
#[test]
fn waits_are_spread_over_as_much_again() {
    let (mut early, mut late) = (0, 0);
    for device in 0..1_000_u32 {
        let id = std::format!("line-7-{device}");
        let settings = Settings::new("0ne0A1B2C3D", &id, Credential::Key, Transport::Http);
        let mut registration =
            Registration::begin(&settings.with_pace(Pace::at_once()), 0, 7).unwrap();
        let mut now = 0;
        let (request, _) = next(&mut registration, &mut now);
        registration
            .http_response(request, 429, Some(b"60"), b"", now)
            .unwrap();
        let (request, wait) = next(&mut registration, &mut now);
        assert!((60_000..=120_000).contains(&wait));
        early += u32::from(wait < 75_000);
        late += u32::from(wait > 105_000);
        registration
            .http_response(request, 202, Some(b"60"), WORKING.as_bytes(), now)
            .unwrap();
        let (_, wait) = next(&mut registration, &mut now);
        assert!((60_000..=75_000).contains(&wait));
    }
    // A quarter each.
    assert!(
        early.abs_diff(250) < 60 && late.abs_diff(250) < 60,
        "{early} {late}"
    );
}
