//! Seconds since 1970, and their RFC 3339 text.

use core::fmt;

/// A point in time: seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Always handed in by the caller: the core reads no clock. Years 0000 to 9999 have a text form.
///
/// ```
/// use provisor_report::UnixTime;
///
/// let t = UnixTime::parse_rfc3339("2026-10-02T08:11:04Z").ok_or("not a time")?;
/// assert_eq!(t.seconds(), 1_790_928_664);
/// assert_eq!(t.to_string(), "2026-10-02T08:11:04Z");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

const SECONDS_A_DAY: i64 = 86_400;

impl UnixTime {
    /// That many seconds after (or, negative, before) 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The time `seconds` later, held at the ends of the range.
    #[must_use]
    pub const fn saturating_add(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The UTC date and time of day, or `None` when it is no date of the Gregorian calendar,
    /// no time of day (second 60 included), or a year beyond 9999.
    #[must_use]
    pub const fn from_civil(
        year: u16,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Self> {
        if year > 9999 || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if month < 1 || month > 12 || day < 1 || day > 28 && day > days_in_month(year, month) {
            return None;
        }
        let seconds = hour as i64 * 3600 + minute as i64 * 60 + second as i64;
        Some(Self(
            days_from_civil(year as u32, month as u32, day as u32) * SECONDS_A_DAY + seconds,
        ))
    }

    /// Reads `YYYY-MM-DDThh:mm:ss`, an optional fraction (dropped), and `Z` or `+hh:mm` / `-hh:mm`
    /// (RFC 3339 section 5.6).
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let (head, mut tail) = text.as_bytes().split_at_checked(19)?;
        let &[
            y1,
            y2,
            y3,
            y4,
            b'-',
            mo1,
            mo2,
            b'-',
            d1,
            d2,
            b'T' | b't' | b' ',
            h1,
            h2,
            b':',
            mi1,
            mi2,
            b':',
            s1,
            s2,
        ] = head
        else {
            return None;
        };
        let year = u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?);
        let local = Self::from_civil(
            year,
            two(mo1, mo2)?,
            two(d1, d2)?,
            two(h1, h2)?,
            two(mi1, mi2)?,
            two(s1, s2)?,
        )?;
        if let [b'.', fraction @ ..] = tail {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            tail = fraction.get(digits..)?;
        }
        match *tail {
            [b'Z' | b'z'] => Some(local),
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let offset = i64::from(hours) * 3600 + i64::from(minutes) * 60;
                Some(local.saturating_add(if sign == b'+' { -offset } else { offset }))
            }
            _ => None,
        }
    }
}

/// Two ASCII digits as a number.
fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that
/// the leap day is the last of its year, and 400 years always have 146,097 days.
const fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    // Counted from March of the year -400, so that nothing is negative before the end.
    let (year, month) = if month <= 2 {
        (year + 399, month + 9)
    } else {
        (year + 400, month - 3)
    };
    let centuries = year / 100;
    let days = year * 365 + year / 4 - centuries + centuries / 4 + (153 * month + 2) / 5 + day - 1;
    days as i64 - 719_468 - 146_097
}

/// The inverse of [`days_from_civil`]: year, month, day.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + (month <= 2) as i64, month, day)
}

impl fmt::Display for UnixTime {
    /// RFC 3339 in UTC; beyond the years 0000 to 9999 the plain number of seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (
            self.0.div_euclid(SECONDS_A_DAY),
            self.0.rem_euclid(SECONDS_A_DAY),
        );
        if !(-719_528..=2_932_896).contains(&days) {
            return write!(f, "{} s", self.0);
        }
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1950-01-01T00:00:00Z", -631_152_000),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2038-01-19T03:14:08Z", 1 << 31),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] {
            assert_eq!(
                UnixTime::parse_rfc3339(text),
                Some(UnixTime::new(seconds)),
                "{text}"
            );
            assert_eq!(UnixTime::new(seconds).to_string(), text);
        }
    }

    #[test]
    fn offsets_and_fractions() {
        let utc = UnixTime::parse_rfc3339("2024-01-01T00:00:00Z");
        assert_eq!(UnixTime::parse_rfc3339("2024-01-01T02:00:00.25+02:00"), utc);
        assert_eq!(UnixTime::parse_rfc3339("2023-12-31T18:30:00-05:30"), utc);
    }

    #[test]
    fn no_such_time() {
        for text in [
            "",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+2:00",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00Zx",
            "２024-01-01T00:00:00Z",
        ] {
            assert_eq!(UnixTime::parse_rfc3339(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_number_are_the_same_time(seconds in -62_167_219_200_i64..=253_402_300_799) {
            let time = UnixTime::new(seconds);
            prop_assert_eq!(UnixTime::parse_rfc3339(&time.to_string()), Some(time));
        }

        #[test]
        fn any_text_and_any_number_are_answered(text in ".*", seconds: i64) {
            let _ = UnixTime::parse_rfc3339(&text);
            let text = UnixTime::new(seconds).to_string();
            prop_assert!(!text.is_empty());
        }
    }
}
