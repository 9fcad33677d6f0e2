//! `provisor demo`: a factory in memory, from the first key to the last device's hub.
//!
//! | file | what |
//! |---|---|
//! | `demo/factory.rs` | the CAs and the devices as they leave the line |
//! | `demo/device.rs` | how a good device registers |
//! | `demo/service.rs` | a provisioning service around the engine: stores, clock, randomness |
//! | `demo/run.rs` | every device registers; times and decisions are kept |
//! | `demo/bad_devices.rs` | devices that must be refused, each with the code it must get |
//! | `demo/print.rs` | the outcome for people, `demo/json.rs` for machines |
//! | `demo/fleet.rs` | `--in-process`: a fleet that registers again and again while hubs and groups change |
//!
//! Everything but the times follows from the seed, down to the last bit: keys, certificates,
//! challenges and decisions. A digest over all decisions says so on one line.

mod arguments;
mod bad_devices;
mod clock;
mod device;
mod factory;
mod fleet;
mod json;
mod print;
mod refused;
mod run;
mod service;

use crate::answer::{Answer, Unusable, Verdict};
use factory::Factory;
use provisor::Rejection;
use refused::Refused;
use std::time::Instant;

pub(crate) use arguments::Arguments;

/// Exit status 1 when a good device was refused, a bad one was not refused with its own code, or the
/// fleet's sums do not add up.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let own = |rejection: Rejection| Unusable::new(format!("the demo's own service: {rejection}"));
    let factory = Factory::new(arguments.seed);
    let one_by_one = match arguments.in_process {
        true => None,
        false => Some(run::all_devices(&factory, arguments.devices).map_err(own)?),
    };
    let start = Instant::now();
    let fleet = fleet::run(&arguments.fleet()).map_err(own)?;
    let spent = start.elapsed();
    let refused = bad_devices::all(&factory).map_err(own)?;
    let text = match (&one_by_one, arguments.json) {
        (Some(outcome), true) => json::object(arguments, outcome, &fleet, &refused),
        (Some(outcome), false) => print::report(arguments, outcome, &fleet, &refused),
        (None, true) => json::of_fleet(arguments, &fleet, &refused),
        (None, false) => print::of_fleet(arguments, &fleet, &refused),
    };
    let good = one_by_one.is_none_or(|outcome| outcome.refused.is_empty());
    let right = good && fleet.is_right() && refused.iter().all(Refused::is_right);
    let mut answer = Answer::new(
        text,
        if right {
            Verdict::Accepted
        } else {
            Verdict::Rejected
        },
    );
    if arguments.in_process {
        // Not in the text, which is the same for each run.
        answer.notes = format!("The fleet took {:.1} s.\n", spent.as_secs_f64());
    }
    Ok(answer)
}
