//! What the command line says.

use std::num::NonZeroUsize;

use super::fleet::Settings;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many good devices the factory makes.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) devices: u32,
    /// Everything but the times follows from it.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
    /// One JSON object instead of text.
    #[arg(long)]
    pub(super) json: bool,
    /// Puts the times into the JSON object, which then differs from run to run.
    #[arg(long, requires = "json")]
    pub(super) timings: bool,
    /// The fleet alone, for many devices: a whole service in this process, and every kind of device by
    /// its own state machine over HTTP and MQTT, all of them again after each change of hubs and
    /// groups. Their certificates share a pool of keys.
    #[arg(long, conflicts_with = "timings")]
    pub(super) in_process: bool,
    /// How many threads the fleet is served by; the outcome is the same for each. Without: all cores.
    #[arg(long, value_name = "T")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Leaves one registration uncounted: the demo has to see it.
    #[arg(long, hide = true)]
    pub(super) lose_a_count: bool,
}

impl Arguments {
    pub(super) fn fleet(&self) -> Settings {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Settings {
            devices: self.devices,
            seed: self.seed,
            threads: self.threads.unwrap_or_else(cores),
            lose_a_count: self.lose_a_count,
        }
    }
}
