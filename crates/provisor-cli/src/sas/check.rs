//! `provisor sas check`: the verdict on a token.

use std::path::PathBuf;

use provisor::sas::{Resource, SasKey, SasToken, VerifiedToken};
use provisor::{Code, IdScope, RegistrationId, Rejection, Subject, UnixTime, limits};

use super::keys::{Bytes, KeyArguments, Keys, token_text};
use super::report::{self, Claims, Findings};
use crate::answer::{Answer, Unusable};
use crate::hidden::Hidden;
use crate::input;
use crate::time::time;

/// More than a token may have, so that one that is too long is named as that.
const LONGEST_TOKEN: u64 = 64 << 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The token, "SharedAccessSignature sr=..."; "-" reads it from standard input, where other users do not see it.
    #[arg(long, value_name = "TEXT", value_parser = Hidden::parse, required_unless_present = "token_file")]
    token: Option<Hidden>,
    /// A file with the token.
    #[arg(long, value_name = "F", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// The service's ID scope; without it, the one that the token names.
    #[arg(long, visible_alias = "id-scope", value_name = "SCOPE")]
    scope: Option<String>,
    /// The device's registration ID; without it, the one that the token names.
    #[arg(
        long,
        visible_alias = "registration-id",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    id: Option<String>,
    #[command(flatten)]
    keys: KeyArguments,
    /// What time it is; without it, the clock of this machine.
    #[arg(long, visible_alias = "at", value_name = "RFC3339", value_parser = time)]
    now: Option<UnixTime>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let now = arguments.now.map_or_else(input::now, Ok)?;
    let dash = arguments.token.as_ref().is_some_and(Hidden::is_dash);
    if arguments.keys.dashes() + usize::from(dash) > 1 {
        return Err(Unusable::new(
            "standard input has one text: give the other one as a file (--token-file, --key-file)",
        ));
    }
    let text = token_text(&token_bytes(arguments)?)?;
    let keys = match arguments.keys.read()? {
        Ok(keys) => keys,
        Err(unreadable) => return Ok(report::unreadable(&unreadable, arguments.json)),
    };
    let findings = judge(arguments, &text, &keys, now);
    let text = if arguments.json {
        findings.object()
    } else {
        findings.text()
    };
    Ok(Answer::new(text, findings.verdict()))
}

fn token_bytes(arguments: &Arguments) -> Result<Bytes, Unusable> {
    match (&arguments.token, &arguments.token_file) {
        (_, Some(path)) => input::secret(path, LONGEST_TOKEN),
        (Some(text), None) if text.is_dash() => input::stdin(LONGEST_TOKEN),
        (Some(text), None) => Ok(Bytes::new(text.bytes().to_vec())),
        (None, None) => Ok(Bytes::new(Vec::new())),
    }
}

fn judge(arguments: &Arguments, text: &str, keys: &Keys, now: UnixTime) -> Findings {
    let mut findings = Findings {
        resource: None,
        claims: None,
        rejection: None,
        key: None,
        signature: None,
        taken: Vec::new(),
        now,
    };
    if let Err(rejection) = findings.look(arguments, text, keys) {
        findings.rejection = Some(rejection);
    }
    findings
}

impl Findings {
    fn look(&mut self, arguments: &Arguments, text: &str, keys: &Keys) -> Result<(), Rejection> {
        let token = SasToken::parse(text)?;
        self.claims = Some(Claims::of(&token));
        let named = named(&token);
        let (scope, id) = match (&arguments.scope, &arguments.id) {
            (Some(scope), Some(id)) => (scope.as_str(), id.as_str()),
            (scope, id) => {
                let (own_scope, own_id) = named.ok_or_else(no_registration)?;
                if scope.is_none() {
                    self.taken.push("ID scope");
                }
                if id.is_none() {
                    self.taken.push("registration ID");
                }
                (
                    scope.as_deref().unwrap_or(own_scope),
                    id.as_deref().unwrap_or(own_id),
                )
            }
        };
        let (scope, id) = (IdScope::parse(scope)?, RegistrationId::try_from(id)?);
        let resource = Resource::registration(&scope, &id);
        self.resource = Some(resource.to_string());
        match keys.verify(&token, &resource, self.now) {
            Ok(verified) => {
                self.key = Some(keys.name_of(&verified));
                Ok(())
            }
            Err(rejection) => {
                if token.check_claims(&resource, self.now).is_err() {
                    self.signature = by_itself(&token, named, keys);
                }
                Err(rejection)
            }
        }
    }
}

/// Whether the signature is right for what the token says of itself: a second fault, found at once.
fn by_itself(
    token: &SasToken<'_>,
    named: Option<(&str, &str)>,
    keys: &Keys,
) -> Option<Result<String, Rejection>> {
    let (scope, id) = named?;
    let (scope, id) = (
        IdScope::parse(scope).ok()?,
        RegistrationId::try_from(id).ok()?,
    );
    let resource = Resource::registration(&scope, &id);
    // At its own last second, a token is in its time whatever it says.
    let then = token.expires();
    token.check_claims(&resource, then).ok()?;
    let verified = keys.verify(token, &resource, then);
    Some(verified.map(|verified| keys.name_of(&verified)))
}

impl Keys {
    fn verify(
        &self,
        token: &SasToken<'_>,
        resource: &Resource<'_>,
        now: UnixTime,
    ) -> Result<VerifiedToken, Rejection> {
        let keys: Vec<&SasKey> = self.keys.iter().map(|named| &named.key).collect();
        if self.of_groups {
            token.verify_group(resource, &keys, now)
        } else {
            token.verify(resource, &keys, now)
        }
    }

    fn name_of(&self, verified: &VerifiedToken) -> String {
        let named = self.keys.get(verified.key_index());
        let name = named.map_or("", |named| named.name.as_str());
        match self.of_groups {
            true => format!("the key derived from the group's key ({name})"),
            false => format!("the key ({name})"),
        }
    }
}

/// Scope and ID in a resource as `{scope}/registrations/{id}`.
fn named<'t>(token: &'t SasToken<'_>) -> Option<(&'t str, &'t str)> {
    let mut parts = token.resource().splitn(3, '/');
    let (scope, collection, id) = (parts.next()?, parts.next()?, parts.next()?);
    collection
        .eq_ignore_ascii_case("registrations")
        .then_some((scope, id))
}

fn no_registration() -> Rejection {
    Rejection::new(Code::SasResource, Subject::field("sr"))
        .expected("SCOPE/registrations/ID")
        .found("another resource")
        .remedy("give --scope and --id, to see what was expected and what was found")
}

const _: () = assert!(LONGEST_TOKEN > limits::SAS_TOKEN_BYTES as u64);
