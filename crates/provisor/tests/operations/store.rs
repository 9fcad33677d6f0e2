//! A store in memory: it commits a transaction as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::EkPolicy;
use provisor::enrollment::{CaCertificate, CaStatus, Etag, IndividualEnrollment};
use provisor::metering::{Entry, EntryKey};
use provisor::operations::{
    AttestationDraft, AuditEntry, Call, Caller, Condition, Expected, IfMatch, IndividualDraft,
    IndividualView, Outcome, Rights, ServiceFacts, Stored, Transaction, Write, individual,
};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::registration::RegistrationRecord;
use provisor::{HubName, IdScope, RegistrationId, Rejection, UnixTime};
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
    pub(crate) cas: Vec<CaCertificate>,
    pub(crate) individuals: BTreeMap<RegistrationId, Stored<IndividualEnrollment>>,
    pub(crate) records: BTreeMap<RegistrationId, RegistrationRecord>,
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
            cas: Vec::new(),
            individuals: BTreeMap::new(),
            records: BTreeMap::new(),
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
            Write::Record(change) => self
                .records
                .get(&change.id)
                .is_some_and(|record| record.revision == change.expected_revision),
            other => panic!("{other:?}"),
        }
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Individual(change) => match change.becomes {
                Some(stored) => drop(self.individuals.insert(change.id, *stored)),
                None => drop(self.individuals.remove(&change.id)),
            },
            Write::Record(change) => drop(self.records.remove(&change.id)),
            other => panic!("{other:?}"),
        }
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
        let facts = ServiceFacts::new(&self.hubs, &self.ek_policy, &self.quotas, &counts)
            .with_cas(&self.cas);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let stored = self.individuals.get(path);
        let outcome = individual::put(&mut call, path, draft, if_match, stored, &facts);
        self.finish(outcome)
    }

    pub(crate) fn read(&mut self, id: &str) -> Result<IndividualView, Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let (stored, record) = (self.individuals.get(&id), self.records.get(&id));
        let outcome = individual::read(&mut call, &id, stored, record);
        self.finish(outcome)
    }

    pub(crate) fn delete(&mut self, id: &str, if_match: &IfMatch) -> Result<(), Rejection> {
        let id = device(id);
        let mut call = Call::new(&self.scope, &self.caller, self.now, &mut self.random);
        let (stored, record) = (self.individuals.get(&id), self.records.get(&id));
        let outcome = individual::delete(&mut call, &id, if_match, stored, record);
        self.finish(outcome)
    }
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
