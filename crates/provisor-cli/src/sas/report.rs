//! What there is to say of a token, as text and as JSON.

use std::fmt::Write as _;

use provisor::sas::SasToken;
use provisor::{Rejection, UnixTime};
use serde_json::{Value, json};

use super::keys::Unreadable;
use crate::answer::{Answer, Verdict, refusal_block, rejection_block, verdict_block};

/// The verdict and what was looked at. The signature and the keys are never among it.
pub(super) struct Findings {
    /// The registration that the token was judged for.
    pub(super) resource: Option<String>,
    /// What the token says, as far as it could be read.
    pub(super) claims: Option<Claims>,
    /// Why it is refused.
    pub(super) rejection: Option<Rejection>,
    /// The key that it was signed with.
    pub(super) key: Option<String>,
    /// Of a token that is refused for what it says: whether its signature is right by itself.
    pub(super) signature: Option<Result<String, Rejection>>,
    /// What was not asked for and therefore taken from the token.
    pub(super) taken: Vec<&'static str>,
    pub(super) now: UnixTime,
}

/// What a token says.
pub(super) struct Claims {
    resource: String,
    expires: UnixTime,
    key_name: Option<String>,
}

impl Claims {
    pub(super) fn of(token: &SasToken<'_>) -> Self {
        Self {
            resource: token.resource().to_owned(),
            expires: token.expires(),
            key_name: token.key_name().map(str::to_owned),
        }
    }
}

impl Findings {
    pub(super) const fn verdict(&self) -> Verdict {
        match self.rejection {
            Some(_) => Verdict::Rejected,
            None => Verdict::Accepted,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut out = match (&self.rejection, &self.resource, &self.key) {
            (None, Some(resource), Some(key)) => {
                format!("ACCEPTED  {resource}: signed with {key}\n")
            }
            (None, ..) => "ACCEPTED\n".to_owned(),
            (Some(rejection), ..) => refusal_block(rejection),
        };
        // A text that is refused for its form is not shown: it can be anything.
        if let Some(claims) = &self.claims {
            let _ = writeln!(out, "\nwhat was judged, at {}:", self.now);
            if let Some(resource) = &self.resource {
                let _ = writeln!(out, "  asked    {}", resource.escape_default());
            }
            if self.rejection.is_none() {
                let _ = writeln!(out, "  token    for {}", claims.resource.escape_default());
            }
            let _ = writeln!(
                out,
                "  expires  {}, {}",
                claims.expires,
                distance(claims.expires, self.now)
            );
            if let (None, Some(name)) = (&self.rejection, &claims.key_name) {
                let _ = writeln!(out, "  key name {}", name.escape_default());
            }
            for taken in &self.taken {
                let _ = writeln!(
                    out,
                    "  note     the {taken} was taken from the token: that it is the right one was not judged"
                );
            }
        }
        match &self.signature {
            Some(Ok(key)) => {
                let _ = writeln!(out, "\nthe signature by itself is right: signed with {key}");
            }
            Some(Err(rejection)) => {
                let _ = write!(
                    out,
                    "\nthe signature by itself is wrong as well:\n{}",
                    rejection_block(rejection, "    ")
                );
            }
            None => {}
        }
        out
    }

    pub(super) fn object(&self) -> String {
        let signature = self.signature.as_ref().map(|signature| match signature {
            Ok(key) => json!({ "verdict": "accepted", "key": key, "rejection": null }),
            Err(rejection) => json!({ "verdict": "rejected", "key": null, "rejection": rejection }),
        });
        // What can be a key that somebody sent in a field is in no rejection, so nor is it here.
        let claims = self.claims.as_ref().map(|claims| {
            json!({
                "resource": self.rejection.is_none().then_some(&claims.resource),
                "keyName": self.rejection.is_none().then_some(&claims.key_name),
                "expires": claims.expires.to_string(),
            })
        });
        let object = json!({
            "verdict": match self.verdict() {
                Verdict::Accepted => "accepted",
                Verdict::Rejected | Verdict::Unusable => "rejected",
            },
            "rejection": self.rejection,
            "at": self.now.to_string(),
            "asked": self.resource,
            "takenFromToken": self.taken,
            "claims": claims,
            "signedWith": self.key,
            "signature": signature,
        });
        format!("{object}\n")
    }
}

/// A key that cannot be read, by the file or the option at fault.
pub(super) fn unreadable(unreadable: &Unreadable, json: bool) -> Answer {
    let rejection = &unreadable.rejection;
    let text = if json {
        let object = json!({
            "verdict": "unreadable",
            "at": unreadable.place.as_ref().map_or(Value::Null, crate::place::Place::json),
            "rejection": rejection,
        });
        format!("{object}\n")
    } else {
        let about = unreadable.place.as_ref().map_or_else(
            || format!("option:   {}", rejection.subject()),
            |place| format!("file:     {place}"),
        );
        verdict_block("UNREADABLE", rejection, &about)
    };
    Answer::new(text, Verdict::Unusable)
}

/// How far ahead, in words.
fn distance(expires: UnixTime, now: UnixTime) -> String {
    let seconds = expires.seconds().saturating_sub(now.seconds());
    match seconds {
        0.. => format!("in {seconds} s"),
        _ => format!("{} s ago", seconds.unsigned_abs()),
    }
}
