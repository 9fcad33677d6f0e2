//! What requests share, brought up to date.

use core::time::Duration;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use provisor::tpm::Random as _;
use provisor::{Code, Rejection, Subject};
use tokio::sync::{Mutex, Notify};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::guard::Guard;
use super::keyring::SharedKeyring;
use super::register::unavailable;
use super::{App, Desk, Journal, Parts, State};
use crate::limits;
use crate::store::{Result, Shared};

impl App {
    /// Opens the service that the store has.
    ///
    /// Nothing runs yet beside requests: [`run`](Self::run) starts what looks again and again.
    ///
    /// # Errors
    /// What the store fails with; `SERVICE_NOT_FOUND` where it has no service.
    pub async fn open(parts: Parts) -> Result<Self> {
        let (version, shared) = parts.store.shared(0).await?;
        let settings = shared.iter().find_map(|shared| match shared {
            Shared::Service(settings) => Some(settings.clone()),
            Shared::Ca(_) | Shared::Group(_) | Shared::Hub(_) | Shared::Policy(_) => None,
        });
        let Some(settings) = settings else {
            let none = Rejection::new(Code::ServiceNotFound, Subject::field("serviceSettings"))
                .expected("a store with a service")
                .found("a store without settings");
            return Err(Box::new(none));
        };
        let mut state = State::new(Arc::new(parts.rules), settings)?;
        state.apply(version, shared)?;
        let app = Self {
            state: Arc::new(RwLock::new(state)),
            store: parts.store,
            hubs: parts.hubs,
            allocator: parts.allocator,
            clock: parts.clock,
            random: parts.random,
            journal: Arc::new(Journal::default()),
            desk: Arc::new(Desk::with_quotas(parts.quotas)),
            operations: Arc::default(),
            candid: parts.candid,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            guard: Arc::new(Guard::new(parts.guards)),
            keyring: Arc::new(SharedKeyring::default()),
            remembered: Arc::default(),
            refreshing: Arc::new(Mutex::new(())),
            due: Arc::new(Notify::new()),
        };
        app.refresh_keyring().await?;
        Ok(app)
    }

    /// Starts what looks again and again: for what has changed, for the keyring, and for what was left
    /// undone. It ends when [`stop`](Self::stop) is cancelled.
    pub fn run(&self) {
        let app = self.clone();
        self.tasks.spawn(async move {
            while app.goes_on(limits::REFRESH).await {
                complain("refresh", app.refresh().await);
            }
        });
        let app = self.clone();
        self.tasks.spawn(async move {
            while app.goes_on(limits::KEYRING).await {
                complain("keyring", app.refresh_keyring().await);
            }
        });
        let app = self.clone();
        self.tasks.spawn(async move {
            while app.goes_on(limits::AUDIT_LOOK).await {
                complain("audit", app.forget_old_entries().await);
            }
        });
        let app = self.clone();
        self.tasks.spawn(async move { app.clean_up().await });
    }

    /// Forgets what the audit log has kept long enough, in parts, so that nobody waits for it.
    async fn forget_old_entries(&self) -> Result<()> {
        let before = self.clock.now().saturating_add(-limits::AUDIT_SECONDS);
        let forget = || self.store.forget_audit(before, limits::AUDIT_PAGE);
        while forget().await? == limits::AUDIT_PAGE {}
        Ok(())
    }

    /// Ends what runs, and waits for what is carried out.
    pub async fn shut_down(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Takes over what has changed in the store. Whoever changed something calls it at once.
    ///
    /// # Errors
    /// What the store fails with, or has that no operation could have put there.
    pub async fn refresh(&self) -> Result<()> {
        let _one = self.refreshing.lock().await;
        let known = self.shared().version;
        let newer = timeout(limits::STORE_CALL, self.store.shared(known)).await;
        let (version, changes) = newer.map_err(|_| unavailable("store", "no answer in time"))??;
        if version == known {
            return Ok(());
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        Ok(state.apply(version, changes)?)
    }

    async fn refresh_keyring(&self) -> Result<()> {
        let store = &*self.store;
        self.keyring.refresh(store, &self.clock, &self.random).await
    }

    /// What all requests share, to be looked at.
    pub(super) fn shared(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for about that long; false: the server stops.
    async fn goes_on(&self, period: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = sleep(self.jitter(period)) => true,
        }
    }

    /// Between three quarters and five quarters of it, so that replicas do not ask at once.
    pub(super) fn jitter(&self, period: Duration) -> Duration {
        let mut byte = [128];
        // Without randomness they ask at once.
        let _ = (&*self.random).fill(&mut byte);
        let [byte] = byte;
        period.mul_f64(0.75 + f64::from(byte) / 512.0)
    }
}

/// What fails is tried again.
fn complain(what: &'static str, done: Result<()>) {
    if let Err(cause) = done {
        tracing::error!(code = cause.code().name(), %cause, "{what}");
    }
}
