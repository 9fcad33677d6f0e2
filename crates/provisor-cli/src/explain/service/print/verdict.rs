//! Whether the device would have a hub in the end.

use provisor::Rejection;
use provisor::registration::dry_run::{Consequences, Course, DryRun};

use crate::answer::Verdict;

/// The exit status: a device that would be challenged or asked about was not refused. One for whose
/// record there is no room would be, and so would a TPM whose right answer is.
pub(in crate::explain::service) fn verdict(run: &DryRun<'_>) -> Verdict {
    match refusal(run) {
        Some(_) => Verdict::Rejected,
        None => Verdict::Accepted,
    }
}

/// Why the device would have no hub in the end.
pub(super) fn refusal<'r>(run: &'r DryRun<'_>) -> Option<&'r Rejection> {
    refused(run.consequences()).or_else(|| run.if_answered().and_then(refused))
}

pub(super) fn refused<'r>(then: &'r Consequences<'_>) -> Option<&'r Rejection> {
    match then.course() {
        Course::Refused(cause) | Course::Failed(cause) => Some(cause),
        _ => no_room(then),
    }
}

/// Why there is no room for the record of a device that the engine would assign.
fn no_room<'r>(then: &'r Consequences<'_>) -> Option<&'r Rejection> {
    then.quota()?.as_ref().err()
}
