//! TLS sessions that can be resumed: kept here, with the client's whole chain, and never sent away as tickets.
//!
//! Clients poll on a new connection seconds after they registered, and resume. The chain has to be there
//! then: what it is judged by may have changed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::server::StoresServerSessions;

use crate::limits;

/// The sessions, the oldest of which go first when there is no room.
#[derive(Debug)]
pub(super) struct Sessions {
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Each with the number by which it stands in the order.
    kept: HashMap<Vec<u8>, (u64, Vec<u8>)>,
    /// The oldest first. Keys that were taken out stay until they are the oldest.
    order: VecDeque<(u64, Vec<u8>)>,
    next: u64,
    bytes: usize,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("kept", &self.kept.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Sessions {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            inner: Mutex::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn take(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        let (_, value) = self.kept.remove(key)?;
        self.bytes -= key.len() + value.len();
        Some(value)
    }

    /// Forgets the oldest until there is room, and the places in the order that stand for nothing.
    fn make_room(&mut self, most: usize) {
        while self.bytes > most || self.order.len() > 2 * self.kept.len() + 16 {
            let Some((number, key)) = self.order.pop_front() else {
                return;
            };
            if self.kept.get(&key).is_some_and(|(of, _)| *of == number) {
                self.take(&key);
            }
        }
    }
}

impl StoresServerSessions for Sessions {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        if value.len() > limits::SESSION_BYTES {
            return false;
        }
        let mut inner = self.inner();
        inner.take(&key);
        inner.next += 1;
        let number = inner.next;
        inner.bytes += key.len() + value.len();
        inner.order.push_back((number, key.clone()));
        inner.kept.insert(key, (number, value));
        inner.make_room(self.most);
        true
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.inner().kept.get(key).map(|(_, value)| value.clone())
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.inner().take(key)
    }

    fn can_cache(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_bytes_are_bounded() {
        let sessions = Sessions::new(1000);
        for number in 0..100_u8 {
            assert!(sessions.put(vec![number], vec![0; 99]));
            // The same key again is one session.
            assert!(sessions.put(vec![number], vec![number; 99]));
        }
        assert_eq!(sessions.get(&[89]), None);
        assert_eq!(sessions.get(&[90]), Some(vec![90; 99]));
        assert_eq!(sessions.take(&[99]), Some(vec![99; 99]));
        assert_eq!(sessions.take(&[99]), None);
        assert!(!sessions.put(vec![1], vec![0; limits::SESSION_BYTES + 1]));
        let inner = sessions.inner();
        assert_eq!((inner.bytes, inner.kept.len()), (900, 9));
        assert!(inner.order.len() <= 2 * inner.kept.len() + 16);
    }

    #[test]
    fn sessions_that_are_taken_leave_nothing_behind() {
        let sessions = Sessions::new(1000);
        for number in 0..10_000_u32 {
            let key = number.to_be_bytes().to_vec();
            assert!(sessions.put(key.clone(), vec![1]));
            assert!(sessions.take(&key).is_some());
        }
        assert!(sessions.inner().order.len() <= 2 + 16);
        assert_eq!(sessions.inner().bytes, 0);
    }
}
