//! Devices without heap at this engine, through the wire: the registration machine of `provisor-device` writes its
//! requests, `provisor-wire` reads them, the engine decides, `provisor-wire` answers, the machine reads that.

use std::collections::BTreeMap;

use provisor::registration::{Evidence, Response, SasText, Sealed, TpmAnswer};
use provisor_device::message::http::Head;
use provisor_device::registration::{
    Credential, Identity, KeyState, Registration, Request, RequestKind, Settings, Step, Transport,
};
use provisor_device::{Key, Reason, Writer};
use provisor_testkit::pki::{Device, ToyPki};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_wire::device::{
    Challenge, DeviceOperation, DeviceRegistration, DeviceRegistrationState, DeviceRoute,
    RegistrationOperationStatus, TpmRegistrationResult,
};
use provisor_wire::error::{Door, Refusal};
use provisor_wire::http::Headers as _;
use provisor_wire::mqtt::{MqttRequest, UserName};
use provisor_wire::{Body as _, OperationId, RetryAfter, Timestamp, sas_token};

use super::world::*;

/// What a device proves itself by.
enum Proof {
    Certificate(Box<Device>),
    Key([u8; 64]),
    Tpm(Box<SoftTpm>),
}

struct Server<'a> {
    world: &'a mut World,
    chain: Vec<Vec<u8>>,
    operations: BTreeMap<String, RegistrationOperationStatus>,
}

/// Status, `retry-after`, body.
type Answer = (u16, Option<String>, String);

impl Server<'_> {
    fn register(&mut self, id: &str, body: &DeviceRegistration, token: Option<&str>) -> Answer {
        body.is_about(id).unwrap();
        let keys = body.tpm.as_ref().map(|tpm| {
            let read = (tpm.endorsement_key_bytes(), tpm.storage_root_key_bytes());
            (read.0.unwrap(), read.1.unwrap())
        });
        let keys = keys
            .as_ref()
            .map(|(ek, srk)| provisor::registration::TpmKeys::new(ek, srk));
        let sent: Vec<&[u8]> = self.chain.iter().skip(1).map(Vec::as_slice).collect();
        let evidence = match (keys, token, self.chain.first()) {
            (Some(keys), None, _) => Evidence::TpmKeys(keys),
            (Some(keys), Some(token), _) => Evidence::TpmAnswer {
                answer: TpmAnswer::Token(token),
                keys: Some(keys),
            },
            (None, Some(token), _) => Evidence::Sas(SasText::new(token)),
            (None, None, Some(leaf)) => Evidence::X509 { leaf, sent: &sent },
            (None, None, None) => panic!("nothing shown"),
        };
        let refused = |rejection| {
            Refusal::of(
                rejection,
                Door::Device,
                "1ac2a6d6-0001",
                Timestamp::from(NOW),
            )
            .to_http()
        };
        let answer = match self.world.register(&request(id, evidence), NOW) {
            Response::Challenge(Sealed::ActivationBlob(blob)) => {
                Challenge::of(blob.as_bytes()).to_http()
            }
            Response::Assigned(assigned) => {
                let operation =
                    OperationId::parse(&format!("5.{:016x}.a", self.operations.len())).unwrap();
                let record = &assigned.record;
                let mut state = DeviceRegistrationState::default()
                    .registration_id(record.registration_id.to_string())
                    .assigned_hub(record.assigned_hub.to_string())
                    .device_id(record.device_id.to_string());
                if let Some(Sealed::ActivationBlob(blob)) = &assigned.hub_key {
                    let sealed = Challenge::of(blob.as_bytes()).authentication_key.unwrap();
                    state = state.tpm(TpmRegistrationResult::default().authentication_key(sealed));
                }
                let end = RegistrationOperationStatus::assigned(operation.clone(), state);
                self.operations.insert(operation.to_string(), end);
                RegistrationOperationStatus::accepted(operation).to_http(RetryAfter::POLL)
            }
            Response::Refused(rejection) => refused(&rejection),
            Response::Failed(failure) => refused(&failure.public()),
            other => panic!("{other:?}"),
        };
        (
            answer.status,
            answer.header("retry-after").map(str::to_owned),
            answer.body,
        )
    }

    fn operation(&self, operation: &OperationId) -> Answer {
        let answer = self.operations[&operation.to_string()].to_http(RetryAfter::POLL);
        (
            answer.status,
            answer.header("retry-after").map(str::to_owned),
            answer.body,
        )
    }

    fn http(&mut self, text: &str) -> Answer {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap().split(' ');
        let route = DeviceRoute::parse(first.next().unwrap(), first.next().unwrap()).unwrap();
        assert_eq!(route.id_scope, scope().to_string());
        let headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
        let token = sas_token(headers.header("authorization")).unwrap();
        match route.operation {
            DeviceOperation::Register { force: false } => {
                let body = DeviceRegistration::from_request(body.as_bytes()).unwrap();
                self.register(&route.registration_id, &body, token)
            }
            DeviceOperation::OperationStatus(operation) => self.operation(&operation),
            other => panic!("{other:?}"),
        }
    }

    /// The status, the topic of the answer and the answer.
    fn mqtt(
        &mut self,
        user: &str,
        password: Option<&str>,
        topic: &str,
        payload: &str,
    ) -> (String, String) {
        let user = UserName::parse(user).unwrap();
        let (rid, (status, retry, body)) = match MqttRequest::parse(topic, payload.as_bytes())
            .unwrap()
        {
            MqttRequest::Register { rid, body } => {
                (rid, self.register(&user.registration_id, &body, password))
            }
            MqttRequest::OperationStatus { rid, operation } => (rid, self.operation(&operation)),
            other => panic!("{other:?}"),
        };
        let retry = retry.unwrap_or_else(|| "3".to_owned());
        (
            format!(
                "$dps/registrations/res/{status}/?$rid={}&retry-after={retry}",
                rid.as_str()
            ),
            body,
        )
    }
}

