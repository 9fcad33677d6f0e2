//! What the command line says.

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
}
