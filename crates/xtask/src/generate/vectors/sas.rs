//! Symmetric keys: what is derived for a device, and how tokens are judged.

use provisor::sas::{Resource, SasKey, SasToken};
use provisor::{IdScope, RegistrationId, Rejection, UnixTime};
use serde::Serialize;

use super::form::{Refusal, hex, unexpected};

pub(super) const ABOUT: &str = "SAS tokens. `key` is the key in base64, of an individual enrollment or (`group`) of \
a group, from which the key of the device `id` is derived: `derived`, in hexadecimal, from its ID in lower case. \
`token` is judged at `now` for that scope and ID: it is good, or a refusal.";

const NOW: i64 = 1_790_000_000;
const SCOPE: &str = "0ne0A1B2C3D";

#[derive(Debug, Serialize)]
pub(super) struct Case {
    note: &'static str,
    scope: &'static str,
    id: &'static str,
    key: String,
    group: bool,
    derived: String,
    now: i64,
    token: String,
    good: bool,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

/// The group's key of the documentation, and keys of the two lengths between which keys lie.
const KEYS: [&str; 3] = [
    "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
    "c2l4dGVlbiBieXRlcy4uLg==",
    "Dg4ODg4ODg4ODg4ODg4ODg4ODg4ODg4ODg4ODg4ODg4=",
];
const IDS: [&str; 3] = ["sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6", "Line-7", "a.b:c_d-"];

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for key in KEYS {
        for id in IDS {
            for group in [false, true] {
                of(key, id, group, &mut cases).map_err(|e| unexpected(&e))?;
            }
        }
    }
    Ok(cases)
}

fn of(text: &str, id: &'static str, group: bool, cases: &mut Vec<Case>) -> Result<(), Rejection> {
    let key = SasKey::from_base64(text)?;
    let scope = IdScope::parse(SCOPE)?;
    let device = RegistrationId::try_from(id)?;
    let resource = Resource::registration(&scope, &device);
    let derived = key.derive(&device);
    let own = if group { &derived } else { &key };
    let good = |seconds| {
        own.sign(&resource, UnixTime::new(NOW + seconds))
            .to_string()
    };
    let elsewhere = RegistrationId::try_from("elsewhere")?;
    let other = own.sign(
        &Resource::registration(&scope, &elsewhere),
        UnixTime::new(NOW + 60),
    );
    let swapped = if group { &key } else { &derived };
    let swapped = swapped.sign(&resource, UnixTime::new(NOW + 60)).to_string();
    let nobodys = SasKey::from_bytes(&[0x55; 32])?.sign(&resource, UnixTime::new(NOW + 60));
    for (note, token) in [
        ("good", good(60)),
        ("the last second that counts", good(-300)),
        ("expired", good(-301)),
        ("another device's", other.to_string()),
        ("the group's key and the device's swapped", swapped),
        ("another key", nobodys.to_string()),
        ("without skn", good(60).replace("&skn=registration", "")),
        ("skn empty", good(60).replace("&skn=registration", "&skn=")),
        (
            "the resource is sent plain and was signed encoded",
            good(60).replace("%2F", "/"),
        ),
        ("cut", good(60).replacen("&se=", "&s", 1)),
    ] {
        let judged = SasToken::parse(&token).and_then(|parsed| {
            let keys = [&key];
            let now = UnixTime::new(NOW);
            match group {
                true => parsed.verify_group(&resource, &keys, now),
                false => parsed.verify(&resource, &keys, now),
            }
        });
        cases.push(Case {
            note,
            scope: SCOPE,
            id,
            key: text.to_owned(),
            group,
            derived: hex(derived.expose()),
            now: NOW,
            good: judged.is_ok(),
            refusal: judged.err().as_ref().map(Refusal::from),
            token,
        });
    }
    Ok(())
}
