//! The extensions of a list (RFC 5280 section 5.2).

use provisor_report::Code;

use super::point::IssuingPoint;
use crate::der::{Malformed, Reader, only, tag};
use crate::extension::Extension;
use crate::limits;

const FIELD: &str = "crlExtensions";

/// What the extensions of a list say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CrlExtensions<'a> {
    pub(super) number: Option<&'a [u8]>,
    pub(super) base: Option<&'a [u8]>,
    pub(super) authority_key_id: Option<&'a [u8]>,
    pub(super) point: Option<IssuingPoint<'a>>,
    pub(super) unknown_critical: Option<&'a [u8]>,
}

impl<'a> CrlExtensions<'a> {
    /// The contents of `[0] EXPLICIT Extensions`.
    pub(super) fn read(explicit: &'a [u8]) -> Result<Self, Malformed> {
        let mut extensions = Self::default();
        each(only(explicit, tag::SEQUENCE, FIELD)?, |extension| {
            let value = extension.value();
            match *extension.oid_bytes() {
                [0x55, 0x1d, 20] => extensions.number = Some(number(value, "cRLNumber")?),
                [0x55, 0x1d, 27] => extensions.base = Some(number(value, "deltaCRLIndicator")?),
                [0x55, 0x1d, 28] => extensions.point = Some(IssuingPoint::read(value)?),
                [0x55, 0x1d, 35] => extensions.authority_key_id = Some(value),
                // freshestCRL and issuerAltName say where to look and who else the issuer is; what
                // is handed in is all there is, so there is nothing to do for them. Sections 5.2.2
                // and 5.2.6 do not have them critical; where they are, more is wanted than is done.
                [0x55, 0x1d, 46 | 18] if !extension.is_critical() => {
                    only(value, tag::SEQUENCE, FIELD)?;
                }
                _ if extension.is_critical() => {
                    extensions
                        .unknown_critical
                        .get_or_insert(extension.oid_bytes());
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(extensions)
    }
}

/// Reads the extensions one after the other: at least one, none twice, a bounded number.
pub(super) fn each<'a>(
    contents: &'a [u8],
    mut take: impl FnMut(Extension<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(contents);
    if reader.is_empty() {
        return Err(Malformed::new(Code::X509Extension, FIELD, contents)
            .expected("at least one extension (SIZE (1..MAX))"));
    }
    let mut count = 0_usize;
    while !reader.is_empty() {
        let at = reader.rest();
        let extension = Extension::read(&mut reader)?;
        let mut before = Reader::new(contents);
        for _ in 0..count {
            if Extension::read(&mut before)?.oid_bytes() == extension.oid_bytes() {
                return Err(Malformed::new(Code::X509DuplicateExtension, FIELD, at));
            }
        }
        count += 1;
        if count > limits::CRL_EXTENSIONS {
            return Err(
                Malformed::new(Code::X509TooLarge, FIELD, at).expected("at most 16 extensions")
            );
        }
        take(extension)?;
    }
    Ok(())
}

/// A CRLNumber: 0 or more, 20 octets at most (RFC 5280 section 5.2.3). The magnitude without leading
/// zeros, so that numbers compare by length and then by bytes.
fn number<'a>(value: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
    let contents = only(value, tag::INTEGER, field)?;
    match contents {
        [] | [0x80..=0xff, ..] | [0x00, 0x00..=0x7f, ..] => {
            Err(Malformed::new(Code::X509CrlMalformed, field, value)
                .expected("a number of 0 or more in its fewest bytes"))
        }
        [0x00, digits @ ..] | digits if digits.len() <= 20 => Ok(digits),
        _ => Err(Malformed::new(Code::X509CrlMalformed, field, value)
            .expected("a number of 20 bytes at most (section 5.2.3)")),
    }
}
