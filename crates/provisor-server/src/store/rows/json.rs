//! The engine's stored forms are JSON.

use provisor::Rejection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::store::Result;
use crate::store::fault::unreadable;

/// The stored form. Wiped when dropped, as it may have keys in it.
pub(crate) fn encode<T: Serialize>(table: &'static str, value: &T) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = serde_json::to_vec(value).map_err(|error| broken(table, &error))?;
    Ok(Zeroizing::new(bytes))
}

/// Reads a stored form.
pub(crate) fn decode<T: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| broken(table, &error))
}

/// Where it is broken, and not with what: the text of the error may have a value in it.
fn broken(table: &'static str, error: &serde_json::Error) -> Box<Rejection> {
    let kind = match error.classify() {
        serde_json::error::Category::Io => "not written",
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Data => "another form",
        serde_json::error::Category::Eof => "cut off",
    };
    let at = error.column();
    unreadable(table, format_args!("{kind}, at byte {at}"))
}
