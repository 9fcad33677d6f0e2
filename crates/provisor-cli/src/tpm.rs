//! `provisor tpm`: challenges for TPMs without a store, each command a process of its own.
//!
//! Any two processes with the same keyring file are one service: what one asks, another judges.

mod answer;
mod attestation;
mod challenge;
mod device;
mod keyring;
mod keyring_file;
mod public_area;
mod record;
mod report;
mod stop;
mod toy;
mod verify_certify;
mod verify_quote;

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
    /// Verify that a TPM certified an object (tpm2_certify).
    VerifyCertify(verify_certify::Arguments),
    /// Verify the values of PCRs that a TPM quoted (tpm2_quote).
    VerifyQuote(verify_quote::Arguments),
}

pub(crate) fn run(command: &Command) -> Result<Answer, Unusable> {
    match command {
        Command::Answer(arguments) => answer::run(arguments),
        Command::Challenge(arguments) => challenge::run(arguments),
        Command::Keyring(command) => keyring::run(command),
        Command::Toy(command) => toy::run(command),
        Command::VerifyCertify(arguments) => verify_certify::run(arguments),
        Command::VerifyQuote(arguments) => verify_quote::run(arguments),
    }
}
