//! The engine: sequences of operations on a small service in memory.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    Leaves, ProvisioningStatus, ReprovisionPolicy, Settings, SigningCertificates, Thumbprint,
    TrustedCertificate,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, Current, Decision, Effect, Evidence, Facts, Fence, Known, Outcome,
    RegistrationRecord, RegistrationRequest, Response, SealForm, Sealed, Service, TpmAnswer,
    TpmKeys,
};
use provisor::tpm::{Credential, EkPublic};
use provisor::{GroupId, HubName, IdScope, RegistrationId, UnixTime};
use provisor_testkit::pki::{Device, KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use crate::bytes::Bytes;

/// Operations of one run; the fuzzer finds orders, not lengths.
const OPERATIONS: usize = 24;

/// Two certificates (one enrolled by itself, one by its group), two TPMs of which one is enrolled.
const DEVICES: usize = 4;

/// Registrations, answers and changes of the enrollments in any order. Whatever the order: nobody
/// without an enabled enrollment is assigned, nobody by another one's evidence, nobody by a challenge
/// that was answered before; who is assigned has one record, whose revision counts up, in a hub that
/// knew the device before the record was saved.
pub fn engine(data: &[u8]) {
    run(data);
}

fn run(data: &[u8]) -> World {
    let mut bytes = Bytes::new(data);
    let mut world = World::new();
    for _ in 0..OPERATIONS {
        if bytes.is_empty() {
            break;
        }
        let operation = bytes.u8();
        let argument = bytes.u8();
        world.step(operation, argument);
    }
    world
}

struct World {
    factory: &'static Factory,
    service: Service,
    random: SeededRandom,
    leases: u64,
    now: UnixTime,
    weights: [u16; 4],
    group: Switch,
    individuals: [Switch; DEVICES],
    records: BTreeMap<RegistrationId, RegistrationRecord>,
    challenges: BTreeMap<RegistrationId, ChallengeFact>,
    /// What each TPM was challenged with last.
    sent: [Option<Credential>; DEVICES],
}

/// What can be changed of an enrollment.
#[derive(Clone, Copy)]
struct Switch {
    exists: bool,
    status: ProvisioningStatus,
    reprovision: ReprovisionPolicy,
}

impl Switch {
    const fn new(exists: bool) -> Self {
        Self {
            exists,
            status: ProvisioningStatus::Enabled,
            reprovision: ReprovisionPolicy::MigrateData,
        }
    }

    fn allows(self) -> bool {
        self.exists && self.status == ProvisioningStatus::Enabled
    }

    fn change(&mut self, argument: u8) {
        match argument % 5 {
            0 => self.exists = !self.exists,
            1 => self.status = ProvisioningStatus::Disabled,
            2 => self.status = ProvisioningStatus::Enabled,
            3 => self.reprovision = ReprovisionPolicy::Never,
            _ => self.reprovision = ReprovisionPolicy::ResetData,
        }
    }

    fn settings(self) -> Settings {
        Settings::new()
            .with_provisioning_status(self.status)
            .with_reprovision_policy(self.reprovision)
    }
}

impl World {
    fn new() -> Self {
        let factory = factory();
        Self {
            factory,
            service: Service::new(factory.scope.clone()).with_seal_form(SealForm::Credential),
            random: SeededRandom::new(1, "engine"),
            leases: 0,
            now: ToyPki::NOW,
            weights: [1, 2, 3, 0],
            group: Switch::new(true),
            individuals: [true, false, true, false].map(Switch::new),
            records: BTreeMap::new(),
            challenges: BTreeMap::new(),
            sent: [const { None }; DEVICES],
        }
    }

    fn step(&mut self, operation: u8, argument: u8) {
        let device = usize::from(argument) % DEVICES;
        match operation % 8 {
            0 | 1 => self.register(device, usize::from(argument >> 2) % DEVICES),
            2 => self.answer(device, argument >> 2),
            3 => self.individuals[device].change(argument >> 2),
            4 => self.group.change(argument),
            5 => self.weights[device] = [0, 1, 500, 1000][usize::from(argument >> 2) % 4],
            6 => self.now = self.now.saturating_add(i64::from(argument) * 10),
            _ => drop(self.records.remove(&self.factory.ids[device])),
        }
    }

    /// `device` asks to be registered, with the evidence of `owner`, which should be itself.
    fn register(&mut self, device: usize, owner: usize) {
        let factory = self.factory;
        let sent = [factory.issuing.as_slice()];
        let evidence = match &factory.keys[owner] {
            Keys::Certificate(known) => Evidence::X509 {
                leaf: known.certificate.der(),
                sent: &sent,
            },
            Keys::Tpm(tpm) => Evidence::TpmKeys(tpm_keys(tpm)),
        };
        let decision = self.decide(device, evidence);
        let individual = self.individuals[device];
        let admitted = if individual.exists {
            individual.allows()
        } else {
            self.group.allows()
        };
        match self.carry_out(device, decision) {
            Response::Assigned(_) => {
                assert!(
                    device == owner && admitted && device < 2,
                    "assigned without a right"
                );
            }
            Response::Challenge(Sealed::Credential(credential)) => {
                assert!(device == owner && individual.allows() && device >= 2);
                self.sent[device] = Some(credential);
            }
            Response::Challenge(_) => panic!("another form than the service was set to"),
            Response::Refused(rejection) => assert!(!rejection.to_string().contains('\n')),
            // All that was asked for was looked up.
            other => panic!("{other:?}"),
        }
    }

    /// `device` answers its last challenge, rightly or not.
    fn answer(&mut self, device: usize, kind: u8) {
        let factory = self.factory;
        let Keys::Tpm(tpm) = &factory.keys[device] else {
            return;
        };
        let Some(credential) = self.sent[device].clone() else {
            return;
        };
        let mut secret = tpm
            .clone()
            .activate_credential(&credential.id_object, &credential.encrypted_secret)
            .expect("it was made for this TPM");
        let right = !kind.is_multiple_of(3);
        if !right {
            secret[0] ^= 1;
        }
        let open = match self.challenges.get(&factory.ids[device]) {
            Some(ChallengeFact::Open(open)) => self.now <= open.expires(),
            _ => false,
        };
        let keys = (kind & 1 == 1).then(|| tpm_keys(tpm));
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Secret(&secret),
            keys,
        };
        let decision = self.decide(device, evidence);
        if decision.outcome() == Outcome::Assigned {
            assert!(right && open && self.individuals[device].allows());
        }
        let again = !matches!(
            self.challenges.get(&factory.ids[device]),
            Some(ChallengeFact::Open(_))
        );
        assert!(again, "a challenge is judged where it is");
        self.carry_out(device, decision);
        if open && !right {
            let still = self.challenges.get(&factory.ids[device]);
            let still = matches!(still, Some(ChallengeFact::Open(_)));
            assert!(still, "a wrong answer spends the challenge");
        }
    }

    fn decide(&mut self, device: usize, evidence: Evidence<'_>) -> Decision {
        let request = RegistrationRequest::new(
            self.factory.scope.clone(),
            self.factory.ids[device].clone(),
            evidence,
        );
        let needs = self.service.needs(&request).expect("the right scope");
        let challenge = match needs.challenge {
            true => self.challenges.remove(needs.registration_id),
            false => None,
        };
        self.leases += 1;
        let hubs = self.hubs();
        let individual = self.individual(device);
        let groups: Vec<EnrollmentGroup> = self
            .group
            .exists
            .then(|| self.group())
            .into_iter()
            .collect();
        let known = self.records.get(needs.registration_id).map(Known::Record);
        let facts = Facts::new(
            &hubs,
            individual.as_ref(),
            known,
            Fence::new(self.leases),
            RecordQuota::NONE,
        )
        .with_groups(&groups, &[])
        .with_challenge(challenge.unwrap_or(ChallengeFact::None));
        self.service
            .decide(&request, facts, self.now, &mut self.random)
    }

    /// As a caller must: in this order, the response last.
    fn carry_out(&mut self, device: usize, decision: Decision) -> Response {
        let id = &self.factory.ids[device];
        let individual = self.individual(device);
        let groups: Vec<EnrollmentGroup> = self
            .group
            .exists
            .then(|| self.group())
            .into_iter()
            .collect();
        let mut known_in = None;
        let mut saved = false;
        let response = decision.carry_out(|effect| {
            match effect {
                Effect::StoreChallenge {
                    registration_id,
                    open,
                    ..
                } => {
                    assert_eq!(registration_id, *id);
                    self.challenges
                        .insert(registration_id, ChallengeFact::Open(open));
                }
                Effect::RetireChallenge {
                    registration_id, ..
                } => {
                    assert_eq!(registration_id, *id);
                    self.challenges
                        .insert(registration_id, ChallengeFact::Retired);
                }
                Effect::PutDevice { hub, .. } => known_in = Some(hub),
                Effect::Prepare(preparation) => preparation.check(&Current::new(
                    self.records.get(id).map(Known::Record),
                    individual.as_ref(),
                    groups.first(),
                    RecordQuota::NONE,
                ))?,
                Effect::SaveRecord(save) => {
                    assert_eq!(save.record.registration_id, *id);
                    save.check(&Current::new(
                        self.records.get(id).map(Known::Record),
                        individual.as_ref(),
                        groups.first(),
                        RecordQuota::NONE,
                    ))?;
                    assert_eq!(known_in.as_ref(), Some(&save.record.assigned_hub));
                    self.records.insert(id.clone(), save.record);
                    saved = true;
                }
                Effect::RemoveDevice(_) => {}
                other => return Err(other.unknown()),
            }
            Ok(())
        });
        match response.assigned() {
            Some(assigned) => {
                assert!(saved && self.records.get(id) == Some(&assigned.record));
            }
            None => assert!(
                !saved && known_in.is_none(),
                "refused, and done all the same"
            ),
        }
        response
    }

    fn hubs(&self) -> LinkedHubs {
        let hubs = self.factory.hubs.iter().cloned();
        let weights = self
            .weights
            .map(|weight| Weight::new(weight).expect("at most 1000"));
        LinkedHubs::new(&self.factory.scope, hubs.zip(weights)).expect("distinct hubs")
    }

    fn individual(&self, device: usize) -> Option<IndividualEnrollment> {
        let switch = self.individuals[device];
        let attestation = match &self.factory.keys[device] {
            Keys::Certificate(known) => {
                let leaf = Thumbprint::of_der(known.certificate.der());
                IndividualAttestation::X509Leaf(Leaves::new(leaf, None).expect("one leaf"))
            }
            Keys::Tpm(tpm) => IndividualAttestation::Tpm(Box::new(
                EkPublic::from_tpm2b(tpm.ek_public()).expect("a good EK"),
            )),
        };
        switch.exists.then(|| {
            let id = self.factory.ids[device].clone();
            IndividualEnrollment::new(id, attestation, generation(device))
                .with_settings(switch.settings())
        })
    }

    fn group(&self) -> EnrollmentGroup {
        let issuing = TrustedCertificate::from_der(&self.factory.issuing).expect("a good CA");
        let signing = SigningCertificates::new(issuing, None).expect("one CA");
        EnrollmentGroup::new(
            GroupId::parse("line-7").expect("legal"),
            GroupAttestation::Signing(signing),
            generation(DEVICES),
        )
        .with_settings(self.group.settings())
    }
}

