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
    if USUAL_ALGORITHMS.contains(&contents) {
        return Ok(());
    }
    other_algorithm(contents, field)
}

/// Well-formed ones that most certificates have: sha256WithRSAEncryption, ecdsa-with-SHA256,
/// rsaEncryption, and a key on P-256.
const USUAL_ALGORITHMS: [&[u8]; 4] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00",
    b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00",
    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
];

fn other_algorithm(contents: &[u8], field: &'static str) -> Result<(), Malformed> {
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
        (tag::UTC_TIME, [y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2, b'Z']) => civil(
            None,
            [*y1, *y2, *mo1, *mo2, *d1, *d2, *h1, *h2],
            [*mi1, *mi2, *s1, *s2],
        ),
        (
            tag::GENERALIZED_TIME,
            [
                c1,
                c2,
                y1,
                y2,
                mo1,
                mo2,
                d1,
                d2,
                h1,
                h2,
                mi1,
                mi2,
                s1,
                s2,
                b'Z',
            ],
        ) => civil(
            Some([*c1, *c2]),
            [*y1, *y2, *mo1, *mo2, *d1, *d2, *h1, *h2],
            [*mi1, *mi2, *s1, *s2],
        ),
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

/// Century, then year to hour, then minute and second, as digits.
fn civil(century: Option<[u8; 2]>, date: [u8; 8], time: [u8; 4]) -> Option<UnixTime> {
    let [year, month, day, hour] = pairs(date)?;
    let ([c1, c2], [m1, m2, s1, s2]) = (century.unwrap_or(*b"00"), time);
    let [hundreds, minute, second, _] = pairs([c1, c2, m1, m2, s1, s2, b'0', b'0'])?;
    let year = u16::from(year);
    let year = match century {
        Some(_) => u16::from(hundreds) * 100 + year,
        // RFC 5280 section 4.1.2.5.1: 50 and above is 19YY.
        None if year >= 50 => 1900 + year,
        None => 2000 + year,
    };
    UnixTime::from_civil(year, month, day, hour, minute, second)
}

/// Eight digits as four numbers of two, all at once. `None` where one is no digit.
fn pairs(digits: [u8; 8]) -> Option<[u8; 4]> {
    const LOW: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    const THREES: u64 = 0x3030_3030_3030_3030;
    let digits = u64::from_le_bytes(digits);
    // 3 in the high half of each byte, and still so when 6 is added: 30 to 39. (What overflows into the
    // next byte was none.)
    let shifted = digits.wrapping_add(0x0606_0606_0606_0606);
    if digits & !LOW != THREES || shifted & !LOW != THREES {
        return None;
    }
    let digits = digits & LOW;
    // At most 90 and 9 in a byte.
    let [one, _, two, _, three, _, four, _] = (digits * 10 + (digits >> 8)).to_le_bytes();
    Some([one, two, three, four])
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
    fn digits_are_read_four_pairs_at_once() {
        assert_eq!(pairs(*b"00995017"), Some([0, 99, 50, 17]));
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"42424242";
                digits[at] = byte;
                let mut wanted = [42; 4];
                let digit = byte.wrapping_sub(b'0');
                wanted[at / 2] = [
                    digit.wrapping_mul(10).wrapping_add(2),
                    digit.wrapping_add(40),
                ][at % 2];
                assert_eq!(
                    pairs(digits),
                    (digit < 10).then_some(wanted),
                    "{digits:02x?}"
                );
                // Neighbours do not make up for each other.
                digits[(at + 1) % 8] = 0xff;
                assert_eq!(pairs(digits), None, "{digits:02x?}");
            }
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
