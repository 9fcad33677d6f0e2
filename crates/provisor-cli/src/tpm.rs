//! `provisor tpm`: challenges for TPMs without a store, each command a process of its own.
//!
//! Any two processes with the same keyring file are one service: what one asks, another judges.

mod answer;
mod challenge;
mod device;
mod keyring;
mod keyring_file;
mod record;
mod report;
mod stop;
mod toy;

use clap::Subcommand;

use crate::answer::{Answer, Unusable};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge a TPM's answer to a challenge, wherever it was asked.
    Answer(answer::Arguments),
    /// Seal a challenge to a TPM: the activation blob, and the body of the 401 response.
    Challenge(challenge::Arguments),
    /// The secrets that the challenges of all processes are derived from.
    #[command(subcommand)]
    Keyring(keyring::Command),
    /// A device to try these commands with. Its keys are no secret.
    #[command(subcommand)]
    Toy(toy::Command),
}

pub(crate) fn run(command: &Command) -> Result<Answer, Unusable> {
    match command {
        Command::Answer(arguments) => answer::run(arguments),
        Command::Challenge(arguments) => challenge::run(arguments),
        Command::Keyring(command) => keyring::run(command),
        Command::Toy(command) => toy::run(command),
    }
}
