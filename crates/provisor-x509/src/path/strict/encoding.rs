//! Canonical DER to the letter: the departures that a [`Certificate`] lives with, because devices
//! in the field carry them, are refused here.

use provisor_report::Code;

use super::parts::{BASIC_CONSTRAINTS, KEY_USAGE, Outcome, find};
use crate::certificate::Certificate;
use crate::der::{Malformed, Reader, only, tag};
use crate::fault::{Fact, Fault};
use crate::version::Version;

/// Each departure, and where it is forbidden.
pub(super) fn canonical<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    let refuse = |wanted| {
        Err(Fault::new(
            Code::X509StrictDer,
            Fact::Text(wanted),
            Fact::None,
        ))
    };
    // X.690 section 8.3.2. A negative number has other rules to break.
    if let [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = certificate.serial {
        return refuse("a serialNumber in its fewest bytes (X.690 section 8.3.2)");
    }
    if !(certificate.issuer.is_in_order() && certificate.subject.is_in_order()) {
        return refuse("the attributes of a SET in order (X.690 section 11.6)");
    }
    match late_general_time(certificate) {
        Ok(true) => {}
        Ok(false) | Err(_) => {
            return refuse("UTCTime through the year 2049 (RFC 5280 section 4.1.2.5)");
        }
    }
    if defaults_written(certificate) {
        return refuse("no FALSE written out where it is the default (X.690 section 11.5)");
    }
    if zero_bits(certificate) {
        return refuse("a keyUsage without zero bits at its end (X.690 section 11.2.2)");
    }
    Ok(())
}

/// RFC 5280 section 4.1.2.8: CAs must not put unique identifiers into certificates.
pub(super) fn no_unique_id<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    match fields(certificate) {
        Ok(fields) if !fields.unique_id => Ok(()),
        Ok(_) | Err(_) => Err(Fault::new(
            Code::X509StrictUniqueId,
            Fact::Text("no issuerUniqueID and no subjectUniqueID"),
            Fact::Text("a unique identifier"),
        )),
    }
}

/// What only this profile looks at, in the signed part, which was read before.
struct Fields<'a> {
    validity: &'a [u8],
    unique_id: bool,
}

fn fields<'a>(certificate: &Certificate<'a>) -> Result<Fields<'a>, Malformed> {
    let mut reader = Reader::new(only(certificate.tbs, tag::SEQUENCE, "")?);
    if certificate.version != Version::V1 {
        reader.element("")?;
    }
    // serialNumber, signature, issuer.
    for _ in 0..3 {
        reader.element("")?;
    }
    let validity = reader.contents(tag::SEQUENCE, "")?;
    // subject, subjectPublicKeyInfo.
    for _ in 0..2 {
        reader.element("")?;
    }
    let unique_id = matches!(reader.peek(), Some(0x81 | 0x82));
    Ok(Fields {
        validity,
        unique_id,
    })
}

/// Whether GeneralizedTime is used from 2050 only.
fn late_general_time(certificate: &Certificate<'_>) -> Result<bool, Malformed> {
    let mut times = Reader::new(fields(certificate)?.validity);
    while !times.is_empty() {
        let time = times.element("")?;
        if time.tag == tag::GENERALIZED_TIME && time.contents < b"2050".as_slice() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a `critical FALSE` or a `cA FALSE` is written out.
fn defaults_written(certificate: &Certificate<'_>) -> bool {
    let written = |der: &[u8]| {
        let mut reader = Reader::new(der);
        // In an Extension after the identifier; in BasicConstraints at the beginning.
        let _ = reader.optional(tag::OID, "");
        matches!(reader.optional(tag::BOOLEAN, ""), Ok(Some([0])))
    };
    let mut list = Reader::new(certificate.extensions.all);
    while let Ok(extension) = list.contents(tag::SEQUENCE, "") {
        if written(extension) {
            return true;
        }
    }
    find(certificate, BASIC_CONSTRAINTS)
        .and_then(|stated| only(stated.value(), tag::SEQUENCE, "").ok())
        .is_some_and(written)
}

/// Whether the keyUsage ends in zero bits. (An empty one is refused by its own rule.)
fn zero_bits(certificate: &Certificate<'_>) -> bool {
    find(certificate, KEY_USAGE).is_some_and(|stated| {
        match only(stated.value(), tag::BIT_STRING, "") {
            Ok([unused, .., last]) => last.trailing_zeros() != u32::from(*unused),
            Ok(_) | Err(_) => false,
        }
    })
}
