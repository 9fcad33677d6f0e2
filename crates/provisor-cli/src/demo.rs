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

mod bad_devices;
mod device;
mod factory;
mod json;
mod print;
mod run;
mod service;

use provisor::{Code, Rejection};

use crate::answer::{Answer, Unusable, Verdict};
use factory::{Factory, Make};
use run::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many good devices the factory makes.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    devices: u32,
    /// Everything but the times follows from it.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Puts the times into the JSON object, which then differs from run to run.
    #[arg(long, requires = "json")]
    timings: bool,
}

/// A device that must be refused, and what became of it.
struct Refused {
    /// What is wrong with it, in a few words.
    case: &'static str,
    expected: Code,
    /// `None` when it was accepted, which is the worst that can happen.
    rejection: Option<Rejection>,
}

impl Refused {
    fn is_right(&self) -> bool {
        self.rejection
            .as_ref()
            .is_some_and(|rejection| rejection.code() == self.expected)
    }
}

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
