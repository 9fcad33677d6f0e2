//! What the requests of one connection of HTTP have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::context::Context;
use super::slots::Slot;
use crate::ask::Peer;

/// A connection over which HTTP is spoken.
pub(super) struct Http {
    pub(super) context: Arc<Context>,
    pub(super) peer: Arc<Peer>,
    slot: Arc<Slot>,
    /// Whether there was a request since it was last looked at.
    begun: AtomicBool,
    /// How many are at work.
    working: AtomicUsize,
}

/// While it lives, the connection has something to do.
pub(super) struct Work(Arc<Http>);

impl Http {
    pub(super) fn new(context: Arc<Context>, peer: Peer, slot: Slot) -> Arc<Self> {
        Arc::new(Self {
            context,
            peer: Arc::new(peer),
            slot: Arc::new(slot),
            begun: AtomicBool::new(false),
            working: AtomicUsize::new(0),
        })
    }

    /// Whether nothing is at work, and nothing came since this was last asked.
    pub(super) fn rested(&self) -> bool {
        !self.begun.swap(false, Ordering::AcqRel) && self.working.load(Ordering::Acquire) == 0
    }

    /// A request came.
    pub(super) fn works(http: &Arc<Self>) -> Work {
        http.begun.store(true, Ordering::Release);
        http.working.fetch_add(1, Ordering::AcqRel);
        http.slot.works();
        Work(Arc::clone(http))
    }
}

impl Work {
    /// The place of the connection, for what is spoken over it after an upgrade.
    pub(super) fn slot(&self) -> Arc<Slot> {
        Arc::clone(&self.0.slot)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.0.working.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.slot.rests();
        }
    }
}
