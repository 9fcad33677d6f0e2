//! A distinguished name and its parts, borrowed from the bytes that were read.

use core::fmt;

use provisor_report::Code;

use crate::der::{Element, Malformed, Reader, primitive, tag};
use crate::limits;
use crate::oid;
use crate::spans::Bytes;
use crate::text::Dotted;

/// A distinguished name, borrowed from the certificate that holds it.
///
/// `Display` gives RFC 4514 text; control characters come out escaped, so that it is safe in a
/// terminal. Two names are equal when RFC 5280 section 7.1 says so: case and runs of spaces do not
/// count, nor does the string type, nor the order inside a multi-valued part. (Unicode
/// normalisation is not done; names that differ only there are different.)
#[derive(Clone, Copy)]
pub struct Name<'a> {
    /// The whole element, tag and length included.
    pub(super) whole: &'a [u8],
    /// How it ends.
    pub(super) ending: Ending,
}

impl<'a> Name<'a> {
    /// Reads the next element as a Name: SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { OBJECT
    /// IDENTIFIER, ANY } (RFC 5280 section 4.1.2.4).
    ///
    /// The order inside a SET is not checked: Nuvoton's roots and every EK below them have it
    /// wrong, and it decides nothing, as names are compared without regard to it.
    pub(crate) fn read(reader: &mut Reader<'a>, field: &'static str) -> Result<Self, Malformed> {
        let element = reader.expect(tag::SEQUENCE, field)?;
        let mut sets = Reader::new(element.contents);
        let mut parts = 0_usize;
        let mut last: &[u8] = &[];
        while !sets.is_empty() {
            let set = sets.contents(tag::SET, field)?;
            parts += match Part(set).short_text() {
                Some((_, text)) => {
                    last = text;
                    1
                }
                None => {
                    last = &[];
                    read_attributes(set, field)?
                }
            };
        }
        if parts > limits::NAME_PARTS {
            return Err(Malformed::new(Code::X509TooLarge, field, element.whole)
                .expected("at most 64 attributes in a name"));
        }
        if element.whole.len() > limits::NAME_BYTES {
            return Err(Malformed::new(Code::X509TooLarge, field, element.whole)
                .expected("at most 4096 bytes in a name"));
        }
        Ok(Self {
            whole: element.whole,
            ending: Ending::of(last),
        })
    }

    /// From an element that was read before.
    #[inline]
    pub(crate) const fn again(element: Element<'a>) -> Self {
        Self {
            whole: element.whole,
            ending: Ending::UNKNOWN,
        }
    }

    /// The same name over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> Name<'b> {
        Name {
            whole: bytes(self.whole),
            ending: self.ending,
        }
    }

    /// The exact DER bytes.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.whole
    }

    /// Whether the name has no attribute at all, as the subject of many EK certificates.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        // A tag and the length 0.
        self.whole.len() <= 2
    }

    /// Every attribute, in the order of the certificate.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        self.parts().flat_map(Part::attributes)
    }

    /// The attributes of type commonName, in the order of the certificate.
    pub fn common_names(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        self.attributes()
            .filter(|attribute| attribute.oid == oid::COMMON_NAME)
    }

    /// Whether the attributes of each part ascend by their encodings, as DER has them in a SET OF
    /// (X.690 section 11.6). Nobody needs it to compare names; issuers have to get it right.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.parts().all(|Part(set)| {
            let mut attributes = Reader::new(set);
            let mut before: &[u8] = &[];
            // A shorter one that the longer begins with comes first, as slices compare.
            core::iter::from_fn(|| attributes.next()).all(|attribute| {
                core::mem::replace(&mut before, attribute.whole) <= attribute.whole
            })
        })
    }

    /// The relative distinguished names, in the order of the certificate.
    pub(crate) fn parts(&self) -> Parts<'a> {
        // It was read before.
        let contents = Reader::new(self.whole).next().map(|name| name.contents);
        Parts(Reader::new(contents.unwrap_or_default()))
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// The parts of a name; the name was read before, so an unreadable rest cannot come up.
#[derive(Clone)]
pub(crate) struct Parts<'a>(Reader<'a>);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    #[inline]
    fn next(&mut self) -> Option<Part<'a>> {
        let element = self.0.next()?;
        Some(Part(element.contents))
    }
}

/// Reads SET SIZE (1..MAX) OF SEQUENCE { OBJECT IDENTIFIER, ANY }: how many there are.
fn read_attributes(contents: &[u8], field: &'static str) -> Result<usize, Malformed> {
    let mut attributes = Reader::new(contents);
    if attributes.is_empty() {
        return Err(Malformed::new(Code::X509Name, field, contents)
            .expected("at least one attribute in each part of the name"));
    }
    let mut count = 0_usize;
    while !attributes.is_empty() {
        count += 1;
        let mut attribute = Reader::new(attributes.contents(tag::SEQUENCE, field)?);
        primitive::oid(&mut attribute, field)?;
        attribute.element(field)?;
        attribute.finish(field)?;
    }
    if count > limits::PART_ATTRIBUTES {
        return Err(Malformed::new(Code::X509TooLarge, field, contents)
            .expected("at most 8 attributes in one part of a name"));
    }
    Ok(count)
}

