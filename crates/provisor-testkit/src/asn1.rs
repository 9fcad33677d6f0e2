//! A DER writer that does what it is told.
//!
//! Typed encoders rightly refuse to write a version 7 certificate or a serial number of 40 bytes. The toy PKI has to, so it writes tag, length and value itself.

use der::asn1::ObjectIdentifier;
use provisor_report::UnixTime;

/// Tag of BOOLEAN (X.690 section 8.2); the others below likewise.
pub const BOOLEAN: u8 = 0x01;
/// Tag of INTEGER.
pub const INTEGER: u8 = 0x02;
/// Tag of BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// Tag of OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// Tag of OBJECT IDENTIFIER.
pub const OID: u8 = 0x06;
/// Tag of UTF8String.
pub const UTF8_STRING: u8 = 0x0c;
/// Tag of PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// Tag of TeletexString (T61String).
pub const TELETEX_STRING: u8 = 0x14;
/// Tag of IA5String.
pub const IA5_STRING: u8 = 0x16;
/// Tag of UTCTime.
pub const UTC_TIME: u8 = 0x17;
/// Tag of GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// Tag of BMPString.
pub const BMP_STRING: u8 = 0x1e;
/// Tag of SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// Tag of SET.
pub const SET: u8 = 0x31;

/// Tag, definite length in its shortest form, value.
///
/// # Panics
/// Never: a length has at most eight bytes.
#[must_use]
pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(value.len()) {
        Ok(short @ ..0x80) => out.push(short),
        _ => {
            let bytes = value.len().to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            out.push(0x80 | u8::try_from(bytes.len() - zeros).unwrap());
            out.extend_from_slice(&bytes[zeros..]);
        }
    }
    out.extend_from_slice(value);
    out
}

/// A constructed value of that tag from its finished parts.
#[must_use]
pub fn constructed(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag, &parts.concat())
}

/// SEQUENCE of the finished parts.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    constructed(SEQUENCE, parts)
}

/// OBJECT IDENTIFIER from its dotted text.
///
/// # Panics
/// When the text is no OID.
#[must_use]
pub fn oid(dotted: &str) -> Vec<u8> {
    tlv(OID, ObjectIdentifier::new(dotted).unwrap().as_bytes())
}

/// INTEGER from big-endian magnitude bytes: leading zeros dropped, one added where the sign needs it.
#[must_use]
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let start = magnitude
        .iter()
        .position(|b| *b != 0)
        .unwrap_or(magnitude.len());
    let mut value = magnitude[start..].to_vec();
    if value.first().is_none_or(|b| b & 0x80 != 0) {
        value.insert(0, 0);
    }
    tlv(INTEGER, &value)
}

/// BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes].concat())
}

/// BIT STRING of named bits (X.690 section 11.2.2: trailing zero bits are dropped). Bit 0 is the first.
#[must_use]
pub fn named_bits(bits: &[u8]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else {
        return tlv(BIT_STRING, &[0]);
    };
    let mut value = vec![0_u8; usize::from(last / 8) + 2];
    value[0] = 7 - last % 8;
    for bit in bits {
        value[usize::from(bit / 8) + 1] |= 0x80 >> (bit % 8);
    }
    tlv(BIT_STRING, &value)
}

/// OCTET STRING.
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, bytes)
}

/// BOOLEAN TRUE.
#[must_use]
pub fn boolean_true() -> Vec<u8> {
    tlv(BOOLEAN, &[0xff])
}

/// Validity time: UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5).
///
/// # Panics
/// When the time is outside of the years 0000 to 9999.
#[must_use]
pub fn time(at: UnixTime) -> Vec<u8> {
    let text = at.to_string();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 14, "{text} has no validity encoding");
    if ("1950".."2050").contains(&&text[..4]) {
        tlv(UTC_TIME, format!("{}Z", &digits[2..]).as_bytes())
    } else {
        tlv(GENERALIZED_TIME, format!("{digits}Z").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(tlv(4, &[]), [4, 0]);
        assert_eq!(tlv(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(tlv(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(unsigned(&[]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn named_bits_drop_what_trails() {
        assert_eq!(named_bits(&[]), [3, 1, 0]);
        assert_eq!(named_bits(&[5]), [3, 2, 2, 0x04]);
        assert_eq!(named_bits(&[0, 8]), [3, 3, 7, 0x80, 0x80]);
    }

    #[test]
    fn times_change_their_type_in_2050() {
        let last = UnixTime::parse_rfc3339("2049-12-31T23:59:59Z").unwrap();
        assert_eq!(&time(last)[2..], b"491231235959Z");
        assert_eq!(&time(last.saturating_add(1))[2..], b"20500101000000Z");
        assert_eq!(
            &time(UnixTime::parse_rfc3339("1949-12-31T23:59:59Z").unwrap())[..2],
            [GENERALIZED_TIME, 15]
        );
    }
}
