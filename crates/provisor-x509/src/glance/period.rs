//! How a certificate or a list writes its end.

use provisor_report::UnixTime;

use crate::der::{Reader, only, tag};

/// 1950-01-01 and 2000-01-01.
const CENTURY: core::ops::Range<i64> = -631_152_000..946_684_800;

/// Whether the end of this certificate is a UTCTime of the years 50 to 99: those are 1950 to 1999 (RFC
/// 5280 section 4.1.2.5.1), which an encoder may not have meant.
pub(crate) fn ends_by_two_digits(certificate: &[u8], end: UnixTime) -> bool {
    let tag_of_end = || {
        let mut outer = Reader::new(only(certificate, tag::SEQUENCE, "").ok()?);
        let mut tbs = Reader::new(outer.contents(tag::SEQUENCE, "").ok()?);
        tbs.optional(tag::context_constructed(0), "").ok()?;
        for expected in [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE] {
            tbs.expect(expected, "").ok()?;
        }
        let mut validity = Reader::new(tbs.contents(tag::SEQUENCE, "").ok()?);
        validity.next()?;
        Some(validity.next()?.tag)
    };
    CENTURY.contains(&end.seconds()) && tag_of_end() == Some(tag::UTC_TIME)
}

/// The same of a list and its nextUpdate.
pub(crate) fn list_ends_by_two_digits(tbs: &[u8], end: UnixTime) -> bool {
    let tag_of_end = || {
        let mut tbs = Reader::new(only(tbs, tag::SEQUENCE, "").ok()?);
        tbs.optional(tag::INTEGER, "").ok()?;
        for expected in [tag::SEQUENCE, tag::SEQUENCE] {
            tbs.expect(expected, "").ok()?;
        }
        tbs.next()?;
        Some(tbs.next()?.tag)
    };
    CENTURY.contains(&end.seconds()) && tag_of_end() == Some(tag::UTC_TIME)
}
