//! What holds for every body.

use provisor_wire::Body;
use provisor_wire::json::Value;

use super::json::same;

/// The bytes as that body, in both directions. What is accepted is written so that it is read as itself, and
/// holds the members that `serde_json` finds, but for those that are null.
pub(super) fn body<T: Body + PartialEq + std::fmt::Debug>(data: &[u8]) {
    match T::from_answer(data) {
        Ok(read) => {
            let text = read.to_json();
            let again = T::from_answer(text.as_bytes()).expect("our own text");
            assert_eq!(again, read);
            assert_eq!(again.to_json(), text);
            members(data, &text);
        }
        Err(refused) => assert!(!refused.to_string().contains('\n')),
    }
    match T::from_request(data) {
        Ok(read) => {
            let text = read.to_json();
            let again = T::from_request(text.as_bytes()).expect("our own text");
            assert_eq!(again, read);
            assert_eq!(again.to_json(), text);
        }
        Err(refused) => assert!(!refused.to_string().contains('\n')),
    }
}

/// Every member that the other reader finds is there, and none besides.
fn members(data: &[u8], text: &str) {
    let Ok(serde_json::Value::Object(came)) = serde_json::from_slice(data) else {
        return;
    };
    let Ok(Value::Object(written)) = Value::parse(text.as_bytes()) else {
        // A body that is longer as we write it: there is nothing to compare.
        return;
    };
    for (name, theirs) in &came {
        match written.get(name) {
            None => assert!(theirs.is_null(), "{name} is lost"),
            // What it holds may be written otherwise, where it has one form only.
            Some(ours) => assert!(same(ours, theirs) || !theirs.is_null(), "{name}"),
        }
    }
    for (name, _) in written.iter() {
        assert!(came.contains_key(name), "{name} is invented");
    }
}
