//! What a new store begins with.
//!
//! The engine's own operations, called by the server itself: what they refuse no store can have.

use provisor::allocation::{AllocationBasis, LinkedHubs};
use provisor::attestation::EkPolicy;
use provisor::enrollment::SymmetricKeys;
use provisor::operations::{
    AccessPolicy, Call, Caller, GroupDraft, HubLink, IfMatch, IndividualDraft, KeysDraft, Outcome,
    PolicyName, Rights, ServiceFacts, ServiceSettings, group, hub, individual, linked_hubs, policy,
    service,
};
use provisor::quota::{Counts, Quotas};
use provisor::tpm::Random;
use provisor::{Code, IdScope, Rejection, Subject, UnixTime};

use crate::store::{Committed, Result, Shared, Store};

/// A store that is being set up.
#[allow(missing_debug_implementations, reason = "stores have none")]
pub struct Setup<'a> {
    store: &'a dyn Store,
    scope: &'a IdScope,
    caller: Caller,
    now: UnixTime,
    random: &'a mut (dyn Random + Send),
    links: Vec<HubLink>,
}

impl<'a> Setup<'a> {
    /// Of that store, as that caller, which stands in the audit log.
    #[must_use]
    pub fn new(
        store: &'a dyn Store,
        scope: &'a IdScope,
        caller: &str,
        now: UnixTime,
        random: &'a mut (dyn Random + Send),
    ) -> Self {
        Self {
            store,
            scope,
            caller: Caller::new(caller, Rights::ALL),
            now,
            random,
            links: Vec::new(),
        }
    }

    /// Whether the store has a service already.
    ///
    /// # Errors
    /// What the store fails with; `REG_SCOPE` when the service there is another one.
    pub async fn is_done(&self) -> Result<bool> {
        let (_, shared) = self.store.shared(0).await?;
        let found = shared.into_iter().find_map(|one| match one {
            Shared::Service(settings) => Some(settings.value.scope),
            _ => None,
        });
        match found {
            None => Ok(false),
            Some(scope) if scope == *self.scope => Ok(true),
            Some(other) => Err(Box::new(
                Rejection::new(Code::RegScope, Subject::field("service.id_scope"))
                    .expected(format!("{other}, of which the store is"))
                    .found(self.scope.to_string()),
            )),
        }
    }

    /// The policy of its owner, and the settings, with which a setup is done: this comes last.
    ///
    /// # Errors
    /// What the engine refuses, or the store fails with.
    pub async fn service(&mut self, owner: SymmetricKeys) -> Result<()> {
        let name = PolicyName::parse(AccessPolicy::OWNER)?;
        let mut keys = KeysDraft::default();
        keys.primary = Some(owner.primary().clone());
        keys.secondary = Some(owner.secondary().clone());
        self.carry_out(|call, _| {
            policy::put(call, &name, (Rights::ALL, keys), &IfMatch::Any, None, &[])
        })
        .await?;
        let settings = ServiceSettings::new(self.scope.clone(), AllocationBasis::default());
        self.carry_out(|call, _| service::put(call, settings, &IfMatch::Any, None))
            .await
    }

    /// A hub.
    ///
    /// # Errors
    /// As [`service`](Self::service).
    pub async fn hub(&mut self, draft: hub::HubDraft) -> Result<()> {
        let name = draft.name.clone();
        self.carry_out(|call, facts| hub::put(call, &name, draft, &IfMatch::Any, None, facts))
            .await?;
        self.links.push(HubLink::new(name));
        Ok(())
    }

    /// A group.
    ///
    /// # Errors
    /// As [`service`](Self::service).
    pub async fn group(&mut self, draft: GroupDraft) -> Result<()> {
        let id = draft.id.clone();
        self.carry_out(|call, facts| group::put(call, &id, draft, &IfMatch::Any, None, facts))
            .await
    }

    /// An individual enrollment.
    ///
    /// # Errors
    /// As [`service`](Self::service).
    pub async fn individual(&mut self, draft: IndividualDraft) -> Result<()> {
        let id = draft.registration_id.clone();
        self.carry_out(|call, facts| individual::put(call, &id, draft, &IfMatch::Any, None, facts))
            .await
    }

    async fn carry_out<A>(
        &mut self,
        operation: impl FnOnce(&mut Call<'_>, &ServiceFacts<'_>) -> Outcome<A>,
    ) -> Result<()> {
        let basis = AllocationBasis::default();
        let hubs: LinkedHubs = linked_hubs(self.scope, &basis, &self.links)?;
        let counts: Counts = self.store.counts().await?;
        let facts = ServiceFacts::new(&hubs, &EkPolicy::AllowList, &Quotas::NONE, &counts);
        let mut call = Call::new(self.scope, &self.caller, self.now, self.random);
        let (transaction, pending) = operation(&mut call, &facts).begin();
        match self.store.transact(transaction).await? {
            Committed::Done(_) => pending.committed().map(|_| ()).map_err(Box::new),
            // It is there: a setup that was broken off goes on.
            Committed::Changed => Ok(()),
        }
    }
}