fn tpm_keys(tpm: &SoftTpm) -> TpmKeys<'_> {
    TpmKeys::new(tpm.ek_public(), tpm.srk_public())
}

/// What never changes.
struct Factory {
    scope: IdScope,
    hubs: [HubName; 4],
    ids: [RegistrationId; DEVICES],
    keys: [Keys; DEVICES],
    issuing: Vec<u8>,
}

enum Keys {
    Certificate(Device),
    Tpm(Box<SoftTpm>),
}

fn factory() -> &'static Factory {
    static FACTORY: OnceLock<Factory> = OnceLock::new();
    FACTORY.get_or_init(|| {
        let pki = ToyPki::new(1);
        let names = ["device-0", "device-1", "device-2", "device-3"];
        let certificate = |name| Keys::Certificate(pki.device(name, KeyKind::P256));
        let tpm = |number| Keys::Tpm(Box::new(SoftTpm::new(TpmKind::P256, 1, number)));
        Factory {
            scope: IdScope::parse("0ne0A1B2C3D").expect("legal"),
            hubs: ["hub-a", "hub-b", "hub-c", "hub-d"]
                .map(|name| HubName::parse(name).expect("legal")),
            ids: names.map(|name| RegistrationId::try_from(name).expect("legal")),
            keys: [certificate(names[0]), certificate(names[1]), tpm(2), tpm(3)],
            issuing: pki.intermediate.certificate.der().to_vec(),
        }
    })
}

