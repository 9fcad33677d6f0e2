//! The door of the service: requests of HTTP and MQTT are read, answers are written.

use provisor::registration::{Evidence, RegistrationRequest, SasText, TpmAnswer, TpmKeys};
use provisor::{Code, IdScope, RegistrationId, Rejection};
use provisor_wire::device::{
    DeviceOperation, DeviceRegistration, DeviceRoute, RegistrationOperationStatus,
};
use provisor_wire::engine::Registered;
use provisor_wire::error::{Door, Refusal};
use provisor_wire::http::Headers as _;
use provisor_wire::mqtt::{MqttRequest, UserName};
use provisor_wire::{Body as _, OperationId, RetryAfter, sas_token};

use super::desk::{Desk, missing};
use super::server::{Mishap, Server};

/// One device's conversation with the service.
pub(super) struct Conversation<'a> {
    pub(super) desk: &'a Desk,
    pub(super) server: &'a mut Server,
    /// What TLS showed of it: its certificate and what it sends along.
    pub(super) chain: Option<(&'a [u8], &'a [u8])>,
    pub(super) mishap: Mishap,
    /// The code of the last refusal.
    pub(super) refused: Option<Code>,
    operation: Option<(OperationId, RegistrationOperationStatus)>,
}

/// Status, `retry-after`, body.
pub(super) type Answer = (u16, Option<String>, String);

impl<'a> Conversation<'a> {
    pub(super) const fn new(
        desk: &'a Desk,
        server: &'a mut Server,
        chain: Option<(&'a [u8], &'a [u8])>,
        mishap: Mishap,
    ) -> Self {
        Self {
            desk,
            server,
            chain,
            mishap,
            refused: None,
            operation: None,
        }
    }

    /// A request of HTTP, as it stands on the line.
    pub(super) fn http(&mut self, text: &str) -> Result<Answer, Rejection> {
        let bad = || missing("a request of HTTP");
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(bad)?;
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (first.next().ok_or_else(bad)?, first.next().ok_or_else(bad)?);
        let route = DeviceRoute::parse(method, target)?;
        let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
        let token = sas_token(headers.header("authorization"))?;
        match route.operation {
            DeviceOperation::Register { .. } => {
                let body = DeviceRegistration::from_request(body.as_bytes())?;
                self.register(&route.id_scope, &route.registration_id, &body, token)
            }
            DeviceOperation::OperationStatus(operation) => self.status(&operation),
            _ => Err(bad()),
        }
    }

    /// A message of MQTT and what its connection was made with; the topic and the body of the answer.
    pub(super) fn mqtt(
        &mut self,
        user: &str,
        password: Option<&str>,
        (topic, payload): (&str, &str),
    ) -> Result<(String, String), Rejection> {
        let user = UserName::parse(user)?;
        let (rid, (status, retry, body)) = match MqttRequest::parse(topic, payload.as_bytes())? {
            MqttRequest::Register { rid, body } => {
                let (scope, id) = (&user.id_scope, &user.registration_id);
                (rid, self.register(scope, id, &body, password)?)
            }
            MqttRequest::OperationStatus { rid, operation } => (rid, self.status(&operation)?),
            _ => return Err(missing("a message of MQTT")),
        };
        let retry = retry.unwrap_or_else(|| "3".to_owned());
        let rid = rid.as_str();
        let topic = format!("$dps/registrations/res/{status}/?$rid={rid}&retry-after={retry}");
        Ok((topic, body))
    }

    fn register(
        &mut self,
        scope: &str,
        id: &str,
        body: &DeviceRegistration,
        token: Option<&str>,
    ) -> Result<Answer, Rejection> {
        body.is_about(id)?;
        let keys = match &body.tpm {
            Some(tpm) => Some((tpm.endorsement_key_bytes()?, tpm.storage_root_key_bytes()?)),
            None => None,
        };
        let keys = keys.as_ref().map(|(ek, srk)| TpmKeys::new(ek, srk));
        let sent: Vec<&[u8]> = self.chain.iter().map(|(_, ca)| *ca).collect();
        let evidence = match (keys, token, self.chain) {
            (Some(keys), None, _) => Evidence::TpmKeys(keys),
            (Some(keys), Some(token), _) => Evidence::TpmAnswer {
                answer: TpmAnswer::Token(token),
                keys: Some(keys),
            },
            (None, Some(token), _) => Evidence::Sas(SasText::new(token)),
            (None, None, Some((leaf, _))) => Evidence::X509 { leaf, sent: &sent },
            (None, None, None) => return Err(missing("something that is shown")),
        };
        let (scope, id) = (IdScope::parse(scope)?, RegistrationId::try_from(id)?);
        let request = RegistrationRequest::new(scope, id, evidence);
        let response = self.server.register(self.desk, &request, self.mishap)?;
        let operation = OperationId::from_random(self.server.random.bytes());
        let answer = match Registered::of(&response, operation.clone()) {
            Registered::Done(status) => {
                self.operation = Some((operation.clone(), *status));
                RegistrationOperationStatus::accepted(operation).to_http(RetryAfter::POLL)
            }
            Registered::Challenged(challenge) => challenge.to_http(),
            Registered::Refused(rejection) => {
                self.refused = Some(rejection.code());
                // It comes again, and finds the hub up.
                self.mishap.hub_down = false;
                let tracking = "00000000-0000-0000-0000-000000000000";
                let now = self.desk.now.into();
                Refusal::of(&rejection, Door::Device, tracking, now).to_http()
            }
        };
        let retry = answer.header("retry-after").map(str::to_owned);
        Ok((answer.status, retry, answer.body))
    }

    fn status(&mut self, operation: &OperationId) -> Result<Answer, Rejection> {
        self.server.free.polls += 1;
        let known = self
            .operation
            .as_ref()
            .filter(|(known, _)| known == operation);
        let (_, status) = known.ok_or_else(|| missing("that operation"))?;
        let answer = status.to_http(RetryAfter::POLL);
        let retry = answer.header("retry-after").map(str::to_owned);
        Ok((answer.status, retry, answer.body))
    }
}
