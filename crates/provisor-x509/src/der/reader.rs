//! One element after the other.

use alloc::format;

use der::{Decode as _, Reader as _};
use provisor_report::Code;

use super::malformed::Malformed;

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

/// One element: its identifier octet, its contents, and the whole of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    #[inline]
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    #[inline]
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The identifier octet of the next element, if there is one.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element of a list that was read before; at its end `None`, without the price of an
    /// error that nobody reads.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Element<'a>> {
        // Most elements are short.
        if let [tag, length @ 0..=0x7f, after @ ..] = self.rest
            && tag & 0x1f != 0x1f
            && let Some((contents, rest)) = after.split_at_checked(usize::from(*length))
            && let Some(whole) = self.rest.get(..self.rest.len().saturating_sub(rest.len()))
        {
            self.rest = rest;
            return Some(Element {
                tag: *tag,
                contents,
                whole,
            });
        }
        self.long_next()
    }

    /// The same of any length.
    #[cold]
    fn long_next(&mut self) -> Option<Element<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        self.element("").ok()
    }

    /// The next element, whatever its tag.
    #[inline]
    pub(crate) fn element(&mut self, field: &'static str) -> Result<Element<'a>, Malformed> {
        let (tag, length, after) = match header(self.rest) {
            Some(header) => header,
            None => long_header(self.rest, field)?,
        };
        if let Some((contents, rest)) = after.split_at_checked(length)
            && let Some(whole) = self.rest.get(..self.rest.len().saturating_sub(rest.len()))
        {
            self.rest = rest;
            return Ok(Element {
                tag,
                contents,
                whole,
            });
        }
        Err(Malformed::truncated(field, self.rest))
    }

    /// The next element, which must have this tag.
    #[inline]
    pub(crate) fn expect(
        &mut self,
        tag: u8,
        field: &'static str,
    ) -> Result<Element<'a>, Malformed> {
        // The tag before the length: what is no certificate at all should be told so.
        match self.peek() {
            Some(found) if found != tag => Err(Malformed::wrong_tag(field, tag, found, self.rest)),
            _ => self.element(field),
        }
    }

    /// The contents of the next element, which must have this tag.
    #[inline]
    pub(crate) fn contents(&mut self, tag: u8, field: &'static str) -> Result<&'a [u8], Malformed> {
        // Most elements are short.
        if let [found, length @ 0..=0x7f, after @ ..] = self.rest
            && *found == tag
            && let Some((contents, rest)) = after.split_at_checked(usize::from(*length))
        {
            self.rest = rest;
            return Ok(contents);
        }
        self.long_contents(tag, field)
    }

    /// The same of any length. Not so rare, but it lies better beside the way of the short ones.
    #[cold]
    fn long_contents(&mut self, tag: u8, field: &'static str) -> Result<&'a [u8], Malformed> {
        let (found, length, after) = match self.rest {
            [found, 0x82, high @ 1..=0xff, low, after @ ..] => {
                (*found, u16::from_be_bytes([*high, *low]), after)
            }
            [found, 0x81, length @ 0x80..=0xff, after @ ..] => (*found, u16::from(*length), after),
            _ => return self.other_contents(tag, field),
        };
        if found == tag
            && let Some((contents, rest)) = after.split_at_checked(usize::from(length))
        {
            self.rest = rest;
            return Ok(contents);
        }
        self.other_contents(tag, field)
    }

    /// The same in other forms, and what is wrong with it.
    #[cold]
    fn other_contents(&mut self, tag: u8, field: &'static str) -> Result<&'a [u8], Malformed> {
        Ok(self.expect(tag, field)?.contents)
    }

    /// The contents of the next element if it has this tag.
    #[inline]
    pub(crate) fn optional(
        &mut self,
        tag: u8,
        field: &'static str,
    ) -> Result<Option<&'a [u8]>, Malformed> {
        match self.peek() {
            Some(found) if found == tag => Ok(Some(self.contents(tag, field)?)),
            _ => Ok(None),
        }
    }

    /// Nothing may be left.
    #[inline]
    pub(crate) fn finish(self, field: &'static str) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(trailing(field, self.rest))
        }
    }
}

/// The contents of the one element that fills `input`.
#[inline]
pub(crate) fn only<'a>(
    input: &'a [u8],
    tag: u8,
    field: &'static str,
) -> Result<&'a [u8], Malformed> {
    let mut reader = Reader::new(input);
    let contents = reader.contents(tag, field)?;
    reader.finish(field)?;
    Ok(contents)
}

