//! Members that are not known: out of a body by their pointers, and back.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor::operations::Members;
use provisor_report::Rejection;

use crate::json::{Object, Value};
use crate::shape::Shape;

/// What the engine keeps as a text of its own, all of it.
const WHOLE: &str = "/initialTwin/";

/// A member that is known and that the engine does not read.
const NOTES: &str = "optionalDeviceInformation";

/// The members of a body that are not known, for the engine to keep unread: one at the top under its name, one
/// further down under its JSON pointer.
pub(super) fn kept(body: &impl Shape, notes: Option<&impl Shape>) -> Result<Members, Rejection> {
    let mut members = Members::new();
    if let Some(notes) = notes {
        members.insert(NOTES, &notes.write().to_string())?;
    }
    let mut found = Vec::new();
    body.others("", &mut found);
    for (pointer, value) in found {
        if !pointer.starts_with(WHOLE) {
            members.insert(key(&pointer), &value.to_string())?;
        }
    }
    Ok(members)
}

/// A pointer of one step is the name itself, where nothing in it is escaped.
fn key(pointer: &str) -> &str {
    match pointer.strip_prefix('/') {
        Some(name) if !name.is_empty() && !name.contains(['/', '~']) => name,
        _ => pointer,
    }
}

/// Puts what was kept where it was. What stands there already stays; where the object is gone, so is the
/// member.
pub(super) fn put_back(object: &mut Object, members: &Members) -> Result<(), Rejection> {
    for (key, json) in members.iter() {
        let value = Value::parse(json.as_bytes())?;
        let pointer = key.strip_prefix('/');
        let steps: Vec<String> = match pointer {
            Some(pointer) => pointer
                .split('/')
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
            None => alloc::vec![key.to_owned()],
        };
        place(object, &steps, value);
    }
    Ok(())
}

fn place(object: &mut Object, steps: &[String], value: Value) {
    match steps {
        [] => {}
        [name] if object.get(name).is_some() => {}
        [name] => object.insert(&**name, value),
        [name, rest @ ..] => {
            if let Some(Value::Object(inner)) = object.get_mut(name) {
                place(inner, rest, value);
            }
        }
    }
}