/// One device, with one place for its key if it has a TPM, as the official clients have.
struct Firmware {
    id: &'static str,
    proof: Proof,
    transport: Transport,
    identity: Identity,
}

impl Firmware {
    fn new(id: &'static str, proof: Proof, transport: Transport) -> Self {
        Self {
            id,
            proof,
            transport,
            identity: Identity::none(),
        }
    }

    const fn credential(&self) -> Credential {
        match self.proof {
            Proof::Certificate(_) => Credential::Certificate,
            Proof::Key(_) => Credential::Key,
            Proof::Tpm(_) => Credential::Tpm,
        }
    }

    /// The requests that it took, or the reason and the service's code.
    fn register(&mut self, world: &mut World) -> Result<u32, (Reason, u32, u16)> {
        let chain = match &self.proof {
            Proof::Certificate(device) => {
                let pki = ToyPki::new(1);
                vec![
                    device.certificate.der().to_vec(),
                    pki.intermediate.certificate.der().to_vec(),
                ]
            }
            _ => Vec::new(),
        };
        let mut server = Server {
            world,
            chain,
            operations: BTreeMap::new(),
        };
        let scope = scope().to_string();
        let settings = Settings::new(&scope, self.id, self.credential(), self.transport);
        let mut machine = Registration::begin(&settings, 0, 7).unwrap();
        let (mut now, mut requests, mut body) = (0_u64, 0, String::new());
        loop {
            match machine.step(now) {
                Step::Send(send) => {
                    requests += 1;
                    body = self.exchange(&mut machine, send, &mut server, now);
                }
                Step::Wait(ms) => now += u64::from(ms),
                Step::Activate => {
                    let mut blob = [0; 2048];
                    let blob = machine.sealed(body.as_bytes(), &mut blob).unwrap();
                    let Proof::Tpm(tpm) = &mut self.proof else {
                        panic!("no TPM")
                    };
                    self.identity.lose_key();
                    tpm.import_activation_blob(blob).unwrap();
                    machine.activated(now).unwrap();
                }
                Step::Confirm => {
                    // The hub knows the device before it comes.
                    let found = machine.assignment().unwrap();
                    let place = (found.hub.to_owned(), found.device_id.to_owned());
                    assert!(server.world.devices.contains_key(&place));
                    machine.confirmed(now).unwrap();
                }
                Step::Done => {
                    machine.commit(&mut self.identity).unwrap();
                    return Ok(requests);
                }
                Step::Ended => {
                    let end = machine.end().unwrap();
                    assert!(end.tracking_id.is_empty() || end.tracking_id == "1ac2a6d6-0001");
                    return Err((end.reason, end.error_code, end.http_status));
                }
            }
        }
    }

    fn token(&self, machine: &Registration, send: Request) -> Option<String> {
        let token = machine.token(NOW.seconds() + 3600);
        let mut buffer = [0; 512];
        let text = match &self.proof {
            Proof::Certificate(_) => return None,
            Proof::Key(key) => token
                .sign(&Key::from_bytes(key).unwrap(), &mut buffer)
                .unwrap(),
            Proof::Tpm(_) if send.kind() == RequestKind::Register => return None,
            Proof::Tpm(tpm) => {
                let sign = |message: &[u8]| {
                    tpm.sign_with_identity(message)
                        .map_err(|_| Reason::SignerFailed.into())
                };
                token.sign_by(sign, &mut buffer).unwrap()
            }
        };
        Some(text.to_owned())
    }

