//! Why a registration ended.

use crate::reason::Reason;

/// Why a registration ended without a hub, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct End<'a> {
    /// Why.
    pub reason: Reason,
    /// The last thing that went wrong before, if it was the time or the number of tries that ended it.
    pub cause: Option<Reason>,
    /// The status of the last answer that was not as it should be, 0 when there was none. Over MQTT it is the topic's.
    pub http_status: u16,
    /// The service's own code, 0 when it said none.
    pub error_code: u32,
    /// The service's number for the request, to ask its operator with; empty when it said none.
    pub tracking_id: &'a str,
}

impl End<'_> {
    /// Registering again later, as it is, may go better. After a refusal somebody has to change something first.
    #[must_use]
    pub const fn may_go_better(&self) -> bool {
        !matches!(
            self.reason,
            Reason::Refused | Reason::Failed | Reason::Disabled
        )
    }
}
