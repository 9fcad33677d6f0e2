//! A service with its stores in memory, and hubs that remember what was done to them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::TpmVendors;
use provisor::enrollment::{
    CaCertificate, EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation,
    IndividualEnrollment, Leaves, ProvisioningStatus, Settings, SigningCertificates, SymmetricKeys,
    Thumbprint, TrustedCertificate,
};
use provisor::index::EnrollmentIndex;
use provisor::quota::{Counted, Counts, Quotas, RecordQuota};
use provisor::registration::dry_run::{Candidate, Course, DryRunStore, Heritage};
use provisor::registration::reprovision::{self, Action};
use provisor::registration::{
    Admittance, Assigned, ChallengeFact, Current, Decision, Effect, Evidence, Facts, Fence,
    HubAuthentication, Known, Needs, OpenChallenge, Operation, Outcome, OwnerTag, Precondition,
    RegistrationRecord, RegistrationRequest, Response, SasText, Sealed, Service, Tombstone,
    TpmAnswer, TpmKeys, TwinSource,
};
use provisor::sas::{Resource, SasKey, UnsignedToken};
use provisor::{Code, GroupId, HubName, IdScope, RegistrationId, Rejection, UnixTime, tpm};
use provisor_testkit::pki::{Device, IssuedCertificate, KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::SoftTpm;

pub(crate) const NOW: UnixTime = ToyPki::NOW;

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) individuals: Vec<IndividualEnrollment>,
    pub(crate) groups: Vec<EnrollmentGroup>,
    pub(crate) cas: Vec<CaCertificate>,
    pub(crate) hubs: LinkedHubs,
    pub(crate) vendors: Option<TpmVendors>,
    pub(crate) records: BTreeMap<RegistrationId, RegistrationRecord>,
    pub(crate) tombstones: BTreeMap<RegistrationId, Tombstone>,
    pub(crate) challenges: BTreeMap<RegistrationId, Stored>,
    pub(crate) keyring: Option<tpm::Keyring>,
    /// Hub and device ID to what its twin came from.
    pub(crate) devices: BTreeMap<(String, String), String>,
    /// Hub and device ID to the symmetric keys that the hub knows the device by.
    pub(crate) hub_keys: BTreeMap<(String, String), SymmetricKeys>,
    /// Hub and device ID to the registration that the device belongs to.
    owners: BTreeMap<(String, String), OwnerTag>,
    leases: u64,
    pub(crate) operations: Vec<Operation>,
    pub(crate) quotas: Quotas,
    /// Whether devices speak an api-version from before there were re-provisioning policies.
    pub(crate) sticky: bool,
    /// What the dry run said that a right answer to the challenge just sent comes to.
    rehearsed: Option<String>,
    random: SeededRandom,
}

pub(crate) enum Stored {
    Open(Box<OpenChallenge>),
    Retired,
}

impl World {
    pub(crate) fn new() -> Self {
        let service = Service::new(scope());
        let hubs = hubs(&[("hub-a", 1), ("hub-b", 1), ("hub-c", 1)]);
        Self {
            service,
            individuals: Vec::new(),
            groups: Vec::new(),
            cas: Vec::new(),
            hubs,
            vendors: None,
            records: BTreeMap::new(),
            tombstones: BTreeMap::new(),
            challenges: BTreeMap::new(),
            keyring: None,
            devices: BTreeMap::new(),
            hub_keys: BTreeMap::new(),
            owners: BTreeMap::new(),
            leases: 0,
            operations: Vec::new(),
            quotas: Quotas::NONE,
            sticky: false,
            rehearsed: None,
            random: SeededRandom::new(1, "engine tests"),
        }
    }

    /// Needs, facts, decision, effects in order, response: what every caller does.
    pub(crate) fn register(
        &mut self,
        request: &RegistrationRequest<'_>,
        now: UnixTime,
    ) -> Response {
        match self.decide(request, now) {
            Ok(decision) => decision.carry_out(|effect| self.carry_out(effect)),
            Err(rejection) => Response::Refused(rejection),
        }
    }

