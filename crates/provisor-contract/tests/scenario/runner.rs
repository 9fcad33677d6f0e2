//! Carries a scenario out, step by step, as a service would: through the public interface, with the
//! stores of this crate. What comes out of a step is JSON, which every language can compare.
//!
//! The generator of the vectors uses this file, too: it has to answer challenges on the way.

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{CaCertificate, EnrollmentGroup, IndividualEnrollment};
use provisor::index::EnrollmentIndex;
use provisor::quota::RecordQuota;
use provisor::registration::{
    AllocationAnswer, Effect, Entry, Evidence, Facts, Fence, HubAuthentication,
    RegistrationRequest, Response, SasText, Sealed, Service, Step, TpmAnswer, TpmKeys, TwinSource,
};
use provisor::tpm::Random;
use provisor::{GroupId, HubName, IdScope, RegistrationId, Rejection, UnixTime};
use provisor_contract::{HubCall, MemoryHub, MemoryStore, StoreAnswer, StoreCall};
use ring::digest::{SHA256, digest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A service with what it has stored.
pub(crate) struct Scene {
    engine: Service,
    scope: IdScope,
    linked: LinkedHubs,
    index: EnrollmentIndex,
    store: MemoryStore,
    hub: MemoryHub,
}

/// Random bytes as every language can make them: SHA-256 over the seed and a counter of 64 bits, most
/// significant byte first, block after block.
struct Stream {
    seed: Vec<u8>,
    blocks: u64,
    left: Vec<u8>,
}

impl Random for Stream {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        while self.left.len() < out.len() {
            let block = [self.seed.as_slice(), &self.blocks.to_be_bytes()].concat();
            self.left
                .extend_from_slice(digest(&SHA256, &block).as_ref());
            self.blocks += 1;
        }
        let count = out.len();
        for (to, from) in out.iter_mut().zip(self.left.drain(..count)) {
            *to = from;
        }
        Ok(())
    }
}

fn why(rejection: Rejection) -> String {
    rejection.to_string()
}

fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str, String> {
    let text = value.get(member).and_then(Value::as_str);
    text.ok_or_else(|| format!("no {member} in {value}"))
}

fn bytes(value: &Value, member: &str) -> Result<Vec<u8>, String> {
    unhex(text(value, member)?)
}

fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).map_err(|e| e.to_string())?;
            u8::from_str_radix(pair, 16).map_err(|e| format!("{pair}: {e}"))
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn stored<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|e| format!("{e} in {value}"))
}

fn linked(scope: &IdScope, hubs: &Value) -> Result<LinkedHubs, String> {
    let hubs = hubs.as_array().ok_or("hubs are a list")?;
    let hubs = hubs.iter().map(|hub| {
        let weight = hub.get("weight").and_then(Value::as_u64);
        let weight = weight.and_then(|weight| u16::try_from(weight).ok());
        let weight = Weight::new(weight.ok_or("no weight")?).map_err(why)?;
        Ok((HubName::parse(text(hub, "name")?).map_err(why)?, weight))
    });
    let hubs = hubs.collect::<Result<Vec<_>, String>>()?;
    LinkedHubs::new(scope, hubs).map_err(why)
}

impl Scene {
    /// The beginning: `scope` and `hubs`.
    pub(crate) fn new(case: &Value) -> Result<Self, String> {
        let scope = IdScope::parse(text(case, "scope")?).map_err(why)?;
        let hubs = case.get("hubs").ok_or("no hubs")?;
        let mut random = Stream::new("");
        Ok(Self {
            engine: Service::new(scope.clone()),
            linked: linked(&scope, hubs)?,
            scope,
            index: EnrollmentIndex::new(&mut random).map_err(why)?,
            store: MemoryStore::new(),
            hub: MemoryHub::new(),
        })
    }

