//! Leases in memory: one process owns the store, so nobody else can hold one.
//!
//! Fair: who came first gets it next. Nobody polls: who gives a lease back hands it over.
//!
//! The number of a lease is `start << 32 | count`, where `start` grows with every start of the server. A
//! lease of an earlier start ended with its process.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provisor::UnixTime;
use provisor::registration::Fence;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::Result;
use super::fault::fenced;
use crate::limits;

/// Who has which lease, and who waits for it.
#[derive(Debug)]
pub(crate) struct Leases {
    start: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    next: u64,
    waiters: u64,
    /// One for each registration whose lease is held. One that ran out stays until the next one takes it,
    /// or until it is swept away.
    held: HashMap<String, Held>,
    sweep_at: usize,
}

#[derive(Debug)]
struct Held {
    fence: Fence,
    until: UnixTime,
    waiters: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    until: UnixTime,
    hand_over: oneshot::Sender<Fence>,
}

/// How many leases may be forgotten by their holders before somebody looks for them.
const SWEEP: usize = 1024;

impl Leases {
    /// No lease yet, after that many starts.
    pub(crate) fn new(start: u32) -> Self {
        let start = u64::from(start) << 32;
        Self {
            start,
            inner: Mutex::new(Inner {
                next: start,
                waiters: 0,
                held: HashMap::new(),
                sweep_at: SWEEP,
            }),
        }
    }

    /// Takes a lease; `None` when another one had it as long as the patience lasted.
    pub(crate) async fn acquire(
        &self,
        key: &str,
        now: UnixTime,
        until: UnixTime,
        patience: Duration,
    ) -> Option<Fence> {
        let began = Instant::now();
        let (number, mut receiver) = {
            let mut inner = self.inner();
            inner.sweep(now);
            let Some(held) = inner.held.get_mut(key) else {
                return Some(inner.grant(key, until));
            };
            let is_over = held.until <= now;
            if is_over && held.waiters.is_empty() {
                return Some(inner.grant(key, until));
            }
            if patience.is_zero() || held.waiters.len() >= limits::LEASE_WAITERS {
                return None;
            }
            let waiting = inner.wait(key, until);
            if is_over {
                inner.hand_over(key);
            }
            waiting
        };
        // Whoever stops to wait leaves the queue, and gives back what was handed over meanwhile.
        let mut place = Place {
            leases: self,
            key,
            number,
            receiver: &mut receiver,
            done: false,
        };
        let deadline = began + patience;
        loop {
            let expiry = self.expiry(key, now, began).unwrap_or(deadline);
            tokio::select! {
                biased;
                fence = &mut *place.receiver => {
                    place.done = true;
                    return fence.ok();
                }
                () = sleep_until(expiry.min(deadline)) => {}
            }
            if deadline <= Instant::now() {
                return place.last_look();
            }
            self.expire(key, now.saturating_add(seconds(began.elapsed())));
        }
    }

    /// Gives a lease back.
    pub(crate) fn release(&self, key: &str, fence: Fence) {
        let mut inner = self.inner();
        if inner.held.get(key).is_some_and(|held| held.fence == fence) {
            inner.hand_over(key);
        }
    }

    /// Whether the holder of that lease may still write: nobody took it over, and it was not given back.
    /// What bears the number of an earlier start can only come from a test or a restored log.
    pub(crate) fn check(&self, key: &str, fence: Fence) -> Result<()> {
        let is_held = match self.inner().held.get(key) {
            Some(held) => held.fence == fence,
            None => fence.number() < self.start,
        };
        if is_held { Ok(()) } else { Err(fenced(fence)) }
    }

    /// When the lease that is held runs out, for somebody whose clock stood there then.
    fn expiry(&self, key: &str, now: UnixTime, began: Instant) -> Option<Instant> {
        let until = self.inner().held.get(key)?.until;
        let left = until.seconds().saturating_sub(now.seconds());
        let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
        let at = began.checked_add(left)?;
        // One that should be over already is looked at again a little later, and not at once.
        Some(at.max(Instant::now() + Duration::from_millis(10)))
    }

    fn expire(&self, key: &str, now: UnixTime) {
        let mut inner = self.inner();
        if inner.held.get(key).is_some_and(|held| held.until <= now) {
            inner.hand_over(key);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn grant(&mut self, key: &str, until: UnixTime) -> Fence {
        self.next = self.next.saturating_add(1);
        let fence = Fence::new(self.next);
        let held = Held {
            fence,
            until,
            waiters: VecDeque::new(),
        };
        self.held.insert(key.to_owned(), held);
        fence
    }

    fn wait(&mut self, key: &str, until: UnixTime) -> (u64, oneshot::Receiver<Fence>) {
        self.waiters = self.waiters.wrapping_add(1);
        let (hand_over, receiver) = oneshot::channel();
        let waiter = Waiter {
            number: self.waiters,
            until,
            hand_over,
        };
        if let Some(held) = self.held.get_mut(key) {
            held.waiters.push_back(waiter);
        }
        (self.waiters, receiver)
    }

    /// The lease goes to who waited longest, or is free.
    fn hand_over(&mut self, key: &str) {
        let Some(held) = self.held.get_mut(key) else {
            return;
        };
        while let Some(waiter) = held.waiters.pop_front() {
            let fence = Fence::new(self.next.saturating_add(1));
            if waiter.hand_over.send(fence).is_ok() {
                self.next = fence.number();
                held.fence = fence;
                held.until = waiter.until;
                return;
            }
        }
        self.held.remove(key);
    }

    /// Forgets the leases that ran out without being given back. Nobody waits for them, and their
    /// holders cannot write any more.
    fn sweep(&mut self, now: UnixTime) {
        if self.held.len() < self.sweep_at {
            return;
        }
        self.held
            .retain(|_, held| now < held.until || !held.waiters.is_empty());
        self.sweep_at = self.held.len().saturating_mul(2).max(SWEEP);
    }
}

/// A place in the queue.
struct Place<'a> {
    leases: &'a Leases,
    key: &'a str,
    number: u64,
    receiver: &'a mut oneshot::Receiver<Fence>,
    done: bool,
}

impl Place<'_> {
    /// Leaves the queue, unless the lease was handed over at the last moment.
    fn last_look(&mut self) -> Option<Fence> {
        let mut inner = self.leases.inner();
        self.done = true;
        if let Ok(fence) = self.receiver.try_recv() {
            return Some(fence);
        }
        if let Some(held) = inner.held.get_mut(self.key) {
            held.waiters.retain(|waiter| waiter.number != self.number);
        }
        None
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        if let Some(fence) = self.last_look() {
            self.leases.release(self.key, fence);
        }
    }
}

