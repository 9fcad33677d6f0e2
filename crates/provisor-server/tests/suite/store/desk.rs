//! An operator, and devices, who work on a store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::{EkPolicy, EnrollmentRef, VerificationCode};
use provisor::enrollment::{CaCertificate, EnrollmentGroup, Generation};
use provisor::operations::ca;
use provisor::operations::{
    AccessPolicy, AttestationDraft, Call, Caller, GroupDraft, HubLink, IfMatch, IndividualDraft,
    KeysDraft, Outcome, Pair, PolicyName, RegisteredCa, Rights, ServiceFacts, ServiceSettings,
    Stored, Transaction, X509Draft, group, hub, individual, policy, record, service,
};
use provisor::quota::Quotas;
use provisor::registration::{
    Admitting, Entry, Fence, Operation, OwnerTag, Precondition, RegistrationRecord, Removal, Save,
};
use provisor::system::{SystemClock, SystemRandom};
use provisor::{CaName, DeviceId, GroupId, HubName, IdScope, RegistrationId, UnixTime};
use provisor_server::store::{Acquire, Committed, Device, Leased, Shared, Slice, Store};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki,
};

/// Who works on a store.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) scope: IdScope,
    caller: Caller,
}

/// What all requests share.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) version: u64,
    pub(crate) cas: BTreeMap<CaName, Stored<RegisteredCa>>,
    pub(crate) groups: BTreeMap<GroupId, Stored<EnrollmentGroup>>,
    pub(crate) hubs: BTreeMap<HubName, Stored<HubLink>>,
    pub(crate) policies: BTreeMap<PolicyName, Stored<AccessPolicy>>,
    pub(crate) service: Option<Stored<ServiceSettings>>,
    /// What was deleted, by its name.
    pub(crate) gone: Vec<String>,
}

pub(crate) fn device(id: &str) -> RegistrationId {
    RegistrationId::try_from(id).unwrap()
}

pub(crate) fn hub_name(name: &str) -> HubName {
    HubName::parse(name).unwrap()
}

pub(crate) fn group_id(id: &str) -> GroupId {
    GroupId::parse(id).unwrap()
}

pub(crate) fn ca_name(name: &str) -> CaName {
    CaName::parse(name).unwrap()
}

pub(crate) fn policy_name(name: &str) -> PolicyName {
    PolicyName::parse(name).unwrap()
}

/// By symmetric keys that are drawn.
pub(crate) fn keys() -> AttestationDraft {
    AttestationDraft::symmetric_key(None, None)
}

/// By the CA of that name.
pub(crate) fn by_ca(name: &str) -> AttestationDraft {
    AttestationDraft::x509(X509Draft::cas(Pair::new(ca_name(name), None)))
}

/// A page.
pub(crate) const fn slice(after: Option<&str>, descending: bool, most: usize) -> Slice<'_> {
    Slice {
        after,
        descending,
        most,
    }
}

impl Desk {
    pub(crate) fn new(store: Arc<dyn Store>, scope: &IdScope) -> Self {
        Self {
            store,
            scope: scope.clone(),
            caller: Caller::new("operator", Rights::ALL),
        }
    }

    pub(crate) fn now(&self) -> UnixTime {
        SystemClock::now()
    }

    pub(crate) async fn known(&self, newer_than: u64) -> Known {
        let (version, changes) = self.store.shared(newer_than).await.unwrap();
        let mut known = Known {
            version,
            ..Known::default()
        };
        for change in changes {
            match change {
                Shared::Ca(Ok(ca)) => {
                    known.cas.insert(ca.value.certificate.name().clone(), ca);
                }
                Shared::Group(Ok(group)) => {
                    known.groups.insert(group.value.id().clone(), group);
                }
                Shared::Hub(Ok(hub)) => {
                    known.hubs.insert(hub.value.name.clone(), hub);
                }
                Shared::Policy(Ok(policy)) => {
                    known.policies.insert(policy.value.name.clone(), policy);
                }
                Shared::Service(service) => known.service = Some(service),
                Shared::Ca(Err(id)) => known.gone.push(id.to_string()),
                Shared::Group(Err(id)) => known.gone.push(id.to_string()),
                Shared::Hub(Err(id)) => known.gone.push(id.to_string()),
                Shared::Policy(Err(id)) => known.gone.push(id.to_string()),
            }
        }
        known
    }

    pub(crate) async fn device(&self, id: &str) -> Device {
        self.store.device(&device(id)).await.unwrap()
    }

    pub(crate) async fn commit(&self, transaction: Transaction) -> Committed {
        self.store.transact(transaction).await.unwrap()
    }

    /// Commits what has to be committed.
    pub(crate) async fn done(&self, transaction: Transaction) -> u64 {
        match self.commit(transaction).await {
            Committed::Done(version) => version,
            Committed::Changed => panic!("nobody else writes here"),
        }
    }

