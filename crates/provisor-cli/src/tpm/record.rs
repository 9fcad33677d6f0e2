//! The record of the device's registration, as one JSON file. It is what makes an answer count once.

use std::path::Path;

use provisor::registration::RegistrationRecord;

use crate::answer::Unusable;
use crate::input;
use crate::store::Lock;

/// The record, or `None` when there is no such file: the device never registered.
pub(super) fn read(path: &Path) -> Result<Option<RegistrationRecord>, Unusable> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        // Whatever else is wrong with it shows when it is read. A file that cannot be looked at is
        // not taken for none: a count that starts again lets old answers count again.
        Err(_) | Ok(_) => {}
    }
    let text = input::text(path)?;
    let record = serde_json::from_str(&text)
        .map_err(|error| Unusable::file(path, format!("no registration record: {error}")))?;
    Ok(Some(record))
}

/// Puts the record of a new registration in the place of the one before.
pub(super) fn write(lock: &Lock, record: &RegistrationRecord) -> Result<(), Unusable> {
    let mut text = serde_json::to_vec_pretty(record)
        .map_err(|error| Unusable::new(format!("the record: {error}")))?;
    text.push(b'\n');
    lock.replace(&text)
}
