use std::string::{String, ToString as _};
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn position(text: &str) -> (Reason, usize) {
    let error = Json::parse(text.as_bytes()).unwrap_err();
    (error.reason(), error.detail() as usize)
}

#[test]
fn what_is_no_json_is_refused_where_it_is_wrong() {
    for (text, at) in [
        ("", 0),
        ("  ", 2),
        ("{", 1),
        ("{\"a\":1,}", 7),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("{\"a\" 1}", 5),
        ("{1:2}", 1),
        ("01", 1),
        ("1.", 2),
        ("-", 1),
        ("1e", 2),
        ("+1", 0),
        ("tru", 0),
        ("\"a", 2),
        ("\"\n\"", 1),
        ("\"\\x\"", 2),
        ("\"\\u12g4\"", 5),
        ("{} x", 3),
        ("\u{feff}{}", 0),
        ("[}", 1),
    ] {
        assert_eq!(position(text), (Reason::AnswerMalformed, at), "{text:?}");
    }
    let error = Json::parse(b"{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!(
        (error.reason(), error.detail()),
        (Reason::AnswerMalformed, 6)
    );
}

#[test]
fn depth_and_length_have_their_limits() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(nested(32).as_bytes()).is_ok());
    assert_eq!(position(&nested(33)).0, Reason::AnswerMalformed);
    let objects = "{\"a\":".repeat(32) + "1" + &"}".repeat(32);
    assert!(Json::parse(objects.as_bytes()).is_ok());
    // Beside each other as many as there are.
    let wide = vec!["[[]]"; 1000].join(",");
    assert!(Json::parse(std::format!("[{wide}]").as_bytes()).is_ok());
    let long = " ".repeat(limits::ANSWER_BYTES) + "1";
    assert_eq!(position(&long), (Reason::AnswerTooLong, long.len()));
}

#[test]
fn escapes_and_halves_of_characters() {
    let json = Json::parse(br#""a\/\"\\\b\f\n\r\t\u00e9\ud83d\ude00\ud83dx\ude00""#).unwrap();
    let mut out = [0; 64];
    let text = json.text().unwrap();
    assert_eq!(
        text.decode(&mut out).unwrap(),
        "a/\"\\\u{8}\u{c}\n\r\té\u{1f600}\u{fffd}x\u{fffd}"
    );
    assert_eq!(
        text.to_string(),
        str::from_utf8(&out).unwrap().trim_end_matches('\0')
    );
    for (json, character) in [
        (r#""\ud800\udc00""#, "\u{10000}"),
        (r#""\udbff\udfff""#, "\u{10ffff}"),
        (r#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"),
    ] {
        let json = Json::parse(json.as_bytes()).unwrap();
        assert_eq!(json.text().unwrap().to_string(), character);
    }
    let short = text.decode(&mut [0; 3]).unwrap_err();
    assert_eq!(short.needed(), Some(text.to_string().len()));
    let blob = Json::parse(br#""Zm9vYm\/9""#).unwrap().text().unwrap();
    assert_eq!(blob.decode_base64(&mut out).unwrap(), b"foobo\xfd");
    assert_eq!(
        Json::parse(br#""Zm9""#)
            .unwrap()
            .text()
            .unwrap()
            .decode_base64(&mut out)
            .unwrap_err()
            .reason(),
        Reason::Base64
    );
}

/// What serde_json reads of the same text, said again by our reader.
fn again(json: Json<'_>) -> Value {
    if let Some(text) = json.text() {
        return Value::String(text.to_string());
    }
    if let Some(boolean) = json.boolean() {
        return Value::Bool(boolean);
    }
    if json.is_null() {
        return Value::Null;
    }
    if json.is_object() {
        let members = json
            .members()
            .map(|(name, value)| (name.to_string(), again(value)));
        return Value::Object(members.collect());
    }
    if json.raw().starts_with('[') {
        return Value::Array(json.elements().map(again).collect());
    }
    let number: Value = serde_json::from_str(json.raw()).unwrap();
    if let Some(whole) = number.as_u64() {
        assert_eq!(json.number(), Some(whole));
    }
    number
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_is_read_as_serde_json_reads_it(value in values(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let read = again(Json::parse(text.as_bytes()).unwrap());
        // Floating point numbers are read by serde_json on both sides.
        prop_assert_eq!(read, serde_json::from_str::<Value>(&text).unwrap());
    }

    #[test]
    fn a_text_is_json_for_both_or_for_neither(text in "[\\[\\]{}:,\"\\\\0-9eE.+\\-truefalsn uabcd/ \\n]{0,24}") {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(Json::parse(text.as_bytes()).is_ok(), theirs, "{:?}", text);
    }

    #[test]
    fn a_changed_value_is_json_for_both_or_for_neither(
        value in values(), at: prop::sample::Index, byte in "[\\[\\]{}:,\"\\\\0eE.\\-tu\n ]", cut: bool
    ) {
        let mut text: Vec<char> = serde_json::to_string(&value).unwrap().chars().collect();
        let place = at.index(text.len());
        if cut { text.remove(place); } else { text[place] = byte.chars().next().unwrap(); }
        let text: String = text.into_iter().collect();
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(Json::parse(text.as_bytes()).is_ok(), theirs, "{:?}", text);
    }

    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        if let Ok(json) = Json::parse(&bytes) {
            let _ = (json.members().count(), json.elements().count(), json.number());
        }
    }
}
