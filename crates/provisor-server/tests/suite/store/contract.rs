//! The contract of the engine, put to a store of this server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provisor::enrollment::{EnrollmentGroup, Etag};
use provisor::metering::{Day, Instruction};
use provisor::operations::{
    Call, Caller, Expected, IfMatch, Rights, Stored, Transaction, group, individual, record,
    restore,
};
use provisor::registration::{ChallengeFact, Entry, Fence};
use provisor::system::SystemRandom;
use provisor::tpm::Random as _;
use provisor::{GroupId, IdScope, RegistrationId, UnixTime};
use provisor_contract::{Counted, Setting, StoreAnswer, StoreCall, StoreTest};
use provisor_server::store::{Acquire, Committed, Shared, Store};

/// A store that can be closed and opened again.
pub(crate) trait Reopen {
    /// Opens it.
    async fn open(&mut self) -> Arc<dyn Store>;
}

/// Runs the contract.
pub(crate) async fn keeps_its_promises(scope: &IdScope, reopen: &mut impl Reopen) {
    let mut asked = Asked {
        store: Some(reopen.open().await),
        scope: scope.clone(),
        leases: BTreeMap::new(),
    };
    let mut test = StoreTest::new(Setting::new(scope.as_str(), "contract").unwrap());
    while let Some(call) = test.ask() {
        let answer = match call {
            StoreCall::Restart => {
                // The last handle: what is open is closed before it is opened again.
                drop(asked.store.take());
                asked.store = Some(reopen.open().await);
                StoreAnswer::Done
            }
            call => asked.call(call).await,
        };
        test.answer(answer);
    }
    let report = test.report();
    assert!(report.is_kept(), "{report}");
    assert_eq!(report.kept().len(), StoreTest::promises().len());
}

/// The calls of the contract as those of the trait.
struct Asked {
    store: Option<Arc<dyn Store>>,
    scope: IdScope,
    /// The contract takes a challenge under a lease that it has; this store takes it with the lease. So a
    /// lease is given back and taken again, and stands for the one that the contract knows.
    leases: BTreeMap<(String, Fence), Lease>,
}

#[derive(Clone, Copy)]
struct Lease {
    fence: Fence,
    now: UnixTime,
    until: UnixTime,
}

