use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

use data_encoding::BASE64;
use proptest::prelude::*;
use provisor_report::{Code, UnixTime};

use super::*;
use crate::digest::hmac_sha256;
use crate::id::IdScope;

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const SCOPE: &str = "0ne0A1B2C3D";
const ID: &str = "Line-7-AA";
const KEY: [u8; 32] = [0x5a; 32];

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac_sha256(key, &[text]).to_vec()
}

/// A token that sends `sr` and is signed over `signed`.
fn token(key: &[u8], sr: &str, signed: &str) -> String {
    let signature = percent::encode(&BASE64.encode(&hmac(key, signed.as_bytes())));
    format!("SharedAccessSignature sr={sr}&sig={signature}&se=1790000060")
}

fn judge(text: &str, group: bool) -> Result<usize, Rejection> {
    let (scope, id) = (
        IdScope::parse(SCOPE).unwrap(),
        RegistrationId::try_from(ID).unwrap(),
    );
    let resource = Resource::registration(&scope, &id);
    let (key, other) = (
        SasKey::from_bytes(&KEY).unwrap(),
        SasKey::from_bytes(&[1; 32]).unwrap(),
    );
    let token = SasToken::parse(text)?;
    let verified = match group {
        true => token.verify_group(&resource, &[&other, &key], NOW),
        false => token.verify(&resource, &[&other, &key], NOW),
    };
    verified.map(|verified| verified.key_index())
}

const UPPER: &str = "0ne0A1B2C3D%2Fregistrations%2FLine-7-AA";
const LOWER: &str = "0ne0A1B2C3D%2fregistrations%2fLine-7-AA";
const PLAIN: &str = "0ne0A1B2C3D/registrations/Line-7-AA";
const SMALL: &str = "0ne0a1b2c3d%2fregistrations%2fline-7-aa";

#[test]
fn another_text_that_was_signed_is_named() {
    let cases = [
        (UPPER, format!("{PLAIN}\n"), Code::SasSignedPlain),
        (LOWER, format!("{PLAIN}\n"), Code::SasSignedPlain),
        (PLAIN, format!("{UPPER}\n"), Code::SasSignedEncoded),
        (PLAIN, format!("{LOWER}\n"), Code::SasSignedEncoded),
        (UPPER, format!("{LOWER}\n"), Code::SasSignedEncoded),
        (LOWER, format!("{UPPER}\n"), Code::SasSignedEncoded),
        (
            UPPER,
            format!("{}\n", percent::encode(UPPER)),
            Code::SasSignedEncoded,
        ),
        (SMALL, format!("{UPPER}\n"), Code::SasSignedCase),
        (SMALL, format!("{PLAIN}\n"), Code::SasSignedCase),
        (UPPER, format!("{}\n", SMALL), Code::SasSignedCase),
        (
            UPPER,
            format!("{}\n", PLAIN.to_lowercase()),
            Code::SasSignedCase,
        ),
        (UPPER, format!("{UPPER}\\n"), Code::SasSignedLines),
        (UPPER, format!("{UPPER}\r\n"), Code::SasSignedLines),
        (UPPER, UPPER.to_string(), Code::SasSignedLines),
    ];
    let id = ID.as_bytes();
    for (sr, signed, code) in cases {
        let signed = format!("{signed}1790000060");
        for (key, group) in [
            (KEY.to_vec(), false),
            (hmac(&KEY, id), true),
            (hmac(&KEY, &id.to_ascii_lowercase()), true),
        ] {
            let refused = judge(&token(&key, sr, &signed), group).unwrap_err();
            assert_eq!(refused.code(), code, "{sr} {signed:?}: {refused}");
        }
    }
    let after = judge(
        &token(&KEY, UPPER, &format!("{UPPER}\n1790000060\n")),
        false,
    );
    assert_eq!(after.unwrap_err().code(), Code::SasSignedLines);
}

