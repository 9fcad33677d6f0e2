//! The operator: hubs, CAs and groups by service operations, and the index of all enrollments.

use std::collections::BTreeMap;

use provisor::allocation::{AllocationBasis, LinkedHubs};
use provisor::attestation::EkPolicy;
use provisor::enrollment::{
    CaCertificate, CustomAllocation, EnrollmentGroup, IndividualEnrollment, ProvisioningStatus,
};
use provisor::index::EnrollmentIndex;
use provisor::metering::{Instruction, Ledger};
use provisor::operations::hub::HubDraft;
use provisor::operations::{
    AttestationDraft, Call, Caller, CertificateDraft, Change, GroupDraft, HubLink, IfMatch,
    Outcome, Pair, PolicyDraft, RegisteredCa, Resource, Rights, ServiceFacts, SettingsDraft,
    Stored, Write, X509Draft, ca, group, hub, linked_hubs,
};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::registration::Service as Engine;
use provisor::sas::SasKey;
use provisor::{CaName, Code, GroupId, HubName, IdScope, Rejection, Subject, UnixTime};
use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};
use provisor_testkit::random::SeededRandom;

use super::movement::Weights;
use super::plant::{BY_WEBHOOK, DISABLED, LINES, Plant, UNDER_ROOT};
use super::sums::Acknowledged;

/// The hubs at the beginning, and what becomes of them.
const HUBS: [(&str, u16); 4] = [
    ("hub-east.example.net", 40),
    ("hub-north.example.net", 30),
    ("hub-south.example.net", 20),
    ("hub-west.example.net", 10),
];
pub(super) const ADDED: (&str, u16) = ("hub-center.example.net", 25);
pub(super) const REWEIGHTED: (&str, u16) = ("hub-west.example.net", 30);
pub(super) const REMOVED: &str = "hub-south.example.net";

/// The name under which the plant's root is registered.
const ROOT: &str = "demo-fleet-root";

/// The group of devices with derived keys.
const KEYS: &str = "keys";

/// What the service has without its devices.
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) index: EnrollmentIndex,
    pub(super) linked: LinkedHubs,
    pub(super) now: UnixTime,
    pub(super) ledger: Ledger,
    pub(super) acknowledged: Acknowledged,
    pub(super) reads: u64,
    caller: Caller,
    random: SeededRandom,
    cas: BTreeMap<CaName, Stored<RegisteredCa>>,
    verified: Vec<CaCertificate>,
    groups: BTreeMap<GroupId, Stored<EnrollmentGroup>>,
    hubs: BTreeMap<HubName, Stored<HubLink>>,
    /// How many individual enrollments there will be.
    individuals: u64,
}

impl Desk {
    /// The service before the first device: hubs linked, the root verified, groups made.
    pub(super) fn new(plant: &Plant, seed: u64, individuals: u64) -> Result<Self, Rejection> {
        let mut random = SeededRandom::new(seed, "fleet desk");
        let scope = IdScope::generate(&mut random)?;
        let mut desk = Self {
            linked: LinkedHubs::new(&scope, [])?,
            engine: Engine::new(scope),
            index: EnrollmentIndex::new(&mut random)?,
            now: ToyPki::NOW,
            ledger: Ledger::new(),
            acknowledged: Acknowledged::default(),
            reads: 0,
            caller: Caller::new("provisioningserviceowner", Rights::ALL),
            random,
            cas: BTreeMap::new(),
            verified: Vec::new(),
            groups: BTreeMap::new(),
            hubs: BTreeMap::new(),
            individuals,
        };
        for (name, weight) in HUBS {
            desk.put_hub(name, weight)?;
        }
        desk.register_root(plant, seed)?;
        desk.make_groups(plant)?;
        Ok(desk)
    }

    pub(super) const fn scope(&self) -> &IdScope {
        self.engine.scope()
    }

    /// Hubs and weights, by name.
    pub(super) fn weights(&self) -> Weights {
        let hubs = self.linked.iter();
        hubs.map(|(name, weight)| (name.to_string(), weight.get()))
            .collect()
    }

    /// The key from which the devices of the key group derive theirs.
    pub(super) fn group_key(&self) -> Result<SasKey, Rejection> {
        let group = self.index.group(&GroupId::parse(KEYS)?);
        let keys = group.and_then(EnrollmentGroup::symmetric_keys);
        keys.map(|keys| keys.primary().clone())
            .ok_or_else(|| missing("the key group"))
    }