    /// All of that but the effects.
    pub(crate) fn decide(
        &mut self,
        request: &RegistrationRequest<'_>,
        now: UnixTime,
    ) -> Result<Decision, Rejection> {
        let needs = self.service.needs(request)?;
        let id = needs.registration_id;
        let challenge = match needs
            .challenge
            .then(|| self.challenges.remove(id))
            .flatten()
        {
            None => ChallengeFact::None,
            Some(Stored::Open(open)) => ChallengeFact::Open(open),
            Some(Stored::Retired) => {
                self.challenges.insert(id.clone(), Stored::Retired);
                ChallengeFact::Retired
            }
        };
        self.leases += 1;
        let lease = Fence::new(self.leases);
        let known = known(&self.records, &self.tombstones, id);
        let individual = self
            .individuals
            .iter()
            .find(|found| found.registration_id() == id);
        let mut facts = Facts::new(&self.hubs, individual, known, lease, self.quota())
            .with_latencies(&[])
            .with_sticky_client(self.sticky);
        if needs.groups {
            facts = facts.with_groups(&self.groups, &self.cas);
        }
        if needs.symmetric_key_groups {
            facts = facts.with_symmetric_key_groups(&self.groups);
        }
        if needs.tpm_vendors {
            facts = facts.with_tpm_vendors(self.vendors.as_ref());
        }
        if needs.challenge {
            facts = facts.with_challenge(challenge);
        }
        if let Some(keyring) = self.keyring.as_ref().filter(|_| needs.keyring) {
            facts = facts.with_keyring(keyring);
        }
        let by_index = self.decided_by_index(request, &needs, known, lease, now);
        let decision = self.service.decide(request, facts, now, &mut self.random);
        if let Some(by_index) = by_index {
            let of_all = format!("{decision:?}");
            // Of a crowd of one name the index knows which key is meant.
            if !of_all.contains("AttestTooManyGroups") {
                assert_eq!(of_all, by_index, "the index finds others");
            }
        }
        assert!(
            decision.effects().map(rank).is_sorted(),
            "effects out of order: {decision:?}"
        );
        assert!(decision.effects().all(|effect| effect.fence() == lease));
        let rehearsed = self.check_dry_run(request, known, now, &decision);
        self.rehearsed = rehearsed;
        Ok(decision)
    }

    /// A dry run says what was decided, and its reasons go with that.
    fn check_dry_run(
        &self,
        request: &RegistrationRequest<'_>,
        known: Option<Known<'_>>,
        now: UnixTime,
        decision: &Decision,
    ) -> Option<String> {
        let answers = matches!(request.evidence, Evidence::TpmAnswer { .. });
        // Each group costs a decision; and the challenge is not in its store any more.
        if answers || self.groups.len() > 8 {
            return None;
        }
        let id = &request.registration_id;
        let mut individuals = self.individuals.iter();
        let records = u64::try_from(self.records.len()).unwrap();
        let counts = Counts::NOT_COUNTED.with(Counted::Registrations, records);
        let store = DryRunStore::new(&self.hubs)
            .with_quota(&self.quotas, &counts)
            .with_individual(individuals.find(|found| found.registration_id() == id))
            .with_groups(&self.groups)
            .with_cas(&self.cas)
            .with_sticky_client(self.sticky)
            .with_keyring(self.keyring.as_ref())
            .with_tpm_vendors(self.vendors.as_ref())
            .with_known(known);
        let mut random = SeededRandom::new(1, "dry run");
        let run = self.service.dry_run(request, &store, now, &mut random);
        let outcome = match run.course() {
            Course::Assigned { .. } => Outcome::Assigned,
            Course::Asked { .. } => Outcome::Ask,
            Course::Challenged => Outcome::Challenge,
            Course::Refused(_) => Outcome::Refused,
            _ => Outcome::Failed,
        };
        assert_eq!(outcome, decision.outcome(), "{run:?}");
        if outcome != Outcome::Ask {
            let names = run.steps().iter().map(|step| step.effect);
            assert!(names.eq(decision.effects().map(Effect::name)), "{run:?}");
        }
        let row = run.heritage().and_then(Heritage::row);
        assert_eq!(row, decision.lineage(), "{run:?}");
        assert_eq!(
            run.if_answered().is_some(),
            outcome == Outcome::Challenge,
            "{run:?}"
        );
        if let Some(answered) = run.if_answered() {
            return Some(end(answered.course()));
        }
        let Course::Assigned { record, action } = run.course() else {
            return None;
        };
        let admitting = |one: &&Candidate<'_>| one.enrollment() == &record.enrollment;
        let candidate = run.candidates().iter().find(admitting).unwrap();
        assert_eq!(candidate.verdict(), Ok(()), "{run:?}");
        let placement = run.placement().unwrap();
        let row = reprovision::action(placement.policy(), placement.situation());
        // Whoever does not go on with the record begins again.
        assert!(
            *action == row || *action == Action::MoveResettingData,
            "{run:?}"
        );
        if let Some(Ok(trace)) = placement.trace() {
            let stays = *action == Action::Keep;
            assert!(stays || trace.chosen() == &record.assigned_hub, "{run:?}");
        }
        None
    }

