//! What a token says, against what the request says.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::super::percent;
use super::super::resource::Resource;
use super::super::sign::KEY_NAME;
use super::super::token::SasToken;
use crate::limits;

/// How often a resource is decoded to see whether it was encoded more than once.
const DECODINGS: usize = 3;

/// Characters of the base64 text of the shortest key, without its padding.
const SHORTEST_KEY: usize = 22;

/// What resources have in their middle, and no key is likely to have.
const COLLECTIONS: [&str; 2] = ["/registrations/", "/devices/"];

/// From 1601-01-01 to 1970-01-01 in seconds: where the file times of Windows begin.
const SECONDS_FROM_1601: i64 = 11_644_473_600;

/// From 0001-01-01 to 1970-01-01 in seconds: where the ticks of .NET begin.
const SECONDS_BEFORE_1970: i64 = 62_135_596_800;

pub(super) fn check_resource(
    token: &SasToken<'_>,
    expected: &Resource<'_>,
) -> Result<(), Rejection> {
    if expected.is_named_by(token.resource()) {
        return Ok(());
    }
    let code = if was_encoded_again(token.resource(), expected) {
        Code::SasEncodedTwice
    } else {
        Code::SasResource
    };
    Err(Rejection::new(code, Subject::field("sr"))
        .expected(format!("{expected}"))
        .found(shown(token.resource())))
}

/// What is decoded already names the resource after decoding it again.
fn was_encoded_again(text: &str, expected: &Resource<'_>) -> bool {
    let mut text = Cow::Borrowed(text);
    for _ in 0..DECODINGS {
        let Ok(decoded) = percent::decode(&text) else {
            return false;
        };
        if expected.is_named_by(&decoded) {
            return true;
        }
        text = Cow::Owned(decoded.into_owned());
    }
    false
}

pub(super) fn check_key_name(token: &SasToken<'_>) -> Result<(), Rejection> {
    match token.key_name() {
        None | Some(KEY_NAME) => Ok(()),
        Some(other) => {
            let rejection = Rejection::new(Code::SasKeyName, Subject::field("skn"))
                .expected(KEY_NAME)
                .found(shown(other));
            Err(match other.trim() {
                KEY_NAME => {
                    rejection.remedy("send the token without a line break or space after it")
                }
                _ => rejection,
            })
        }
    }
}

/// A text of the token, unless it can be the key, which some send where its name belongs.
pub(crate) fn shown(text: &str) -> String {
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    let name = |c: char| c.is_ascii_lowercase() || c == '-';
    // What a text is put between where it is copied from.
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "\"'`<>[](){},;".contains(c));
    let key = bare.len() >= SHORTEST_KEY
        && bare.chars().all(base64)
        && !bare.chars().all(name)
        && !COLLECTIONS.iter().any(|part| bare.contains(part));
    if key || text.to_ascii_lowercase().contains("accesskey=") {
        return format!(
            "{} characters, among them what can be a key",
            text.chars().count()
        );
    }
    format!("\"{}\"", text.escape_default())
}

/// Good up to and including the second `se`, and [`limits::SAS_CLOCK_SKEW_SECONDS`] beyond it; and no
/// further ahead than the longest life, by a clock that may differ as much.
pub(super) fn check_expiry(token: &SasToken<'_>, now: UnixTime) -> Result<(), Rejection> {
    let skew = limits::SAS_CLOCK_SKEW_SECONDS;
    let expires = token.expires();
    if now > expires.saturating_add(skew) {
        return Err(expired(expires, now));
    }
    let latest = now
        .saturating_add(token.longest_life())
        .saturating_add(skew);
    if expires <= latest {
        return Ok(());
    }
    Err(match other_unit(expires.seconds(), now) {
        Some((unit, meant)) => Rejection::new(Code::SasExpiryUnit, Subject::field("se"))
            .expected(format!("{}, if {meant} is meant", meant.seconds()))
            .found(format!("{}, which are {unit}", expires.seconds())),
        None => Rejection::new(Code::SasExpiryFar, Subject::field("se"))
            .expected(format!("{latest} or before"))
            .found(format!("{expires}")),
    })
}

fn expired(expires: UnixTime, now: UnixTime) -> Rejection {
    let rejection = Rejection::new(Code::SasExpired, Subject::field("se")).expected(format!(
        "{now} or later ({} s of clock difference allowed)",
        limits::SAS_CLOCK_SKEW_SECONDS
    ));
    // No token was made in the seventies.
    if (0..=limits::SAS_LIFE_SECONDS).contains(&expires.seconds()) {
        return rejection
            .found(format!("{expires}, as a length of time in place of a time"))
            .remedy("write se as the time now plus the life of the token, in seconds since 1970; if the device did, set its clock");
    }
    rejection.found(format!("{expires}"))
}

/// The unit in which the number is a time near now, and that time.
fn other_unit(number: i64, now: UnixTime) -> Option<(&'static str, UnixTime)> {
    let near =
        |seconds: i64| seconds.abs_diff(now.seconds()) <= limits::SAS_LIFE_SECONDS.unsigned_abs();
    [
        ("milliseconds", 1_000, 0),
        ("microseconds", 1_000_000, 0),
        ("nanoseconds", 1_000_000_000, 0),
        (
            "ticks of 100 ns since the year 1",
            10_000_000,
            SECONDS_BEFORE_1970,
        ),
        (
            "ticks of 100 ns since the year 1601",
            10_000_000,
            SECONDS_FROM_1601,
        ),
    ]
    .into_iter()
    .map(|(unit, divisor, before)| (unit, number / divisor - before))
    .find(|(_, seconds)| near(*seconds))
    .map(|(unit, seconds)| (unit, UnixTime::new(seconds)))
}
