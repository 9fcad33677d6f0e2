//! api-versions.

use alloc::format;
use core::fmt;
use core::str::FromStr;

use provisor_report::{Code, Rejection, Subject};

/// An api-version: a date, and whether it is a preview.
///
/// A service takes any; a few things depend on it. Versions are compared by their date.
///
/// ```
/// use provisor_wire::ApiVersion;
///
/// let version: ApiVersion = "2019-03-31".parse()?;
/// assert_eq!(version, ApiVersion::V2019_03_31);
/// assert!(!version.is_sticky() && ApiVersion::V2018_04_01.is_sticky());
/// assert_eq!("2025-07-01-preview".parse::<ApiVersion>()?.to_string(), "2025-07-01-preview");
/// assert!("latest".parse::<ApiVersion>().is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    year: u16,
    month: u8,
    day: u8,
    /// A preview comes before the version of that day.
    stable: bool,
}

impl ApiVersion {
    /// The service API of the C client; the last one in which a device stays where it is.
    pub const V2018_04_01: Self = Self::of(2018, 4, 1);

    /// The device API of most clients.
    pub const V2019_03_31: Self = Self::of(2019, 3, 31);

    /// The device API of the C and the Rust client.
    pub const V2021_06_01: Self = Self::of(2021, 6, 1);

    /// The service API of most clients: what a client should name.
    pub const V2021_10_01: Self = Self::of(2021, 10, 1);

    /// The first one with certificates issued on request.
    pub const V2025_07_01_PREVIEW: Self = Self {
        stable: false,
        ..Self::of(2025, 7, 1)
    };

    const fn of(year: u16, month: u8, day: u8) -> Self {
        Self {
            year,
            month,
            day,
            stable: true,
        }
    }

    /// True when it is a preview.
    #[must_use]
    pub const fn is_preview(self) -> bool {
        !self.stable
    }

    /// True when a device of an enrollment without a re-provisioning policy stays at its hub: up to
    /// 2018-04-01, before there was such a policy. The engine is told by `Facts::with_sticky_client`.
    #[must_use]
    pub fn is_sticky(self) -> bool {
        self <= Self::V2018_04_01
    }

    /// True when a registration may ask for a certificate: from 2025-07-01-preview on.
    #[must_use]
    pub fn has_certificate_requests(self) -> bool {
        self >= Self::V2025_07_01_PREVIEW
    }
}

impl FromStr for ApiVersion {
    type Err = Rejection;

    /// # Errors
    ///
    /// `WIRE_VERSION`.
    fn from_str(text: &str) -> Result<Self, Rejection> {
        read(text).ok_or_else(|| {
            Rejection::new(Code::WireVersion, Subject::field("api-version"))
                .expected("a date like 2021-10-01, or one with -preview")
                .found(format!("{text:?}"))
        })
    }
}

fn read(text: &str) -> Option<ApiVersion> {
    let (date, rest) = text.split_at_checked(10)?;
    let stable = match rest {
        "" => true,
        rest if rest.eq_ignore_ascii_case("-preview") => false,
        _ => return None,
    };
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date.as_bytes() else {
        return None;
    };
    let digit = |b: u8| b.is_ascii_digit().then(|| b - b'0');
    let two = |tens: u8, ones: u8| Some(digit(tens)? * 10 + digit(ones)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let date = (1..=12).contains(&month) && (1..=31).contains(&day);
    date.then_some(ApiVersion {
        year: u16::from(two(y1, y2)?) * 100 + u16::from(two(y3, y4)?),
        month,
        day,
        stable,
    })
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        f.write_str(if self.stable { "" } else { "-preview" })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn what_depends_on_the_version_begins_and_ends_where_it_should() {
        let of = |text: &str| text.parse::<ApiVersion>().unwrap();
        for (text, sticky, requests) in [
            ("2017-08-31-preview", true, false),
            ("2018-04-01", true, false),
            ("2018-09-01-preview", false, false),
            ("2021-11-01-preview", false, false),
            ("2025-06-30", false, false),
            ("2025-07-01-preview", false, true),
            ("2026-04-01", false, true),
        ] {
            let version = of(text);
            assert_eq!(version.to_string(), text);
            assert_eq!(version.is_sticky(), sticky, "{text}");
            assert_eq!(version.has_certificate_requests(), requests, "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "2021",
            "2021-13-01",
            "2021-00-01",
            "2021-10-32",
            "2021-10-00",
            "2021-10-1",
            "2021-10-01-",
            "2021-10-01-beta",
            "2021-10-01preview",
            "2021/10/01",
            "+021-10-01",
            "2021-10-0\u{e9}",
        ] {
            let refused = text.parse::<ApiVersion>().unwrap_err();
            assert_eq!(refused.code(), Code::WireVersion, "{text}");
        }
    }
}
