//! A provisioning service around the engine: the stores, the clock and the randomness that the
//! engine itself does without.
//!
//! This is the whole of what a server has to add, without the network: look up what the engine
//! asks for, let it decide, carry out the effects in their order.

use std::collections::BTreeMap;

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::{VerificationCode, prove_possession};
use provisor::enrollment::{
    CaCertificate, CaReferences, EnrollmentGroup, Generation, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, Leaves, SigningCertificates, Thumbprint,
    TrustedCertificate,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, Current, Effect, Evidence, Facts, Fence, HubAuthentication, Known,
    OpenChallenge, Precondition, RegistrationRecord, RegistrationRequest, Response,
    Service as Engine,
};
use provisor::tpm::{EkPublic, Secret};
use provisor::{CaName, GroupId, HubName, IdScope, RegistrationId, Rejection, UnixTime};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::random::SeededRandom;

use super::factory::{Credential, Device, Factory};

/// The hubs and their weights.
const HUBS: [(&str, u16); 4] = [
    ("hub-east.example.net", 40),
    ("hub-north.example.net", 30),
    ("hub-south.example.net", 20),
    ("hub-west.example.net", 10),
];

/// The name under which the factory's root is registered.
const ROOT: &str = "demo-root";

/// The service with its stores.
pub(super) struct Service {
    engine: Engine,
    hubs: LinkedHubs,
    groups: Vec<EnrollmentGroup>,
    cas: Vec<CaCertificate>,
    individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    records: BTreeMap<RegistrationId, RegistrationRecord>,
    challenges: BTreeMap<RegistrationId, Challenge>,
    hub_keys: BTreeMap<RegistrationId, Secret>,
    /// How many registrations there were: one at a time, so that each is a lease.
    leases: u64,
    random: SeededRandom,
    generations: SeededRandom,
    pub(super) now: UnixTime,
}

/// What the store of challenges holds for a device.
enum Challenge {
    Open(Box<OpenChallenge>),
    /// Answered; remembered until it would have expired, so that a replay is told from a stranger.
    Retired(UnixTime),
}

impl Service {
    /// The service of that factory: the press line's CA signs for one group, the root for another.
    pub(super) fn new(factory: &Factory) -> Result<Self, Rejection> {
        let mut random = SeededRandom::new(factory.seed, "service");
        let scope = IdScope::generate(&mut random)?;
        let hubs = HUBS
            .into_iter()
            .map(|(name, weight)| Ok((HubName::parse(name)?, Weight::new(weight)?)))
            .collect::<Result<Vec<_>, Rejection>>()?;
        let root = proved(factory)?;
        let [press, _] = &factory.lines;
        let mut service = Self {
            hubs: LinkedHubs::new(&scope, hubs)?,
            engine: Engine::new(scope),
            groups: Vec::new(),
            cas: vec![root],
            individuals: BTreeMap::new(),
            records: BTreeMap::new(),
            challenges: BTreeMap::new(),
            hub_keys: BTreeMap::new(),
            leases: 0,
            random,
            generations: SeededRandom::new(factory.seed, "generations"),
            now: ToyPki::NOW,
        };
        let press = signing_group("press", &press.ca, service.generation()?)?;
        service.add_group(press);
        let root = GroupAttestation::Ca(service.root_reference()?);
        let weld = EnrollmentGroup::new(GroupId::parse("weld")?, root, service.generation()?);
        service.add_group(weld);
        Ok(service)
    }

    /// Other settings of the engine from now on.
    pub(super) fn change_engine(&mut self, change: impl FnOnce(Engine) -> Engine) {
        self.engine = change(self.engine.clone());
    }

    /// The generation of an enrollment that is made.
    pub(super) fn generation(&mut self) -> Result<Generation, Rejection> {
        Generation::draw(&mut self.generations)
    }

    pub(super) fn add_group(&mut self, group: EnrollmentGroup) {
        self.groups.push(group);
    }

    pub(super) fn add_individual(&mut self, enrollment: IndividualEnrollment) {
        self.individuals
            .insert(enrollment.registration_id().clone(), enrollment);
    }

    /// Enrolls a device by what it is: a TPM by its endorsement key; of ten certified devices, one
    /// by its certificate, one by the root, eight through the group of their line.
    pub(super) fn enroll(&mut self, device: &Device) -> Result<RegistrationId, Rejection> {
        let leaf = match &device.credential {
            Credential::Tpm(tpm) => {
                let ek = EkPublic::from_tpm2b(tpm.ek_public())?;
                let enrollment = IndividualEnrollment::for_tpm(ek, self.generation()?);
                let id = enrollment.registration_id().clone();
                self.add_individual(enrollment);
                return Ok(id);
            }
            Credential::X509 { leaf, .. } => leaf,
        };
        let id = RegistrationId::try_from(&*device.name)?;
        let attestation = match device.number % 10 {
            3 => IndividualAttestation::X509Leaf(Leaves::new(Thumbprint::of_der(leaf), None)?),
            7 => IndividualAttestation::X509Ca(self.root_reference()?),
            _ => return Ok(id),
        };
        let generation = self.generation()?;
        self.add_individual(IndividualEnrollment::new(
            id.clone(),
            attestation,
            generation,
        ));
        Ok(id)
    }

