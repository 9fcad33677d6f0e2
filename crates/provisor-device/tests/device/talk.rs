//! The machine and the service of `service.rs`, over HTTP and MQTT, with everything in between that can go wrong.

use proptest::prelude::*;
use provisor_device::message::http::Head;
use provisor_device::registration::{
    Credential, End, Identity, KeyState, Pace, Registration, Request, RequestKind, Settings, Step,
    Transport,
};
use provisor_device::{Key, Reason, Writer};

use crate::service::{Fate, Fault, Service};

const EXPIRES: i64 = 1_790_003_600;
const KEY: [u8; 32] = [0x5a; 32];

/// One device with one service.
struct Talk {
    registration: Registration,
    service: Service,
    identity: Identity,
    /// What the device signs with: its own key, or what its TPM opened last.
    key: Option<[u8; 32]>,
    mqtt: bool,
    now: u64,
    requests: u32,
}

impl Talk {
    fn new(
        credential: Credential,
        transport: Transport,
        fate: Fate,
        polls: u32,
        seed: u64,
    ) -> Self {
        let mut pace = Pace::fleet();
        pace.total_ms = 20_000_000;
        let settings =
            Settings::new("0ne0A1B2C3D", "line-7:a", credential, transport).with_pace(pace);
        let key = (credential == Credential::Key).then_some(KEY);
        Self {
            registration: Registration::begin(&settings, 0, seed).unwrap(),
            service: Service::new(fate, key, credential == Credential::Tpm, polls),
            identity: Identity::of("hub-1.example.net", "line-7").unwrap(),
            key,
            mqtt: transport == Transport::Mqtt,
            now: 0,
            requests: 0,
        }
    }

    /// To the end, with a fault for each request.
    fn run(&mut self, mut faults: impl Iterator<Item = Fault>) -> Option<End<'_>> {
        let mut body = String::new();
        loop {
            match self.registration.step(self.now) {
                Step::Send(request) => {
                    self.requests += 1;
                    match self.exchange(request, faults.next().unwrap_or(Fault::Nothing)) {
                        Some(answer) => body = answer,
                        None if request.number() % 2 == 0 => {
                            self.registration.lost(request, self.now).unwrap()
                        }
                        None => {}
                    }
                }
                Step::Wait(ms) => self.now += u64::from(ms),
                Step::Activate => {
                    let mut out = [0; 64];
                    let opened = self.registration.sealed(body.as_bytes(), &mut out).unwrap();
                    self.key = Some(opened.try_into().unwrap());
                    self.identity.lose_key();
                    self.registration.activated(self.now).unwrap();
                }
                Step::Confirm => self.registration.confirmed(self.now).unwrap(),
                Step::Done => {
                    self.registration.commit(&mut self.identity).unwrap();
                    return None;
                }
                Step::Ended => return self.registration.end(),
            }
        }
    }

    fn exchange(&mut self, request: Request, fault: Fault) -> Option<String> {
        let mut token = [0; 512];
        let token = self.key.map(|key| {
            let key = Key::from_bytes(&key).unwrap();
            self.registration
                .token(EXPIRES)
                .sign(&key, &mut token)
                .unwrap()
        });
        let token = token.filter(|_| request.needs_token());
        let body = self.registration.body();
        if self.mqtt {
            let (mut topic, mut payload) = ([0; 512], [0; 512]);
            let (mut to, mut with) = (Writer::new(&mut topic), Writer::new(&mut payload));
            self.registration.write_topic(request, &mut to).unwrap();
            self.registration
                .write_payload(request, &body, &mut with)
                .unwrap();
            let (to, with) = (to.finish().unwrap(), with.finish().unwrap());
            let text = as_http(to, with, token);
            let (status, retry, body) = self.service.answer(&text, fault)?;
            let retry = retry.map_or(String::new(), |seconds| format!("&retry-after={seconds}"));
            let topic = format!(
                "$dps/registrations/res/{status}/?$rid={}{retry}",
                request.number()
            );
            self.registration
                .mqtt_message(&topic, body.as_bytes(), self.now)
                .unwrap();
            return Some(body);
        }
        let mut buffer = [0; 2048];
        let mut head = Head::new("dps.example.net").with_user_agent("test/1");
        if let Some(token) = token {
            head = head.with_authorization(token);
        }
        let body = if self.service.tpm {
            body.with_tpm(&[1, 2], &[3])
        } else {
            body
        };
        let mut writer = Writer::new(&mut buffer);
        self.registration
            .write_http(request, &head, &body, &mut writer)
            .unwrap();
        let (status, retry, body) = self.service.answer(writer.finish().unwrap(), fault)?;
        let retry = retry.map(|seconds| seconds.to_string());
        let retry = retry.as_ref().map(|text| text.as_bytes());
        self.registration
            .http_response(request, status, retry, body.as_bytes(), self.now)
            .unwrap();
        Some(body)
    }
}

/// What a broker hands on, in the words of the one interface that the service has.
fn as_http(topic: &str, payload: &str, token: Option<&str>) -> String {
    let token = token.map_or(String::new(), |token| format!("Authorization: {token}\r\n"));
    let (what, query) = topic.split_once("/?$rid=").unwrap();
    let path = "/0ne0A1B2C3D/registrations/line-7%3Aa";
    let (line, body) = match what {
        "$dps/registrations/PUT/iotdps-register" => (format!("PUT {path}/register"), payload),
        "$dps/registrations/GET/iotdps-get-operationstatus" => {
            assert_eq!(payload, " ");
            let (_, id) = query.split_once("&operationId=").unwrap();
            (format!("GET {path}/operations/{id}"), "")
        }
        _ => panic!("{topic}"),
    };
    let length = body.len();
    format!(
        "{line}?api-version=2021-06-01 HTTP/1.1\r\nHost: dps.example.net\r\n{token}Content-Length: {length}\r\n\r\n{body}"
    )
}