    /// One step, and what came of it: `null` for an edit.
    pub(crate) fn step(&mut self, step: &Value) -> Result<Value, String> {
        let now = step.get("at").and_then(Value::as_i64).ok_or("no time")?;
        let now = UnixTime::new(now);
        let (verb, about) = step
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| !["at", "note", "random", "expect"].contains(&name.as_str()))
            .ok_or("nothing to do")?;
        let named = about.as_str().unwrap_or_default();
        match verb.as_str() {
            "register" => {
                let mut random = Stream::new(text(step, "random")?);
                return self.register(about, now, &mut random);
            }
            "hubs" => self.linked = linked(&self.scope, about)?,
            "individual" => {
                let enrollment: IndividualEnrollment = stored(about)?;
                self.keep(StoreCall::Enroll(Box::new(enrollment.clone())))?;
                drop(self.index.put_individual(enrollment).map_err(why)?);
            }
            "removeIndividual" => {
                let id = RegistrationId::try_from(named).map_err(why)?;
                self.keep(StoreCall::Expel { id: id.clone() })?;
                drop(
                    self.index
                        .remove_individual(&id)
                        .ok_or("no such enrollment")?,
                );
            }
            "group" => {
                let group: EnrollmentGroup = stored(about)?;
                self.keep(StoreCall::EnrollGroup(Box::new(group.clone())))?;
                drop(self.index.put_group(group).map_err(why)?);
            }
            "removeGroup" => {
                let id = GroupId::parse(named).map_err(why)?;
                self.keep(StoreCall::DeleteGroup { id: id.clone() })?;
                drop(self.index.remove_group(&id).ok_or("no such group")?);
            }
            "ca" => {
                let ca: CaCertificate = stored(about)?;
                drop(self.index.put_ca(ca).map_err(why)?);
            }
            "deleteRecord" => {
                let id = RegistrationId::try_from(named).map_err(why)?;
                self.keep(StoreCall::Delete { id, now })?;
            }
            other => return Err(format!("a step that no runner knows: {other}")),
        }
        Ok(Value::Null)
    }

    fn keep(&mut self, call: StoreCall) -> Result<(), String> {
        self.store.call(call).into_result().map_err(why)
    }

    fn register(
        &mut self,
        about: &Value,
        now: UnixTime,
        random: &mut Stream,
    ) -> Result<Value, String> {
        let id = RegistrationId::try_from(text(about, "id")?).map_err(why)?;
        let evidence = about.get("evidence").ok_or("no evidence")?;
        let (kind, evidence) = evidence
            .as_object()
            .into_iter()
            .flatten()
            .next()
            .ok_or("no evidence")?;
        // What is borrowed.
        let member = |name| {
            evidence
                .get(name)
                .map_or(Ok(Vec::new()), |_| bytes(evidence, name))
        };
        let (leaf, ek, srk) = (
            member("leaf")?,
            member("endorsementKey")?,
            member("storageRootKey")?,
        );
        let sent = evidence.get("sent").and_then(Value::as_array);
        let sent = sent.into_iter().flatten().filter_map(Value::as_str);
        let sent = sent.map(unhex).collect::<Result<Vec<_>, _>>()?;
        let sent: Vec<&[u8]> = sent.iter().map(Vec::as_slice).collect();
        let token = evidence
            .get("token")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let keys = TpmKeys::new(&ek, &srk);
        let evidence = match kind.as_str() {
            "x509" => Evidence::X509 {
                leaf: &leaf,
                sent: &sent,
            },
            "sas" => Evidence::Sas(SasText::new(token)),
            "tpmKeys" => Evidence::TpmKeys(keys),
            "tpmAnswer" => Evidence::TpmAnswer {
                answer: TpmAnswer::Token(token),
                keys: (!ek.is_empty()).then_some(keys),
            },
            other => return Err(format!("evidence that no runner knows: {other}")),
        };
        let mut request = RegistrationRequest::new(self.scope.clone(), id, evidence);
        let payload = about.get("payload").map(ToString::to_string);
        if let Some(payload) = &payload {
            request = request.with_payload(payload.as_bytes());
        }
        self.decided(&request, about.get("answer"), now, random)
    }

    fn decided(
        &mut self,
        request: &RegistrationRequest<'_>,
        answer: Option<&Value>,
        now: UnixTime,
        random: &mut Stream,
    ) -> Result<Value, String> {
        let needs = self.engine.needs(request).map_err(why)?;
        let id = needs.registration_id.clone();
        let fence = self.lease(&id, now)?;
        let StoreAnswer::Known(known) = self.store.call(StoreCall::Known { id: id.clone() }) else {
            return Err("the store does not answer".into());
        };
        let individual = self.index.individual(&id);
        let groups = self.index.find(&needs.issuers, individual);
        let known = known.as_deref().map(Entry::known);
        let mut facts = Facts::new(&self.linked, individual, known, fence, RecordQuota::NONE)
            .with_found_groups(&groups)
            .with_symmetric_key_groups(self.index.symmetric_key_groups());
        if needs.challenge {
            let id = id.clone();
            let taken = self.store.call(StoreCall::TakeChallenge { id, fence });
            let StoreAnswer::Challenge(fact) = taken else {
                return Err("the store does not answer".into());
            };
            facts = facts.with_challenge(fact);
        }
        let mut decision = self.engine.decide(request, facts, now, random);
        let mut effects = Vec::new();
        let response = loop {
            decision = match decision.step() {
                Step::Effect(effect, pending) => {
                    effects.push(said(&effect)?);
                    match carry_out(&mut self.store, &mut self.hub, effect) {
                        Ok(()) => pending.done(),
                        Err(cause) => pending.failed(cause),
                    }
                }
                Step::Ask(asked) => {
                    let said = answer.ok_or("nobody answers for the custom allocation")?;
                    let mut answer =
                        AllocationAnswer::to(&asked.question().id).with_hub(text(said, "hub")?);
                    if let Some(payload) = said.get("payload") {
                        answer = answer.with_payload(payload.to_string());
                    }
                    asked.answer(&answer, now)
                }
                Step::Respond(response) => break response,
            };
        };
        drop(self.store.call(StoreCall::Release { id, fence }));
        let mut outcome = outcome(&response)?;
        outcome.insert("effects".into(), effects.into());
        Ok(outcome.into())
    }

    fn lease(&mut self, id: &RegistrationId, now: UnixTime) -> Result<Fence, String> {
        let (id, until) = (id.clone(), now.saturating_add(60));
        match self.store.call(StoreCall::Lease { id, now, until }) {
            StoreAnswer::Leased(fence) => Ok(fence),
            other => Err(format!("no lease: {other:?}")),
        }
    }
}

