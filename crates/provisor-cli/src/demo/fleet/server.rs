//! The service of a shard: store, hubs and ledger, and the engine between them.

use provisor::metering::{Entry as Counted, Ledger};
use provisor::quota::RecordQuota;
use provisor::registration::{
    AllocationAnswer as Answer, AllocationQuestion, Effect, Entry, Facts, Fence, Precondition,
    RegistrationRequest, Response,
};
use provisor::x509::ChainVerifier;
use provisor::{Code, RegistrationId, Rejection, Subject};
use provisor_contract::{HubCall, MemoryHub, MemoryStore, StoreAnswer, StoreCall};
use provisor_testkit::random::SeededRandom;
use provisor_wire::Body as _;
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest};

use super::desk::{Desk, missing};
use super::sums::Free;

/// How long one registration may take.
const LEASE_SECONDS: i64 = 60;

pub(super) struct Server {
    pub(super) store: MemoryStore,
    pub(super) hub: MemoryHub,
    pub(super) ledger: Ledger,
    pub(super) random: SeededRandom,
    pub(super) free: Free,
    chains: ChainVerifier,
}

/// What is done wrong on purpose while a device is served.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mishap {
    /// The store's answer is lost, and the save comes again.
    pub(super) saved_twice: bool,
    /// The hub does not answer: the device is told to come again, and nothing is counted.
    pub(super) hub_down: bool,
    /// The record is saved and not counted: a fault, which the sums must show.
    pub(super) uncounted: bool,
}

impl Server {
    pub(super) fn new(seed: u64, shard: usize) -> Self {
        Self {
            store: MemoryStore::new(),
            hub: MemoryHub::new(),
            ledger: Ledger::new(),
            random: SeededRandom::new(seed, &format!("fleet shard {shard}")),
            free: Free::default(),
            chains: ChainVerifier::new(),
        }
    }

    /// One request: what the engine needs is looked up, it decides, and its effects are carried out
    /// in their order before there is a response.
    pub(super) fn register(
        &mut self,
        desk: &Desk,
        request: &RegistrationRequest<'_>,
        mishap: Mishap,
    ) -> Result<Response, Rejection> {
        let needs = desk.engine.needs(request)?;
        let id = needs.registration_id.clone();
        let fence = self.lease(desk, &id)?;
        let StoreAnswer::Known(known) = self.store.call(StoreCall::Known { id: id.clone() }) else {
            return Err(missing("what is known"));
        };
        let individual = desk.index.individual(&id);
        let groups = desk.index.find(&needs.issuers, individual);
        let known = known.as_deref().map(Entry::known);
        let mut facts = Facts::new(&desk.linked, individual, known, fence, RecordQuota::NONE)
            .with_found_groups(&groups)
            .with_symmetric_key_groups(desk.index.symmetric_key_groups())
            .with_latencies(&[])
            .with_chains(&mut self.chains);
        if needs.challenge {
            let take = StoreCall::TakeChallenge {
                id: id.clone(),
                fence,
            };
            let StoreAnswer::Challenge(fact) = self.store.call(take) else {
                return Err(missing("the challenge"));
            };
            facts = facts.with_challenge(fact);
        }
        let decision = desk
            .engine
            .decide(request, facts, desk.now, &mut self.random);
        let response = decision.carry_out_asking(
            |effect| self.carry_out(desk, effect, mishap),
            desk.now,
            webhook,
        );
        self.store
            .call(StoreCall::Release { id, fence })
            .into_result()?;
        match &response {
            Response::Challenge(_) => self.free.challenges += 1,
            Response::Refused(_) => self.free.refusals += 1,
            Response::Failed(_) => self.free.failures += 1,
            _ => {}
        }
        Ok(response)
    }

    fn lease(&mut self, desk: &Desk, id: &RegistrationId) -> Result<Fence, Rejection> {
        let (id, now) = (id.clone(), desk.now);
        let until = now.saturating_add(LEASE_SECONDS);
        match self.store.call(StoreCall::Lease { id, now, until }) {
            StoreAnswer::Leased(fence) => Ok(fence),
            _ => Err(Rejection::new(
                Code::RegUnavailable,
                Subject::field("lease"),
            )),
        }
    }

