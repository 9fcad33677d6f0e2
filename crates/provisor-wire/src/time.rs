//! Dates and times in the wire's one form.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use crate::json::Value;
use crate::shape::{At, Shape};

/// A date and time of the wire: UTC, with exactly seven digits of a second and `Z`, between the years 0001
/// and 9999.
///
/// Written in this form alone, as one official client takes no other; read from whatever RFC 3339
/// allows, and from a time without an offset, which is taken as UTC.
///
/// ```
/// use provisor_wire::{Timestamp, UnixTime};
///
/// let time = Timestamp::parse("2022-08-31T22:02:50.5163352Z")?;
/// assert_eq!(time.to_string(), "2022-08-31T22:02:50.5163352Z");
/// assert_eq!(Timestamp::parse("2022-09-01T00:02:50+02:00")?.to_string(), "2022-08-31T22:02:50.0000000Z");
/// assert_eq!(Timestamp::from(UnixTime::new(0)).to_string(), "1970-01-01T00:00:00.0000000Z");
/// assert!(Timestamp::parse("yesterday").is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: UnixTime,
    ticks: u32,
}

/// 100 nanoseconds each: what seven digits can say.
const TICKS_A_SECOND: u32 = 10_000_000;

/// 0001-01-01T00:00:00Z, where the calendar of the clients begins.
const FIRST: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

impl Timestamp {
    /// That second and so many times 100 nanoseconds after it, both held at the ends of what can be
    /// written.
    #[must_use]
    pub fn new(seconds: UnixTime, ticks: u32) -> Self {
        Self {
            seconds: UnixTime::new(seconds.seconds().clamp(FIRST, LAST)),
            ticks: ticks.min(TICKS_A_SECOND - 1),
        }
    }

    /// Reads a date and time. Digits beyond the seventh are dropped.
    ///
    /// # Errors
    ///
    /// `WIRE_TIME`.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        read(text)
            .ok_or_else(|| refuse(Rejection::new(Code::WireTime, Subject::field("time")), text))
    }

    /// The whole seconds.
    #[must_use]
    pub const fn seconds(self) -> UnixTime {
        self.seconds
    }

    /// Times 100 nanoseconds after the whole second: less than 10,000,000.
    #[must_use]
    pub const fn ticks(self) -> u32 {
        self.ticks
    }
}

fn read(text: &str) -> Option<Timestamp> {
    // What has no offset at all comes from a client that left it out of UTC.
    let (_, after) = text.split_at_checked(19)?;
    let has_offset = after.contains(['Z', 'z', '+', '-']);
    let seconds = if has_offset {
        UnixTime::parse_rfc3339(text)
    } else {
        UnixTime::parse_rfc3339(&format!("{text}Z"))
    }?;
    if !(FIRST..=LAST).contains(&seconds.seconds()) {
        return None;
    }
    let digits = after.strip_prefix('.').unwrap_or_default().bytes();
    let digits = digits.take_while(u8::is_ascii_digit);
    let ticks = digits
        .chain(core::iter::repeat(b'0'))
        .take(7)
        .fold(0, |ticks, digit| ticks * 10 + u32::from(digit - b'0'));
    Some(Timestamp { seconds, ticks })
}

fn refuse(rejection: Rejection, text: &str) -> Rejection {
    rejection
        .expected("a time like 2026-10-02T08:11:04.1234567Z")
        .found(format!("{text:?}"))
}

impl From<UnixTime> for Timestamp {
    fn from(seconds: UnixTime) -> Self {
        Self::new(seconds, 0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds.to_string();
        let seconds = seconds.strip_suffix('Z').unwrap_or(&seconds);
        write!(f, "{seconds}.{:07}Z", self.ticks)
    }
}

impl Shape for Timestamp {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        let text = String::read(value, at)?;
        read(&text).ok_or_else(|| refuse(at.rejects(Code::WireTime), &text))
    }

    fn write(&self) -> Value {
        Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_that_a_client_sends_is_read_and_one_is_written() {
        for (text, written) in [
            (
                "2022-08-31T22:02:50.5163352Z",
                "2022-08-31T22:02:50.5163352Z",
            ),
            ("2022-08-31T22:02:50Z", "2022-08-31T22:02:50.0000000Z"),
            ("2022-08-31T22:02:50.5Z", "2022-08-31T22:02:50.5000000Z"),
            (
                "2022-08-31T22:02:50.516335219Z",
                "2022-08-31T22:02:50.5163352Z",
            ),
            ("2022-08-31t22:02:50z", "2022-08-31T22:02:50.0000000Z"),
            ("2022-08-31T22:02:50.25", "2022-08-31T22:02:50.2500000Z"),
            ("2022-08-31T22:02:50-01:30", "2022-08-31T23:32:50.0000000Z"),
            ("0001-01-01T00:00:00", "0001-01-01T00:00:00.0000000Z"),
            (
                "9999-12-31T23:59:59.9999999Z",
                "9999-12-31T23:59:59.9999999Z",
            ),
        ] {
            assert_eq!(
                Timestamp::parse(text).unwrap().to_string(),
                written,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2022-08-31",
            "2022-02-30T00:00:00Z",
            "2022-08-31T24:00:00Z",
            "2022-08-31T22:02:50.Z",
            "2022-08-31T22:02:50+2",
            "2022-08-31T22:02:50ZZ",
            "0000-12-31T23:59:59Z",
            "9999-12-31T23:59:59-01:00",
            "Wed, 31 Aug 2022 22:02:50 GMT",
            "2022-08-31T22:02:5\u{e9}Z",
        ] {
            let rejection = Timestamp::parse(text).unwrap_err();
            assert_eq!(rejection.code(), Code::WireTime, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_itself(seconds: i64, ticks: u32) {
            let time = Timestamp::new(UnixTime::new(seconds), ticks);
            let text = time.to_string();
            prop_assert_eq!(text.len(), 28);
            prop_assert_eq!(Timestamp::parse(&text).unwrap(), time);
        }

        #[test]
        fn anything_is_answered(text in "[0-9TtZz:.+ -]{0,40}") {
            if let Ok(time) = Timestamp::parse(&text) {
                prop_assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
            }
        }
    }
}
