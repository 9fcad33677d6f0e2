//! What happened, for operators: the log, the metrics, and the last things that were refused.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Mutex;

use provisor::{Rejection, UnixTime};

use crate::ask::Transport;

/// One question of a device, and what became of it.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub at: UnixTime,
    /// What it is found by.
    pub tracking: String,
    /// The registration ID as it came.
    pub registration_id: String,
    /// What it came over.
    pub transport: Transport,
    /// From where.
    pub address: IpAddr,
    /// What became of it.
    pub end: End,
}

/// What became of a question.
#[derive(Clone, Debug)]
pub enum End {
    /// The device has that hub, under that name.
    Assigned {
        /// The hub.
        hub: String,
        /// The device's name there.
        device_id: String,
        /// How the record came about: `initialAssignment` and the like, as the wire says it.
        substatus: String,
    },
    /// It has to answer a challenge.
    Challenged,
    /// It was refused, or the service failed: the whole reason.
    Refused(Box<Rejection>),
}

/// How many events are kept to be looked at.
const KEPT: usize = 10_000;

/// The last events.
#[derive(Debug, Default)]
pub struct Journal {
    events: Mutex<VecDeque<Event>>,
}

impl Journal {
    /// Writes down what happened.
    pub fn record(&self, event: Event) {
        let mut events = self
            .events
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back(event);
    }

    /// The events that are selected, the last one first, so many of them.
    pub fn last(&self, most: usize, select: impl Fn(&Event) -> bool) -> Vec<Event> {
        let events = self
            .events
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        events
            .iter()
            .rev()
            .filter(|event| select(event))
            .take(most)
            .cloned()
            .collect()
    }
}
