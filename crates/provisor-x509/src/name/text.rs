//! The characters of a directory string, whatever its type.

use alloc::borrow::Cow;

use super::distinguished::Attribute;
use crate::der::tag;

impl<'a> Attribute<'a> {
    /// Whether the value is text: a string type, and characters of that type.
    pub(crate) fn is_text(&self) -> bool {
        characters(self).is_some()
    }

    /// The value as text, whatever its string type. `None` when it is no string, when its bytes are
    /// not what its type says, and for a TeletexString beyond ASCII: which characters those bytes
    /// mean is told nowhere, and two readers may read two names.
    ///
    /// ```no_run
    /// # use provisor_x509::Certificate;
    /// # fn f(certificate: &Certificate<'_>) {
    /// for name in certificate.subject().common_names() {
    ///     match name.text() {
    ///         Some(text) => println!("{text}"),
    ///         None => println!("no text, but {}", name.string_type()),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.tag {
            tag::TELETEX_STRING if !self.value.is_ascii() => None,
            tag::BMP_STRING | tag::UNIVERSAL_STRING => {
                Some(Cow::Owned(characters(self)?.collect()))
            }
            _ if self.is_text() => core::str::from_utf8(self.value).ok().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// The name of the type that the value is written in, for messages: `BMPString`, for example.
    #[must_use]
    pub const fn string_type(&self) -> &'static str {
        match self.tag {
            tag::UTF8_STRING => "UTF8String",
            tag::PRINTABLE_STRING => "PrintableString",
            tag::IA5_STRING => "IA5String",
            tag::TELETEX_STRING => "TeletexString (T61String)",
            tag::BMP_STRING => "BMPString",
            tag::UNIVERSAL_STRING => "UniversalString",
            tag::VISIBLE_STRING => "VisibleString",
            tag::NUMERIC_STRING => "NumericString",
            tag::OCTET_STRING => "OCTET STRING",
            tag::BIT_STRING => "BIT STRING",
            tag::INTEGER => "INTEGER",
            tag::OID => "OBJECT IDENTIFIER",
            0x15 => "VideotexString",
            0x19 => "GraphicString",
            0x1b => "GeneralString",
            tag::SEQUENCE => "SEQUENCE",
            _ => "a type that is no string",
        }
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