    /// How an enrollment refers to the root.
    pub(super) fn root_draft() -> Result<AttestationDraft, Rejection> {
        let names = Pair::new(CaName::parse(ROOT)?, None);
        Ok(AttestationDraft::x509(X509Draft::cas(names)))
    }

    /// Operations on individual enrollments, which the shards do.
    pub(super) fn enroll<A>(
        &self,
        random: &mut SeededRandom,
        operation: impl FnOnce(&mut Call<'_>, &ServiceFacts<'_>) -> A,
    ) -> A {
        let counts = self.counts();
        let facts = facts(&self.linked, &counts, &self.verified);
        let mut call = Call::new(self.engine.scope(), &self.caller, self.now, random);
        operation(&mut call, &facts)
    }

    /// Takes up what the shards enrolled.
    pub(super) fn take_up(&mut self, enrolled: Vec<IndividualEnrollment>) -> Result<(), Rejection> {
        for enrollment in enrolled {
            self.index.put_individual(enrollment)?;
        }
        Ok(())
    }

    pub(super) fn put_hub(&mut self, name: &str, weight: u16) -> Result<(), Rejection> {
        let name = HubName::parse(name)?;
        let mut draft = HubDraft::new(name.clone());
        draft.allocation_weight = Some(weight);
        self.operate(Instruction::HubWrite, |desk, call, facts| {
            hub::put(
                call,
                &name,
                draft,
                &IfMatch::Any,
                desk.hubs.get(&name),
                facts,
            )
        })
    }

    pub(super) fn unlink_hub(&mut self, name: &str) -> Result<(), Rejection> {
        let name = HubName::parse(name)?;
        self.operate(Instruction::HubDelete, |desk, call, _| {
            hub::unlink(call, &name, &IfMatch::Exists, desk.hubs.get(&name))
        })
    }

    /// Reads the group, and writes it back disabled, if nobody wrote it in between.
    pub(super) fn disable_group(&mut self, plant: &Plant, name: &str) -> Result<(), Rejection> {
        let id = GroupId::parse(name)?;
        let stored = self.groups.get(&id);
        let mut call = Call::new(
            self.engine.scope(),
            &self.caller,
            self.now,
            &mut self.random,
        );
        let (_, view) = group::read(&mut call, &id, stored).begin();
        self.reads += 1;
        let version = IfMatch::Tag(view.committed()?.etag);
        let mut settings = SettingsDraft::default();
        settings.provisioning_status = Some(ProvisioningStatus::Disabled);
        let draft = GroupDraft::new(id, signing(plant, name)?).with_settings(settings);
        self.put_group(draft, &version)
    }

    fn put_group(&mut self, draft: GroupDraft, version: &IfMatch) -> Result<(), Rejection> {
        let id = draft.id.clone();
        self.operate(Instruction::GroupWrite, |desk, call, facts| {
            group::put(call, &id, draft, version, desk.groups.get(&id), facts)
        })
    }

    fn make_groups(&mut self, plant: &Plant) -> Result<(), Rejection> {
        for (name, _) in LINES {
            let draft = GroupDraft::new(GroupId::parse(name)?, signing(plant, name)?);
            self.put_group(draft, &IfMatch::Any)?;
        }
        let draft = GroupDraft::new(GroupId::parse(UNDER_ROOT)?, Self::root_draft()?);
        self.put_group(draft, &IfMatch::Any)?;
        let mut settings = SettingsDraft::default();
        settings.allocation_policy = Some(PolicyDraft::Custom);
        let url = "https://plant.example.net/api/hub";
        settings.custom_allocation = Some(CustomAllocation::new(url, "2021-10-01")?);
        let draft = GroupDraft::new(GroupId::parse(BY_WEBHOOK)?, signing(plant, BY_WEBHOOK)?);
        self.put_group(draft.with_settings(settings), &IfMatch::Any)?;
        // Its keys are generated, as none are given.
        let keys = AttestationDraft::symmetric_key(None, None);
        self.put_group(GroupDraft::new(GroupId::parse(KEYS)?, keys), &IfMatch::Any)
    }