    fn exchange(
        &self,
        machine: &mut Registration,
        send: Request,
        server: &mut Server<'_>,
        now: u64,
    ) -> String {
        let token = self.token(machine, send);
        let mut body = machine.body();
        if let Proof::Tpm(tpm) = &self.proof {
            body = body.with_tpm(tpm.ek_public(), tpm.srk_public());
        }
        if self.transport == Transport::Mqtt {
            let mut buffers = [[0; 512]; 3];
            let [user, topic, payload] = &mut buffers;
            let [mut user, mut topic, mut payload] =
                [Writer::new(user), Writer::new(topic), Writer::new(payload)];
            machine.write_username(Some("pump/1.0"), &mut user);
            machine.write_topic(send, &mut topic).unwrap();
            machine.write_payload(send, &body, &mut payload).unwrap();
            let (user, topic) = (user.finish().unwrap(), topic.finish().unwrap());
            let (topic, answer) =
                server.mqtt(user, token.as_deref(), topic, payload.finish().unwrap());
            machine
                .mqtt_message(&topic, answer.as_bytes(), now)
                .unwrap();
            return answer;
        }
        let mut head = Head::new("dps.example.net").with_user_agent("pump/1.0");
        if let Some(token) = &token {
            head = head.with_authorization(token);
        }
        let mut buffer = [0; 4096];
        let mut writer = Writer::new(&mut buffer);
        machine.write_http(send, &head, &body, &mut writer).unwrap();
        let (status, retry, answer) = server.http(writer.finish().unwrap());
        machine
            .http_response(
                send,
                status,
                retry.as_deref().map(str::as_bytes),
                answer.as_bytes(),
                now,
            )
            .unwrap();
        answer
    }
}

/// A world with an enrollment for each kind of device, and the devices.
fn fleet() -> (World, Vec<Firmware>) {
    let mut world = World::new();
    let pki = ToyPki::new(1);
    world
        .groups
        .push(group("line-7", &pki.intermediate.certificate));
    world.individuals.push(keyed("key-7:a", symmetric_keys(7)));
    let tpm = || SoftTpm::new(TpmKind::P256, 7, 0);
    world.individuals.push(tpm_enrollment("tpm-7", &tpm()));
    let certificate = || Proof::Certificate(Box::new(device(&pki, "line-7-0001")));
    let firmware = vec![
        Firmware::new("line-7-0001", certificate(), Transport::Http),
        Firmware::new("line-7-0001", certificate(), Transport::Mqtt),
        Firmware::new("key-7:a", Proof::Key([7; 64]), Transport::Http),
        Firmware::new("KEY-7:A", Proof::Key([7; 64]), Transport::Mqtt),
        Firmware::new("tpm-7", Proof::Tpm(Box::new(tpm())), Transport::Http),
    ];
    (world, firmware)
}

#[test]
fn every_device_without_heap_gets_the_hub_of_its_record() {
    let (mut world, devices) = fleet();
    for mut firmware in devices {
        let requests = firmware.register(&mut world).unwrap();
        assert_eq!(
            requests,
            2 + u32::from(firmware.credential() == Credential::Tpm)
        );
        let record = &world.records[&id(firmware.id)];
        assert_eq!(
            firmware.identity.hub(),
            Some(&*record.assigned_hub.to_string())
        );
        assert_eq!(
            firmware.identity.device_id(),
            Some(&*record.device_id.to_string())
        );
        assert_eq!(firmware.identity.key(), KeyState::InUse);
    }
}

#[test]
fn a_device_moves_when_its_hub_is_unlinked_and_stays_when_it_is_refused() {
    let (mut world, devices) = fleet();
    for mut firmware in devices {
        world.hubs = hubs(&[("hub-a", 1), ("hub-b", 1), ("hub-c", 1)]);
        firmware.register(&mut world).unwrap();
        let old = firmware.identity.hub().unwrap().to_owned();
        let others: Vec<(&str, u16)> = ["hub-a", "hub-b", "hub-c"]
            .into_iter()
            .filter(|hub| *hub != old)
            .map(|hub| (hub, 1))
            .collect();
        world.hubs = hubs(&others);
        firmware.register(&mut world).unwrap();
        let new = firmware.identity.hub().unwrap().to_owned();
        assert_ne!(new, old);
        // Nobody may register any more.
        let (individuals, groups) = (
            std::mem::take(&mut world.individuals),
            std::mem::take(&mut world.groups),
        );
        let (reason, code, status) = firmware.register(&mut world).unwrap_err();
        assert_eq!(
            (reason, code / 1000),
            (Reason::Refused, u32::from(status)),
            "{code}"
        );
        assert_eq!(firmware.identity.hub(), Some(&*new));
        (world.individuals, world.groups) = (individuals, groups);
    }
}

#[test]
fn a_wrong_key_and_a_foreign_certificate_are_refused() {
    let (mut world, _) = fleet();
    let foreign = device(&ToyPki::new(2), "line-7-0001");
    for mut firmware in [
        Firmware::new("key-7:a", Proof::Key([8; 64]), Transport::Http),
        Firmware::new("key-7:a", Proof::Key([8; 64]), Transport::Mqtt),
        Firmware::new(
            "line-7-0001",
            Proof::Certificate(Box::new(foreign)),
            Transport::Mqtt,
        ),
    ] {
        let (reason, code, status) = firmware.register(&mut world).unwrap_err();
        assert_eq!((reason, status, code / 1000), (Reason::Refused, 401, 401));
        assert_eq!(firmware.identity, Identity::none());
    }
    assert!(world.records.is_empty());
}