/// How a name ends: the last eight characters, if they are the end of a text of printable ASCII in its
/// normal form but for case. Names that are the same end alike, so that most that differ are told apart
/// by one look; 0 is an end that says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending(u64);

impl Ending {
    const UNKNOWN: Self = Self(0);

    /// That of the last part's text.
    #[inline]
    fn of(text: &[u8]) -> Self {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x80 * ONES;
        let Some((before, last)) = text.split_last_chunk::<8>() else {
            return Self::UNKNOWN;
        };
        let last = u64::from_be_bytes(*last);
        // The high bit of a byte: beyond ASCII, a delete or not; a control character or not.
        let other = last | last.wrapping_add(ONES) | !last.wrapping_add(0x60 * ONES);
        // The high bit of each byte that is a space: the difference is 0, and adding 7f changes that.
        let difference = last ^ (0x20 * ONES);
        let spaces = !(difference | ((difference & !HIGH) + !HIGH)) & HIGH;
        // Several spaces are one, and none at the end: not the normal form.
        let unclear = spaces & spaces >> 8 | spaces & 0x80;
        // A space at the start of the eight counts if it is one between two words.
        let between = || matches!(before, [.., b'!'..=b'~']);
        if other & HIGH != 0 || unclear != 0 || spaces >> 63 == 1 && !between() {
            return Self::UNKNOWN;
        }
        // Without regard to case; other characters that this makes the same only tell less apart.
        Self(last | (0x20 * ONES))
    }

    /// Whether what ends so differs.
    #[inline]
    pub(super) fn differs(self, other: Self) -> bool {
        self != other && self != Self::UNKNOWN && other != Self::UNKNOWN
    }
}

/// One relative distinguished name: the contents of its SET.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a>(pub(super) &'a [u8]);

impl<'a> Part<'a> {
    /// The same part over other bytes.
    pub(crate) fn over<'b>(self, bytes: &mut Bytes<'_, 'a, 'b>) -> Part<'b> {
        Part(bytes(self.0))
    }

    /// From the contents of a SET that stands alone, as in a name relative to an issuer.
    pub(crate) fn read(contents: &'a [u8], field: &'static str) -> Result<Self, Malformed> {
        read_attributes(contents, field)?;
        if contents.len() > limits::NAME_BYTES {
            return Err(Malformed::new(Code::X509TooLarge, field, contents)
                .expected("at most 4096 bytes in a name"));
        }
        Ok(Self(contents))
    }

    /// Of the usual form its one attribute, by the last byte of its type and its text: one of 2.5.4,
    /// such as the commonName, with up to 127 bytes in a string type that shows ASCII as it is.
    #[inline]
    pub(super) fn short_text(self) -> Option<(u8, &'a [u8])> {
        // SEQUENCE { OBJECT IDENTIFIER, string } with short lengths: eight bytes looked at as one.
        const VARY: u64 = 0x007f_0000_0000_7fff;
        const FORM: u64 = u64::from_be_bytes([tag::SEQUENCE, 0, tag::OID, 3, 0x55, 4, 0, 0]);
        let (head, tail) = self.0.split_first_chunk::<8>()?;
        let form = u64::from_be_bytes(*head);
        let [_, whole, .., kind, string] = form.to_be_bytes();
        let (length, text) = tail.split_first()?;
        let usual = form & !VARY == FORM
            && matches!(string, tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING)
            // Both go to the end.
            && usize::from(whole) == tail.len().wrapping_add(6)
            && usize::from(*length) == text.len();
        usual.then_some((kind, text))
    }

    pub(crate) fn attributes(self) -> Attributes<'a> {
        Attributes(Reader::new(self.0))
    }
}

#[derive(Clone)]
pub(crate) struct Attributes<'a>(Reader<'a>);

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attribute<'a>> {
        let mut attribute = Reader::new(self.0.next()?.contents);
        let oid = attribute.next()?.contents;
        let value = attribute.next()?;
        Some(Attribute {
            oid,
            tag: value.tag,
            value: value.contents,
            whole: value.whole,
        })
    }
}

/// One attribute of a name: its type and its value.
///
/// `Display` gives the value as text, control characters escaped.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Attribute<'a> {
    /// The contents octets of the attribute type.
    #[must_use]
    pub const fn type_bytes(&self) -> &'a [u8] {
        self.oid
    }

    /// The value, when its string type and bytes can be shown as they are: UTF8String,
    /// PrintableString and IA5String that are valid UTF-8. `None` otherwise; [`text`](Self::text) reads
    /// the other string types as well.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self.tag {
            tag::UTF8_STRING => core::str::from_utf8(self.value).ok(),
            tag::PRINTABLE_STRING | tag::IA5_STRING if self.value.is_ascii() => {
                core::str::from_utf8(self.value).ok()
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({}: {self})", Dotted(self.oid))
    }
}