    /// One request and its decision; the effects are carried out before the response is given back.
    pub(super) fn register(
        &mut self,
        id: &RegistrationId,
        evidence: Evidence<'_>,
    ) -> Result<Response, Rejection> {
        let request = self.request(id, evidence);
        self.decide(&request)
    }

    /// A request to this service.
    pub(super) fn request<'a>(
        &self,
        id: &RegistrationId,
        evidence: Evidence<'a>,
    ) -> RegistrationRequest<'a> {
        RegistrationRequest::new(self.scope().clone(), id.clone(), evidence)
    }

    pub(super) fn decide(
        &mut self,
        request: &RegistrationRequest<'_>,
    ) -> Result<Response, Rejection> {
        let needs = self.engine.needs(request)?;
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
        if needs.groups {
            facts = facts.with_groups(&self.groups, &self.cas);
        }
        if needs.challenge {
            // Taken out, not looked at: a challenge is answered once.
            facts = facts.with_challenge(match self.challenges.remove(needs.registration_id) {
                Some(Challenge::Open(open)) => ChallengeFact::Open(open),
                Some(Challenge::Retired(until)) if self.now <= until => ChallengeFact::Retired,
                Some(Challenge::Retired(_)) | None => ChallengeFact::None,
            });
        }
        let decision = self
            .engine
            .decide(request, facts, self.now, &mut self.random);
        match decision.carry_out(|effect| self.carry_out(&request.registration_id, effect)) {
            Response::Refused(rejection) => Err(rejection),
            Response::Failed(failure) => Err(failure.cause().clone()),
            response => Ok(response),
        }
    }

    /// What there is of what a decision was made from.
    fn current(&self, of: &Precondition) -> Current<'_> {
        let id = of.registration_id();
        let mut groups = self.groups.iter();
        Current::new(
            self.records.get(id).map(Known::Record),
            self.individuals.get(id),
            groups.find(|group| Some(group.id()) == of.group()),
            RecordQuota::NONE,
        )
    }

    fn carry_out(&mut self, id: &RegistrationId, effect: Effect) -> Result<(), Rejection> {
        match effect {
            Effect::StoreChallenge {
                registration_id,
                open,
                ..
            } => {
                self.challenges
                    .insert(registration_id, Challenge::Open(open));
            }
            Effect::RetireChallenge {
                registration_id,
                until,
                ..
            } => {
                self.challenges
                    .insert(registration_id, Challenge::Retired(until));
            }
            Effect::PutDevice {
                authentication: HubAuthentication::SymmetricKey(key),
                ..
            } => {
                self.hub_keys.insert(id.clone(), key);
            }
            Effect::SaveRecord(save) => {
                save.check(&self.current(&save.precondition))?;
                self.records.insert(id.clone(), save.record);
            }
            // There is no real hub to tell, and stores and hubs go down together.
            Effect::Prepare(preparation) => {
                preparation.check(&self.current(&preparation.precondition))?;
            }
            Effect::PutDevice { .. } | Effect::RemoveDevice(_) => {}
            // A new kind of effect must not be dropped in silence.
            other => return Err(other.unknown()),
        }
        Ok(())
    }

    pub(super) const fn scope(&self) -> &IdScope {
        self.engine.scope()
    }

    /// The key that a hub was given for that device.
    pub(super) fn hub_key(&self, id: &RegistrationId) -> Option<&Secret> {
        self.hub_keys.get(id)
    }

    /// The hubs and their weights, by name.
    pub(super) fn hubs(&self) -> impl Iterator<Item = (String, u16)> {
        self.hubs
            .iter()
            .map(|(name, weight)| (name.to_string(), weight.get()))
    }

    /// How enrollments refer to the factory's root.
    pub(super) fn root_reference(&self) -> Result<CaReferences, Rejection> {
        CaReferences::new(CaName::parse(ROOT)?, None)
    }
}

/// A group whose devices are certified by that CA itself.
pub(super) fn signing_group(
    id: &str,
    ca: &Authority,
    generation: Generation,
) -> Result<EnrollmentGroup, Rejection> {
    let signing = SigningCertificates::new(trusted(ca)?, None)?;
    Ok(EnrollmentGroup::new(
        GroupId::parse(id)?,
        GroupAttestation::Signing(signing),
        generation,
    ))
}

/// The factory's root, registered as an operator does it: handed in, and then verified by a
/// certificate over a code of the service, which only the holder of the root's key can issue.
fn proved(factory: &Factory) -> Result<CaCertificate, Rejection> {
    let root = CaCertificate::new(CaName::parse(ROOT)?, trusted(&factory.root)?);
    let mut random = SeededRandom::new(factory.seed, "possession");
    let code = VerificationCode::generate(&mut random)?;
    let key = KeyPair::new(KeyKind::P256, factory.seed, "possession");
    let shown = CertificateBuilder::device(DistinguishedName::cn(code.as_str()), &key)
        .issued_by(&factory.root);
    let possession = prove_possession(root.certificate(), &code, shown.der(), ToyPki::NOW)?;
    root.verified_by(&possession)
}

fn trusted(ca: &Authority) -> Result<TrustedCertificate, Rejection> {
    TrustedCertificate::from_der(ca.certificate.der())
}
