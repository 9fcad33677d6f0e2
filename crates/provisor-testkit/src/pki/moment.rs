//! When everything from here is valid.

use provisor_report::UnixTime;

/// 2026-07-01T00:00:00Z.
pub(super) const NOW: UnixTime = UnixTime::new(1_782_864_000);
/// 2026-01-01 through 2035-12-31.
pub(super) const VALID: (UnixTime, UnixTime) =
    (UnixTime::new(1_767_225_600), UnixTime::new(2_082_758_399));
