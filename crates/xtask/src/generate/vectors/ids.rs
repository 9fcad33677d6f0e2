//! Identifiers: every text against every kind.

use provisor::{DeviceId, GroupId, HubName, IdRules, IdScope, RegistrationId, Rejection};
use serde::Serialize;

use super::form::{Refusal, hex};

pub(super) const ABOUT: &str = "Each text as each kind of identifier. `hex` is the text in UTF-8. \
`normal` is what is compared and stored. Positions count bytes from 0.";

#[derive(Debug, Serialize)]
pub(super) struct Case {
    kind: &'static str,
    text: String,
    hex: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    normal: Option<String>,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

/// A kind of identifier, and its door: the normal form of a legal text.
type Kind = (&'static str, fn(&str) -> Result<String, Rejection>);

const KINDS: [Kind; 6] = [
    ("registration_id_2017", |text| {
        RegistrationId::parse(text, IdRules::V2017).map(|id| id.normal_form().to_owned())
    }),
    ("registration_id", |text| {
        RegistrationId::parse(text, IdRules::Current).map(|id| id.normal_form().to_owned())
    }),
    ("device_id", |text| {
        DeviceId::parse(text).map(|id| id.as_str().to_owned())
    }),
    ("id_scope", |text| {
        IdScope::parse(text).map(|id| id.normal_form().to_owned())
    }),
    ("group_id", |text| {
        GroupId::parse(text).map(|id| id.normal_form().to_owned())
    }),
    ("hub_name", |text| {
        HubName::parse(text).map(|id| id.normal_form().to_owned())
    }),
];

/// Texts at the edges of the rules.
const TEXTS: [&str; 44] = [
    "",
    "a",
    "7",
    "A",
    "-",
    ".",
    "_",
    ":",
    " ",
    "line-7-0001",
    "Line-7-0001",
    "LINE",
    "0ne0A1B2C3D",
    "line.7",
    "line_7",
    "line:7",
    "line-7-",
    "line-7.",
    "line-7_",
    "line-7:",
    "-line",
    ".line",
    "a..b",
    "a b",
    " a",
    "a ",
    "a\n",
    "a\0b",
    "\u{7f}",
    "é",
    "aé",
    "ａ",
    "ı",
    "a\u{200b}",
    "a/b",
    "a\\b",
    "a'b",
    "a%20b",
    "hub.example.net",
    "HUB.Example.NET",
    "-hub.example.net",
    "hub-.example.net",
    "hub.example.net.",
    "hub.example.net:8883",
];

/// Lengths at the edges of the limits of all kinds.
const LENGTHS: [usize; 10] = [31, 32, 33, 63, 64, 127, 128, 129, 253, 254];

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(LENGTHS.iter().map(|length| "a".repeat(*length)));
    // Host names have a limit for each label, so long ones need dots.
    texts.extend([253, 254].map(|length| "a234567.".repeat(40).chars().take(length).collect()));
    let cases: Vec<Case> = KINDS
        .iter()
        .flat_map(|kind| texts.iter().map(|text| case(kind, text)))
        .collect();
    for (kind, _) in KINDS {
        let of_kind = || cases.iter().filter(|case| case.kind == kind);
        if !of_kind().any(|case| case.normal.is_some()) || !of_kind().any(|c| c.refusal.is_some()) {
            return Err(format!(
                "{kind}: all texts have one answer, which tests nothing"
            ));
        }
    }
    Ok(cases)
}

fn case((kind, parse): &Kind, text: &str) -> Case {
    let answer = parse(text);
    Case {
        kind,
        text: text.to_owned(),
        hex: hex(text.as_bytes()),
        normal: answer.as_ref().ok().cloned(),
        refusal: answer.as_ref().err().map(Refusal::from),
    }
}
