//! How long the steps take.

use std::time::{Duration, Instant};

/// The time spent in one step over all devices.
pub(super) struct Timing {
    pub(super) step: &'static str,
    pub(super) spent: Duration,
    pub(super) times: u32,
}

/// Adds up the time by step, in the order in which the steps first came.
#[derive(Default)]
pub(super) struct Clock(pub(super) Vec<Timing>);

impl Clock {
    /// Runs the step and adds its time.
    pub(super) fn time<T>(&mut self, step: &'static str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let spent = start.elapsed();
        match self.0.iter_mut().find(|timing| timing.step == step) {
            Some(timing) => {
                timing.spent += spent;
                timing.times += 1;
            }
            None => self.0.push(Timing {
                step,
                spent,
                times: 1,
            }),
        }
        result
    }
}
