//! The use cases: what a question or a call becomes.
//!
//! Nothing here sees a header, a topic or a frame.
//!
//! # The way of a registration
//!
//! | step | in | costs |
//! |---|---|---|
//! | who asks too often is told to wait | [`guard`] | memory |
//! | the enrollment and the record are read, what is shown is judged | `judge` | a read; strangers and TPMs that ask to be challenged are answered here |
//! | an operation begins, on a task that no disconnect cancels | [`operation`], `register` | memory |
//! | the lease is taken, the facts are read under it, it is decided | `register`, `judge` | the lease |
//! | the device is told to poll; or refused | `register` | |
//! | the effects are carried out in their order, and the lease given back | `effects` | hub, store |
//! | polls are answered from the operation, else from the record, else a registration begins | `poll` | |
//! | what a crash left undone is done | `outbox` | |

pub mod allocate;
mod effects;
pub mod guard;
mod inquire;
pub mod journal;
mod judge;
mod keyring;
mod lookup;
pub mod operation;
mod outbox;
mod poll;
mod question;
mod refresh;
mod register;
pub mod rules;
pub mod service;
pub mod shown;
pub mod state;
mod tpm_keys;

use std::sync::{Arc, RwLock};

use provisor::quota::Quotas;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Entropy};
use crate::hub::Hub;
use crate::store::Store;

use self::allocate::Allocator;
use self::guard::{Guard, Guards};
use self::keyring::SharedKeyring;
use self::operation::Operations;
use self::shown::keys::Remembered;

pub use journal::Journal;
pub use rules::Rules;
pub use service::Desk;
pub use state::State;

/// Everything that a question meets on its way, shared by all connections.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
#[non_exhaustive]
pub struct App {
    /// What all requests share and few change. Held while something is decided, never while something is
    /// waited for.
    pub state: Arc<RwLock<State>>,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Where devices are put.
    pub hubs: Arc<dyn Hub>,
    /// Who is asked where an enrollment has the custom policy.
    pub allocator: Arc<dyn Allocator>,
    /// The time.
    pub clock: Arc<Clock>,
    /// Randomness.
    pub random: Arc<Entropy>,
    /// What happened, for operators.
    pub journal: Arc<Journal>,
    /// What operators' calls need beside that.
    pub desk: Arc<Desk>,
    /// What devices poll for.
    pub operations: Arc<Operations>,
    /// Whether devices are told whole reasons: where the one at the device is the one at the server.
    pub candid: bool,
    /// What is carried out: a shutdown waits for it.
    pub tasks: TaskTracker,
    /// That the server stops: what looks again and again ends.
    pub stop: CancellationToken,
    guard: Arc<Guard>,
    keyring: Arc<SharedKeyring>,
    remembered: Arc<Remembered>,
    /// One at a time takes over what has changed.
    refreshing: Arc<Mutex<()>>,
    /// That a removal is due.
    due: Arc<Notify>,
}

/// What an [`App`] is made of. What is not given is the default: the system's clock and randomness, the
/// engine's own rules, no custom allocation.
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
#[non_exhaustive]
pub struct Parts {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Where devices are put.
    pub hubs: Arc<dyn Hub>,
    /// Who is asked where an enrollment has the custom policy.
    pub allocator: Arc<dyn Allocator>,
    /// The time.
    pub clock: Arc<Clock>,
    /// Randomness.
    pub random: Arc<Entropy>,
    /// What the engine goes by.
    pub rules: Rules,
    /// How often who may ask.
    pub guards: Guards,
    /// How much may be stored.
    pub quotas: Quotas,
    /// Whether devices are told whole reasons.
    pub candid: bool,
}

impl Parts {
    /// These two, and the defaults.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, hubs: Arc<dyn Hub>) -> Self {
        Self {
            store,
            hubs,
            allocator: Arc::new(allocate::Nobody),
            clock: Arc::new(Clock::system()),
            random: Arc::new(Entropy::system()),
            rules: Rules::default(),
            guards: Guards::default(),
            quotas: Quotas::NONE,
            candid: false,
        }
    }
}
