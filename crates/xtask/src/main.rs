//! The chores of the project. `cargo xtask help` lists them.
#![forbid(unsafe_code)]

mod bench_report;
mod big_endian;
mod command;
mod conformance;
mod fleet;
mod generate;
mod install;
mod rules;
mod size;
mod test;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Install what is missing, then run every check there is.
    Test(test::Options),
    /// Run a conformance set and say where we disagree with it; the last line is JSON.
    Conformance {
        set: conformance::Set,
        /// The folder that holds the set.
        dir: PathBuf,
    },
    /// Run the rows of allocation on an emulated big-endian processor; installs what it needs.
    BigEndian {
        /// The folder that holds the rows; the conformance set's, if left out.
        dir: Option<PathBuf>,
    },
    /// Check the ground rules that no compiler lint knows.
    Rules,
    /// Generate the C header from bindings/c.
    Header(generate::Mode),
    /// Generate docs/codes.md and the Python enum from the code table.
    Codes(generate::Mode),
    /// Generate the vectors that Rust, C and Python tests share.
    Vectors(generate::Mode),
    /// Simulate a fleet after an outage, print its load and draw docs/fleet.svg.
    Fleet(generate::Mode),
    /// Generate the fuzz seeds, or fill the fuzzer's folders from the conformance sets.
    Seeds(generate::corpora::Options),
    /// Run the benches that the README quotes; the last line is JSON.
    BenchReport(bench_report::Options),
    /// Say how large the C library is.
    Size,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test(options) => test::run(&options),
        Chore::Conformance { set, dir } => conformance::run(set, &dir),
        Chore::BigEndian { dir } => big_endian::run(dir.as_deref()),
        Chore::Rules => rules::run(),
        Chore::Header(mode) => generate::header::generate().and_then(|files| mode.apply(&files)),
        Chore::Codes(mode) => generate::codes::generate().and_then(|files| mode.apply(&files)),
        Chore::Vectors(mode) => generate::vectors::generate().and_then(|files| mode.apply(&files)),
        Chore::Fleet(mode) => fleet::generate().and_then(|files| mode.apply(&files)),
        Chore::Seeds(options) => generate::corpora::run(&options),
        Chore::BenchReport(options) => bench_report::run(&options),
        Chore::Size => size::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