    /// What came of a right answer is what the dry run of the challenge said.
    #[track_caller]
    fn check_rehearsed(rehearsed: Option<String>, response: Response) -> Response {
        let came = match &response {
            Response::Assigned(assigned) => assigned_to(&assigned.record, assigned.action),
            Response::Refused(cause) => format!("{}", cause.code()),
            other => format!("{other:?}"),
        };
        assert_eq!(rehearsed, Some(came));
        response
    }

    /// What a service decides that has everything in an index and hands in what that finds.
    fn decided_by_index(
        &self,
        request: &RegistrationRequest<'_>,
        needs: &Needs<'_>,
        known: Option<Known<'_>>,
        lease: Fence,
        now: UnixTime,
    ) -> Option<String> {
        match request.evidence {
            Evidence::X509 { .. } | Evidence::Sas(_) => {}
            // Drawn anew each time.
            _ => return None,
        }
        let mut random = SeededRandom::new(1, "index");
        let mut index = EnrollmentIndex::new(&mut random).unwrap();
        for individual in &self.individuals {
            index.put_individual(individual.clone()).unwrap();
        }
        for group in &self.groups {
            index.put_group(group.clone()).unwrap();
        }
        for ca in &self.cas {
            index.put_ca(ca.clone()).unwrap();
        }
        let individual = index.individual(needs.registration_id);
        let groups = index.find(&needs.issuers, individual);
        let facts = || {
            Facts::new(&self.hubs, individual, known, lease, self.quota())
                .with_latencies(&[])
                .with_sticky_client(self.sticky)
                .with_found_groups(&groups)
                .with_symmetric_key_groups(index.symmetric_key_groups())
        };
        let decision = self.service.decide(request, facts(), now, &mut random);
        let whole = format!("{decision:?}");
        if let Evidence::X509 { .. } = request.evidence {
            // In two halves it is the same.
            match self.service.admit(request, facts(), now, &mut random) {
                Admittance::Proceed(pass) => {
                    let attested = pass.attested().unwrap();
                    let found = index.find_attested(attested);
                    let facts = Facts::new(&self.hubs, individual, known, lease, self.quota())
                        .with_latencies(&[])
                        .with_sticky_client(self.sticky)
                        .with_found_groups(&found);
                    let payload = request.payload;
                    let halves = (self.service).decide_attested(attested, payload, &facts, now);
                    assert_eq!(format!("{halves:?}"), whole);
                }
                Admittance::Answer(response) => {
                    assert!(
                        whole.contains(&format!("{response:?}")),
                        "{response:?} {whole}"
                    );
                }
            }
        }
        Some(whole)
    }

