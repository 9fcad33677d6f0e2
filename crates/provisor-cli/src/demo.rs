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
//!
//! Everything but the times follows from the seed, down to the last bit: keys, certificates,
//! challenges and decisions. A digest over all decisions says so on one line.

mod arguments;
mod bad_devices;
mod clock;
mod device;
mod factory;
mod json;
mod print;
mod refused;
mod run;
mod service;

use crate::answer::{Answer, Unusable, Verdict};
use factory::Factory;
use refused::Refused;

pub(crate) use arguments::Arguments;

/// Exit status 1 when a good device was refused, or a bad one was not refused with its own code.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let factory = Factory::new(arguments.seed);
    let outcome = run::all_devices(&factory, arguments.devices)
        .map_err(|rejection| Unusable::new(format!("the demo's own service: {rejection}")))?;
    let refused = bad_devices::all(&factory)
        .map_err(|rejection| Unusable::new(format!("the demo's own service: {rejection}")))?;
    let text = if arguments.json {
        json::object(arguments, &outcome, &refused)
    } else {
        print::report(arguments, &outcome, &refused)
    };
    let right = outcome.refused.is_empty() && refused.iter().all(Refused::is_right);
    Ok(Answer::new(
        text,
        if right {
            Verdict::Accepted
        } else {
            Verdict::Rejected
        },
    ))
}