impl Stream {
    fn new(seed: &str) -> Self {
        Self {
            seed: seed.as_bytes().to_vec(),
            blocks: 0,
            left: Vec::new(),
        }
    }
}

fn carry_out(
    store: &mut MemoryStore,
    hub: &mut MemoryHub,
    effect: Effect,
) -> Result<(), Rejection> {
    match effect {
        Effect::StoreChallenge {
            registration_id: id,
            fence,
            open,
        } => store
            .call(StoreCall::KeepChallenge { id, fence, open })
            .into_result(),
        Effect::RetireChallenge {
            registration_id: id,
            fence,
            until,
        } => store
            .call(StoreCall::RetireChallenge { id, fence, until })
            .into_result(),
        Effect::Prepare(preparation) => store.call(StoreCall::Prepare(preparation)).into_result(),
        Effect::PutDevice {
            owner,
            hub: name,
            device_id,
            authentication,
            capabilities,
            twin,
        } => {
            let put = HubCall::Put {
                owner,
                hub: name,
                device_id,
                authentication,
                capabilities,
                twin,
            };
            hub.call(put).into_result()
        }
        Effect::SaveRecord(save) => store.call(StoreCall::Save(save)).into_result(),
        Effect::RemoveDevice(removal) => {
            hub.call(HubCall::Remove(removal.clone())).into_result()?;
            store.call(StoreCall::ForgetRemoval(removal)).into_result()
        }
        other => Err(other.unknown()),
    }
}

