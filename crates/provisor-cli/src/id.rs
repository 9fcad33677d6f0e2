//! `provisor id`: registration IDs, checked and derived.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use provisor::{IdRules, RegistrationId, Rejection, tpm};

use crate::answer::{Answer, Unusable, Verdict, rejection_block};
use crate::input;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say whether this is a legal registration ID, and if not, where and why.
    Check {
        /// The registration ID.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Which rules to hold it to.
        #[arg(long, value_enum, default_value_t = Rules::Current)]
        rules: Rules,
    },
    /// Derive it from the common name of a certificate (PEM or DER; of several the first).
    FromCert {
        /// The certificate file.
        file: PathBuf,
        /// Which rules to hold it to.
        #[arg(long, value_enum, default_value_t = Rules::Current)]
        rules: Rules,
    },
    /// Derive it from a TPM's endorsement key (TPM2B_PUBLIC: raw, as of tpm2_readpublic, or base64).
    FromEk {
        /// The file with the public area.
        file: PathBuf,
    },
}

/// The rule sets as spelled on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Rules {
    /// Lowercase letters, digits and hyphens.
    #[value(name = "2017")]
    V2017,
    /// Up to 128 letters, digits, '-', '.', '_', ':'; case is not significant.
    Current,
}

impl From<Rules> for IdRules {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::V2017 => Self::V2017,
            Rules::Current => Self::Current,
        }
    }
}

pub(crate) fn run(command: &Command) -> Result<Answer, Unusable> {
    let result = match command {
        Command::Check { id, rules } => RegistrationId::parse(id, (*rules).into()),
        Command::FromCert { file, rules } => {
            let certificates = input::Certificates::read(file)?;
            certificates
                .first()?
                .and_then(|leaf| RegistrationId::from_certificate(&leaf, (*rules).into()))
        }
        Command::FromEk { file } => tpm::EkPublic::from_tpm2b(&input::tpm_public(file)?)
            .map(|ek| RegistrationId::from_ek(&ek)),
    };
    Ok(answer(result))
}

/// The ID alone on the first line, for scripts.
fn answer(result: Result<RegistrationId, Rejection>) -> Answer {
    match result {
        Ok(id) if id.as_str() == id.normal_form() => Answer::accepted(format!("{id}\n")),
        Ok(id) => {
            let mut answer = Answer::accepted(format!("{id}\n"));
            answer.notes = format!("compared as {}\n", id.normal_form());
            answer
        }
        Err(rejection) => Answer {
            text: String::new(),
            notes: format!("REJECTED\n{}", rejection_block(&rejection, "")),
            verdict: Verdict::Rejected,
        },
    }
}
