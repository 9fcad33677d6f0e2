//! The registration machine of a device, driven by bytes.

use provisor_device::Reason;
use provisor_device::Writer;
use provisor_device::message::http::Head;
use provisor_device::registration::{
    Credential, Identity, Pace, Registration, RequestKind, STATE_BYTES, Settings, Step, Transport,
};

use crate::bytes::Bytes;

/// Requests that one registration may have here.
const REQUESTS: u16 = 40;

/// Bodies that mean something; another number means that the body follows.
const BODIES: [&str; 8] = [
    r#"{"operationId":"5.a","status":"assigning"}"#,
    r#"{"status":"assigned","registrationState":{"assignedHub":"hub-2","deviceId":"d","tpm":{"authenticationKey":"AA=="}}}"#,
    r#"{"status":"failed","registrationState":{"errorCode":500001}}"#,
    r#"{"status":"failed","registrationState":{"errorCode":400208}}"#,
    r#"{"authenticationKey":"AA==","keyName":"registration"}"#,
    r#"{"errorCode":401002,"trackingId":"1ac2a6d6"}"#,
    "{}",
    "<html>",
];

const STATUSES: [u16; 8] = [200, 202, 401, 404, 409, 429, 500, 302];

/// Any sequence of answers, losses, restarts and clocks. The machine ends, within its time and its requests; its state is
/// read as it was written; what it says is for one line and one topic; the identity stays until a hub took the device.
pub fn device_registration(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (credential, transport) = match bytes.u8() % 5 {
        0 => (Credential::Certificate, Transport::Http),
        1 => (Credential::Certificate, Transport::Mqtt),
        2 => (Credential::Key, Transport::Http),
        3 => (Credential::Key, Transport::Mqtt),
        _ => (Credential::Tpm, Transport::Http),
    };
    let mut pace = Pace::fleet();
    pace.requests = REQUESTS;
    let settings = Settings::new("0ne0A1B2C3D", "line-7", credential, transport).with_pace(pace);
    let seed = u64::from(bytes.u16());
    let mut registration = Registration::begin(&settings, 0, seed).expect("legal");
    let mut identity = Identity::of("hub-1", "line-7").expect("legal");
    let (mut now, mut requests, mut waited, mut taken) = (0_u64, 0, 0_u64, false);
    for turn in 0.. {
        assert!(turn < 2_000, "no end: {registration:?}");
        registration = again(&registration);
        let step = registration.step(now);
        match step {
            Step::Send(request) => {
                requests += 1;
                check_requests(&registration, request, transport);
                answer(&mut registration, request, &mut bytes, now);
            }
            Step::Wait(ms) => {
                assert!(ms > 0);
                now += u64::from(ms);
                waited += u64::from(ms);
            }
            Step::Activate => {
                now += 5_000;
                let _ = registration.sealed(BODIES.get(4).unwrap_or(&"").as_bytes(), &mut [0; 8]);
                let told = match bytes.u8() % 4 {
                    0 => registration.activation_failed(now),
                    _ => registration.activated(now),
                };
                assert_eq!(told, Ok(()));
            }
            Step::Confirm => {
                now += 5_000;
                taken = !bytes.u8().is_multiple_of(3);
                let told = if taken {
                    registration.confirmed(now)
                } else {
                    registration.not_confirmed(now)
                };
                assert_eq!(told, Ok(()));
            }
            Step::Done | Step::Ended => break,
        }
        if bytes.u8() == 7 {
            now = u64::from(bytes.u16());
            if let Step::Wait(ms) = step {
                registration.slept(ms, now);
            }
        }
        if registration.step(now) != Step::Done {
            assert!(registration.commit(&mut identity).is_err());
        }
    }
    assert!(requests <= REQUESTS);
    assert!(waited <= u64::from(pace.total_ms + pace.spread_ms));
    match registration.end() {
        Some(end) => {
            assert!(end.reason.number() >= 200);
            assert_eq!(
                registration.commit(&mut identity).map_err(|e| e.reason()),
                Err(Reason::NotNow)
            );
            assert_eq!(identity.hub(), Some("hub-1"));
        }
        None => {
            assert!(taken);
            assert_eq!(registration.commit(&mut identity), Ok(()));
            assert_eq!(
                identity.hub(),
                registration.assignment().map(|found| found.hub)
            );
        }
    }
}

fn answer(
    registration: &mut Registration,
    request: provisor_device::registration::Request,
    bytes: &mut Bytes<'_>,
    now: u64,
) {
    let kind = bytes.u8();
    let status = STATUSES
        .get(usize::from(bytes.u8() % 9))
        .copied()
        .unwrap_or_else(|| bytes.u16());
    let body = BODIES
        .get(usize::from(kind >> 4))
        .map_or_else(|| bytes.chunk(), |body| body.as_bytes());
    let told = match kind & 7 {
        0 => registration.lost(request, now),
        1 => registration.mqtt_refused(request, bytes.u8(), now),
        2 => {
            let off = u32::from(bytes.u8() % 2);
            let number = request.number().wrapping_add(off);
            let topic = format!(
                "$dps/registrations/res/{status:03}/?$rid={number}&retry-after={}",
                bytes.u8()
            );
            let before = registration.clone();
            let told = registration.mqtt_message(&topic, body, now);
            if off == 0 && status < 1000 {
                told
            } else {
                assert_eq!(told.map_err(|e| e.reason()), Err(Reason::NotOurs));
                assert_eq!(&before, registration);
                Ok(())
            }
        }
        // Nothing comes.
        3 => Ok(()),
        _ => registration.http_response(request, status, Some(bytes.chunk()), body, now),
    };
    assert_eq!(told, Ok(()));
}

fn again(registration: &Registration) -> Registration {
    let mut bytes = [0; STATE_BYTES];
    registration.store(&mut bytes);
    let read = Registration::restore(&bytes).expect("our own state");
    assert_eq!(&read, registration);
    read
}

/// Whatever the service called its operation, a head has the lines it should have, and a topic no wildcard.
fn check_requests(
    registration: &Registration,
    request: provisor_device::registration::Request,
    transport: Transport,
) {
    let mut buffer = [0; 2048];
    let mut writer = Writer::new(&mut buffer);
    match transport {
        Transport::Http => {
            let mut head = Head::new("dps.example.net");
            if request.needs_token() {
                head = head.with_authorization("SharedAccessSignature sr=a");
            }
            let body = registration.body();
            assert_eq!(
                registration.write_http(request, &head, &body, &mut writer),
                Ok(())
            );
            let text = writer.finish().expect("large enough");
            let lines = match request.kind() {
                RequestKind::Operation => 5,
                RequestKind::Register | RequestKind::Proof => 7,
            };
            assert_eq!(
                text.split("\r\n").count(),
                lines + usize::from(request.needs_token())
            );
            assert_eq!(
                text.split(' ')
                    .nth(2)
                    .map(|word| word.starts_with("HTTP/1.1\r\n")),
                Some(true)
            );
        }
        Transport::Mqtt => {
            assert_eq!(registration.write_topic(request, &mut writer), Ok(()));
            let topic = writer.finish().expect("large enough");
            assert!(
                topic
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'+')
            );
            assert_eq!(topic.matches('$').count(), 2);
        }
    }
}