/// An effect, as it is compared. Keys for hubs are secrets, but these are a toy's.
fn said(effect: &Effect) -> Result<Value, String> {
    let mut said = match effect {
        Effect::StoreChallenge { .. } => json!({}),
        Effect::RetireChallenge { until, .. } => json!({"until": until.seconds()}),
        Effect::Prepare(preparation) => json!({
            "notes": preparation.removal.as_ref().map(|removal| json!({
                "hub": removal.hub.as_str(),
                "deviceId": removal.device_id.as_str(),
            })),
        }),
        Effect::RemoveDevice(removal) => json!({
            "hub": removal.hub.as_str(),
            "deviceId": removal.device_id.as_str(),
        }),
        Effect::PutDevice {
            hub,
            device_id,
            authentication,
            twin,
            ..
        } => json!({
            "hub": hub.as_str(),
            "deviceId": device_id.as_str(),
            "authentication": known_by(authentication)?,
            "twin": begins_with(twin),
        }),
        Effect::SaveRecord(save) => json!({
            "hub": save.record.assigned_hub.as_str(),
            "revision": save.record.revision,
            "counted": format!("{:?}", save.operation),
        }),
        other => return Err(other.unknown().to_string()),
    };
    if let Some(members) = said.as_object_mut() {
        members.insert("effect".into(), effect.name().into());
        members.insert("fence".into(), effect.fence().number().into());
    }
    Ok(said)
}

fn known_by(authentication: &HubAuthentication) -> Result<Value, String> {
    Ok(match authentication {
        HubAuthentication::SymmetricKey(key) => json!({"key": hex(key.expose())}),
        HubAuthentication::SymmetricKeys(keys) => json!({
            "primary": hex(keys.primary().expose()),
            "secondary": hex(keys.secondary().expose()),
        }),
        HubAuthentication::X509Thumbprint(print) => json!({"thumbprint": print.to_string()}),
        other => return Err(format!("unknown: {other:?}")),
    })
}

fn begins_with(twin: &TwinSource) -> Value {
    let initial = |twin: &Option<_>| twin.as_ref().map(ToString::to_string);
    match twin {
        TwinSource::Existing(_) => json!("existing"),
        TwinSource::Initial(twin) => json!({ "initial": initial(twin) }),
        TwinSource::CopyFrom { hub, .. } => json!({ "copyFrom": hub.as_str() }),
    }
}

fn outcome(response: &Response) -> Result<Map<String, Value>, String> {
    let value = match response {
        Response::Assigned(assigned) => {
            let record = &assigned.record;
            json!({
                "outcome": "assigned",
                "hub": record.assigned_hub.as_str(),
                "deviceId": record.device_id.as_str(),
                "substatus": record.substatus.as_str(),
                "enrollment": record.enrollment.to_string(),
                "revision": record.revision,
                "payload": record.payload.as_ref().map(|payload| payload.as_str()),
                "blob": assigned.hub_key.as_ref().and_then(blob),
            })
        }
        Response::Challenge(sealed) => json!({"outcome": "challenge", "blob": blob(sealed)}),
        Response::Refused(rejection) => json!({
            "outcome": "refused",
            "code": rejection.code().name(),
            "number": rejection.code().number(),
            "told": rejection.public().code().name(),
        }),
        Response::Failed(failure) => json!({
            "outcome": "failed",
            "code": failure.cause().code().name(),
            "number": failure.cause().code().number(),
            "told": failure.public().code().name(),
        }),
        other => return Err(format!("unknown: {other:?}")),
    };
    match value {
        Value::Object(members) => Ok(members),
        other => Err(other.to_string()),
    }
}

fn blob(sealed: &Sealed) -> Option<String> {
    match sealed {
        Sealed::ActivationBlob(blob) => Some(hex(blob.as_bytes())),
        _ => None,
    }
}
