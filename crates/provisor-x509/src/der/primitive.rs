//! Primitive values in their one canonical form.

use alloc::string::String;

use provisor_report::{Code, UnixTime};

use super::{Element, Malformed, Reader, tag};
use crate::limits;
use crate::text::Hex;

/// BOOLEAN: 00 or FF (X.690 section 11.1).
#[inline]
pub(crate) fn boolean(contents: &[u8], field: &'static str) -> Result<bool, Malformed> {
    match contents {
        [0x00] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(no_boolean(contents, field)),
    }
}

#[cold]
fn no_boolean(contents: &[u8], field: &'static str) -> Malformed {
    Malformed::new(Code::X509Der, field, contents)
        .expected("a BOOLEAN of one byte, 00 or FF (X.690 section 11.1)")
        .found(alloc::format!("{}", Hex(contents)))
}

/// INTEGER, 0 or more, in its fewest bytes; values beyond 32 bits are held at the largest.
pub(crate) fn unsigned(contents: &[u8], field: &'static str) -> Result<u32, Malformed> {
    let refuse = || {
        Malformed::new(Code::X509Der, field, contents)
            .expected("an INTEGER of 0 or more in its fewest bytes (X.690 section 8.3.2)")
            .found(alloc::format!("{}", Hex(contents)))
    };
    match contents {
        [] | [0x80..=0xff, ..] | [0x00, 0x00..=0x7f, ..] => Err(refuse()),
        [0x00] => Ok(0),
        [0x00, digits @ ..] | digits => Ok(digits.iter().fold(0_u32, |value, digit| {
            value
                .checked_mul(256)
                .map_or(u32::MAX, |value| value.saturating_add(u32::from(*digit)))
        })),
    }
}

/// BIT STRING of whole bytes, as keys and signatures are: the bytes.
pub(crate) fn octets_of_bits<'a>(
    contents: &'a [u8],
    field: &'static str,
) -> Result<&'a [u8], Malformed> {
    whole_octets(contents, Code::X509Der, field)
}

/// The same where what is wrong has another code.
pub(crate) fn whole_octets<'a>(
    contents: &'a [u8],
    code: Code,
    field: &'static str,
) -> Result<&'a [u8], Malformed> {
    match contents {
        [0, octets @ ..] => Ok(octets),
        _ => Err(bits_left(contents, code, field)),
    }
}

#[cold]
fn bits_left(contents: &[u8], code: Code, field: &'static str) -> Malformed {
    let found = match contents {
        [] => String::from("no byte at all"),
        [unused @ 1..=7, ..] => alloc::format!("{unused} unused bits"),
        // X.690 section 8.6.2.2: no number of unused bits is larger.
        [first, ..] => {
            alloc::format!("a BIT STRING without the first byte, 00; it begins with {first:02x}")
        }
    };
    Malformed::new(code, field, contents)
        .expected("a BIT STRING without unused bits: a byte 00, then the bytes (X.690 section 8.6)")
        .found(found)
}

/// BIT STRING with named bits: the first bit becomes bit 0 of the result, at most 16 of them; and
/// whether bits are set in the part that is said to be unused (X.690 section 11.2.1 wants zeros).
///
/// Trailing zero bits that DER wants cut (X.690 section 11.2.2) are accepted: Infineon's endorsement
/// key certificates have them, and zero bits say nothing.
pub(crate) fn named_bits(contents: &[u8], field: &'static str) -> Result<(u16, bool), Malformed> {
    let (unused, first, second) = match *contents {
        [0] => return Ok((0, false)),
        [unused @ 0..=7, first] => (unused, first, 0),
        [unused @ 0..=7, first, second] => (unused, first, second),
        _ => {
            return Err(Malformed::new(Code::X509Der, field, contents)
                .expected("a BIT STRING of named bits, two bytes at most"));
        }
    };
    let last = if contents.len() == 3 { second } else { first };
    let overlap = last.trailing_zeros() < u32::from(unused);
    let bits = u16::from_le_bytes([first.reverse_bits(), second.reverse_bits()]);
    Ok((bits, overlap))
}

/// OBJECT IDENTIFIER contents: whole, minimal subidentifiers (X.690 section 8.19.2).
#[inline]
pub(crate) fn oid<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], Malformed> {
    let contents = reader.contents(tag::OID, field)?;
    match *contents {
        // 2.5.4 and 2.5.29, attributes and extensions: most of a certificate's.
        [0x55, 0..=0x7f, 0..=0x7f] => Ok(contents),
        _ => other_oid(contents, field),
    }
}