fn seconds(elapsed: Duration) -> i64 {
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const NOW: UnixTime = UnixTime::new(1_000);
    const END: UnixTime = UnixTime::new(1_060);
    const LONG: Duration = Duration::from_secs(3600);

    fn leases() -> Arc<Leases> {
        Arc::new(Leases::new(7))
    }

    async fn take(leases: &Leases, patience: Duration) -> Option<Fence> {
        leases.acquire("k", NOW, END, patience).await
    }

    fn spawn(leases: &Arc<Leases>, patience: Duration) -> tokio::task::JoinHandle<Option<Fence>> {
        let leases = Arc::clone(leases);
        tokio::spawn(async move { take(&leases, patience).await })
    }

    async fn settle() {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_handed_over_in_the_order_of_arrival() {
        let leases = leases();
        let first = take(&leases, Duration::ZERO).await.unwrap();
        assert_eq!(first.number(), (7 << 32) + 1);
        assert_eq!(take(&leases, Duration::ZERO).await, None);
        let mut waiting = Vec::new();
        for _ in 0..3 {
            waiting.push(spawn(&leases, LONG));
            settle().await;
        }
        let mut fence = first;
        for waiter in waiting {
            assert!(leases.check("k", fence).is_ok());
            leases.release("k", fence);
            let next = waiter.await.unwrap().unwrap();
            assert!(fence < next);
            assert!(leases.check("k", fence).is_err(), "it was given back");
            fence = next;
        }
        leases.release("k", first);
        assert!(
            leases.check("k", fence).is_ok(),
            "a late release ends nothing"
        );
        leases.release("k", fence);
        assert!(leases.inner().held.is_empty());
        assert!(leases.check("k", fence).is_err());
        assert!(
            leases.check("k", Fence::new(6 << 32)).is_ok(),
            "an earlier start's"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_runs_out_goes_to_the_next_and_patience_ends() {
        let leases = leases();
        let first = take(&leases, Duration::ZERO).await.unwrap();
        let began = Instant::now();
        let impatient = spawn(&leases, Duration::from_secs(5));
        settle().await;
        let patient = spawn(&leases, LONG);
        assert_eq!(impatient.await.unwrap(), None);
        assert_eq!(began.elapsed().as_secs(), 5);
        let second = patient.await.unwrap().unwrap();
        assert_eq!(began.elapsed().as_secs(), 60);
        assert!(first < second && leases.check("k", first).is_err());
        // And somebody whose clock is ahead takes it at once.
        let third = leases
            .acquire("k", END, UnixTime::new(2_000), Duration::ZERO)
            .await;
        assert!(third.is_some_and(|third| second < third));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_dropped_leaves_the_queue_and_loses_nothing() {
        let leases = leases();
        let first = take(&leases, Duration::ZERO).await.unwrap();
        let gone = spawn(&leases, LONG);
        settle().await;
        let stays = spawn(&leases, LONG);
        settle().await;
        gone.abort();
        settle().await;
        leases.release("k", first);
        let fence = stays.await.unwrap().unwrap();
        // Handed over in the same moment as it is dropped.
        let both = spawn(&leases, LONG);
        settle().await;
        leases.release("k", fence);
        both.abort();
        let _ = both.await;
        settle().await;
        assert!(take(&leases, Duration::ZERO).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_is_bounded_and_what_is_abandoned_is_swept() {
        let leases = leases();
        take(&leases, Duration::ZERO).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..limits::LEASE_WAITERS {
            waiting.push(spawn(&leases, LONG));
        }
        settle().await;
        assert_eq!(take(&leases, LONG).await, None, "no place in the queue");
        for number in 0..2 * SWEEP {
            let key = format!("k{number}");
            leases
                .acquire(&key, NOW, END, Duration::ZERO)
                .await
                .unwrap();
        }
        leases
            .acquire("last", END, UnixTime::new(2_000), Duration::ZERO)
            .await
            .unwrap();
        let left = leases.inner().held.len();
        assert!(left <= 2 * SWEEP + 2, "{left}");
        for number in 0..2 * SWEEP {
            let key = format!("l{number}");
            leases
                .acquire(&key, END, UnixTime::new(2_000), Duration::ZERO)
                .await
                .unwrap();
        }
        assert!(!leases.inner().held.contains_key("k0"));
        assert_eq!(
            leases.inner().held["k"].waiters.len(),
            limits::LEASE_WAITERS
        );
    }
}
