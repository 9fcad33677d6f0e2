//! JSON is read as `serde_json` reads it, but for what is refused on purpose, and written as it came.

use proptest::prelude::*;
use provisor_wire::json::{Number, Object, Value};
use provisor_wire::{Code, limits};

/// Any value, numbers of all forms included.
fn values() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Number::from),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?"
            .prop_map(|text| Number::parse(&text).unwrap()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number.prop_map(Value::Number),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..8).prop_map(|members| {
                let mut object = Object::new();
                for (name, value) in members {
                    object.insert(name, value);
                }
                Value::Object(object)
            }),
        ]
    })
}

/// The other reader's value, where numbers are floating.
fn same(ours: &Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => match b.as_i64() {
            Some(b) => a.as_i64() == Some(b) || a.as_str() == "-0",
            // It rounds to a neighbour at times.
            None => match (a.as_str().parse::<f64>(), b.as_f64()) {
                (Ok(a), Some(b)) => (a - b).abs() <= b.abs() * 1e-12,
                _ => false,
            },
        },
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => false,
    }
}

#[test]
fn every_kind_of_value_is_read_and_written() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1.50",
        "-1e+10",
        "1E400",
        "\"\"",
        "[]",
        "{}",
        r#"{"a":[1,{"b":null}],"":"\u0001\"\\"}"#,
        "\"caf\u{e9} \u{1f600}\"",
    ] {
        let value = Value::parse(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text);
    }
    let blanks = Value::parse(b" \t\r\n[ 1 , { \"a\" : 2 } ] \n").unwrap();
    assert_eq!(blanks.to_string(), r#"[1,{"a":2}]"#);
    let escapes = Value::parse(br#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#).unwrap();
    assert_eq!(
        escapes.as_str(),
        Some("\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}")
    );
}

#[test]
fn what_is_no_json_is_refused_where_it_ends_to_be() {
    for (text, position) in [
        ("", 0),
        ("nul", 0),
        ("True", 0),
        ("01", 1),
        ("1.", 0),
        ("+1", 0),
        (".5", 0),
        ("1e", 0),
        ("NaN", 0),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("{\"a\"}", 4),
        ("{\"a\":1,}", 7),
        ("{a:1}", 1),
        ("'a'", 0),
        ("\"a", 2),
        ("\"\n\"", 1),
        ("\"\\x\"", 1),
        ("\"\\", 2),
        ("\"\\u12\"", 1),
        ("\"\\u+123\"", 1),
        ("\"\\ud800\"", 1),
        ("\"\\ud800\\u0041\"", 1),
        ("\"\\udc00\"", 1),
        ("\"ab\\\u{e9}\"", 3),
        ("{} {}", 3),
        ("\u{feff}{}", 0),
        ("// x\n{}", 0),
    ] {
        let refused = Value::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused.code(), Code::WireJson, "{text:?}");
        assert_eq!(refused.position(), Some(position), "{text:?}: {refused}");
        let theirs: Result<serde_json::Value, _> = serde_json::from_str(text);
        assert!(theirs.is_err(), "{text:?}");
    }
    let refused = Value::parse(b"\"\xff\"").unwrap_err();
    assert_eq!(
        (refused.code(), refused.position()),
        (Code::WireJson, Some(1))
    );
}

#[test]
fn two_members_of_one_name_are_refused_and_named() {
    for text in [r#"{"a":1,"b":2,"a":1}"#, r#"[{"x":{"a":1,"\u0061":2}}]"#] {
        let refused = Value::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused.code(), Code::WireMemberTwice);
        assert_eq!(refused.found_text(), "\"a\" twice");
    }
    Value::parse(br#"{"a":1,"A":2}"#).unwrap();
}

#[test]
fn depth_and_length_have_limits() {
    let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    Value::parse(nested(limits::DEPTH).as_bytes()).unwrap();
    let refused = Value::parse(nested(limits::DEPTH + 1).as_bytes()).unwrap_err();
    assert_eq!(refused.code(), Code::WireDepth);
    let objects = r#"{"a":"#.repeat(limits::DEPTH + 1);
    assert_eq!(
        Value::parse(objects.as_bytes()).unwrap_err().code(),
        Code::WireDepth
    );
    // The limit says its number in words, too.
    assert!(refused.expected_text().contains(&limits::DEPTH.to_string()));

    let long = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    Value::parse(long(limits::REQUEST_BYTES).as_bytes()).unwrap();
    let refused = Value::parse(long(limits::REQUEST_BYTES + 1).as_bytes()).unwrap_err();
    assert_eq!(refused.code(), Code::WireSize);
}

#[test]
fn thousands_of_members_cost_little() {
    let members: Vec<String> = (0..9_000).map(|n| format!("\"{n}\":0")).collect();
    let text = format!("{{{}}}", members.join(","));
    let value = Value::parse(text.as_bytes()).unwrap();
    assert_eq!(value.as_object().unwrap().len(), 9_000);
    assert_eq!(value.to_string(), text);
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_itself(value in values()) {
        let text = value.to_string();
        prop_assert_eq!(&Value::parse(text.as_bytes()).unwrap(), &value);
        prop_assert_eq!(Value::parse(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn the_other_reader_reads_the_same(value in values()) {
        let text = value.to_string();
        // It refuses numbers beyond its range.
        if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
            prop_assert!(same(&value, &theirs), "{}", text);
        }
    }

    #[test]
    fn anything_is_answered_as_the_other_reader_does(
        text in "[\\[\\]{}:,\"\\\\0-9eE.+ntrufalse -]{0,24}"
    ) {
        let ours = Value::parse(text.as_bytes());
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert!(same(ours, theirs), "{}", text),
            (Err(refused), Ok(_)) => prop_assert_eq!(refused.code(), Code::WireMemberTwice),
            (Ok(_), Err(theirs)) => prop_assert!(theirs.to_string().contains("out of range")),
            (Err(_), Err(_)) => {}
        }
    }
}
