//! The characters of a directory string, whatever its type.

use super::distinguished::Attribute;
use crate::der::tag;

impl Attribute<'_> {
    /// Whether the value is text: a string type, and characters of that type.
    pub(crate) fn is_text(&self) -> bool {
        characters(self).is_some()
    }
}

/// The characters of a value that is a string; `None` when it is no string or its bytes are not
/// what its type says.
pub(super) fn characters<'a>(attribute: &Attribute<'a>) -> Option<Characters<'a>> {
    let bytes = attribute.value;
    match attribute.tag {
        tag::UTF8_STRING => core::str::from_utf8(bytes)
            .ok()
            .map(|text| Characters::Utf8(text.chars())),
        tag::PRINTABLE_STRING | tag::IA5_STRING | tag::VISIBLE_STRING | tag::NUMERIC_STRING
            if bytes.is_ascii() =>
        {
            core::str::from_utf8(bytes)
                .ok()
                .map(|text| Characters::Utf8(text.chars()))
        }
        // T.61 in name, ISO 8859-1 in every certificate that was ever seen.
        tag::TELETEX_STRING => Some(Characters::Latin1(bytes.iter())),
        // The two wide types are read unit by unit; a surrogate or a cut unit is no character.
        tag::BMP_STRING => {
            let (units, rest) = bytes.as_chunks::<2>();
            let valid = rest.is_empty()
                && units
                    .iter()
                    .all(|unit| char::from_u32(u32::from(u16::from_be_bytes(*unit))).is_some());
            valid.then(|| Characters::Bmp(units.iter()))
        }
        tag::UNIVERSAL_STRING => {
            let (units, rest) = bytes.as_chunks::<4>();
            let valid = rest.is_empty()
                && units
                    .iter()
                    .all(|unit| char::from_u32(u32::from_be_bytes(*unit)).is_some());
            valid.then(|| Characters::Universal(units.iter()))
        }
        _ => None,
    }
}

#[derive(Clone)]
pub(super) enum Characters<'a> {
    Utf8(core::str::Chars<'a>),
    Latin1(core::slice::Iter<'a, u8>),
    Bmp(core::slice::Iter<'a, [u8; 2]>),
    Universal(core::slice::Iter<'a, [u8; 4]>),
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Utf8(chars) => chars.next(),
            Self::Latin1(bytes) => bytes.next().map(|byte| char::from(*byte)),
            Self::Bmp(units) => units
                .next()
                .and_then(|unit| char::from_u32(u32::from(u16::from_be_bytes(*unit)))),
            Self::Universal(units) => units
                .next()
                .and_then(|unit| char::from_u32(u32::from_be_bytes(*unit))),
        }
    }
}
