//! Effects: each carried out in its order, within the lease.

use core::time::Duration;
use std::future::Future;

use provisor::operations::{AuditEntry, Finding, Kind, Verb};
use provisor::registration::{Decision, Effect, Fence, Removal, Response, Step};
use provisor::{Code, Rejection, Subject};
use tokio::time::{Instant, timeout};

use super::App;
use super::question::Question;
use super::shown::Shown;
use crate::hub::Put;
use crate::limits;
use crate::store::{Device, Result};

/// A lease that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    pub(super) fence: Fence,
    /// When another may have it.
    pub(super) until: Instant,
}

impl Lease {
    /// Waits for something, if its longest time fits into what is left of the lease.
    pub(super) async fn within<T>(
        &self,
        longest: Duration,
        what: &'static str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left < longest {
            return Err(over(what, "no time left in the lease"));
        }
        match timeout(longest, work).await {
            Ok(done) => done,
            Err(_) => Err(over(what, "no answer in time")),
        }
    }
}

fn over(what: &'static str, found: &'static str) -> Box<Rejection> {
    let over = Rejection::new(Code::RegEffect, Subject::field(what));
    Box::new(over.expected("an answer within the lease").found(found))
}

impl App {
    /// Carries a decision out to its end.
    pub(super) async fn carry_out(
        &self,
        (question, shown, device): (&Question, &Shown, &Device),
        lease: Lease,
        mut decision: Decision,
    ) -> Response {
        loop {
            decision = match decision.step() {
                Step::Effect(effect, pending) => match self.effect(question, lease, effect).await {
                    Ok(()) => pending.done(),
                    Err(cause) => pending.failed(*cause),
                },
                Step::Ask(asked) => {
                    let inquiry = self.inquiry(shown, device, asked.question());
                    let asking = async { self.allocator.ask(&inquiry?).await };
                    let longest = limits::WEBHOOK_CALL;
                    match lease.within(longest, "customAllocation", asking).await {
                        Ok(answer) => asked.answer(&answer, self.clock.now()),
                        Err(cause) => asked.lost(*cause),
                    }
                }
                Step::Respond(response) => return response,
            };
        }
    }

    async fn effect(&self, question: &Question, lease: Lease, effect: Effect) -> Result<()> {
        match effect {
            Effect::StoreChallenge {
                registration_id,
                fence,
                open,
            } => {
                let keep = self.store.keep_challenge(&registration_id, fence, open);
                lease.within(limits::STORE_CALL, "store", keep).await
            }
            Effect::RetireChallenge {
                registration_id,
                fence,
                until,
            } => {
                let retire = self.store.retire_challenge(&registration_id, fence, until);
                lease.within(limits::STORE_CALL, "store", retire).await
            }
            Effect::Prepare(preparation) => {
                let prepare = self.store.prepare(preparation);
                lease.within(limits::STORE_CALL, "store", prepare).await
            }
            Effect::PutDevice {
                owner,
                hub,
                device_id,
                authentication,
                capabilities,
                twin,
            } => {
                let put = self.hubs.put(Put {
                    owner,
                    hub,
                    device_id,
                    authentication,
                    capabilities,
                    twin,
                });
                lease.within(limits::HUB_CALL, "hub", put).await
            }
            Effect::SaveRecord(save) => {
                let id = question.id.normal_form();
                let done = (Verb::Register, Kind::RegistrationRecord, id);
                let (scope, now) = (&question.scope, self.clock.now());
                let audit = AuditEntry::new(scope, now, "device", done, Finding::Done);
                let save = self.store.save(save, Some(audit));
                lease.within(limits::STORE_CALL, "store", save).await
            }
            Effect::RemoveDevice(removal) => {
                let removed = self.remove(lease, removal).await;
                if removed.is_err() {
                    // It is noted with the record.
                    self.due.notify_one();
                }
                removed
            }
            other => Err(Box::new(other.unknown())),
        }
    }

    /// Removes a device, and forgets the note of it.
    pub(super) async fn remove(&self, lease: Lease, removal: Removal) -> Result<()> {
        let remove = self.hubs.remove(&removal);
        lease.within(limits::HUB_CALL, "hub", remove).await?;
        let forget = self.store.forget_removal(removal);
        lease.within(limits::STORE_CALL, "store", forget).await
    }
}
