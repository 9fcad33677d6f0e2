//! `provisor demo --in-process`: a whole service with a fleet that registers again and again.
//!
//! | file | what |
//! |---|---|
//! | `fleet/settings.rs` | what a run follows from |
//! | `fleet/kind.rs` | what devices prove themselves with, and how many of each there are |
//! | `fleet/plant.rs` | CAs, the pool of keys, and the devices as they leave it |
//! | `fleet/unit.rs` | a device: its proof and the identity that it keeps |
//! | `fleet/desk.rs` | the operator: hubs, CAs and groups by service operations, the index of enrollments |
//! | `fleet/server.rs` | the service of a shard: store, hubs, ledger, the engine between them |
//! | `fleet/door.rs` | its door: requests of HTTP and MQTT read, answers written |
//! | `fleet/firmware.rs` | how a device registers, by the machine of `provisor-device` |
//! | `fleet/shard.rs` | a fixed part of the fleet with its own store and randomness |
//! | `fleet/stage.rs` | the stages of the run, and what came of each |
//! | `fleet/movement.rs` | what has to move when hubs change, and what did |
//! | `fleet/sums.rs` | whether the metering adds up |
//! | `fleet/workers.rs` | threads over the shards |
//!
//! The fleet is cut into [`shard::SHARDS`] parts however many threads there are, and what they find
//! is put together in the order of the parts: the outcome does not know of threads.

mod desk;
mod door;
mod firmware;
mod json;
mod kind;
mod movement;
mod plant;
mod print;
mod server;
mod settings;
mod shard;
mod stage;
mod sums;
mod unit;
mod workers;

#[cfg(test)]
mod tests;

use provisor::Rejection;

pub(super) use json::object;
pub(super) use print::report;
pub(super) use settings::Settings;
pub(super) use stage::Outcome;

/// The whole run.
///
/// # Errors
/// What the service's own operations refused; what becomes of devices is in the outcome.
pub(super) fn run(settings: &Settings) -> Result<Outcome, Rejection> {
    stage::all(settings)
}
