//! A server's process: it stops, and is started again.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use provisor_server::app::{App, Parts};
use provisor_server::clock::{Clock, Entropy};
use provisor_testkit::random::SeededRandom;
use tokio::time::{sleep, timeout};

use super::faulty::Line;

/// A process, as those see it who ask it.
#[derive(Clone)]
pub(super) struct Process {
    running: Arc<Mutex<Option<(App, Line)>>>,
}

impl Process {
    /// Starts it, and again whenever it stopped.
    pub(super) fn start(
        number: u64,
        line: impl Fn() -> Line + Send + 'static,
        clock: Arc<Clock>,
    ) -> Self {
        let running = Arc::new(Mutex::new(None));
        let process = Self {
            running: running.clone(),
        };
        tokio::spawn(async move {
            for start in 0.. {
                let line = line();
                let dies = line.died.clone();
                let dies = dies.notified();
                let parts = {
                    let shared = Arc::new(line.clone());
                    let mut parts = Parts::new(shared.clone(), shared);
                    parts.clock = clock.clone();
                    let random = SeededRandom::new(number * 1_000_000 + start, "server");
                    parts.random = Arc::new(Entropy::of(random));
                    parts
                };
                tokio::pin!(dies);
                dies.as_mut().enable();
                // A start that hangs is given up, as whoever looks after processes would.
                let app = tokio::select! {
                    biased;
                    app = timeout(Duration::from_secs(60), App::open(parts)) => app,
                    () = &mut dies => continue,
                };
                let Ok(Ok(app)) = app else {
                    sleep(Duration::from_secs(1)).await;
                    continue;
                };
                app.run();
                *running.lock().unwrap() = Some((app.clone(), line));
                dies.await;
                *running.lock().unwrap() = None;
                app.stop.cancel();
                sleep(Duration::from_millis(700)).await;
            }
        });
        process
    }

    /// The process, if it runs.
    pub(super) fn get(&self) -> Option<(App, Line)> {
        self.running.lock().unwrap().clone()
    }
}