fn other_oid<'a>(contents: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
    match *contents {
        // The purposes of RFC 5280; RSA, and the curves and ECDSA of ANSI X9.62: nearly all others.
        [0x2b, 6, 1, 5, 5, 7, 3, 0..=0x7f]
        | [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0..=0x7f]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0..=0x7f, 0..=0x7f]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0..=0x7f, 0..=0x7f, 0..=0x7f] => Ok(contents),
        _ => oid_contents(contents, field),
    }
}

/// The same for an identifier under another tag. No longer than `limits::OID_BYTES`: identifiers are
/// compared and shown often.
pub(crate) fn oid_contents<'a>(
    contents: &'a [u8],
    field: &'static str,
) -> Result<&'a [u8], Malformed> {
    if contents.len() > limits::OID_BYTES {
        return Err(Malformed::new(Code::X509OidTooLong, field, contents)
            .expected("at most 64 bytes in an object identifier")
            .found(alloc::format!("{}", contents.len())));
    }
    let mut start = true;
    for byte in contents {
        if start && *byte == 0x80 {
            return Err(bad_oid(contents, field));
        }
        start = byte & 0x80 == 0;
    }
    if contents.is_empty() || !start {
        return Err(bad_oid(contents, field));
    }
    Ok(contents)
}

/// AlgorithmIdentifier contents: an OBJECT IDENTIFIER and, for some, one value as parameters (RFC
/// 5280 section 4.1.1.2). What they mean is for whoever uses them.
#[inline]
pub(crate) fn algorithm(contents: &[u8], field: &'static str) -> Result<(), Malformed> {
    let mut reader = Reader::new(contents);
    oid(&mut reader, field)?;
    if !reader.is_empty() {
        reader.element(field)?;
    }
    reader.finish(field)
}

#[cold]
fn bad_oid(contents: &[u8], field: &'static str) -> Malformed {
    Malformed::new(Code::X509Der, field, contents)
        .expected("an OBJECT IDENTIFIER of whole, minimal parts (X.690 section 8.19.2)")
}

/// Time: UTCTime `YYMMDDhhmmssZ` or GeneralizedTime `YYYYMMDDhhmmssZ`, nothing else (RFC 5280
/// sections 4.1.2.5.1 and 4.1.2.5.2).
///
/// GeneralizedTime before 2050 is accepted: real devices have it, and PKITS 4.2.4 says valid.
#[inline]
pub(crate) fn time(element: Element<'_>, field: &'static str) -> Result<UnixTime, Malformed> {
    let time = match (element.tag, element.contents) {
        (tag::UTC_TIME, [digits @ .., b'Z']) if digits.len() == 12 => civil(None, digits),
        (tag::GENERALIZED_TIME, [c1, c2, digits @ .., b'Z']) if digits.len() == 12 => {
            civil(Some([*c1, *c2]), digits)
        }
        _ => return Err(no_time(element, field)),
    };
    time.ok_or_else(|| no_date(element, field))
}

#[cold]
fn no_time(element: Element<'_>, field: &'static str) -> Malformed {
    Malformed::new(Code::X509Time, field, element.whole)
        .expected("YYMMDDhhmmssZ as UTCTime or YYYYMMDDhhmmssZ as GeneralizedTime")
        .found(shown(element.contents))
}

#[cold]
fn no_date(element: Element<'_>, field: &'static str) -> Malformed {
    Malformed::new(Code::X509Time, field, element.whole)
        .expected("a date of the calendar and a time of day from 00:00:00 to 23:59:59")
        .found(shown(element.contents))
}

/// A time as it stands, of a length that fits on a line and with nothing that commands a terminal.
#[cold]
fn shown(contents: &[u8]) -> String {
    let longest = 32;
    contents
        .iter()
        .take(longest)
        .copied()
        .flat_map(core::ascii::escape_default)
        .map(char::from)
        .collect()
}

