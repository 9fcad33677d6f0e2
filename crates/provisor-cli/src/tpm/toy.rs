//! `provisor tpm toy`: a device to try the other commands with, where no TPM is at hand.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use data_encoding::BASE64;
use provisor::sas::{Resource, UnsignedToken};
use provisor::{IdScope, RegistrationId, UnixTime};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::report;
use super::stop::Stop;
use crate::answer::{Answer, Unusable};
use crate::time::time;
use crate::{input, store};

/// Everybody can compute these keys: the seed stands here.
const SEED: u64 = 7;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the public halves of its endorsement key and storage root key: ek.b64 and srk.b64.
    Keys {
        /// The folder to write them into.
        folder: PathBuf,
        #[command(flatten)]
        toy: Toy,
    },
    /// Open a challenge and print a token that is signed with what was inside.
    Sign {
        /// What `tpm challenge --json` printed.
        #[arg(long, value_name = "F.json")]
        challenge: PathBuf,
        /// The ID scope that the token is for.
        #[arg(long, value_name = "SCOPE")]
        id_scope: String,
        /// The registration ID that the token is for.
        #[arg(long, value_name = "ID", allow_hyphen_values = true)]
        registration_id: String,
        /// When the token expires; without it, in an hour.
        #[arg(long, value_name = "RFC3339", value_parser = time)]
        expires: Option<UnixTime>,
        #[command(flatten)]
        toy: Toy,
    },
}

/// Which of the toys.
#[derive(Debug, clap::Args)]
pub(crate) struct Toy {
    /// The kind of its keys.
    #[arg(long, value_enum, default_value_t = Kind::P256)]
    kind: Kind,
    /// Its number, 0 to 503; each has keys of its own.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..504))]
    number: u16,
}

/// The kinds as spelled on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Template L-2.
    P256,
    /// Template H-3.
    P384,
    /// Template L-1.
    Rsa2048,
}

pub(super) fn run(command: &Command) -> Result<Answer, Unusable> {
    let made = match command {
        Command::Keys { folder, toy } => keys(folder, &toy.tpm()).map_err(Stop::from),
        Command::Sign {
            challenge,
            id_scope,
            registration_id,
            expires,
            toy,
        } => sign(challenge, id_scope, registration_id, *expires, toy.tpm()),
    };
    made.or_else(|stop| report::stopped(stop, false))
}

fn keys(folder: &Path, tpm: &SoftTpm) -> Result<Answer, Unusable> {
    for (name, public) in [("ek.b64", tpm.ek_public()), ("srk.b64", tpm.srk_public())] {
        store::create(
            &folder.join(name),
            (BASE64.encode(public) + "\n").as_bytes(),
        )?;
    }
    let mut answer = Answer::accepted(String::new());
    answer.notes = "keys of a toy: everybody can compute their private halves\n".to_owned();
    Ok(answer)
}

fn sign(
    challenge: &Path,
    scope: &str,
    id: &str,
    expires: Option<UnixTime>,
    mut tpm: SoftTpm,
) -> Result<Answer, Stop> {
    let no_blob = || {
        Unusable::file(
            challenge,
            "no body.authenticationKey with an activation blob",
        )
    };
    let text = input::text(challenge)?;
    let asked: serde_json::Value = serde_json::from_str(&text).map_err(|_| no_blob())?;
    let blob = asked
        .pointer("/body/authenticationKey")
        .and_then(serde_json::Value::as_str)
        .and_then(|text| BASE64.decode(text.as_bytes()).ok())
        .ok_or_else(no_blob)?;
    let refused = |_| Unusable::file(challenge, "the toy refuses: it is not for its keys");
    tpm.import_activation_blob(&blob).map_err(refused)?;
    let (scope, id) = (IdScope::parse(scope)?, RegistrationId::try_from(id)?);
    let expires = match expires {
        Some(expires) => expires,
        None => input::now()?.saturating_add(3600),
    };
    let token = UnsignedToken::new(&Resource::registration(&scope, &id), expires);
    let signature = tpm
        .sign_with_identity(token.signed_text().as_bytes())
        .map_err(refused)?;
    Ok(Answer::accepted(format!(
        "{}\n",
        token.with_signature(&signature)
    )))
}

impl Toy {
    fn tpm(&self) -> SoftTpm {
        let kind = match self.kind {
            Kind::P256 => TpmKind::P256,
            Kind::P384 => TpmKind::P384,
            Kind::Rsa2048 => TpmKind::Rsa2048,
        };
        SoftTpm::new(kind, SEED, self.number.into())
    }
}
