//! The body of an error.

use alloc::string::String;

use crate::json::Object;
use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// The body of every error: `ProvisioningServiceErrorDetails`.
    ///
    /// It has no `errorMessage` beside `message`: one official client takes them for the same member and
    /// refuses the two.
    ErrorDetails {
        /// The status times 1000, and what is the matter.
        error_code: i32 = "errorCode";
        /// By which the service finds the request in its log.
        tracking_id: String = "trackingId";
        /// For people. Some clients show nothing else.
        message: String = "message";
        /// When that was.
        timestamp_utc: Timestamp = "timestampUtc";
        /// Texts by name.
        info: Object = "info";
    }
}

impl Body for ErrorDetails {}

impl ErrorDetails {
    /// The HTTP status that the error code speaks of, where there is one.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        let status = self.error_code? / 1000;
        u16::try_from(status)
            .ok()
            .filter(|s| (400..600).contains(s))
    }
}