    /// What an operation decides.
    fn decide<A>(&self, operation: impl FnOnce(&mut Call<'_>) -> Outcome<A>) -> Transaction {
        let mut random = SystemRandom::new();
        let mut call = Call::new(&self.scope, &self.caller, self.now(), &mut random);
        let outcome = operation(&mut call);
        assert!(outcome.refused().is_none(), "{:?}", outcome.refused());
        outcome.begin().0
    }

    async fn with_facts<A>(
        &self,
        cas: &[CaCertificate],
        operation: impl FnOnce(&mut Call<'_>, &ServiceFacts<'_>) -> Outcome<A>,
    ) -> Transaction {
        let hubs = ["hub-a", "hub-b"].map(|name| (hub_name(name), Weight::ONE));
        let hubs = LinkedHubs::new(&self.scope, hubs).unwrap();
        let (policy, quotas) = (EkPolicy::AllowList, Quotas::NONE);
        let counts = self.store.counts().await.unwrap();
        let facts = ServiceFacts::new(&hubs, &policy, &quotas, &counts).with_cas(cas);
        self.decide(|call| operation(call, &facts))
    }

    async fn cas(&self) -> Vec<CaCertificate> {
        let known = self.known(0).await;
        let certificates = known.cas.into_values();
        certificates.map(|ca| ca.value.certificate).collect()
    }

    pub(crate) async fn put_individual(&self, id: &str, by: AttestationDraft) -> Transaction {
        let (id, cas) = (device(id), self.cas().await);
        let stored = self.store.device(&id).await.unwrap().individual;
        let draft = IndividualDraft::new(id.clone(), by);
        self.with_facts(&cas, |call, facts| {
            individual::put(call, &id, draft, &IfMatch::Any, stored.as_deref(), facts)
        })
        .await
    }

    pub(crate) async fn delete_individual(&self, id: &str) -> Transaction {
        let id = device(id);
        let known = self.store.device(&id).await.unwrap();
        let record = known.entry.as_ref().and_then(|entry| entry.record());
        let stored = known.individual.as_deref();
        self.decide(|call| individual::delete(call, &id, &IfMatch::Any, stored, record))
    }

    pub(crate) async fn put_group(&self, id: &str, by: AttestationDraft) -> Transaction {
        let (id, cas) = (group_id(id), self.cas().await);
        let known = self.known(0).await;
        let draft = GroupDraft::new(id.clone(), by);
        self.with_facts(&cas, |call, facts| {
            group::put(
                call,
                &id,
                draft,
                &IfMatch::Any,
                known.groups.get(&id),
                facts,
            )
        })
        .await
    }

    pub(crate) async fn delete_group(&self, id: &str) -> Transaction {
        let (id, known) = (group_id(id), self.known(0).await);
        self.decide(|call| group::delete(call, &id, &IfMatch::Any, known.groups.get(&id)))
    }

    pub(crate) async fn put_hub(&self, name: &str) -> Transaction {
        let (name, known) = (hub_name(name), self.known(0).await);
        let draft = hub::HubDraft::new(name.clone());
        self.with_facts(&[], |call, facts| {
            hub::put(
                call,
                &name,
                draft,
                &IfMatch::Any,
                known.hubs.get(&name),
                facts,
            )
        })
        .await
    }

    pub(crate) async fn unlink(&self, name: &str) -> Transaction {
        let (name, known) = (hub_name(name), self.known(0).await);
        self.decide(|call| hub::unlink(call, &name, &IfMatch::Any, known.hubs.get(&name)))
    }

    pub(crate) async fn put_policy(&self, name: &str) -> Transaction {
        let (name, known) = (policy_name(name), self.known(0).await);
        let others: Vec<_> = known.policies.values().collect();
        let stored = known.policies.get(&name);
        let keys = KeysDraft::default();
        let what = (Rights::ALL, keys);
        self.decide(|call| policy::put(call, &name, what, &IfMatch::Any, stored, &others))
    }

    pub(crate) async fn put_service(&self, settings: ServiceSettings) -> Transaction {
        let known = self.known(0).await;
        let stored = known.service.as_ref();
        self.decide(|call| service::put(call, settings, &IfMatch::Any, stored))
    }

    pub(crate) async fn put_ca(&self, name: &str, der: &[u8]) -> Transaction {
        let (name, known) = (ca_name(name), self.known(0).await);
        let stored = known.cas.get(&name);
        self.with_facts(&[], |call, facts| {
            ca::put(call, &name, der, &IfMatch::Any, stored, [], [], facts)
        })
        .await
    }

    /// As if nobody referred to it, as far as the caller saw.
    pub(crate) async fn delete_ca(&self, name: &str) -> Transaction {
        let (name, known) = (ca_name(name), self.known(0).await);
        let stored = known.cas.get(&name);
        self.decide(|call| ca::delete(call, &name, &IfMatch::Any, stored, [], []))
    }

    /// Registers the root of a toy PKI and proves to possess it.
    pub(crate) async fn verified_ca(&self, name: &str) {
        let pki = ToyPki::new(7);
        self.done(self.put_ca(name, pki.root.certificate.der()).await)
            .await;
        let id = ca_name(name);
        let known = self.known(0).await;
        let stored = known.cas.get(&id);
        self.done(self.decide(|call| ca::draw_code(call, &id, &IfMatch::Any, stored)))
            .await;
        let known = self.known(0).await;
        let stored = known.cas.get(&id);
        let code = stored.and_then(|ca| ca.value.code.as_ref()).unwrap();
        let shown = certified(&pki.root, code);
        let mut random = SystemRandom::new();
        let mut call = Call::new(&self.scope, &self.caller, ToyPki::NOW, &mut random);
        let outcome = ca::verify(&mut call, &id, &shown, &IfMatch::Any, stored);
        assert!(outcome.refused().is_none(), "{:?}", outcome.refused());
        self.done(outcome.begin().0).await;
    }

    pub(crate) async fn delete_record(&self, id: &str) -> Transaction {
        let id = device(id);
        let known = self.store.device(&id).await.unwrap();
        let record = known.entry.as_ref().and_then(|entry| entry.record());
        self.decide(|call| record::delete(call, &id, &IfMatch::Any, record))
    }

    /// A lease for a minute, waited for as long.
    pub(crate) async fn lease_waiting(&self, id: &str, patience: Duration) -> Option<Leased> {
        let (id, now) = (device(id), self.now());
        let want = Acquire {
            id: &id,
            now,
            until: now.saturating_add(60),
            patience,
            take_challenge: false,
        };
        self.store.acquire(want).await.unwrap()
    }

    pub(crate) async fn lease(&self, id: &str) -> Fence {
        self.lease_waiting(id, Duration::ZERO).await.unwrap().fence
    }

    pub(crate) async fn release(&self, id: &str, fence: Fence) {
        self.store.release(&device(id), fence).await;
    }

    /// The next record of a device.
    pub(crate) async fn next_record(
        &self,
        id: &str,
        hub: &str,
        through: EnrollmentRef,
        fence: Fence,
    ) -> RegistrationRecord {
        let known = self.device(id).await.entry;
        let revision = known.map_or(0, |entry| entry.known().revision());
        let mut record = RegistrationRecord::new(
            self.scope.clone(),
            device(id),
            hub_name(hub),
            through,
            Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
            self.now(),
        );
        record.revision = revision + 1;
        record.fence = fence;
        record
    }

    /// What a decision about that device under that lease is made from: it is enrolled, if it was not.
    pub(crate) async fn precondition(
        &self,
        id: &str,
        through: &EnrollmentRef,
        fence: Fence,
    ) -> Precondition {
        let known = self.device(id).await;
        let entry = known.entry.as_deref().map(Entry::known);
        let of = |admitting: Admitting<'_>| {
            Precondition::new(self.scope.clone(), device(id), fence, entry, admitting)
        };
        match through {
            EnrollmentRef::Individual => {
                if known.individual.is_none() {
                    self.done(self.put_individual(id, keys()).await).await;
                }
                let enrolled = self.device(id).await.individual.unwrap();
                of(Admitting::Individual(&enrolled.value))
            }
            EnrollmentRef::Group(group) => {
                if !self.known(0).await.groups.contains_key(group) {
                    self.done(self.put_group(group.as_str(), keys()).await)
                        .await;
                }
                let groups = self.known(0).await.groups;
                of(Admitting::Group(&groups[group].value))
            }
            other => panic!("{other:?} is not known"),
        }
    }

    /// A device registers, from lease to release.
    pub(crate) async fn register(&self, id: &str, hub: &str, through: EnrollmentRef) -> Save {
        let fence = self.lease(id).await;
        let record = self.next_record(id, hub, through, fence).await;
        let operation = match record.revision {
            1 => Operation::Registration,
            _ => Operation::Reregistration,
        };
        let precondition = self.precondition(id, &record.enrollment, fence).await;
        let save = Save::new(record, operation, precondition);
        self.store.save(Box::new(save.clone()), None).await.unwrap();
        self.release(id, fence).await;
        save
    }

    pub(crate) fn removal(&self, id: &str, hub: &str, fence: Fence) -> Removal {
        let owner = OwnerTag::new(self.scope.clone(), device(id), fence);
        Removal::new(owner, hub_name(hub), DeviceId::from(&device(id)))
    }
}

/// The certificate that the CA issues over the code.
fn certified(by: &Authority, code: &VerificationCode) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let subject = DistinguishedName::cn(code.as_str());
    CertificateBuilder::device(subject, &key)
        .issued_by(by)
        .der()
        .to_vec()
}
