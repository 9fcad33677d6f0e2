//! Devices that ask.

use std::net::{IpAddr, Ipv4Addr};

use data_encoding::BASE64;
use provisor::enrollment::SymmetricKeys;
use provisor::sas::{Resource, SasKey, UnsignedToken};
use provisor::{Rejection, UnixTime};
use provisor_server::app::App;
use provisor_server::ask::{Answer, Ask, Peer, Transport, What};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::soft_tpm::SoftTpm;
use provisor_wire::device::{
    DeviceRegistration, DeviceRegistrationState, RegistrationOperationStatus, RegistrationStatus,
    TpmAttestation,
};
use provisor_wire::{ApiVersion, Guid, OperationId};

use super::service::{SCOPE, id, scope};

/// A device as it is at the other end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) peer: Peer,
    pub(crate) token: Option<String>,
    pub(crate) body: DeviceRegistration,
    pub(crate) scope: String,
}

impl Device {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            peer: Peer {
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                transport: Transport::Https,
                chain: Vec::new(),
            },
            token: None,
            body: DeviceRegistration::default(),
            scope: SCOPE.to_owned(),
        }
    }

    /// With a certificate of the factory.
    pub(crate) fn certified(name: &str) -> Self {
        let device = ToyPki::new(7).device(name, KeyKind::P256);
        let mut this = Self::new(name);
        this.peer.chain = vec![device.certificate.der().to_vec()];
        this
    }

    /// With a key.
    pub(crate) fn keyed(name: &str, key: &SasKey, until: UnixTime) -> Self {
        let mut this = Self::new(name);
        let token = key.sign(&Resource::registration(&scope(), &id(name)), until);
        this.token = Some(token.as_str().to_owned());
        this
    }

    /// With the keys of a group.
    pub(crate) fn of_group(name: &str, group: &SymmetricKeys, until: UnixTime) -> Self {
        Self::keyed(name, group.derive(&id(name)).primary(), until)
    }

    /// With a TPM, which asks to be challenged.
    pub(crate) fn with_tpm(name: &str, tpm: &SoftTpm) -> Self {
        let mut this = Self::new(name);
        let keys = TpmAttestation::of(tpm.ek_public(), tpm.srk_public());
        this.body = this.body.tpm(keys);
        this
    }

    /// The same with the answer of the TPM to that challenge.
    pub(crate) fn answering(
        mut self,
        tpm: &mut SoftTpm,
        challenge: &Answer,
        until: UnixTime,
    ) -> Self {
        let Answer::Challenge(challenge) = challenge else {
            panic!("no challenge: {challenge:?}");
        };
        let blob = BASE64
            .decode(challenge.authentication_key.as_ref().unwrap().as_bytes())
            .unwrap();
        tpm.import_activation_blob(&blob).unwrap();
        let unsigned = UnsignedToken::new(&Resource::registration(&scope(), &id(&self.id)), until);
        let signature = tpm
            .sign_with_identity(unsigned.signed_text().as_bytes())
            .unwrap();
        self.token = Some(unsigned.with_signature(&signature).to_string());
        self
    }

    pub(crate) async fn ask(&self, app: &App, what: What) -> Answer {
        let ask = Ask {
            tracking: Guid::from_random([7; 16]),
            scope: self.scope.clone(),
            registration_id: self.id.clone(),
            api_version: ApiVersion::V2019_03_31,
            token: self.token.clone(),
            what,
        };
        app.ask(&self.peer, ask).await
    }

    pub(crate) async fn register(&self, app: &App) -> Answer {
        let body = self.body.clone();
        self.ask(app, What::Register { body, force: false }).await
    }

    pub(crate) async fn poll(&self, app: &App, operation: &OperationId) -> Answer {
        self.ask(app, What::Poll(operation.clone())).await
    }

    pub(crate) async fn look_up(&self, app: &App) -> Answer {
        self.ask(app, What::LookUp(self.body.clone())).await
    }

    /// Registers, and polls once.
    pub(crate) async fn provision(&self, app: &App) -> DeviceRegistrationState {
        let operation = accepted(&self.register(app).await);
        assigned(&self.poll(app, &operation).await)
    }
}

/// The operation that the device is to poll for.
pub(crate) fn accepted(answer: &Answer) -> OperationId {
    let status = operation(answer);
    assert_eq!(known(status), RegistrationStatus::Assigning, "{answer:?}");
    status.operation_id.clone().unwrap()
}

/// The state of a device that has a hub.
pub(crate) fn assigned(answer: &Answer) -> DeviceRegistrationState {
    let status = operation(answer);
    assert_eq!(known(status), RegistrationStatus::Assigned, "{answer:?}");
    status.registration_state.clone().unwrap()
}

pub(crate) fn operation(answer: &Answer) -> &RegistrationOperationStatus {
    match answer {
        Answer::Operation(status) => status,
        other => panic!("no operation: {other:?}"),
    }
}

pub(crate) fn known(status: &RegistrationOperationStatus) -> RegistrationStatus {
    status.status.as_ref().unwrap().known().unwrap()
}

/// Why not.
pub(crate) fn refused(answer: &Answer) -> &Rejection {
    match answer {
        Answer::Refused(cause) => cause,
        other => panic!("no refusal: {other:?}"),
    }
}
