//! `provisor id`: registration IDs, checked and derived.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use provisor::x509::Certificate;
use provisor::x509::file::Wanted;
use provisor::{IdRules, RegistrationId, Rejection, Subject, tpm};

use crate::answer::{Answer, Unusable, Verdict, rejection_block};
use crate::bundle::Bundle;
use crate::input;
use crate::remarks::Remarks;

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
            let mut remarks = Remarks::default();
            let mut answer = from_cert(file, (*rules).into(), &mut remarks)?;
            answer.notes.push_str(&remarks.to_string());
            return Ok(answer);
        }
        Command::FromEk { file } => {
            let ek = tpm::EkPublic::from_tpm2b(&input::tpm_public(file)?);
            let ek = ek.map_err(|rejection| {
                let subject = format!("{}: {}", file.display(), rejection.subject());
                rejection.about(Subject::field(subject))
            });
            let mut answer = answer(ek.map(|ek| RegistrationId::from_ek(&ek)));
            if matches!(answer.verdict, Verdict::Rejected) && input::is_base64(file)? {
                answer.notes.push_str(
                    "note: the file is base64 text: this is said of what it decodes to (base64 -d FILE > NEW)\n",
                );
            }
            return Ok(answer);
        }
    };
    Ok(answer(result))
}

fn from_cert(file: &Path, rules: IdRules, remarks: &mut Remarks) -> Result<Answer, Unusable> {
    let bundle = Bundle::read(file, Wanted::Certificates, remarks)?
        .map_err(|fault| Unusable::new(fault.to_string()))?;
    let Some(first) = bundle.blocks().next() else {
        return Err(Unusable::file(file, "no certificate"));
    };
    let id = Certificate::from_der(first.der)
        .map_err(|rejection| rejection.about(Subject::field(first.place.to_string())))
        .and_then(|leaf| RegistrationId::from_certificate(&leaf, rules));
    Ok(answer(id))
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
