//! One call: look up, decide, commit; again when something changed meanwhile.

use std::sync::PoisonError;

use provisor::enrollment::CaCertificate;
use provisor::operations::{Call, Caller, Outcome, ServiceFacts};
use provisor::quota::{Counts, Quotas};
use provisor::{Code, RegistrationId, Rejection, Subject};

use super::limits;
use crate::app::{App, State};
use crate::store::{Committed, Device, Result};

/// What is looked up in the store for a call, beside the state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look<'a> {
    /// This registration: its individual enrollment and its record.
    pub(super) device: Option<&'a RegistrationId>,
    /// How much is stored.
    pub(super) counts: bool,
}

/// What a call is decided from.
pub(super) struct Seen<'a> {
    pub(super) state: &'a State,
    pub(super) device: &'a Device,
    pub(super) counts: &'a Counts,
    quotas: &'a Quotas,
    cas: Vec<CaCertificate>,
}

impl<'a> Look<'a> {
    pub(super) const fn device(id: &'a RegistrationId) -> Self {
        Self {
            device: Some(id),
            counts: false,
        }
    }

    /// With the counts, if they are wanted.
    pub(super) const fn counting(mut self, counts: bool) -> Self {
        self.counts = counts;
        self
    }
}

impl<'a> Seen<'a> {
    /// As the state is now. Only those who write enrollments look at CAs.
    pub(super) fn new(
        state: &'a State,
        device: &'a Device,
        counts: &'a Counts,
        quotas: &'a Quotas,
    ) -> Self {
        let cas = state.cas.values();
        Self {
            state,
            device,
            counts,
            quotas,
            cas: cas.map(|ca| ca.value.certificate.clone()).collect(),
        }
    }

    pub(super) fn facts(&self) -> ServiceFacts<'_> {
        let state = self.state;
        ServiceFacts::new(
            &state.linked,
            state.engine.ek_policy(),
            self.quotas,
            self.counts,
        )
        .with_cas(&self.cas)
    }
}

/// Looks up, decides and commits; decides again, a few times, when what it was decided from is not what is stored
/// any more.
pub(super) async fn decide<A: Send>(
    app: &App,
    caller: &Caller,
    look: Look<'_>,
    decision: impl Fn(&Seen<'_>, &mut Call<'_>) -> Outcome<A> + Send + Sync,
) -> Result<A> {
    for _ in 0..limits::OPERATION_TRIES {
        let device = match look.device {
            Some(id) => app.store.device(id).await?,
            None => Device::default(),
        };
        let counts = if look.counts {
            app.store.counts().await?
        } else {
            Counts::NOT_COUNTED
        };
        let outcome = with_state(app, |state| {
            let seen = Seen::new(state, &device, &counts, app.desk.quotas());
            with_call(app, state, caller, |call| decision(&seen, call))
        });
        if let Some(answer) = commit(app, outcome).await? {
            return answer;
        }
        app.refresh().await?;
    }
    Err(busy())
}

/// Commits what was decided, and brings the state up to date; `None`: nothing was done, as something has changed.
pub(super) async fn commit<A: Send>(app: &App, outcome: Outcome<A>) -> Result<Option<Result<A>>> {
    let (transaction, pending) = outcome.begin();
    let shared = !transaction.only_tells();
    match app.store.transact(transaction).await? {
        Committed::Changed => Ok(None),
        Committed::Done(_) => {
            if shared {
                // The next request sees it, also the next of this caller.
                app.refresh().await?;
            }
            Ok(Some(pending.committed().map_err(Box::new)))
        }
    }
}

/// Looks at the state, and lets go of it before anything is waited for.
pub(super) fn with_state<T>(app: &App, look: impl FnOnce(&State) -> T) -> T {
    look(&app.state.read().unwrap_or_else(PoisonError::into_inner))
}

/// Makes the call of an operation: who, when, in which scope.
pub(super) fn with_call<T>(
    app: &App,
    state: &State,
    caller: &Caller,
    decide: impl FnOnce(&mut Call<'_>) -> T,
) -> T {
    let mut random = &*app.random;
    let scope = &state.settings.value.scope;
    decide(&mut Call::new(scope, caller, app.clock.now(), &mut random))
}

/// Others wrote it all the time: come again.
pub(super) fn busy() -> Box<Rejection> {
    Box::new(Rejection::new(
        Code::RegUnavailable,
        Subject::field("transaction"),
    ))
}