impl Asked {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(self.store.as_ref().unwrap())
    }

    fn fence(&self, id: &RegistrationId, fence: Fence) -> Fence {
        let key = (id.normal_form().to_owned(), fence);
        self.leases.get(&key).map_or(fence, |lease| lease.fence)
    }

    async fn call(&mut self, call: StoreCall) -> StoreAnswer {
        let store = self.store();
        match call {
            StoreCall::Lease { id, now, until } => {
                match acquire(&*store, &id, (now, until), false).await {
                    None => StoreAnswer::Busy,
                    Some((fence, _)) => {
                        let key = (id.normal_form().to_owned(), fence);
                        self.leases.insert(key, Lease { fence, now, until });
                        StoreAnswer::Leased(fence)
                    }
                }
            }
            StoreCall::Release { id, fence } => {
                store.release(&id, self.fence(&id, fence)).await;
                StoreAnswer::Done
            }
            StoreCall::Known { id } => StoreAnswer::Known(store.device(&id).await.unwrap().entry),
            // No test saves after it took a challenge, so the lease is the one that it knows.
            StoreCall::Save(save) => answer(store.save(save, None).await),
            StoreCall::Delete { id, now } => self.delete(&id, now).await,
            StoreCall::KeepChallenge { id, fence, open } => answer(
                store
                    .keep_challenge(&id, self.fence(&id, fence), open)
                    .await,
            ),
            StoreCall::TakeChallenge { id, fence } => {
                StoreAnswer::Challenge(self.take_challenge(&id, fence).await)
            }
            StoreCall::RetireChallenge { id, fence, until } => {
                let fence = self.fence(&id, fence);
                answer(store.retire_challenge(&id, fence, until).await)
            }
            StoreCall::Prepare(preparation) => answer(store.prepare(preparation).await),
            StoreCall::Enroll(enrollment) => {
                let before = store.device(enrollment.registration_id()).await.unwrap();
                let expected = expected(before.individual.as_deref());
                let stored = Stored::new(*enrollment, drawn_etag(), NOW);
                self.commit(|call| restore::individual(call, expected, stored))
                    .await
            }
            StoreCall::Expel { id } => {
                let before = store.device(&id).await.unwrap().individual;
                self.commit(|call| {
                    individual::delete(call, &id, &IfMatch::Any, before.as_deref(), None)
                        .begin()
                        .0
                })
                .await
            }
            StoreCall::EnrollGroup(group) => {
                let before = self.group(group.id()).await;
                let expected = expected(before.as_ref());
                let stored = Stored::new(*group, drawn_etag(), NOW);
                self.commit(|call| restore::group(call, expected, stored))
                    .await
            }
            StoreCall::DeleteGroup { id } => {
                let before = self.group(&id).await;
                self.commit(|call| {
                    group::delete(call, &id, &IfMatch::Any, before.as_ref())
                        .begin()
                        .0
                })
                .await
            }
            StoreCall::CountRecords => {
                let counts = store.counts().await.unwrap();
                StoreAnswer::Records(counts.registrations.unwrap())
            }
            StoreCall::ForgetRemoval(removal) => answer(store.forget_removal(removal).await),
            StoreCall::Removals { id } => StoreAnswer::Removals(store.removals(&id).await.unwrap()),
            StoreCall::Count => {
                let [first, last] = [i64::MIN, i64::MAX].map(|at| Day::of(UnixTime::new(at)));
                let report = store.metering(first, last).await.unwrap();
                let [first, later] = [Instruction::Registration, Instruction::Reregistration]
                    .map(|instruction| report.of(instruction));
                StoreAnswer::Counted(Counted::new(first, later))
            }
            other => panic!("{other:?} is not known"),
        }
    }

    /// A transaction of the operator.
    async fn commit(&self, transaction: impl FnOnce(&mut Call<'_>) -> Transaction) -> StoreAnswer {
        let caller = Caller::new("operator", Rights::ALL);
        let mut random = SystemRandom::new();
        let mut call = Call::new(&self.scope, &caller, NOW, &mut random);
        let committed = self.store().transact(transaction(&mut call)).await.unwrap();
        assert!(matches!(committed, Committed::Done(_)), "{committed:?}");
        StoreAnswer::Done
    }

    async fn group(&self, id: &GroupId) -> Option<Stored<EnrollmentGroup>> {
        let (_, all) = self.store().shared(0).await.unwrap();
        all.into_iter().find_map(|shared| match shared {
            Shared::Group(Ok(group)) if group.value.id() == id => Some(group),
            _ => None,
        })
    }

    async fn take_challenge(&mut self, id: &RegistrationId, fence: Fence) -> ChallengeFact {
        let store = self.store();
        let key = (id.normal_form().to_owned(), fence);
        let lease = self.leases[&key];
        store.release(id, lease.fence).await;
        let times = (lease.now, lease.until);
        let (next, fact) = acquire(&*store, id, times, true).await.unwrap();
        let next = Lease {
            fence: next,
            ..lease
        };
        self.leases.insert(key, next);
        fact.unwrap()
    }

    /// As an operator does.
    async fn delete(&mut self, id: &RegistrationId, now: UnixTime) -> StoreAnswer {
        let store = self.store();
        let known = store.device(id).await.unwrap().entry;
        let record = known.as_deref().and_then(Entry::record);
        let caller = Caller::new("operator", Rights::ALL);
        let mut random = SystemRandom::new();
        let mut call = Call::new(&self.scope, &caller, now, &mut random);
        let outcome = record::delete(&mut call, id, &IfMatch::Any, record);
        let (transaction, pending) = outcome.begin();
        let committed = store.transact(transaction).await.unwrap();
        assert!(matches!(committed, Committed::Done(_)), "{committed:?}");
        pending.committed().unwrap();
        StoreAnswer::Done
    }
}

async fn acquire(
    store: &dyn Store,
    id: &RegistrationId,
    (now, until): (UnixTime, UnixTime),
    take_challenge: bool,
) -> Option<(Fence, Option<ChallengeFact>)> {
    let want = Acquire {
        id,
        now,
        until,
        patience: Duration::ZERO,
        take_challenge,
    };
    let leased = store.acquire(want).await.unwrap()?;
    Some((leased.fence, leased.challenge))
}

/// The time of what operators do.
const NOW: UnixTime = UnixTime::new(1_790_000_000);

/// Another one for each write.
fn drawn_etag() -> Etag {
    let mut drawn = [0; 8];
    SystemRandom::new().fill(&mut drawn).unwrap();
    Etag::parse(&format!("{:016x}", u64::from_be_bytes(drawn))).unwrap()
}

fn expected<T>(before: Option<&Stored<T>>) -> Expected {
    before.map_or(Expected::Absent, |stored| {
        Expected::Tag(stored.etag.clone())
    })
}

fn answer(result: provisor_server::store::Result<()>) -> StoreAnswer {
    result.map_err(|cause| *cause).into()
}
