//! `provisor sas make`: a token as a device makes it.

use std::path::PathBuf;

use provisor::sas::{Resource, SasToken};
use provisor::{IdScope, RegistrationId, Rejection, UnixTime};
use serde_json::json;

use super::keys::{KeyArguments, Keys};
use super::report;
use crate::answer::{Answer, Unusable, Verdict, refusal_block};
use crate::time::time;
use crate::{input, store};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The service's ID scope.
    #[arg(long, visible_alias = "id-scope", value_name = "SCOPE")]
    scope: String,
    /// The device's registration ID.
    #[arg(
        long,
        visible_alias = "registration-id",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    id: String,
    #[command(flatten)]
    keys: KeyArguments,
    /// When the token ends; without it, after --life seconds.
    #[arg(long, value_name = "RFC3339", value_parser = time, conflicts_with = "life")]
    expires: Option<UnixTime>,
    /// Seconds from now to the end of the token.
    #[arg(
        long,
        visible_alias = "ttl",
        value_name = "SECONDS",
        default_value_t = 3600
    )]
    life: u32,
    /// What time it is; without it, the clock of this machine.
    #[arg(long, visible_alias = "at", value_name = "RFC3339", value_parser = time)]
    now: Option<UnixTime>,
    /// Write the token into this file, for its owner alone, instead of printing it. It must not be there yet.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    if arguments.keys.dashes() > 1 {
        return Err(Unusable::new("standard input has one key"));
    }
    let now = arguments.now.map_or_else(input::now, Ok)?;
    let keys = match arguments.keys.read()? {
        Ok(keys) => keys,
        Err(unreadable) => return Ok(report::unreadable(&unreadable, arguments.json)),
    };
    let expires = arguments
        .expires
        .unwrap_or_else(|| now.saturating_add(i64::from(arguments.life)));
    match make(arguments, &keys, expires, now) {
        Ok(token) => made(arguments, token, expires),
        Err(rejection) if arguments.json => {
            let object = json!({ "verdict": "rejected", "rejection": rejection });
            Ok(Answer::new(format!("{object}\n"), Verdict::Rejected))
        }
        Err(rejection) => Ok(Answer::new(refusal_block(&rejection), Verdict::Rejected)),
    }
}

/// A token that `sas check` accepts at that time; none that it refuses is made.
fn make(
    arguments: &Arguments,
    keys: &Keys,
    expires: UnixTime,
    now: UnixTime,
) -> Result<String, Rejection> {
    let scope = IdScope::parse(&arguments.scope)?;
    let id = RegistrationId::try_from(arguments.id.as_str())?;
    let resource = Resource::registration(&scope, &id);
    // The first key is the one to sign with; more of them make no sense, and no harm.
    let text = keys.keys.first().map_or_else(String::new, |named| {
        let token = match keys.of_groups {
            true => named.key.derive(&id).sign(&resource, expires),
            false => named.key.sign(&resource, expires),
        };
        token.to_string()
    });
    SasToken::parse(&text)?.check_claims(&resource, now)?;
    Ok(text)
}

fn made(arguments: &Arguments, token: String, expires: UnixTime) -> Result<Answer, Unusable> {
    let mut answer = Answer::accepted(String::new());
    if let Some(path) = &arguments.out {
        store::create(path, format!("{token}\n").as_bytes())?;
        answer.notes = format!("{}: a token until {expires}\n", path.display());
    }
    let shown = arguments.out.is_none().then_some(token);
    if arguments.json {
        let object = json!({
            "verdict": "accepted",
            "rejection": null,
            "token": shown,
            "file": arguments.out.as_ref().map(|path| path.display().to_string()),
            "expires": expires.to_string(),
        });
        answer.text = format!("{object}\n");
    } else if let Some(token) = shown {
        answer.text = format!("{token}\n");
    }
    Ok(answer)
}
