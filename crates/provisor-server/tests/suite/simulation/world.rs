//! Everything, and the course of one run.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use provisor::UnixTime;
use provisor::enrollment::{ReprovisionPolicy, Settings};
use provisor_server::clock::Clock;
use provisor_server::store::Device as Stored;
use provisor_server::store::memory::MemoryStore;
use provisor_testkit::pki::ToyPki;
use tokio::time::{sleep, timeout};

use super::check::{self, Seen};
use super::client::Client;
use super::dice::Dice;
use super::faulty::{Line, Weather};
use super::operator;
use super::process::Process;
use crate::kit::devices::Device;
use crate::kit::hubs::Hubs;
use crate::kit::service::{id, store};

pub(super) struct World {
    pub(super) store: Arc<MemoryStore>,
    pub(super) hubs: Arc<Hubs>,
    pub(super) clock: Arc<Clock>,
    pub(super) begins: UnixTime,
    pub(super) processes: Vec<Process>,
    pub(super) certified: Device,
    pub(super) tally: Tally,
}

/// What happened.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) assigned: AtomicU64,
    pub(super) moves: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) used: AtomicU64,
    deletions: Mutex<BTreeMap<String, u64>>,
}

impl Tally {
    pub(super) fn deleted(&self, name: &str) {
        *self
            .deletions
            .lock()
            .unwrap()
            .entry(name.to_owned())
            .or_default() += 1;
    }

    pub(super) fn deletions(&self, name: &str) -> u64 {
        self.deletions
            .lock()
            .unwrap()
            .get(name)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// How a run ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) assigned: u64,
    pub(super) crashes: u64,
    pub(super) faults: u64,
    pub(super) late: u64,
    pub(super) deletions: u64,
    pub(super) moves: u64,
    pub(super) requests: u64,
    pub(super) used: u64,
    pub(super) seconds: u64,
}

impl Ending {
    pub(super) fn add(&mut self, one: &Self) {
        self.assigned += one.assigned;
        self.crashes += one.crashes;
        self.faults += one.faults;
        self.late += one.late;
        self.deletions += one.deletions;
        self.moves += one.moves;
        self.requests += one.requests;
        self.used += one.used;
        self.seconds += one.seconds;
    }
}

thread_local! {
    /// Its certificate takes longer than a run.
    static CERTIFIED: Device = Device::certified("line-7-0001");
}

impl World {
    pub(super) fn read(&self, name: &str) -> Stored {
        self.store.look(&id(name))
    }

    pub(super) async fn play(mut dice: Dice) -> Result<Ending, String> {
        let policy = [
            ReprovisionPolicy::default(),
            ReprovisionPolicy::Never,
            ReprovisionPolicy::ResetData,
        ][usize::try_from(dice.below(3)).unwrap()];
        let settings = Settings::new().with_reprovision_policy(policy);
        let (store, hubs) = (Arc::new(store(&settings)), Arc::new(Hubs::default()));
        let clock = Arc::new(Clock::with_runtime(ToyPki::NOW));
        let weather = Arc::new(Weather::new(dice.split()));
        let processes = [1, 2].map(|number| {
            let (weather, store, hubs) = (weather.clone(), store.clone(), hubs.clone());
            let line = move || Line::new(weather.clone(), store.clone(), hubs.clone());
            Process::start(number, line, clock.clone())
        });
        let world = Arc::new(Self {
            store,
            hubs,
            begins: clock.now(),
            clock,
            processes: processes.into(),
            certified: CERTIFIED.with(Clone::clone),
            tally: Tally::default(),
        });
        let begun = tokio::time::Instant::now();
        let clients = Client::all(&world, &mut dice);
        let lives: Vec<_> = clients
            .into_iter()
            .map(|client| tokio::spawn(client.live()))
            .collect();
        let operator = tokio::spawn(operator::work(world.clone(), dice.split()));
        let watch = {
            let world = world.clone();
            tokio::spawn(async move {
                let mut seen = Seen::default();
                loop {
                    if let Err(fault) = check::always(&world, &mut seen).await {
                        return fault;
                    }
                    // Whenever a hub has changed, and now and then.
                    let _ = timeout(Duration::from_secs(5), world.hubs.changed.notified()).await;
                }
            })
        };
        let mut clients = Vec::new();
        for life in lives {
            clients.push(life.await.unwrap()?);
        }
        operator.await.unwrap();
        weather.calm();
        // What is late arrives, leases run out, everybody registers once more, and what was left undone is
        // done.
        sleep(Duration::from_secs(120)).await;
        for client in &mut clients {
            client.provision().await?;
        }
        sleep(Duration::from_secs(240)).await;
        if watch.is_finished() {
            return Err(watch.await.unwrap());
        }
        check::finally(&world).await?;
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Ok(Ending {
            assigned: read(&world.tally.assigned),
            crashes: read(&weather.crashed),
            faults: read(&weather.happened),
            late: read(&weather.late),
            deletions: world.tally.deletions.lock().unwrap().values().sum(),
            moves: read(&world.tally.moves),
            requests: world.tally.requests(),
            used: read(&world.tally.used),
            seconds: begun.elapsed().as_secs(),
        })
    }
}
