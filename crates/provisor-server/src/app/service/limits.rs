//! The limits of operators' calls, each with its reason.

use core::time::Duration;

/// How often an operation is decided again when what it was decided from has changed before it was committed.
/// Two operators who write the same thing meet once; who has lost five times is in a loop of programs, and comes again.
pub(super) const OPERATION_TRIES: usize = 5;

/// Rows of the store that are read at once by whoever has to look at all of them: some megabytes.
pub(super) const WALK_ROWS: usize = 1000;

/// Rows of a report: the audit log and the journal are read in parts of at most so many.
pub(super) const REPORT_ROWS: usize = 1000;

/// How long the registration of a device that is removed is held, in seconds: a hub's call, and the store's.
pub(super) const REMOVAL_LEASE_SECONDS: i64 = 60;

/// How long a removal waits for a registration that is at work: longer than that is allowed to take at its hub.
pub(super) const REMOVAL_PATIENCE: Duration = Duration::from_secs(15);

/// How long a removal waits for the hub.
pub(super) const REMOVAL_HUB_CALL: Duration = Duration::from_secs(10);