const KINDS: [(Credential, Transport); 5] = [
    (Credential::Certificate, Transport::Http),
    (Credential::Certificate, Transport::Mqtt),
    (Credential::Key, Transport::Http),
    (Credential::Key, Transport::Mqtt),
    (Credential::Tpm, Transport::Http),
];

#[test]
fn each_credential_over_each_transport_to_its_end() {
    for (credential, transport) in KINDS {
        let mut talk = Talk::new(credential, transport, Fate::Assigned, 3, 7);
        assert_eq!(talk.run([].into_iter()), None);
        assert_eq!(talk.identity.hub(), Some("hub-2.example.net"));
        assert_eq!(talk.identity.device_id(), Some("Line-7"));
        assert_eq!(talk.identity.key(), KeyState::InUse);
        // Register, three times assigning, assigned; the TPM's challenge before.
        assert_eq!(talk.requests, 5 + u32::from(credential == Credential::Tpm));
        assert_eq!(talk.service.registered, 1);

        let mut talk = Talk::new(credential, transport, Fate::Failed(400_208), 0, 7);
        let end = talk.run([].into_iter()).unwrap();
        assert_eq!(
            (end.reason, end.error_code, end.http_status),
            (Reason::Failed, 400_208, 200)
        );
        assert_eq!(talk.identity.hub(), Some("hub-1.example.net"));

        let mut talk = Talk::new(credential, transport, Fate::Disabled, 0, 7);
        assert_eq!(talk.run([].into_iter()).unwrap().reason, Reason::Disabled);
    }
}

#[test]
fn a_wrong_key_is_refused_and_the_identity_stays() {
    for transport in [Transport::Http, Transport::Mqtt] {
        let mut talk = Talk::new(Credential::Key, transport, Fate::Assigned, 0, 7);
        talk.key = Some([1; 32]);
        let end = talk.run([].into_iter()).unwrap();
        assert_eq!(
            (end.reason, end.error_code, end.tracking_id),
            (Reason::Refused, 401_000, "1ac2a6d6")
        );
        assert_eq!(talk.requests, 1);
        assert_eq!(talk.identity.hub(), Some("hub-1.example.net"));
    }
}

#[test]
fn a_token_is_where_it_belongs() {
    let mut talk = Talk::new(Credential::Tpm, Transport::Http, Fate::Assigned, 0, 7);
    let request = loop {
        match talk.registration.step(talk.now) {
            Step::Send(request) => break request,
            Step::Wait(ms) => talk.now += u64::from(ms),
            step => panic!("{step:?}"),
        }
    };
    assert_eq!(request.kind(), RequestKind::Register);
    let head = Head::new("dps.example.net").with_authorization("SharedAccessSignature x");
    let error = talk.registration.write_http(
        request,
        &head,
        &talk.registration.body(),
        &mut Writer::measure(),
    );
    assert_eq!(error.unwrap_err().reason(), Reason::TokenMisplaced);
}

fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::Nothing),
        2 => Just(Fault::Silence),
        1 => prop::sample::select(vec![408, 429, 500, 503]).prop_map(Fault::Busy),
        1 => Just(Fault::Redirect),
        1 => Just(Fault::Garbage),
        1 => Just(Fault::Amnesia),
    ]
}

proptest! {
    /// Whatever goes wrong on the way, the device gets what the service has for it, or an end that says that it was the
    /// time or the number of tries; never another hub, and never the old one given up for nothing.
    #[test]
    fn the_device_gets_what_the_service_has(
        kind in 0..KINDS.len(), fate in prop_oneof![Just(Fate::Assigned), Just(Fate::Failed(404_201)), Just(Fate::Disabled)],
        polls in 0..4_u32, seed: u64, faults in prop::collection::vec(faults(), 0..25),
    ) {
        let (credential, transport) = KINDS[kind];
        let mut talk = Talk::new(credential, transport, fate, polls, seed);
        let end = talk.run(faults.into_iter()).map(|end| (end.reason, end.error_code, end.may_go_better()));
        match (end, fate) {
            (None, Fate::Assigned) => {
                prop_assert!(talk.service.registered > 0);
                prop_assert_eq!(talk.identity.hub(), Some("hub-2.example.net"));
                prop_assert_eq!(talk.identity.key(), KeyState::InUse);
                if credential == Credential::Tpm {
                    prop_assert_eq!(talk.key, Some([0x77; 32]));
                }
            }
            (Some((Reason::Failed, 404_201, false)), Fate::Failed(_)) | (Some((Reason::Disabled, _, false)), Fate::Disabled) => {
                prop_assert_eq!(talk.identity.hub(), Some("hub-1.example.net"));
            }
            // Only a TPM runs out of something here: four challenges, and the faults eat them.
            (Some((Reason::ChallengesOver, _, true)), _) => {
                prop_assert_eq!(credential, Credential::Tpm);
                prop_assert_eq!(talk.identity.hub(), Some("hub-1.example.net"));
                prop_assert_eq!(talk.identity.key(), KeyState::Lost);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