    /// What the store has under that ID.
    pub(crate) fn known(&self, id: &RegistrationId) -> Option<Known<'_>> {
        known(&self.records, &self.tombstones, id)
    }

    /// What the store has at this moment of what a decision was made from.
    pub(crate) fn current(&self, of: &Precondition) -> Current<'_> {
        let id = of.registration_id();
        let mut individuals = self.individuals.iter();
        let mut groups = self.groups.iter();
        Current::new(
            self.known(id),
            individuals.find(|found| found.registration_id() == id),
            groups.find(|found| Some(found.id()) == of.group()),
            self.quota(),
        )
    }

    /// The quota of records, and how many there are.
    pub(crate) fn quota(&self) -> RecordQuota {
        let records = u64::try_from(self.records.len()).unwrap();
        let counts = Counts::NOT_COUNTED.with(Counted::Registrations, records);
        RecordQuota::new(&self.quotas, &counts)
    }

    /// An operator deletes the record.
    pub(crate) fn delete(&mut self, id: &RegistrationId) {
        let record = self.records.remove(id).expect("a record");
        self.tombstones
            .insert(id.clone(), Tombstone::of(&record, NOW));
    }

    pub(crate) fn carry_out(&mut self, effect: Effect) -> Result<(), Rejection> {
        match effect {
            Effect::StoreChallenge {
                registration_id,
                open,
                ..
            } => {
                self.challenges.insert(registration_id, Stored::Open(open));
            }
            Effect::RetireChallenge {
                registration_id, ..
            } => {
                self.challenges.insert(registration_id, Stored::Retired);
            }
            Effect::Prepare(preparation) => {
                preparation.check(&self.current(&preparation.precondition))?;
            }
            Effect::PutDevice {
                owner,
                hub,
                device_id,
                twin,
                authentication,
                ..
            } => {
                let present = self.owners.get(&key(&hub, &device_id));
                owner.may_put(present, &hub, &device_id)?;
                self.owners.insert(key(&hub, &device_id), owner);
                if let HubAuthentication::SymmetricKeys(keys) = authentication {
                    self.hub_keys.insert(key(&hub, &device_id), keys);
                }
                let twin = match twin {
                    TwinSource::Existing(_) => "existing".to_owned(),
                    TwinSource::Initial(None) => "none".to_owned(),
                    TwinSource::Initial(Some(twin)) => twin.to_string(),
                    TwinSource::CopyFrom {
                        hub,
                        device_id,
                        overriding,
                        ..
                    } if self.devices.contains_key(&key(&hub, &device_id)) => {
                        let over = overriding.map(|twin| format!(", then {twin}"));
                        format!("copied from {hub}{}", over.unwrap_or_default())
                    }
                    TwinSource::CopyFrom { otherwise, .. } => format!("instead {otherwise:?}"),
                };
                self.devices.insert(key(&hub, &device_id), twin);
            }
            Effect::SaveRecord(save) => {
                let id = save.record.registration_id.clone();
                save.check(&self.current(&save.precondition))?;
                self.tombstones.remove(&id);
                self.records.insert(id, save.record);
                self.operations.push(save.operation);
            }
            Effect::RemoveDevice(removal) => {
                let key = key(&removal.hub, &removal.device_id);
                if removal.owner.may_remove(self.owners.get(&key)) {
                    self.owners.remove(&key);
                    self.devices.remove(&key);
                }
            }
            other => panic!("an effect that no test knows: {other:?}"),
        }
        Ok(())
    }

    pub(crate) fn with_certificate(
        &mut self,
        id: &str,
        leaf: &IssuedCertificate,
        sent: &[&IssuedCertificate],
    ) -> Response {
        self.with_certificate_at(id, leaf, sent, NOW)
    }

    pub(crate) fn with_certificate_at(
        &mut self,
        id: &str,
        leaf: &IssuedCertificate,
        sent: &[&IssuedCertificate],
        now: UnixTime,
    ) -> Response {
        let sent: Vec<&[u8]> = sent.iter().map(|certificate| certificate.der()).collect();
        let evidence = Evidence::X509 {
            leaf: leaf.der(),
            sent: &sent,
        };
        self.register(&request(id, evidence), now)
    }

    /// With a token that this key signed.
    pub(crate) fn with_key(&mut self, id: &str, key: &SasKey) -> Response {
        self.with_token(id, &token(id, key, NOW))
    }

    pub(crate) fn with_token(&mut self, id: &str, token: &str) -> Response {
        self.register(&request(id, Evidence::Sas(SasText::new(token))), NOW)
    }

    /// Both requests of a TPM, with a SAS token as the answer.
    pub(crate) fn with_tpm(&mut self, id: &str, device: &mut SoftTpm, now: UnixTime) -> Response {
        let challenge = self.register(&request(id, Evidence::TpmKeys(keys(device))), now);
        let Response::Challenge(sealed) = challenge else {
            return challenge;
        };
        let token = answer(id, device, &sealed, now);
        let rehearsed = self.rehearsed.take();
        let response = self.answer(id, &token, now);
        match response.cause().map(Rejection::code) {
            // Stateless challenges need the keys again.
            Some(Code::RegKeysMissing) => response,
            _ => Self::check_rehearsed(rehearsed, response),
        }
    }

    /// As [`World::with_tpm`], with the keys sent again, as most clients do.
    pub(crate) fn with_tpm_keys(
        &mut self,
        id: &str,
        device: &mut SoftTpm,
        now: UnixTime,
    ) -> Response {
        let challenge = self.register(&request(id, Evidence::TpmKeys(keys(device))), now);
        let Response::Challenge(sealed) = challenge else {
            return challenge;
        };
        let token = answer(id, device, &sealed, now);
        let rehearsed = self.rehearsed.take();
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Token(&token),
            keys: Some(keys(device)),
        };
        let response = self.register(&request(id, evidence), now);
        Self::check_rehearsed(rehearsed, response)
    }

    pub(crate) fn answer(&mut self, id: &str, token: &str, now: UnixTime) -> Response {
        let answer = TpmAnswer::Token(token);
        self.register(
            &request(id, Evidence::TpmAnswer { answer, keys: None }),
            now,
        )
    }
}

