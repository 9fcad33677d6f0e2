//! Where in an encoding the parts of a view lie, so that the view can be laid over the bytes again
//! without reading them.
//!
//! Views borrow from the bytes that they were read from, so that nothing can own both. What is kept
//! is the view without its bytes, and their places.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

/// What gives each part of a view its bytes, in the order in which the view asks.
pub(crate) type Bytes<'f, 'a, 'b> = dyn FnMut(&'a [u8]) -> &'b [u8] + 'f;

/// The places of a view's parts, in the order in which the view asks for their bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(Vec<Span>);

#[derive(Clone, Debug)]
enum Span {
    Within(Range<usize>),
    /// Bytes that are no part of the encoding. No view has any; if one came to have them, they are
    /// kept and not lost.
    Elsewhere(Box<[u8]>),
}

impl Spans {
    /// Notes where `part` lies in `whole`.
    pub(crate) fn note(&mut self, part: &[u8], whole: &[u8]) {
        // Addresses are compared and nothing is read through them.
        let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr());
        let within = start.and_then(|start| {
            let range = start..start.checked_add(part.len())?;
            (whole.get(range.clone())? == part).then_some(range)
        });
        self.0.push(match within {
            Some(range) => Span::Within(range),
            None => Span::Elsewhere(part.into()),
        });
    }

    /// What gives a view its bytes out of `whole`, which are those it was read from.
    pub(crate) fn bytes<'b>(&'b self, whole: &'b [u8]) -> impl FnMut(&[u8]) -> &'b [u8] {
        let mut spans = self.0.iter();
        move |_| match spans.next() {
            Some(Span::Within(range)) => whole.get(range.clone()).unwrap_or_default(),
            Some(Span::Elsewhere(bytes)) => bytes,
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_again() {
        let whole = b"abcdef";
        let elsewhere = *b"cd";
        let mut spans = Spans::default();
        for part in [&whole[2..4], &whole[..], &whole[6..], &elsewhere, &[]] {
            spans.note(part, whole);
        }
        assert!(matches!(
            spans.0[0],
            Span::Within(Range { start: 2, end: 4 })
        ));
        assert!(matches!(spans.0[3], Span::Elsewhere(_)));
        let copy = *whole;
        let mut bytes = spans.bytes(&copy);
        for part in [&b"cd"[..], b"abcdef", b"", b"cd", b"", b""] {
            assert_eq!(bytes(&[]), part);
        }
    }
}
