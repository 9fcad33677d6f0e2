//! Operations: what becomes of requests that were told to poll. In memory alone, each with an end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use provisor::registration::Response;
use provisor::{RegistrationId, Rejection};
use provisor_wire::OperationId;
use provisor_wire::device::{Challenge, DeviceRegistrationState};
use tokio::sync::watch;
use tokio::time::Instant;

use super::shown::Mark;
use crate::limits;

/// How far an operation is.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Nothing is decided.
    Begun,
    /// It gets a hub, if all goes well: effects are carried out.
    Decided,
    /// That became of it.
    Ended {
        /// What.
        end: Arc<End>,
        /// Whether it was to get a hub.
        decided: bool,
    },
}

/// What became of an operation.
#[derive(Debug)]
pub enum End {
    /// The device has a hub.
    Assigned(Box<DeviceRegistrationState>),
    /// The TPM has to open this first.
    Challenged(Challenge),
    /// It is refused.
    Refused(Rejection),
    /// The service failed: it is begun again.
    Failed(Rejection),
}

/// The operations of this process.
#[derive(Debug, Default)]
pub struct Operations(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    known: HashMap<Key, Operation>,
    /// In the order of their beginnings.
    order: VecDeque<(Instant, Key)>,
}

/// An operation belongs to its registration: another device's poll does not find it.
type Key = (RegistrationId, OperationId);

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What showed who the device is.
    pub mark: Mark,
    /// How often it was begun.
    pub attempts: u32,
    /// How far it is.
    pub progress: watch::Receiver<Progress>,
    begun: Instant,
}

impl Progress {
    /// What became of it, if that is known.
    #[must_use]
    pub const fn end(&self) -> Option<&Arc<End>> {
        match self {
            Self::Ended { end, .. } => Some(end),
            Self::Begun | Self::Decided => None,
        }
    }

    /// Whether something is decided.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        !matches!(self, Self::Begun)
    }
}

impl Operations {
    /// Begins an operation, or begins it again.
    pub fn begin(
        &self,
        id: &RegistrationId,
        operation: &OperationId,
        mark: Mark,
    ) -> watch::Sender<Progress> {
        let (sender, progress) = watch::channel(Progress::Begun);
        let now = Instant::now();
        let key = (id.clone(), operation.clone());
        let mut table = self.table();
        table.forget(now);
        let before = table.known.get(&key);
        let attempts = before.map_or(0, |before| before.attempts) + 1;
        let begun = before.map_or(now, |before| before.begun);
        if before.is_none() {
            table.order.push_back((now, key.clone()));
        }
        let operation = Operation {
            mark,
            attempts,
            progress,
            begun,
        };
        table.known.insert(key, operation);
        sender
    }

    /// The operation of that registration, if it is known here.
    pub fn find(&self, id: &RegistrationId, operation: &OperationId) -> Option<Operation> {
        let mut table = self.table();
        table.forget(Instant::now());
        table.known.get(&(id.clone(), operation.clone())).cloned()
    }

    /// Forgets an operation, of which the device was told at once.
    pub fn end(&self, id: &RegistrationId, operation: &OperationId) {
        // Its place in the order goes with its time.
        self.table().known.remove(&(id.clone(), operation.clone()));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table().known.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Those whose time is over, and the oldest where there are too many.
    fn forget(&mut self, now: Instant) {
        while let Some((begun, _)) = self.order.front() {
            let old = now.saturating_duration_since(*begun) >= limits::OPERATION;
            if !old && self.order.len() < limits::OPERATIONS {
                return;
            }
            if let Some((begun, key)) = self.order.pop_front()
                && self
                    .known
                    .get(&key)
                    .is_some_and(|operation| operation.begun == begun)
            {
                self.known.remove(&key);
            }
        }
    }
}

impl End {
    /// What the engine's response is for an operation.
    #[must_use]
    pub fn of(response: Response) -> Self {
        match response {
            Response::Assigned(assigned) => {
                Self::Assigned(Box::new(DeviceRegistrationState::of_assigned(&assigned)))
            }
            Response::Challenge(sealed) => match Challenge::of_sealed(&sealed) {
                Some(challenge) => Self::Challenged(challenge),
                None => Self::Failed(unsayable()),
            },
            Response::Refused(rejection) => Self::Refused(rejection),
            Response::Failed(failure) => Self::Failed(failure.cause().clone()),
            _ => Self::Failed(unsayable()),
        }
    }
}

/// A response that the protocol has no words for.
fn unsayable() -> Rejection {
    use provisor::{Code, Subject};

    Rejection::new(Code::WireAnswer, Subject::field("response"))
        .expected("an assignment, an activation blob, or a refusal")
}