#[cold]
fn trailing(field: &'static str, rest: &[u8]) -> Malformed {
    Malformed::new(Code::X509TrailingBytes, field, rest)
        .expected("the end of the structure")
        .found(format!("{} more bytes", rest.len()))
}

/// Identifier and length octets of the usual forms: the tag, the length of the contents, and what
/// comes after.
#[inline]
fn header(input: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, length, after) = match input {
        [tag, length @ 0..=0x7f, after @ ..] => (*tag, usize::from(*length), after),
        [tag, 0x81, length @ 0x80..=0xff, after @ ..] => (*tag, usize::from(*length), after),
        [tag, 0x82, high @ 1..=0xff, low, after @ ..] => {
            (*tag, usize::from(u16::from_be_bytes([*high, *low])), after)
        }
        _ => return None,
    };
    (tag & 0x1f != 0x1f).then_some((tag, length, after))
}

/// The same of other forms.
#[cold]
fn long_header<'a>(
    input: &'a [u8],
    field: &'static str,
) -> Result<(u8, usize, &'a [u8]), Malformed> {
    let [tag, rest @ ..] = input else {
        return Err(Malformed::truncated(field, input));
    };
    // No structure of RFC 5280 has a tag number above 30, so the multi-byte form is never right.
    if tag & 0x1f == 0x1f {
        return Err(Malformed::new(Code::X509Element, field, input)
            .expected("a tag number below 31")
            .found("a tag of several bytes"));
    }
    let not_minimal = || {
        Malformed::new(Code::X509Der, field, input)
            .expected("a length in the fewest possible bytes (X.690 section 10.1)")
            .found("an indefinite, a longer or an impossible length")
    };
    if rest.is_empty() {
        return Err(Malformed::truncated(field, input));
    }
    let mut reader = der::SliceReader::new(rest).map_err(|_| not_minimal())?;
    let length = match der::Length::decode(&mut reader) {
        Ok(length) => length,
        Err(error) if matches!(error.kind(), der::ErrorKind::Incomplete { .. }) => {
            return Err(Malformed::truncated(field, input));
        }
        Err(_) => return Err(not_minimal()),
    };
    match (usize::try_from(reader.position()), usize::try_from(length)) {
        (Ok(octets), Ok(length)) => Ok((*tag, length, rest.get(octets..).unwrap_or_default())),
        _ => Err(not_minimal()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::der::tag;

    #[test]
    fn lengths_are_minimal_and_present() {
        for (input, code) in [
            (&[0x30, 0x81, 0x7f][..], Code::X509Der),
            (&[0x30, 0x82, 0x00, 0x80], Code::X509Der),
            (&[0x30, 0x80, 0x00, 0x00], Code::X509Der),
            (&[0x30, 0x85, 0, 0, 0, 0, 0], Code::X509Der),
            (&[0x30], Code::X509Truncated),
            (&[], Code::X509Truncated),
            (&[0x30, 0x82, 0x01], Code::X509Truncated),
            (&[0x30, 0x02, 0x05], Code::X509Truncated),
            (&[0x1f, 0x81, 0x00, 0x00], Code::X509Element),
        ] {
            let error = Reader::new(input).element("x").unwrap_err();
            assert_eq!(error.into_rejection(input).code(), code, "{input:02x?}");
        }
    }

    #[test]
    fn the_class_of_a_tag_counts() {
        let error = Reader::new(&[0x82, 0x01, 0x05])
            .expect(tag::INTEGER, "x")
            .unwrap_err();
        assert_eq!(error.into_rejection(&[]).code(), Code::X509Element);
    }

    proptest! {
        /// The `der` crate as oracle: the same headers are read, the same refused.
        #[test]
        fn headers_agree_with_the_der_crate(
            tag in prop::sample::select(&[0x01_u8, 0x02, 0x04, 0x30, 0x31, 0x80, 0xa3][..]),
            length in prop::collection::vec(any::<u8>(), 1..6),
            filler in 0_usize..400,
        ) {
            let mut input = alloc::vec![tag];
            input.extend(&length);
            input.resize(input.len() + filler, 0);
            let ours = Reader::new(&input).element("x").ok().map(|e| (e.contents.len(), e.whole.len()));
            let mut reader = der::SliceReader::new(&input).unwrap();
            let theirs = der::Header::decode(&mut reader).ok().and_then(|header| {
                let contents = reader.read_slice(header.length()).ok()?;
                Some((contents.len(), usize::try_from(reader.position()).ok()?))
            });
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn any_bytes_are_answered(input in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&input);
            while let Ok(element) = reader.element("x") {
                prop_assert!(element.whole.len() >= 2);
            }
        }
    }
}
