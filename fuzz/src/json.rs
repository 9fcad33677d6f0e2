//! JSON as a device reads it, beside serde_json.

use provisor_device::json::Json;
use provisor_device::limits;
use provisor_device::message::Answer;
use serde_json::Value;

/// Any bytes as the body of an answer. What we accept is JSON for serde_json too, and says the same; what serde_json
/// accepts we refuse for its depth only. What an answer says is what serde_json finds in that place.
pub fn device_answer(data: &[u8]) {
    let answer = Answer::read(data);
    let Ok(json) = Json::parse(data) else {
        assert!(answer.is_err());
        if let Ok(text) = str::from_utf8(data)
            && data.len() <= limits::ANSWER_BYTES
        {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            assert!(!theirs || depth(text) > limits::JSON_DEPTH);
        }
        return;
    };
    let text = str::from_utf8(data).expect("JSON is UTF-8");
    assert!(serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    assert!(depth(text) <= limits::JSON_DEPTH);
    // Half a character and a number without end are errors to serde_json when it keeps what it reads.
    let Ok(theirs) = serde_json::from_str::<Value>(text) else {
        return;
    };
    assert_eq!(value(json), theirs);
    let Ok(answer) = answer else {
        return;
    };
    let state = theirs
        .get("registrationState")
        .filter(|state| state.is_object());
    let found = |name| {
        state
            .and_then(|state| state.get(name))
            .or_else(|| theirs.get(name))
    };
    let says =
        |name: &str, ours: Option<provisor_device::json::Text<'_>>, theirs: Option<&Value>| {
            let theirs = theirs.and_then(Value::as_str);
            assert_eq!(
                ours.map(|text| text.to_string()).as_deref(),
                theirs,
                "{name}"
            );
        };
    says(
        "operationId",
        answer.operation_id,
        theirs.get("operationId"),
    );
    says(
        "authenticationKey",
        answer.challenge,
        theirs.get("authenticationKey"),
    );
    for (name, ours) in [
        ("assignedHub", answer.assigned_hub),
        ("deviceId", answer.device_id),
        ("registrationId", answer.registration_id),
    ] {
        says(name, ours, found(name));
    }
    assert_eq!(
        answer.payload.map(value),
        found("payload")
            .filter(|payload| !payload.is_null())
            .cloned()
    );
}

/// What our reader finds, in serde_json's form.
fn value(json: Json<'_>) -> Value {
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
        return Value::Object(
            json.members()
                .map(|(name, json)| (name.to_string(), value(json)))
                .collect(),
        );
    }
    if json.raw().starts_with('[') {
        return Value::Array(json.elements().map(value).collect());
    }
    let number: Value = serde_json::from_str(json.raw()).expect("a number");
    if let Some(whole) = number.as_u64() {
        assert_eq!(json.number(), Some(whole));
    }
    number
}

/// How many brackets are open at once, of a text that is JSON.
fn depth(text: &str) -> u32 {
    let (mut open, mut most, mut string, mut escaped) = (0_u32, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => {
                open += 1;
                most = most.max(open);
            }
            b'}' | b']' if !string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}