    /// The enrollments of a service are one table. Here each shard has a copy of the rows that it needs: the
    /// operator writes between two rounds.
    fn take_over(&mut self, desk: &Desk, of: &Precondition) -> Result<(), Rejection> {
        let id = of.registration_id().clone();
        let own = match desk.index.individual(&id) {
            Some(enrollment) => StoreCall::Enroll(Box::new(enrollment.clone())),
            None => StoreCall::Expel { id },
        };
        self.store.call(own).into_result()?;
        match of.group().and_then(|group| desk.index.group(group)) {
            Some(group) => {
                let group = StoreCall::EnrollGroup(Box::new(group.clone()));
                self.store.call(group).into_result()
            }
            None => Ok(()),
        }
    }

    fn carry_out(&mut self, desk: &Desk, effect: Effect, mishap: Mishap) -> Result<(), Rejection> {
        match effect {
            Effect::StoreChallenge {
                registration_id: id,
                fence,
                open,
            } => self
                .store
                .call(StoreCall::KeepChallenge { id, fence, open })
                .into_result(),
            Effect::RetireChallenge {
                registration_id: id,
                fence,
                until,
            } => self
                .store
                .call(StoreCall::RetireChallenge { id, fence, until })
                .into_result(),
            Effect::Prepare(preparation) => {
                self.take_over(desk, &preparation.precondition)?;
                self.store
                    .call(StoreCall::Prepare(preparation))
                    .into_result()
            }
            Effect::PutDevice { .. } if mishap.hub_down => {
                Err(Rejection::new(Code::RegEffect, Subject::field("hub")).found("no answer"))
            }
            Effect::PutDevice {
                owner,
                hub,
                device_id,
                authentication,
                capabilities,
                twin,
            } => {
                let put = HubCall::Put {
                    owner,
                    hub,
                    device_id,
                    authentication,
                    capabilities,
                    twin,
                };
                self.hub.call(put).into_result()
            }
            Effect::SaveRecord(save) => {
                // Record and count are saved in one step: here, where nothing comes between.
                let counted = || Counted::of_registration(&save.record, save.operation);
                let (once, again) = (counted(), mishap.saved_twice.then(counted));
                if let Some(again) = again {
                    self.store
                        .call(StoreCall::Save(save.clone()))
                        .into_result()?;
                    self.ledger.add(again);
                    self.free.repeats += 1;
                }
                self.store.call(StoreCall::Save(save)).into_result()?;
                if !mishap.uncounted {
                    self.ledger.add(once);
                }
                Ok(())
            }
            Effect::RemoveDevice(removal) => {
                self.hub
                    .call(HubCall::Remove(removal.clone()))
                    .into_result()?;
                self.store
                    .call(StoreCall::ForgetRemoval(removal))
                    .into_result()
            }
            // A new kind of effect must not be dropped in silence.
            other => Err(other.unknown()),
        }
    }
}

/// The webhook, from the JSON that it gets to the JSON that it answers: each device goes to the hub
/// that the last digit of its name points at.
fn webhook(question: &AllocationQuestion) -> Result<Answer, Rejection> {
    let asked = AllocationRequest::of_question(question).to_json();
    let asked = AllocationRequest::from_answer(asked.as_bytes())?;
    let context = asked.device_runtime_context;
    let id = context.and_then(|context| context.registration_id);
    let digit = id
        .and_then(|id| id.chars().last()?.to_digit(10))
        .unwrap_or_default();
    let hubs = asked.linked_hubs.unwrap_or_default();
    let hub = hubs.iter().cycle().nth(digit as usize);
    let hub = hub.ok_or_else(|| missing("a linked hub"))?;
    let answer = AllocationAnswer::default()
        .iot_hub_host_name(&**hub)
        .to_json();
    Ok(AllocationAnswer::read(200, answer.as_bytes())?.to_engine(&question.id))
}
