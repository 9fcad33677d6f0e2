//! Files of the sets, and the time.

use std::path::Path;

use provisor::x509::UnixTime;

pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The time now, for cases that want no particular one.
pub(super) fn now() -> Result<UnixTime, String> {
    let elapsed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|e| e.to_string())?;
    i64::try_from(elapsed.as_secs())
        .map(UnixTime::new)
        .map_err(|e| e.to_string())
}