fn known<'a>(
    records: &'a BTreeMap<RegistrationId, RegistrationRecord>,
    tombstones: &'a BTreeMap<RegistrationId, Tombstone>,
    id: &RegistrationId,
) -> Option<Known<'a>> {
    let tombstone = || tombstones.get(id).map(Known::Tombstone);
    records.get(id).map(Known::Record).or_else(tombstone)
}

/// What a dry run says, to compare.
fn end(course: &Course) -> String {
    match course {
        Course::Assigned { record, action } => assigned_to(record, *action),
        Course::Refused(cause) => format!("{}", cause.code()),
        other => format!("{other:?}"),
    }
}

fn assigned_to(record: &RegistrationRecord, action: Action) -> String {
    format!(
        "{action} {} {} {} {:?}",
        record.assigned_hub, record.device_id, record.generation, record.marks
    )
}

/// Opens the challenge in the TPM and signs a token with what was inside.
pub(crate) fn answer(id: &str, device: &mut SoftTpm, sealed: &Sealed, now: UnixTime) -> String {
    let Sealed::ActivationBlob(blob) = sealed else {
        panic!("not the form of the DPS protocol: {sealed:?}");
    };
    device
        .import_activation_blob(blob.as_bytes())
        .expect("the blob is for this TPM");
    signed(id, device, now)
}

pub(crate) fn signed(id: &str, device: &SoftTpm, now: UnixTime) -> String {
    let (scope, id) = (scope(), self::id(id));
    let token = UnsignedToken::new(&Resource::registration(&scope, &id), now.saturating_add(60));
    let signature = device
        .sign_with_identity(token.signed_text().as_bytes())
        .unwrap();
    token.with_signature(&signature).to_string()
}

/// A token of one hour from then.
pub(crate) fn token(id: &str, key: &SasKey, then: UnixTime) -> String {
    let (scope, id) = (scope(), self::id(id));
    let resource = Resource::registration(&scope, &id);
    key.sign(&resource, then.saturating_add(3600)).to_string()
}

pub(crate) fn symmetric_keys(byte: u8) -> SymmetricKeys {
    let [primary, secondary] = [[byte; 64], [byte ^ 0x80; 64]];
    SymmetricKeys::new(
        SasKey::from_bytes(&primary).unwrap(),
        SasKey::from_bytes(&secondary).unwrap(),
    )
}

pub(crate) fn keyed(id: &str, keys: SymmetricKeys) -> IndividualEnrollment {
    let attestation = IndividualAttestation::SymmetricKey(keys);
    IndividualEnrollment::new(self::id(id), attestation, generation())
}

