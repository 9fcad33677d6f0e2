//! Operations: what becomes of requests that were told to poll. In memory alone, each with an end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use provisor::registration::Response;
use provisor::{RegistrationId, Rejection, UnixTime};
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
    /// The one of each registration that was begun last.
    latest: HashMap<RegistrationId, OperationId>,
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
    /// When it was begun, as far as that is known here: what was saved since then may be what became of it.
    pub since: UnixTime,
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
    /// Begins an operation, which may have been begun at that time elsewhere, or begins it again.
    pub fn begin(
        &self,
        id: &RegistrationId,
        operation: &OperationId,
        mark: Mark,
        since: UnixTime,
    ) -> watch::Sender<Progress> {
        let (sender, progress) = watch::channel(Progress::Begun);
        let at = Instant::now();
        let key = (id.clone(), operation.clone());
        let mut table = self.table();
        table.forget(at);
        let operation = match table.known.get(&key) {
            Some(before) => Operation {
                mark,
                attempts: before.attempts.saturating_add(1),
                progress,
                ..before.clone()
            },
            None => {
                table.order.push_back((at, key.clone()));
                Operation {
                    mark,
                    attempts: 1,
                    progress,
                    since,
                    begun: at,
                }
            }
        };
        table.latest.insert(key.0.clone(), key.1.clone());
        table.known.insert(key, operation);
        sender
    }

    /// The operation of that registration, if it is known here.
    pub fn find(&self, id: &RegistrationId, operation: &OperationId) -> Option<Operation> {
        let mut table = self.table();
        table.forget(Instant::now());
        table.known.get(&(id.clone(), operation.clone())).cloned()
    }

    /// Whether no other operation of that registration was begun since.
    pub fn is_latest(&self, id: &RegistrationId, operation: &OperationId) -> bool {
        let table = self.table();
        table
            .latest
            .get(id)
            .is_none_or(|latest| latest == operation)
    }

    /// Forgets an operation, of which the device was told at once.
    pub fn end(&self, id: &RegistrationId, operation: &OperationId) {
        // Its place in the order goes with its time.
        self.table().remove(&(id.clone(), operation.clone()));
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
            let Some((begun, key)) = self.order.pop_front() else {
                return;
            };
            let known = self.known.get(&key);
            if known.is_some_and(|operation| operation.begun == begun) {
                self.remove(&key);
            }
        }
    }

    fn remove(&mut self, key: &Key) {
        self.known.remove(key);
        if self.latest.get(&key.0) == Some(&key.1) {
            self.latest.remove(&key.0);
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
