//! The use cases: what a question or a call becomes.
//!
//! Nothing here sees a header, a topic or a frame.

pub mod journal;
pub mod state;

use std::sync::{Arc, RwLock};

use crate::clock::Clock;
use crate::hub::Hub;
use crate::store::Store;

pub use journal::Journal;
pub use state::State;

/// Everything that a question meets on its way, shared by all connections.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "stores and hubs have none")]
pub struct App {
    /// What all requests share and few change. Held while something is decided, never while something is
    /// waited for.
    pub state: Arc<RwLock<State>>,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Where devices are put.
    pub hubs: Arc<dyn Hub>,
    /// The time.
    pub clock: Arc<Clock>,
    /// What happened, for operators.
    pub journal: Arc<Journal>,
}
