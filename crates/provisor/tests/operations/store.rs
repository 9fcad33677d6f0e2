//! A store in memory: it commits a transaction as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::{EkPolicy, EnrollmentRef};
use provisor::enrollment::check_ca_unused;
use provisor::enrollment::{
    CaCertificate, CaStatus, EnrollmentGroup, Etag, Generation, GroupAttestation,
    IndividualEnrollment,
};
use provisor::metering::{Entry, EntryKey};
use provisor::operations::record::RecordView;
use provisor::operations::{
    AccessPolicy, AttestationDraft, AuditEntry, BulkAnswer, BulkItem, BulkMode, Call, Caller,
    Change, Condition, ContinuationKey, Expected, GroupDraft, GroupView, HubLink, IfMatch,
    IndividualDraft, IndividualRow, IndividualView, Mechanism, Order, Outcome, Page, PolicyName,
    Query, RegisteredCa, Resource, Rights, Scan, ServiceFacts, ServiceSettings, Stored,
    Transaction, Write, group, individual, record,
};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::registration::{Entry as Left, RegistrationRecord};
use provisor::{CaName, GroupId, HubName, IdScope, RegistrationId, Rejection, UnixTime};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

pub(crate) struct Store {
    pub(crate) scope: IdScope,
    pub(crate) caller: Caller,
    pub(crate) now: UnixTime,
    pub(crate) random: SeededRandom,
    pub(crate) hubs: LinkedHubs,
    pub(crate) ek_policy: EkPolicy,
    pub(crate) quotas: Quotas,
    pub(crate) key: ContinuationKey,
    pub(crate) cas: Vec<CaCertificate>,
    pub(crate) individuals: BTreeMap<RegistrationId, Stored<IndividualEnrollment>>,
    pub(crate) groups: BTreeMap<GroupId, Stored<EnrollmentGroup>>,
    pub(crate) records: BTreeMap<RegistrationId, Left>,
    pub(crate) registered: BTreeMap<CaName, Stored<RegisteredCa>>,
    pub(crate) links: BTreeMap<HubName, Stored<HubLink>>,
    pub(crate) policies: BTreeMap<PolicyName, Stored<AccessPolicy>>,
    pub(crate) settings: Option<Stored<ServiceSettings>>,
    pub(crate) counted: Vec<Entry>,
    keys: BTreeSet<EntryKey>,
    pub(crate) audit: Vec<AuditEntry>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let hubs = ["hub-a", "hub-b"].map(|name| (hub(name), Weight::ONE));
        Self {
            hubs: LinkedHubs::new(&scope, hubs).unwrap(),
            scope,
            caller: Caller::new("owner", Rights::ALL),
            now: ToyPki::NOW,
            random: SeededRandom::new(1, "operations"),
            ek_policy: EkPolicy::AllowList,
            quotas: Quotas::NONE,
            key: ContinuationKey::new([7; 32]),
            cas: Vec::new(),
            individuals: BTreeMap::new(),
            groups: BTreeMap::new(),
            records: BTreeMap::new(),
            registered: BTreeMap::new(),
            links: BTreeMap::new(),
            policies: BTreeMap::new(),
            settings: None,
            counted: Vec::new(),
            keys: BTreeSet::new(),
            audit: Vec::new(),
        }
    }

    /// How many are stored.
    pub(crate) fn counts(&self) -> Counts {
        Counts::NOT_COUNTED
            .with(
                Counted::IndividualEnrollments,
                self.individuals.len() as u64,
            )
            .with(Counted::Registrations, self.records.len() as u64)
            .with(
                Counted::X509Groups,
                self.groups.len() as u64 - self.key_groups(),
            )
            .with(Counted::KeyGroups, self.key_groups())
            .with(Counted::CaCertificates, self.registered.len() as u64)
            .with(Counted::LinkedHubs, self.links.len() as u64)
    }

    pub(crate) fn record(&self, id: &str) -> Option<&RegistrationRecord> {
        record(&self.records, &device(id))
    }

    /// A device registers through that enrollment.
    pub(crate) fn register(&mut self, id: &str, through: EnrollmentRef) {
        let generation = Generation::draw(&mut self.random).unwrap();
        let (scope, id) = (self.scope.clone(), device(id));
        let record = RegistrationRecord::new(
            scope,
            id.clone(),
            hub("hub-a"),
            through,
            generation,
            self.now,
        );
        self.records.insert(id, Left::Record(record));
    }

    fn key_groups(&self) -> u64 {
        let by_key = |stored: &&Stored<EnrollmentGroup>| {
            matches!(
                stored.value.attestation(),
                GroupAttestation::SymmetricKey(_)
            )
        };
        self.groups.values().filter(by_key).count() as u64
    }

    /// Commits, then answers.
    pub(crate) fn finish<A>(&mut self, outcome: Outcome<A>) -> Result<A, Rejection> {
        let (transaction, pending) = outcome.begin();
        self.commit(transaction).expect("nobody else writes here");
        pending.committed()
    }

    /// All or nothing.
    pub(crate) fn commit(&mut self, transaction: Transaction) -> Result<(), String> {
        let holds = transaction.conditions.iter().all(|c| self.holds(c));
        let fresh = transaction
            .writes
            .iter()
            .all(|write| self.is_expected(write));
        if !holds || !fresh {
            return Err(format!("{transaction:?}"));
        }
        assert_eq!(transaction.count.is_some(), !transaction.writes.is_empty());
        for write in transaction.writes {
            self.write(write);
        }
        if let Some(entry) = transaction.count {
            assert!(self.keys.insert(entry.key().clone()), "counted twice");
            self.counted.push(entry);
        }
        self.audit.push(transaction.audit);
        Ok(())
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::FewerThan(what, most) => self.counts().of(*what).unwrap() < *most,
            Condition::CaVerified(name) => self
                .cas
                .iter()
                .any(|ca| ca.name() == name && ca.status() == CaStatus::Verified),
            Condition::HubLinked(name) => self.hubs.contains(name),
            Condition::CaUnused(name) => {
                let groups = self.groups.values().map(|stored| &stored.value);
                let individuals = self.individuals.values().map(|stored| &stored.value);
                check_ca_unused(name, individuals, groups).is_ok()
            }
            Condition::RecordStands(id, version) => {
                let record = self.records.get(id).and_then(Left::record);
                record.map(|record| (record.revision, record.fence)) == *version
            }
            Condition::PolicyStands(name, etag) => self
                .policies
                .get(name)
                .is_some_and(|policy| policy.etag == *etag),
            other => panic!("{other:?}"),
        }
    }

    fn is_expected(&self, write: &Write) -> bool {
        let tag = |stored: Option<&Etag>, expected: &Expected| match (stored, expected) {
            (None, Expected::Absent) => true,
            (Some(stored), Expected::Tag(tag)) => stored == tag,
            _ => false,
        };
        match write {
            Write::Individual(change) => tag(
                self.individuals.get(&change.id).map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Ca(change) => tag(
                self.registered.get(&change.id).map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Hub(change) => tag(
                self.links.get(&change.id).map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Policy(change) => tag(
                self.policies.get(&change.id).map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Service(change) => tag(
                self.settings.as_ref().map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Group(change) => tag(
                self.groups.get(&change.id).map(|stored| &stored.etag),
                &change.expected,
            ),
            Write::Record(change) => {
                change.is_expected(self.records.get(&change.id).map(Left::known))
            }
            other => panic!("{other:?}"),
        }
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Individual(change) => set(&mut self.individuals, change),
            Write::Group(change) => set(&mut self.groups, change),
            Write::Ca(change) => set(&mut self.registered, change),
            Write::Hub(change) => set(&mut self.links, change),
            Write::Policy(change) => set(&mut self.policies, change),
            Write::Service(change) => self.settings = change.becomes.map(|stored| *stored),
            Write::Record(change) => {
                let tombstone = Left::Tombstone(change.becomes);
                drop(self.records.insert(change.id, tombstone));
            }
            other => panic!("{other:?}"),
        }
    }

    /// An operation on something else than enrollments and records.
    pub(crate) fn with<A>(
        &mut self,
        operation: impl FnOnce(&mut Call<'_>, &Self) -> Outcome<A>,
    ) -> Result<A, Rejection> {
        let mut random = self.random.clone();
        let outcome = {
            let mut call = Call::new(&self.scope, &self.caller, self.now, &mut random);
            operation(&mut call, self)
        };
        self.random = random;
        self.finish(outcome)
    }

    pub(crate) fn put(
        &mut self,
        draft: IndividualDraft,
        if_match: &IfMatch,
    ) -> Result<IndividualView, Rejection> {
        let path = draft.registration_id.clone();
        self.put_at(&path, draft, if_match)
    }

    pub(crate) fn put_at(
        &mut self,
        path: &RegistrationId,
        draft: IndividualDraft,
        if_match: &IfMatch,
    ) -> Result<IndividualView, Rejection> {
        let counts = self.counts();
        let stored: Vec<_> = self.individuals.values().collect();
        let individuals: Vec<_> = stored.iter().map(|stored| &stored.value).collect();
        let facts = ServiceFacts::new(&self.hubs, &self.ek_policy, &self.quotas, &counts)
            .with_individuals(&individuals)
            .with_cas(&self.cas);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let stored = self.individuals.get(path);
        let outcome = individual::put(&mut call, path, draft, if_match, stored, &facts);
        self.finish(outcome)
    }

    pub(crate) fn read(&mut self, id: &str) -> Result<IndividualView, Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let (stored, record) = (self.individuals.get(&id), record(&self.records, &id));
        let outcome = individual::read(&mut call, &id, stored, record);
        self.finish(outcome)
    }

    pub(crate) fn delete(&mut self, id: &str, if_match: &IfMatch) -> Result<(), Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let (stored, record) = (self.individuals.get(&id), record(&self.records, &id));
        let outcome = individual::delete(&mut call, &id, if_match, stored, record);
        self.finish(outcome)
    }

    pub(crate) fn mechanism(&mut self, id: &str) -> Result<Mechanism, Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = individual::mechanism(&mut call, &id, self.individuals.get(&id));
        self.finish(outcome)
    }

    pub(crate) fn bulk(
        &mut self,
        mode: BulkMode,
        drafts: Vec<(IndividualDraft, Option<Etag>)>,
    ) -> Result<BulkAnswer<RegistrationId>, Rejection> {
        let counts = self.counts();
        let facts = ServiceFacts::new(&self.hubs, &self.ek_policy, &self.quotas, &counts)
            .with_cas(&self.cas);
        let items = drafts.into_iter().map(|(draft, etag)| {
            let id = draft.registration_id.clone();
            BulkItem::new(draft, self.individuals.get(&id))
                .with_etag(etag)
                .with_record(record(&self.records, &id))
        });
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let bulk = individual::bulk(&mut call, mode, items.collect(), &facts);
        match bulk {
            Err(whole) => self.finish(whole).map(|never| match never {}),
            Ok(bulk) => {
                let mut answer = BulkAnswer::new();
                for (id, part) in bulk.into_parts() {
                    let result = self.finish(part);
                    answer.add(id, result);
                }
                Ok(answer)
            }
        }
    }

    pub(crate) fn put_group(
        &mut self,
        draft: GroupDraft,
        if_match: &IfMatch,
    ) -> Result<GroupView, Rejection> {
        let id = draft.id.clone();
        let counts = self.counts();
        let facts = ServiceFacts::new(&self.hubs, &self.ek_policy, &self.quotas, &counts)
            .with_cas(&self.cas);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let stored = self.groups.get(&id);
        let outcome = group::put(&mut call, &id, draft, if_match, stored, &facts);
        self.finish(outcome)
    }

    pub(crate) fn bulk_groups(
        &mut self,
        mode: BulkMode,
        drafts: Vec<GroupDraft>,
    ) -> Result<BulkAnswer<GroupId>, Rejection> {
        let counts = self.counts();
        let facts = ServiceFacts::new(&self.hubs, &self.ek_policy, &self.quotas, &counts);
        let items = drafts.into_iter().map(|draft| {
            let stored = self.groups.get(&draft.id);
            BulkItem::new(draft, stored)
        });
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let bulk = group::bulk(&mut call, mode, items.collect(), &facts);
        match bulk {
            Err(whole) => self.finish(whole).map(|never| match never {}),
            Ok(bulk) => {
                let mut answer = BulkAnswer::new();
                for (id, part) in bulk.into_parts() {
                    let result = self.finish(part);
                    answer.add(id, result);
                }
                Ok(answer)
            }
        }
    }

    pub(crate) fn read_group(&mut self, id: &str) -> Result<GroupView, Rejection> {
        let id = named(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = group::read(&mut call, &id, self.groups.get(&id));
        self.finish(outcome)
    }

    pub(crate) fn group_mechanism(&mut self, id: &str) -> Result<Mechanism, Rejection> {
        let id = named(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = group::mechanism(&mut call, &id, self.groups.get(&id));
        self.finish(outcome)
    }

    pub(crate) fn delete_group(&mut self, id: &str, if_match: &IfMatch) -> Result<(), Rejection> {
        let id = named(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = group::delete(&mut call, &id, if_match, self.groups.get(&id));
        self.finish(outcome)
    }

    pub(crate) fn read_record(&mut self, id: &str) -> Result<RecordView, Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = record::read(&mut call, &id, record(&self.records, &id));
        self.finish(outcome)
    }

    pub(crate) fn delete_record(&mut self, id: &str, if_match: &IfMatch) -> Result<(), Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let outcome = record::delete(&mut call, &id, if_match, record(&self.records, &id));
        self.finish(outcome)
    }

    /// One page of individual enrollments, read as the scan says.
    pub(crate) fn query(&mut self, query: &Query) -> Result<Page<IndividualView>, Rejection> {
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let scan = match individual::query(&mut call, query, &self.key) {
            Ok(scan) => scan,
            Err(whole) => return self.finish(whole).map(|never| match never {}),
        };
        let rows = self.individuals.values().map(|stored| {
            let id = stored.value.registration_id();
            (stored, record(&self.records, id))
        });
        let rows = ordered(rows.collect(), &scan, |row: &IndividualRow<'_>| {
            row.0.value.registration_id().normal_form().to_owned()
        });
        let outcome = individual::page(&mut call, &scan, &self.key, &rows);
        self.finish(outcome)
    }

    /// One page of groups.
    pub(crate) fn query_groups(&mut self, query: &Query) -> Result<Page<GroupView>, Rejection> {
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let scan = match group::query(&mut call, query, &self.key) {
            Ok(scan) => scan,
            Err(whole) => return self.finish(whole).map(|never| match never {}),
        };
        let rows = ordered(
            self.groups.values().collect(),
            &scan,
            |row: &&Stored<EnrollmentGroup>| row.value.id().normal_form().to_owned(),
        );
        let outcome = group::page(&mut call, &scan, &self.key, &rows);
        self.finish(outcome)
    }

    /// One page of the records of a group.
    pub(crate) fn query_records(
        &mut self,
        of: &str,
        query: &Query,
    ) -> Result<Page<RecordView>, Rejection> {
        let of = named(of);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let scan = match record::query(&mut call, &of, query, &self.key) {
            Ok(scan) => scan,
            Err(whole) => return self.finish(whole).map(|never| match never {}),
        };
        let mine = EnrollmentRef::Group(of.clone());
        let rows = self.records.values().filter_map(Left::record);
        let rows = rows.filter(|row| row.enrollment == mine).collect();
        let rows = ordered(rows, &scan, |row: &&RegistrationRecord| {
            row.registration_id.normal_form().to_owned()
        });
        let outcome = record::page(&mut call, &of, &scan, &self.key, &rows);
        self.finish(outcome)
    }
}

fn set<T: Resource>(map: &mut BTreeMap<T::Id, Stored<T>>, change: Change<T>) {
    match change.becomes {
        Some(stored) => drop(map.insert(change.id, *stored)),
        None => drop(map.remove(&change.id)),
    }
}

/// As a store with an index reads: from the key on, in the order, so many.
fn ordered<R>(mut rows: Vec<R>, scan: &Scan, key: impl Fn(&R) -> String) -> Vec<R> {
    rows.sort_by_key(&key);
    if scan.order() == Order::Descending {
        rows.reverse();
    }
    rows.retain(|row| match (scan.after(), scan.order()) {
        (None, _) => true,
        (Some(after), Order::Ascending) => *key(row) > *after,
        (Some(after), Order::Descending) => *key(row) < *after,
    });
    rows.truncate(scan.limit());
    rows
}

fn record<'a>(
    records: &'a BTreeMap<RegistrationId, Left>,
    id: &RegistrationId,
) -> Option<&'a RegistrationRecord> {
    records.get(id).and_then(Left::record)
}

pub(crate) fn device(id: &str) -> RegistrationId {
    RegistrationId::try_from(id).unwrap()
}

pub(crate) fn hub(name: &str) -> HubName {
    HubName::parse(name).unwrap()
}

/// The endorsement key of that TPM.
pub(crate) fn ek(number: usize) -> Vec<u8> {
    SoftTpm::new(TpmKind::P256, 7, number).ek_public().to_vec()
}

/// The enrollment of a TPM.
pub(crate) fn tpm(id: &str) -> IndividualDraft {
    IndividualDraft::new(device(id), AttestationDraft::tpm(ek(1)))
}

/// That version.
pub(crate) fn tag(etag: &Etag) -> IfMatch {
    IfMatch::Tag(etag.clone())
}

pub(crate) fn named(id: &str) -> GroupId {
    GroupId::parse(id).unwrap()
}
