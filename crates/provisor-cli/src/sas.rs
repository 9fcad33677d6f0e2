//! `provisor sas`: the tokens of devices with a symmetric key, judged and made.
//!
//! No key is ever printed, whatever is wrong with it.

mod check;
mod keys;
mod make;
mod report;

use clap::Subcommand;

use crate::answer::{Answer, Unusable};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say whether a service accepts this token, and if not, what was done wrong when it was made.
    Check(check::Arguments),
    /// Make a token for the registration of a device, and print it alone.
    Make(make::Arguments),
}

pub(crate) fn run(command: &Command) -> Result<Answer, Unusable> {
    match command {
        Command::Check(arguments) => check::run(arguments),
        Command::Make(arguments) => make::run(arguments),
    }
}