    /// Uploads the root, draws a code, and shows a certificate over it that only the root's key issues.
    fn register_root(&mut self, plant: &Plant, seed: u64) -> Result<(), Rejection> {
        let name = CaName::parse(ROOT)?;
        let write = Instruction::CaWrite;
        self.operate(write, |desk, call, facts| {
            let der = plant.root.certificate.der();
            let (any, stored) = (&IfMatch::Any, desk.cas.get(&name));
            // Nothing refers to the name yet.
            ca::put(call, &name, der, any, stored, [], [], facts)
        })?;
        self.operate(write, |desk, call, _| {
            ca::draw_code(call, &name, &IfMatch::Any, desk.cas.get(&name))
        })?;
        let code = self.cas.get(&name).and_then(|ca| ca.value.code.as_ref());
        let code = code.ok_or_else(|| missing("the code of the CA"))?;
        let key = KeyPair::new(KeyKind::P256, seed, "fleet possession");
        let shown = CertificateBuilder::device(DistinguishedName::cn(code.as_str()), &key)
            .issued_by(&plant.root);
        self.operate(write, |desk, call, _| {
            let stored = desk.cas.get(&name);
            ca::verify(call, &name, shown.der(), &IfMatch::Any, stored)
        })
    }

    /// One operation, committed and then acknowledged.
    fn operate<A>(
        &mut self,
        what: Instruction,
        operation: impl FnOnce(&Self, &mut Call<'_>, &ServiceFacts<'_>) -> Outcome<A>,
    ) -> Result<(), Rejection> {
        let mut random = self.random.clone();
        let counts = self.counts();
        let outcome = {
            let facts = facts(&self.linked, &counts, &self.verified);
            let mut call = Call::new(self.engine.scope(), &self.caller, self.now, &mut random);
            operation(self, &mut call, &facts)
        };
        self.random = random;
        let (transaction, pending) = outcome.begin();
        for write in transaction.writes {
            self.write(write)?;
        }
        self.ledger.extend(transaction.count);
        pending.committed()?;
        self.acknowledged.add(what);
        Ok(())
    }

    /// There is one operator, so what was expected is what is there.
    fn write(&mut self, write: Write) -> Result<(), Rejection> {
        match write {
            Write::Hub(change) => {
                set(&mut self.hubs, change);
                let links = self.hubs.values().map(|stored| &stored.value);
                self.linked = linked_hubs(self.engine.scope(), &AllocationBasis::default(), links)?;
            }
            Write::Ca(change) => {
                if let Some(stored) = &change.becomes {
                    self.index.put_ca(stored.value.certificate.clone())?;
                }
                set(&mut self.cas, change);
                let cas = self.cas.values();
                self.verified = cas.map(|stored| stored.value.certificate.clone()).collect();
            }
            Write::Group(change) => {
                if let Some(stored) = &change.becomes {
                    self.index.put_group(stored.value.clone())?;
                }
                set(&mut self.groups, change);
            }
            _ => return Err(missing("a store for that")),
        }
        Ok(())
    }

    /// How many there are of what quotas limit. Of individual enrollments, which are made at the same
    /// time, as many as there will be.
    fn counts(&self) -> Counts {
        let keyed = self
            .groups
            .values()
            .filter(|group| group.value.symmetric_keys().is_some());
        let keyed = keyed.count();
        Counts::NOT_COUNTED
            .with(Counted::IndividualEnrollments, self.individuals)
            .with(Counted::Registrations, 0)
            .with(Counted::X509Groups, (self.groups.len() - keyed) as u64)
            .with(Counted::KeyGroups, keyed as u64)
            .with(Counted::CaCertificates, self.cas.len() as u64)
            .with(Counted::LinkedHubs, self.hubs.len() as u64)
    }
}

/// The quotas are those of the service that is modelled.
const fn facts<'a>(
    linked: &'a LinkedHubs,
    counts: &'a Counts,
    cas: &'a [CaCertificate],
) -> ServiceFacts<'a> {
    ServiceFacts::new(linked, &EkPolicy::AllowList, &Quotas::AZURE_S1, counts).with_cas(cas)
}

fn set<T: Resource>(all: &mut BTreeMap<T::Id, Stored<T>>, change: Change<T>) {
    match change.becomes {
        Some(stored) => drop(all.insert(change.id, *stored)),
        None => drop(all.remove(&change.id)),
    }
}

fn signing(plant: &Plant, line: &str) -> Result<AttestationDraft, Rejection> {
    let der = plant.ca(line).ok_or_else(|| missing("the line's CA"))?;
    let certificates = Pair::new(CertificateDraft::from_der(der), None);
    Ok(AttestationDraft::x509(X509Draft::signing(certificates)))
}

pub(super) fn missing(what: &'static str) -> Rejection {
    Rejection::new(Code::RegEffect, Subject::field("demo")).expected(what)
}

/// Whether a device of that line may still register, when the group was disabled.
pub(super) fn is_barred(disabled: bool, line: &str, individual: bool) -> bool {
    disabled && line == DISABLED && !individual
}
