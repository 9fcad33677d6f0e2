//! `provisor`: the command line of the project.
//!
//! Each command is a function from its arguments to an [`Answer`]; only this file writes to the
//! standard streams (and a server, which says where it is before it ends) and decides the exit status: 0 accepted, 1 rejected, 2 usage or unreadable input.
#![forbid(unsafe_code)]

mod admin;
mod allocate;
mod answer;
mod bundle;
mod demo;
mod explain;
mod hidden;
mod id;
mod input;
mod place;
mod policy;
mod random;
mod remarks;
mod sas;
mod serve;
mod storage;
mod store;
mod time;
mod tpm;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use answer::Answer;

/// Provisions devices to hubs: proves who they are, decides where they go, and says why.
#[derive(Debug, Parser)]
#[command(name = "provisor", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Manage a service: hubs, CAs, policies, enrollments, registrations, what was done.
    Admin(admin::Arguments),
    /// Say which hub each device of a list goes to.
    Allocate(allocate::Arguments),
    /// Provision a small factory in memory and show what came out.
    Demo(demo::Arguments),
    /// Judge a certificate chain and show every rule that was tried.
    Explain(explain::Arguments),
    /// Check a registration ID, or derive it from a certificate or an endorsement key.
    #[command(subcommand)]
    Id(id::Command),
    /// Check or make the token of a device with a symmetric key.
    #[command(subcommand)]
    Sas(sas::Command),
    /// Serve devices and operators over the network.
    Serve(serve::Arguments),
    #[command(subcommand)]
    Store(storage::Command),
    /// Challenge TPMs without a store, and verify what they attest.
    #[command(subcommand)]
    Tpm(tpm::Command),
}

fn main() -> ExitCode {
    let answer = match Arguments::parse().command {
        Command::Admin(arguments) => admin::run(&arguments),
        Command::Allocate(arguments) => allocate::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Id(command) => id::run(&command),
        Command::Sas(command) => sas::run(&command),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Store(command) => storage::run(&command),
        Command::Tpm(command) => tpm::run(&command),
    };
    let answer = answer.unwrap_or_else(Answer::from);
    // A reader that closes the pipe early (`provisor demo | head`) has seen enough: no panic.
    let _ = std::io::stdout().write_all(answer.text.as_bytes());
    let _ = std::io::stderr().write_all(answer.notes.as_bytes());
    ExitCode::from(answer.verdict.exit_status())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
