//! Our service, as far as a TPM notices: the registration engine with its stores in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::time::SystemTime;

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{Generation, IndividualEnrollment};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, ChallengeMode, Current, Effect, Evidence, Facts, Fence, HubAuthentication,
    Known, OpenChallenge, RegistrationRecord, RegistrationRequest, Response, Sealed,
    Service as Engine, TpmAnswer, TpmKeys,
};
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::tpm::{EkPublic, Keyring, Random, Secret, random_failed};
use provisor::{HubName, IdScope, RegistrationId, Rejection, UnixTime};

/// The kernel's generator.
pub(super) struct Kernel(File);

impl Kernel {
    pub(super) fn open() -> Result<Self, String> {
        let file = File::open("/dev/urandom").map_err(|e| format!("no randomness: {e}"))?;
        Ok(Self(file))
    }
}

impl Random for Kernel {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        let done = self.0.read_exact(out);
        done.map_err(|e| random_failed(e.to_string()))
    }
}

/// A service of one scope and one hub.
pub(super) struct Service {
    engine: Engine,
    hubs: LinkedHubs,
    keyring: Keyring,
    individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    records: BTreeMap<RegistrationId, RegistrationRecord>,
    challenges: BTreeMap<RegistrationId, Option<Box<OpenChallenge>>>,
    hub_keys: BTreeMap<RegistrationId, Secret>,
    leases: u64,
    random: Kernel,
}

/// What a device is told in the end.
#[derive(Debug)]
pub(super) struct Assigned {
    pub(super) hub: String,
    pub(super) device_id: String,
    /// The hub's key, sealed to the TPM.
    pub(super) blob: Vec<u8>,
}

impl Service {
    pub(super) fn new(mode: ChallengeMode) -> Result<Self, String> {
        Self::with(mode, Kernel::open()?).map_err(text)
    }

    fn with(mode: ChallengeMode, mut random: Kernel) -> Result<Self, Rejection> {
        let scope = IdScope::generate(&mut random)?;
        let hub = (HubName::parse("hub.example.net")?, Weight::new(1)?);
        let epoch = Epoch::generate(1, EpochTimes::days(now(), 1, 1), &mut random)?;
        Ok(Self {
            hubs: LinkedHubs::new(&scope, [hub])?,
            engine: Engine::new(scope).with_challenge_mode(mode),
            keyring: Keyring::new([epoch])?,
            individuals: BTreeMap::new(),
            records: BTreeMap::new(),
            challenges: BTreeMap::new(),
            hub_keys: BTreeMap::new(),
            leases: 0,
            random,
        })
    }

    pub(super) const fn scope(&self) -> &IdScope {
        self.engine.scope()
    }

    /// Enrolls the device by its endorsement key.
    pub(super) fn enroll(&mut self, ek: EkPublic) -> Result<(), String> {
        let generation = Generation::draw(&mut self.random).map_err(text)?;
        let enrollment = IndividualEnrollment::for_tpm(ek, generation);
        let id = enrollment.registration_id().clone();
        self.individuals.insert(id, enrollment);
        Ok(())
    }

    /// The first request of a device: its keys. Answered with a blob.
    pub(super) fn challenge(&mut self, id: &str, ek: &[u8], srk: &[u8]) -> Result<Vec<u8>, String> {
        match self.decide(id, Evidence::TpmKeys(TpmKeys::new(ek, srk)))? {
            Response::Challenge(Sealed::ActivationBlob(blob)) => Ok(blob.as_bytes().to_vec()),
            other => Err(format!("no blob: {other:?}")),
        }
    }

    /// The second request: a SAS token. Answered with a hub, and a blob for its key.
    pub(super) fn answer(
        &mut self,
        id: &str,
        token: &str,
        ek: &[u8],
        srk: &[u8],
    ) -> Result<Assigned, String> {
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Token(token),
            keys: Some(TpmKeys::new(ek, srk)),
        };
        match self.decide(id, evidence)? {
            Response::Assigned(assigned) => match assigned.hub_key {
                Some(Sealed::ActivationBlob(blob)) => Ok(Assigned {
                    hub: assigned.record.assigned_hub.to_string(),
                    device_id: assigned.record.device_id.to_string(),
                    blob: blob.as_bytes().to_vec(),
                }),
                other => Err(format!("no key for the hub: {other:?}")),
            },
            other => Err(format!("not assigned: {other:?}")),
        }
    }

    /// The key that the hub was given for that device.
    pub(super) fn hub_key(&self, id: &str) -> Result<&Secret, String> {
        let id = RegistrationId::try_from(id).map_err(text)?;
        self.hub_keys
            .get(&id)
            .ok_or_else(|| "the hub has no key".to_owned())
    }

    /// One request; its effects are carried out. A refusal is an error that begins with its code.
    fn decide(&mut self, id: &str, evidence: Evidence<'_>) -> Result<Response, String> {
        let request = RegistrationRequest::new(
            self.scope().clone(),
            RegistrationId::try_from(id).map_err(text)?,
            evidence,
        );
        let needs = self.engine.needs(&request).map_err(text)?;
        self.leases += 1;
        let individual = self.individuals.get(needs.registration_id);
        let known = self.records.get(needs.registration_id).map(Known::Record);
        let mut facts = Facts::new(
            &self.hubs,
            individual,
            known,
            Fence::new(self.leases),
            RecordQuota::NONE,
        );
        if needs.keyring {
            facts = facts.with_keyring(&self.keyring);
        }
        if needs.challenge {
            let stored = self.challenges.get_mut(needs.registration_id);
            facts = facts.with_challenge(match stored.map(Option::take) {
                None => ChallengeFact::None,
                Some(None) => ChallengeFact::Retired,
                Some(Some(open)) => ChallengeFact::Open(open),
            });
        }
        let decision = self.engine.decide(&request, facts, now(), &mut self.random);
        let response =
            decision.carry_out(|effect| self.carry_out(&request.registration_id, effect));
        match response.cause() {
            Some(cause) => Err(cause.to_string()),
            None => Ok(response),
        }
    }

    /// What there is of what a decision was made from.
    fn current(&self, id: &RegistrationId) -> Current<'_> {
        let known = self.records.get(id).map(Known::Record);
        Current::new(known, self.individuals.get(id), None, RecordQuota::NONE)
    }

    fn carry_out(&mut self, id: &RegistrationId, effect: Effect) -> Result<(), Rejection> {
        match effect {
            Effect::StoreChallenge { open, .. } => {
                self.challenges.insert(id.clone(), Some(open));
            }
            Effect::RetireChallenge { .. } => {
                self.challenges.insert(id.clone(), None);
            }
            Effect::PutDevice {
                authentication: HubAuthentication::SymmetricKey(key),
                ..
            } => {
                self.hub_keys.insert(id.clone(), key);
            }
            Effect::SaveRecord(save) => {
                save.check(&self.current(id))?;
                self.records.insert(id.clone(), save.record);
            }
            Effect::Prepare(preparation) => preparation.check(&self.current(id))?,
            other => return Err(other.unknown()),
        }
        Ok(())
    }
}

pub(super) fn now() -> UnixTime {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    UnixTime::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

fn text(rejection: Rejection) -> String {
    rejection.to_string()
}
