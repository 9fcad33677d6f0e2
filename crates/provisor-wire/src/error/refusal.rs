//! A refusal, for every transport.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};

use provisor_report::{Code, Rejection};

use super::details::ErrorDetails;
use super::table::{Door, ErrorStatus};
use crate::header;
use crate::http::Answer;
use crate::json::Object;
use crate::retry_after::RetryAfter;
use crate::shape::Body as _;
use crate::time::Timestamp;

/// What is answered to a refused request: made from a rejection, sent over any transport.
///
/// **It holds the public part alone**: status, code and words are those that the sender may read. A fault
/// of the service's own is answered as such, without its words. Log the rejection itself.
///
/// ```
/// use provisor_wire::error::{Door, Refusal};
/// use provisor_wire::{Code, Guid, Rejection, Subject, UnixTime};
///
/// let rejection = Rejection::new(Code::WireMemberMissing, Subject::field("/attestation"));
/// let tracking = Guid::from_random([7; 16]).to_string();
/// let refusal = Refusal::of(&rejection, Door::Service, &tracking, UnixTime::new(1_790_000_000).into());
/// let answer = refusal.to_http();
/// assert_eq!(answer.status, 400);
/// assert!(answer.body.starts_with(r#"{"errorCode":400004,"trackingId":"07070707-0707-4707-8707-070707070707","message":"WIRE_MEMBER_MISSING"#));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// Which status it has.
    pub status: ErrorStatus,
    /// The body.
    pub details: ErrorDetails,
    /// How long to wait, where the sender may come again.
    pub retry_after: Option<RetryAfter>,
    /// The methods that the resource knows, with 405.
    allow: Option<String>,
}

impl Refusal {
    /// The refusal of a request that came at that door. The tracking ID is the one of the log.
    #[must_use]
    pub fn of(rejection: &Rejection, door: Door, tracking_id: &str, now: Timestamp) -> Self {
        let public = rejection.public();
        let status = ErrorStatus::of(public.code(), door);
        let allow = (public.code() == Code::WireMethod).then(|| public.expected_text().to_owned());
        if status == ErrorStatus::THROTTLED {
            return Self::throttled(tracking_id, now, RetryAfter::TROUBLE);
        }
        if public.code().class().is_own_fault() {
            let words = "the service cannot answer this request now; it is not at fault";
            return Self::saying(status, words, tracking_id, now);
        }
        let mut info = Object::new();
        info.insert("code", public.code().name());
        info.insert("number", public.code().number().to_string());
        let mut refusal = Self::saying(status, &public.to_string(), tracking_id, now);
        refusal.details.info = Some(info);
        refusal.allow = allow;
        refusal
    }

    /// The same with the whole rejection, whoever reads it: for development alone. The status is that of
    /// [`of`](Self::of), so that clients behave as they will.
    ///
    /// ```
    /// use provisor_wire::error::{Door, Refusal};
    /// use provisor_wire::{Code, Rejection, Subject, UnixTime};
    ///
    /// let rejection = Rejection::new(Code::AttestDisabled, Subject::field("line-7"));
    /// let now = UnixTime::new(1_790_000_000);
    /// let whole = Refusal::whole(&rejection, Door::Device, "1", now.into());
    /// assert_eq!(whole.status, Refusal::of(&rejection, Door::Device, "1", now.into()).status);
    /// assert!(whole.details.message.unwrap().contains("ATTEST_DISABLED"));
    /// ```
    #[must_use]
    pub fn whole(rejection: &Rejection, door: Door, tracking_id: &str, now: Timestamp) -> Self {
        let mut refusal = Self::of(rejection, door, tracking_id, now);
        let mut info = Object::new();
        info.insert("code", rejection.code().name());
        info.insert("number", rejection.code().number().to_string());
        refusal.details.message = Some(rejection.to_string());
        refusal.details.info = Some(info);
        refusal
    }

    /// A refusal for more requests than are allowed, to be repeated after a while.
    #[must_use]
    pub fn throttled(tracking_id: &str, now: Timestamp, wait: RetryAfter) -> Self {
        let words = "more requests than are allowed; come again after Retry-After";
        let mut refusal = Self::saying(ErrorStatus::THROTTLED, words, tracking_id, now);
        refusal.retry_after = Some(wait);
        refusal
    }

    /// A refusal in the caller's words.
    #[must_use]
    pub fn saying(status: ErrorStatus, words: &str, tracking_id: &str, now: Timestamp) -> Self {
        let details = ErrorDetails::default()
            .error_code(status.error_code())
            .tracking_id(tracking_id)
            .message(words)
            .timestamp_utc(now);
        Self {
            status,
            details,
            retry_after: status.is_transient().then_some(RetryAfter::TROUBLE),
            allow: None,
        }
    }

    /// The HTTP answer. Where it may be repeated, it says after how long: more than between polls,
    /// as clients come again without end.
    #[must_use]
    pub fn to_http(&self) -> Answer {
        let tracking = self.details.tracking_id.clone().unwrap_or_default();
        let mut answer = Answer::json(self.status.http(), self.details.to_json())
            .with_header(header::ERROR_CODE, self.status.error_code().to_string())
            .with_header(header::REQUEST_ID, tracking);
        if let Some(allow) = &self.allow {
            answer = answer.with_header(header::ALLOW, allow.clone());
        }
        match self.retry_after {
            Some(wait) => answer.retry_after(wait),
            None => answer,
        }
    }
}