/// One for each enrollment there is: here they are edited, and not made anew.
fn generation(number: usize) -> Generation {
    Generation::parse(&format!("{number:032x}")).expect("32 digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The properties above would hold of an engine that refuses everybody.
    #[test]
    fn the_seeds_reach_what_they_are_named_for() {
        for (seed, registered, revision) in [
            ("certificate-registers-twice", 0, 2),
            ("by-its-group", 1, 1),
            ("tpm", 2, 1),
            ("tpm-answers-twice", 2, 1),
            // The right answer comes after a wrong one, which spends nothing.
            ("tpm-answers-wrongly", 2, 1),
            ("hubs-move", 0, 2),
            ("record-removed", 0, 1),
        ] {
            let path = format!("{}/seeds/engine/{seed}", env!("CARGO_MANIFEST_DIR"));
            let world = run(&std::fs::read(path).expect("a committed seed"));
            let record = world.records.get(&world.factory.ids[registered]);
            assert_eq!(
                record.map(|record| record.revision),
                Some(revision),
                "{seed}"
            );
        }
        for seed in [
            "with-anothers-certificate",
            "tpm-answers-late",
            "disabled-between",
        ] {
            let path = format!("{}/seeds/engine/{seed}", env!("CARGO_MANIFEST_DIR"));
            assert!(
                run(&std::fs::read(path).expect("a committed seed"))
                    .records
                    .is_empty(),
                "{seed}"
            );
        }
    }
}