#[test]
fn a_key_that_was_used_wrongly_is_named() {
    let text = BASE64.encode(&KEY).into_bytes();
    let derived = hmac(&KEY, ID.as_bytes());
    for (key, group, code) in [
        (text.clone(), false, Code::SasKeyNotDecoded),
        (derived.clone(), false, Code::SasKeyDerived),
        (hmac(&KEY, b"line-7-aa"), false, Code::SasKeyDerived),
        (KEY.to_vec(), true, Code::SasGroupKey),
        (text.clone(), true, Code::SasGroupKey),
        (hmac(&text, b"line-7-aa"), true, Code::SasKeyNotDecoded),
        (
            BASE64.encode(&derived).into_bytes(),
            true,
            Code::SasKeyNotDecoded,
        ),
        (hmac(&KEY, b"LINE-7-AA"), true, Code::SasDerivedCase),
        (vec![7; 32], false, Code::SasSignature),
        (vec![7; 32], true, Code::SasSignature),
    ] {
        let text = token(&key, UPPER, &format!("{UPPER}\n1790000060"));
        let refused = judge(&text, group).unwrap_err();
        assert_eq!(refused.code(), code, "{group}: {refused}");
        let shown = refused.to_string();
        for secret in [BASE64.encode(&KEY), BASE64.encode(&key)] {
            assert!(!shown.contains(&secret), "{shown}");
        }
    }
}

#[test]
fn two_mistakes_at_once_are_both_named() {
    let text = BASE64.encode(&KEY).into_bytes();
    let id = ID.as_bytes();
    let plain = (UPPER, format!("{PLAIN}\n1790000060"), "plain text");
    let crlf = (UPPER, format!("{UPPER}\r\n1790000060"), "0D 0A");
    let small = (SMALL, format!("{UPPER}\n1790000060"), "case");
    for (sr, signed, second) in [plain, crlf, small] {
        for (key, group, code, first) in [
            (text.clone(), false, Code::SasKeyNotDecoded, ""),
            (hmac(&KEY, id), false, Code::SasKeyDerived, ""),
            (KEY.to_vec(), true, Code::SasGroupKey, "group's key itself"),
            (
                hmac(&text, id),
                true,
                Code::SasKeyNotDecoded,
                "text of the group's key",
            ),
            (
                hmac(&KEY, b"LINE-7-AA"),
                true,
                Code::SasDerivedCase,
                "upper case",
            ),
        ] {
            let refused = judge(&token(&key, sr, &signed), group).unwrap_err();
            assert_eq!(refused.code(), code, "{sr} {signed:?}: {refused}");
            let found = refused.found_text();
            assert!(
                found.contains(first) && found.contains("besides"),
                "{refused}"
            );
            assert!(found.contains(second) || second == "case", "{refused}");
        }
    }
}

#[test]
fn a_groups_device_signs_with_either_derivation() {
    for id in [ID, "line-7-aa"] {
        let text = token(
            &hmac(&KEY, id.as_bytes()),
            UPPER,
            &format!("{UPPER}\n1790000060"),
        );
        assert_eq!(judge(&text, true).unwrap(), 1, "{id}");
        assert!(judge(&text, false).is_err());
    }
}

/// What a stranger gets who has no key is the same whatever the key is.
#[test]
fn the_number_of_trials_has_an_end_and_every_mistake_with_every_key_fits_in() {
    let id = RegistrationId::try_from(ID).unwrap();
    let scope = IdScope::parse(SCOPE).unwrap();
    let resource = Resource::registration(&scope, &id);
    let key = SasKey::from_bytes(&KEY).unwrap();
    let text = token(&[7; 32], SMALL, "");
    let token = SasToken::parse(&text).unwrap();
    let texts = other_texts(&token, &resource).len();
    let of_group = 1 + group_mistakes(&key, &id).len() + 2 * texts;
    let of_own = own_mistakes(&key, &id).len() + texts;
    let pairs_of_group = (group_mistakes(&key, &id).len() + 1) * texts;
    let pairs_of_own = own_mistakes(&key, &id).len() * texts;
    // Of the two keys of an enrollment all, two at once among them; of more, what comes first.
    let of_two = 2 * (of_group + pairs_of_group);
    assert!(of_two <= limits::SAS_DIAGNOSES, "{of_two}");
    assert!(2 * (of_own + pairs_of_own) <= limits::SAS_DIAGNOSES);
    assert!(4 * of_own <= limits::SAS_DIAGNOSES, "{of_own}");
    let mut left = 1;
    assert!(count(&mut left) && !count(&mut left) && !count(&mut left));
}

proptest! {
    #[test]
    fn only_a_signature_of_the_key_gets_another_answer(signature in any::<[u8; 32]>(), group: bool) {
        let sig = percent::encode(&BASE64.encode(&signature));
        let text = format!("SharedAccessSignature sr={UPPER}&sig={sig}&se=1790000060");
        let refused = judge(&text, group).unwrap_err();
        prop_assert_eq!(refused.code(), Code::SasSignature);
        prop_assert_eq!(refused, refuse(Code::SasSignature));
    }
}
