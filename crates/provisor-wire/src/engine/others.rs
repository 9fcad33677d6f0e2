//! Members that are not known: out of a body by their pointers, and back.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor::operations::Members;
use provisor_report::Rejection;

use crate::json::{Object, Value};
use crate::service::IndividualEnrollment;
use crate::shape::Shape;

/// What the engine keeps as a text of its own, all of it.
const WHOLE: &str = "/initialTwin/";

/// Members that are known and that the engine does not read.
const NOTES: &str = "optionalDeviceInformation";
const STORAGE_ROOT_KEY: &str = "attestation/tpm/storageRootKey";

/// The members of an individual enrollment that the engine keeps unread.
pub(super) fn kept_of_individual(body: &IndividualEnrollment) -> Result<Members, Rejection> {
    let mut members = kept(body)?;
    if let Some(notes) = &body.optional_device_information {
        members.insert(NOTES, &notes.write().to_string())?;
    }
    let tpm = body.attestation.as_ref().and_then(|a| a.tpm.as_ref());
    if let Some(key) = tpm.and_then(|tpm| tpm.storage_root_key.as_ref()) {
        members.insert(STORAGE_ROOT_KEY, &key.write().to_string())?;
    }
    Ok(members)
}

/// The members of a body that are not known, each under its path: a JSON pointer without its first slash, so
/// that one at the top is under its name.
pub(super) fn kept(body: &impl Shape) -> Result<Members, Rejection> {
    let mut members = Members::new();
    let mut found = Vec::new();
    body.others("", &mut found);
    for (pointer, value) in found {
        if !pointer.starts_with(WHOLE) {
            let path = pointer.strip_prefix('/').unwrap_or(&pointer);
            members.insert(path, &value.to_string())?;
        }
    }
    Ok(members)
}

/// Puts what was kept where it was. What stands there already stays; where the object is gone, so is the
/// member.
pub(super) fn put_back(object: &mut Object, members: &Members) -> Result<(), Rejection> {
    for (path, json) in members.iter() {
        let value = Value::parse(json.as_bytes())?;
        let steps: Vec<String> = path
            .split('/')
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect();
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
