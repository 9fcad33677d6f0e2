//! Why a signature fits no key. Asked after the refusal is certain; nothing here can undo it.
//!
//! Each answer is one more HMAC that fits: a fact about what the maker of the token did. Whoever has
//! neither the key nor a signature that was made with it gets none of them.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::super::key::SasKey;
use super::super::percent;
use super::super::resource::Resource;
use super::super::token::SasToken;
use super::spellings::spellings;
use crate::id::RegistrationId;
use crate::limits;

/// Of the keys of an individual enrollment.
pub(super) fn of_keys(
    token: &SasToken<'_>,
    expected: &Resource<'_>,
    keys: &[&SasKey],
) -> Rejection {
    let keys = || keys.iter().copied().take(limits::SAS_DIAGNOSED_KEYS);
    let mut trials = Trials::new(token, expected);
    keys()
        .find_map(|key| trials.mistakes(own_mistakes(key, expected.id())))
        .or_else(|| keys().find_map(|key| trials.other_texts(key)))
        .or_else(|| keys().find_map(|key| trials.pairs(own_mistakes(key, expected.id()))))
        .unwrap_or_else(|| refuse(Code::SasSignature))
}

/// Of the keys of groups.
pub(super) fn of_group(
    token: &SasToken<'_>,
    expected: &Resource<'_>,
    group_keys: &[&SasKey],
) -> Rejection {
    let keys = || group_keys.iter().copied().take(limits::SAS_DIAGNOSED_KEYS);
    let id = expected.id();
    let mut trials = Trials::new(token, expected);
    keys()
        .find_map(|key| trials.group_key(key))
        .or_else(|| keys().find_map(|key| trials.mistakes(group_mistakes(key, id))))
        .or_else(|| {
            let mut derived = keys().flat_map(|key| spellings(id).map(|id| key.derive_from(id)));
            derived.find_map(|key| trials.other_texts(&key))
        })
        .or_else(|| {
            keys().find_map(|key| {
                let mut mistakes = group_mistakes(key, id);
                mistakes.push((Code::SasGroupKey, GROUP_KEY, key.clone()));
                trials.pairs(mistakes)
            })
        })
        .unwrap_or_else(|| refuse(Code::SasSignature))
}

/// What a device of a group did that has no key of its own.
const GROUP_KEY: &str = "a signature by the group's key itself";

/// A mistake, and the key that whoever makes it signs with.
type Mistake = (Code, &'static str, SasKey);

/// With the key of an individual enrollment.
fn own_mistakes(key: &SasKey, id: &RegistrationId) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    mistakes.push((Code::SasKeyNotDecoded, "", key.not_decoded()));
    for id in spellings(id) {
        mistakes.push((Code::SasKeyDerived, "", key.derive_from(id)));
    }
    mistakes
}

/// With the key of a group, and with what was derived from it.
fn group_mistakes(key: &SasKey, id: &RegistrationId) -> Vec<Mistake> {
    let text = key.not_decoded();
    let upper = id.as_str().to_ascii_uppercase();
    let mut mistakes = Vec::new();
    for id in spellings(id) {
        let derived = key.derive_from(id);
        mistakes.push((
            Code::SasKeyNotDecoded,
            "the text of the device's derived key as its key",
            derived.not_decoded(),
        ));
        mistakes.push((
            Code::SasKeyNotDecoded,
            "a key derived from the text of the group's key",
            text.derive_from(id),
        ));
    }
    mistakes.push((
        Code::SasDerivedCase,
        "a key derived from the ID in upper case",
        key.derive_from(&upper),
    ));
    mistakes.push((
        Code::SasGroupKey,
        "a signature by the base64 text of the group's key, without decoding it",
        text,
    ));
    mistakes
}

/// Another text than was sent, that a signature may cover.
struct OtherText {
    code: Code,
    found: &'static str,
    signed: String,
}

/// What is tried, up to a limit.
struct Trials<'t> {
    signature: &'t [u8; 32],
    sent: String,
    texts: Vec<OtherText>,
    left: usize,
}

impl<'t> Trials<'t> {
    fn new(token: &'t SasToken<'_>, expected: &Resource<'_>) -> Self {
        Self {
            signature: token.signature(),
            sent: token.signed_text(),
            texts: other_texts(token, expected),
            left: limits::SAS_DIAGNOSES,
        }
    }

