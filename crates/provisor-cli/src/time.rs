//! A time on the command line.

use provisor::UnixTime;

/// RFC 3339.
pub(crate) fn time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text).ok_or_else(|| "not a time like 2026-10-02T08:11:04Z".to_owned())
}
