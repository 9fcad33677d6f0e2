//! What can be said of bytes that are no acceptable certificate. For messages only: nothing here is
//! ever trusted.

use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

use crate::der::{Malformed, Reader, tag};
use crate::name::Name;

/// The subject, where the bytes are a certificate as far as that field.
pub(super) fn subject(der: &[u8]) -> Option<String> {
    let read = || -> Result<String, Malformed> {
        let mut outer = Reader::new(Reader::new(der).contents(tag::SEQUENCE, "")?);
        let mut tbs = Reader::new(outer.contents(tag::SEQUENCE, "")?);
        tbs.optional(tag::context_constructed(0), "")?;
        tbs.expect(tag::INTEGER, "")?;
        tbs.expect(tag::SEQUENCE, "")?;
        tbs.expect(tag::SEQUENCE, "")?; // issuer
        tbs.expect(tag::SEQUENCE, "")?; // validity
        Ok(format!("{}", Name::read(&mut tbs, "")?))
    };
    read().ok()
}

/// The same of a certificate that was cut off: its outer lengths promise more than there is, so
/// they are passed over.
pub(super) fn subject_of_truncated(der: &[u8]) -> Option<String> {
    let read = || -> Option<String> {
        let inside = |bytes: &[u8]| -> Option<usize> {
            match bytes {
                [0x30, 0..=0x7f, ..] => Some(2),
                [0x30, length @ 0x81..=0x84, ..] => Some(2 + usize::from(length & 0x7f)),
                _ => None,
            }
        };
        let outer = der.get(inside(der)?..)?;
        let mut tbs = Reader::new(outer.get(inside(outer)?..)?);
        tbs.optional(tag::context_constructed(0), "").ok()?;
        for expected in [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, tag::SEQUENCE] {
            tbs.expect(expected, "").ok()?;
        }
        Some(format!("{}", Name::read(&mut tbs, "").ok()?))
    };
    read()
}

/// A rejection about the bytes, made one about a certificate of a chain: the field that it named
/// moves into what was found.
pub(super) fn place(rejection: Rejection, depth: u8, der: &[u8]) -> Rejection {
    let name = match rejection.code() {
        Code::X509Truncated => subject_of_truncated(der),
        _ => subject(der),
    };
    let field = format!("{}", rejection.subject());
    let found = match (rejection.found_text(), &*field) {
        (found, "Certificate") => String::from(found),
        ("", field) => format!("in {field}"),
        (found, field) => format!("{found}, in {field}"),
    };
    let name = name.unwrap_or_else(|| String::from("unreadable"));
    rejection
        .found(found)
        .about(Subject::certificate(depth, name))
}