    fn group_key(&mut self, key: &SasKey) -> Option<Rejection> {
        let fits = count(&mut self.left) && key.verifies(self.sent.as_bytes(), self.signature);
        fits.then(|| refuse(Code::SasGroupKey).found(GROUP_KEY))
    }

    fn mistakes(&mut self, mistakes: Vec<Mistake>) -> Option<Rejection> {
        mistakes.into_iter().find_map(|(code, found, key)| {
            let fits = count(&mut self.left) && key.verifies(self.sent.as_bytes(), self.signature);
            fits.then(|| refuse(code).found(found))
        })
    }

    /// Two mistakes at once: another key, and over another text. The answer is about the key, which
    /// comes first in what the maker did, and names both.
    fn pairs(&mut self, mistakes: Vec<Mistake>) -> Option<Rejection> {
        mistakes.into_iter().find_map(|(code, found, key)| {
            let text = self.texts.iter().find(|text| {
                count(&mut self.left) && key.verifies(text.signed.as_bytes(), self.signature)
            })?;
            let first = if found.is_empty() {
                code.meaning()
            } else {
                found
            };
            Some(
                refuse(code)
                    .found(format!("{first}; besides, {}", text.found))
                    .remedy(format!("{}; then {}", code.remedy(), text.code.remedy())),
            )
        })
    }

    fn other_texts(&mut self, key: &SasKey) -> Option<Rejection> {
        self.texts.iter().find_map(|text| {
            let fits =
                count(&mut self.left) && key.verifies(text.signed.as_bytes(), self.signature);
            fits.then(|| refuse(text.code).found(text.found))
        })
    }
}

/// Whether one more may be tried.
const fn count(left: &mut usize) -> bool {
    match left.checked_sub(1) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    }
}

/// Every text but the one that was sent, each once.
fn other_texts(token: &SasToken<'_>, expected: &Resource<'_>) -> Vec<OtherText> {
    let (sent, plain, se) = (token.raw_resource(), token.resource(), token.raw_expiry());
    let encoded = percent::encode(plain);
    let asked = expected.to_string();
    let asked_encoded = percent::encode(&asked);
    let mut texts: Vec<OtherText> = Vec::new();
    let mut add = |code, found, signed: String| {
        if signed != token.signed_text() && texts.iter().all(|text| text.signed != signed) {
            texts.push(OtherText {
                code,
                found,
                signed,
            });
        }
    };
    for (code, found, resource) in [
        (
            Code::SasSignedPlain,
            "a signature over the plain text of the resource",
            plain,
        ),
        (
            Code::SasSignedEncoded,
            "a signature over the resource encoded with upper-case digits, as %2F",
            &encoded,
        ),
        (
            Code::SasSignedEncoded,
            "a signature over the resource encoded with lower-case digits, as %2f",
            &percent::with_lower_digits(&encoded),
        ),
        (
            Code::SasSignedEncoded,
            "a signature over the resource encoded once more",
            &percent::encode(sent),
        ),
        (
            Code::SasSignedCase,
            "a signature over the resource in lower case",
            &sent.to_ascii_lowercase(),
        ),
        (
            Code::SasSignedCase,
            "a signature over the plain resource in lower case",
            &plain.to_ascii_lowercase(),
        ),
        (
            Code::SasSignedCase,
            "a signature over the resource in lower case, encoded afterwards",
            &percent::encode(&plain.to_ascii_lowercase()),
        ),
        (
            Code::SasSignedCase,
            "a signature over the resource in the case of the request",
            &asked_encoded,
        ),
        (
            Code::SasSignedCase,
            "a signature over the resource in the case of the request, with lower-case digits",
            &percent::with_lower_digits(&asked_encoded),
        ),
        (
            Code::SasSignedCase,
            "a signature over the plain resource in the case of the request",
            &asked,
        ),
    ] {
        add(code, found, format!("{resource}\n{se}"));
    }
    for (found, signed) in [
        (
            r"a signature over the two characters \n between them",
            format!("{sent}\\n{se}"),
        ),
        (
            "a signature over two bytes, 0D 0A, between them",
            format!("{sent}\r\n{se}"),
        ),
        (
            "a signature over another newline after them",
            format!("{sent}\n{se}\n"),
        ),
        (
            "a signature over both with nothing between them",
            format!("{sent}{se}"),
        ),
    ] {
        add(Code::SasSignedLines, found, signed);
    }
    texts
}

fn refuse(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("sig"))
}

#[cfg(test)]
mod tests;
