//! JSON, by three readers.

use provisor_device::json::Json;
use provisor_wire::json::Value;
use provisor_wire::{Code, limits};

/// Any bytes as JSON. What is accepted is written as it came and is what `serde_json` reads; what is not, it
/// refuses too, but for what is refused on purpose. The device's reader without heap agrees.
pub fn wire_json(data: &[u8]) {
    let theirs = serde_json::from_slice::<serde_json::Value>(data);
    let device = Json::parse(data);
    match Value::parse(data) {
        Ok(ours) => {
            let text = ours.to_string();
            assert_eq!(Value::parse(text.as_bytes()).as_ref(), Ok(&ours));
            match theirs {
                Ok(theirs) => assert!(same(&ours, &theirs), "{text}"),
                // Numbers beyond its own.
                Err(refused) => assert!(refused.to_string().contains("out of range"), "{refused}"),
            }
            if let Err(refused) = device {
                // Its limits are its own.
                assert!(
                    deep(data) || data.len() > provisor_device::limits::ANSWER_BYTES,
                    "{refused:?}"
                );
            }
        }
        Err(refused) => {
            assert!(!refused.to_string().contains('\n'));
            match refused.code() {
                Code::WireMemberTwice | Code::WireDepth => {}
                Code::WireSize => assert!(data.len() > limits::REQUEST_BYTES),
                Code::WireJson => {
                    assert!(theirs.is_err());
                    assert!(refused.position().is_some_and(|at| at <= data.len()));
                }
                other => panic!("{other}"),
            }
        }
    }
}

/// More brackets than the device's side has levels.
fn deep(data: &[u8]) -> bool {
    let open = data.iter().filter(|b| matches!(b, b'[' | b'{')).count();
    open > provisor_device::limits::JSON_DEPTH as usize
}

/// The same value, numbers as near as floating ones are.
pub(super) fn same(ours: &Value, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Theirs;
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(a), Theirs::Bool(b)) => a == b,
        (Value::String(a), Theirs::String(b)) => a == b,
        (Value::Number(a), Theirs::Number(b)) => match (a.as_str().parse::<f64>(), b.as_f64()) {
            (Ok(a), Some(b)) => (a - b).abs() <= b.abs() * 1e-12,
            _ => false,
        },
        (Value::Array(a), Theirs::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Theirs::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}