fn civil(century: Option<[u8; 2]>, digits: &[u8]) -> Option<UnixTime> {
    let &[y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2] = digits else {
        return None;
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year = u16::from(two(y1, y2));
    let year = match century {
        Some([c1, c2]) if c1.is_ascii_digit() && c2.is_ascii_digit() => {
            u16::from(two(c1, c2)) * 100 + year
        }
        Some(_) => return None,
        // RFC 5280 section 4.1.2.5.1: 50 and above is 19YY.
        None if year >= 50 => 1900 + year,
        None => 2000 + year,
    };
    UnixTime::from_civil(
        year,
        two(mo1, mo2),
        two(d1, d2),
        two(h1, h2),
        two(mi1, mi2),
        two(s1, s2),
    )
}

/// Two digits as a number.
const fn two(tens: u8, ones: u8) -> u8 {
    (tens & 0x0f) * 10 + (ones & 0x0f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_one_of_two_bytes() {
        assert!(boolean(&[0xff], "x").unwrap());
        assert!(!boolean(&[0x00], "x").unwrap());
        for wrong in [&[][..], &[0x01], &[0xff, 0xff]] {
            assert!(boolean(wrong, "x").is_err(), "{wrong:02x?}");
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        for (bytes, value) in [
            (&[0x00][..], 0),
            (&[0x7f], 127),
            (&[0x00, 0x80], 128),
            (&[0x01, 0x00], 256),
            (&[0x00, 0xff, 0xff, 0xff, 0xff], u32::MAX),
            (&[0x01, 0, 0, 0, 0, 0], u32::MAX),
        ] {
            assert_eq!(unsigned(bytes, "x").unwrap(), value, "{bytes:02x?}");
        }
        for wrong in [&[][..], &[0xff], &[0x80], &[0x00, 0x7f], &[0x00, 0x00]] {
            assert!(unsigned(wrong, "x").is_err(), "{wrong:02x?}");
        }
    }

    #[test]
    fn named_bits_may_end_in_zeros_and_say_when_unused_bits_are_set() {
        assert_eq!(named_bits(&[0x07, 0x80], "x").unwrap(), (1, false));
        assert_eq!(named_bits(&[0x00, 0x80], "x").unwrap(), (1, false));
        assert_eq!(named_bits(&[0x01, 0x06], "x").unwrap(), (0b110_0000, false));
        assert_eq!(
            named_bits(&[0x07, 0x00, 0x80], "x").unwrap(),
            (1 << 8, false)
        );
        assert_eq!(named_bits(&[0x00], "x").unwrap(), (0, false));
        assert_eq!(named_bits(&[0x04, 0x04], "x").unwrap(), (1 << 5, true));
        assert_eq!(named_bits(&[0x07, 0xc0], "x").unwrap(), (0b11, true));
        for wrong in [&[][..], &[0x08, 0x80], &[0x01], &[0, 1, 1, 1]] {
            assert!(named_bits(wrong, "x").is_err(), "{wrong:02x?}");
        }
    }

    #[test]
    fn oids_are_whole_and_minimal() {
        for right in [
            &[6, 2, 0x55, 0x1d][..],
            &[6, 3, 0x55, 0x1d, 0x0f],
            &[6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2],
            &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11],
            &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1],
            &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
        ] {
            assert_eq!(oid(&mut Reader::new(right), "x").unwrap(), &right[2..]);
            // A last part that does not end, and one that is padded.
            for last in [&[0x81][..], &[0x80, 0x01]] {
                let mut wrong = right.to_vec();
                wrong.pop();
                wrong.extend(last);
                wrong[1] = u8::try_from(wrong.len() - 2).unwrap();
                assert!(oid(&mut Reader::new(&wrong), "x").is_err(), "{wrong:02x?}");
            }
        }
        for wrong in [
            &[6, 0][..],
            &[6, 2, 0x55, 0x81],
            &[6, 3, 0x55, 0x80, 0x01],
            &[0x46, 1, 0x55],
        ] {
            assert!(oid(&mut Reader::new(wrong), "x").is_err(), "{wrong:02x?}");
        }
    }

    #[test]
    fn times_have_exactly_one_form() {
        let read = |tag, text: &str| {
            let whole = text.as_bytes();
            let element = Element {
                tag,
                contents: whole,
                whole,
            };
            time(element, "x").ok().map(UnixTime::seconds)
        };
        assert_eq!(read(tag::UTC_TIME, "500101000000Z"), Some(-631_152_000));
        assert_eq!(read(tag::UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(
            read(tag::GENERALIZED_TIME, "99991231235959Z"),
            Some(253_402_300_799)
        );
        for (tag, wrong) in [
            (tag::UTC_TIME, "5001010000Z"),
            (tag::UTC_TIME, "500101000000+0000"),
            (tag::UTC_TIME, "20500101000000Z"),
            (tag::UTC_TIME, "500230000000Z"),
            (tag::UTC_TIME, "500101000060Z"),
            (tag::UTC_TIME, "500101240000Z"),
            (tag::GENERALIZED_TIME, "20500101000000.5Z"),
            (tag::GENERALIZED_TIME, "500101000000Z"),
            (tag::GENERALIZED_TIME, "20500101000000"),
            (0x97, "500101000000Z"),
        ] {
            assert_eq!(read(tag, wrong), None, "{wrong}");
        }
    }
}