pub(crate) fn keyed_group(id: &str, keys: SymmetricKeys) -> EnrollmentGroup {
    EnrollmentGroup::new(
        GroupId::parse(id).unwrap(),
        GroupAttestation::SymmetricKey(keys),
        generation(),
    )
}

pub(crate) fn keys(device: &SoftTpm) -> TpmKeys<'_> {
    TpmKeys::new(device.ek_public(), device.srk_public())
}

pub(crate) fn request<'a>(id: &str, evidence: Evidence<'a>) -> RegistrationRequest<'a> {
    RegistrationRequest::new(scope(), self::id(id), evidence)
}

pub(crate) fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

pub(crate) fn id(text: &str) -> RegistrationId {
    RegistrationId::try_from(text).unwrap()
}

pub(crate) fn hub(text: &str) -> HubName {
    HubName::parse(text).unwrap()
}

pub(crate) fn hubs(weights: &[(&str, u16)]) -> LinkedHubs {
    let hubs = weights
        .iter()
        .map(|(name, weight)| (hub(name), Weight::new(*weight).unwrap()));
    LinkedHubs::new(&scope(), hubs).unwrap()
}

pub(crate) fn device(pki: &ToyPki, common_name: &str) -> Device {
    pki.device(common_name, KeyKind::P256)
}

pub(crate) fn individual(id: &str, leaf: &IssuedCertificate) -> IndividualEnrollment {
    let leaves = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    IndividualEnrollment::new(
        self::id(id),
        IndividualAttestation::X509Leaf(leaves),
        generation(),
    )
}

pub(crate) fn group(id: &str, signing: &IssuedCertificate) -> EnrollmentGroup {
    let signing = SigningCertificates::new(trusted(signing), None).unwrap();
    EnrollmentGroup::new(
        GroupId::parse(id).unwrap(),
        GroupAttestation::Signing(signing),
        generation(),
    )
}

pub(crate) fn trusted(certificate: &IssuedCertificate) -> TrustedCertificate {
    TrustedCertificate::from_der(certificate.der()).unwrap()
}

pub(crate) fn tpm_enrollment(id: &str, device: &SoftTpm) -> IndividualEnrollment {
    let ek = tpm::EkPublic::from_tpm2b(device.ek_public()).unwrap();
    IndividualEnrollment::new(
        self::id(id),
        IndividualAttestation::Tpm(Box::new(ek)),
        generation(),
    )
}

pub(crate) fn disabled() -> Settings {
    Settings::new().with_provisioning_status(ProvisioningStatus::Disabled)
}

/// One that no enrollment had before.
pub(crate) fn generation() -> Generation {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let seed = DRAWN.fetch_add(1, Ordering::Relaxed);
    Generation::draw(&mut SeededRandom::new(seed, "generation")).unwrap()
}

#[track_caller]
pub(crate) fn assigned(response: Response) -> Assigned {
    match response {
        Response::Assigned(assigned) => *assigned,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(response: Response) -> Rejection {
    match response {
        Response::Refused(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

/// Why the service failed, of which the device hears nothing.
#[track_caller]
pub(crate) fn failed(response: Response) -> Rejection {
    match response {
        Response::Failed(failure) => {
            let told = failure.public();
            assert_eq!(told.code(), Code::RegUnavailable);
            assert_eq!(told, told.public());
            failure.cause().clone()
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn code(response: Response) -> Code {
    refused(response).code()
}

fn key(hub: &HubName, device: &provisor::DeviceId) -> (String, String) {
    (hub.to_string(), device.to_string())
}

/// The documented order of effects.
fn rank(effect: &Effect) -> u8 {
    match effect {
        Effect::StoreChallenge { .. } | Effect::RetireChallenge { .. } => 1,
        Effect::Prepare(_) => 2,
        Effect::PutDevice { .. } => 3,
        Effect::SaveRecord(_) => 4,
        Effect::RemoveDevice(_) => 5,
        other => panic!("an effect that no test knows: {other:?}"),
    }
}
