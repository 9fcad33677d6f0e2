//! Name comparison, RFC 5280 section 7.1.

use crate::name::text::characters;
use crate::name::{Attribute, Name, Part};

impl PartialEq for Name<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        // Equal bytes are the rule, and settle it at once.
        self.whole == other.whole || same_parts(self, other)
    }
}

impl Eq for Name<'_> {}

impl Name<'_> {
    /// Whether this name lies in the subtree that starts at `base`: `base` is its beginning,
    /// part by part (RFC 5280 section 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        let mut parts = self.parts();
        base.parts()
            .all(|wanted| parts.next().is_some_and(|part| same_part(part, wanted)))
    }
}

impl Name<'_> {
    /// Whether this name is `base` with one more part, `last` (RFC 5280 section 4.2.1.13, the name
    /// relative to an issuer).
    pub(crate) fn is_extension_of(&self, base: &Self, last: Part<'_>) -> bool {
        let mut parts = self.parts();
        base.parts()
            .all(|wanted| parts.next().is_some_and(|part| same_part(part, wanted)))
            && parts.next().is_some_and(|part| same_part(part, last))
            && parts.next().is_none()
    }
}

impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        same_part(*self, *other)
    }
}

fn same_parts(a: &Name<'_>, b: &Name<'_>) -> bool {
    let (mut a, mut b) = (a.parts(), b.parts());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same_part(a, b) => {}
            _ => return false,
        }
    }
}

/// Two relative distinguished names: as many attributes, each with its twin in the other, in any
/// order.
fn same_part(a: Part<'_>, b: Part<'_>) -> bool {
    if a.0 == b.0 {
        return true;
    }
    let (count_a, count_b) = (a.attributes().count(), b.attributes().count());
    if count_a != count_b {
        return false;
    }
    // Both directions, so that an attribute repeated on one side cannot stand for two others.
    a.attributes()
        .all(|wanted| b.attributes().any(|found| same_attribute(&wanted, &found)))
        && b.attributes()
            .all(|wanted| a.attributes().any(|found| same_attribute(&wanted, &found)))
}

fn same_attribute(a: &Attribute<'_>, b: &Attribute<'_>) -> bool {
    if a.oid != b.oid {
        return false;
    }
    if a.whole == b.whole {
        return true;
    }
    match (characters(a), characters(b)) {
        (Some(a), Some(b)) => Folded::new(a).eq(Folded::new(b)),
        // No string, or bytes that are not what their type says: only the same bytes are equal.
        _ => false,
    }
}

/// Characters in lower case, spaces at the ends cut and runs of them inside as one (the stringprep
/// profile of RFC 4518, without its Unicode normalisation).
struct Folded<I> {
    inner: I,
    space: bool,
    started: bool,
    held: Option<char>,
    lower: Option<core::char::ToLowercase>,
}

impl<I: Iterator<Item = char>> Folded<I> {
    const fn new(inner: I) -> Self {
        Self {
            inner,
            space: false,
            started: false,
            held: None,
            lower: None,
        }
    }
}

impl<I: Iterator<Item = char>> Iterator for Folded<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(lower) = self.lower.as_mut().and_then(Iterator::next) {
                return Some(lower);
            }
            self.lower = None;
            let next = match self.held.take() {
                Some(held) => held,
                None => self.inner.next()?,
            };
            if next.is_whitespace() {
                self.space = true;
                continue;
            }
            let space = core::mem::take(&mut self.space) && self.started;
            self.started = true;
            if space {
                self.held = Some(next);
                return Some(' ');
            }
            if next.is_ascii() {
                return Some(next.to_ascii_lowercase());
            }
            self.lower = Some(next.to_lowercase());
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::der::{Reader, tag};

    /// A Name of one-attribute parts, each a type's last byte (2.5.4.x), a tag and a value.
    pub(crate) fn name(parts: &[&[(u8, u8, &[u8])]]) -> Vec<u8> {
        let wrap = |tag: u8, inner: Vec<u8>| {
            assert!(inner.len() < 128);
            let mut out = alloc::vec![tag, u8::try_from(inner.len()).unwrap()];
            out.extend(inner);
            out
        };
        let sets = parts.iter().flat_map(|part| {
            let attributes = part.iter().flat_map(|(kind, string, value)| {
                let mut inner = alloc::vec![tag::OID, 3, 0x55, 4, *kind];
                inner.extend(wrap(*string, value.to_vec()));
                wrap(tag::SEQUENCE, inner)
            });
            wrap(tag::SET, attributes.collect())
        });
        wrap(tag::SEQUENCE, sets.collect())
    }

    pub(crate) fn read(der: &[u8]) -> Name<'_> {
        Name::read(&mut Reader::new(der), "test").unwrap()
    }

    const CN: u8 = 3;
    const O: u8 = 10;

    #[test]
    fn case_spaces_and_string_types_do_not_count() {
        let plain = name(&[
            &[(O, tag::PRINTABLE_STRING, b"Line  Seven")],
            &[(CN, tag::UTF8_STRING, b"ca")],
        ]);
        let other = name(&[
            &[(O, tag::UTF8_STRING, b" line SEVEN ")],
            &[(CN, tag::BMP_STRING, b"\0C\0A")],
        ]);
        assert_eq!(read(&plain), read(&other));
        let umlaut = name(&[&[(CN, tag::UTF8_STRING, "WERK ÖST".as_bytes())]]);
        let latin = name(&[&[(CN, tag::TELETEX_STRING, b"werk \xf6st")]]);
        assert_eq!(read(&umlaut), read(&latin));
    }

    #[test]
    fn other_values_types_orders_and_lengths_are_other_names() {
        let base = name(&[
            &[(O, tag::UTF8_STRING, b"x")],
            &[(CN, tag::UTF8_STRING, b"y")],
        ]);
        for other in [
            name(&[
                &[(CN, tag::UTF8_STRING, b"y")],
                &[(O, tag::UTF8_STRING, b"x")],
            ]),
            name(&[&[(O, tag::UTF8_STRING, b"x")]]),
            name(&[&[(O, tag::UTF8_STRING, b"x"), (CN, tag::UTF8_STRING, b"y")]]),
            name(&[
                &[(O, tag::UTF8_STRING, b"x")],
                &[(CN, tag::UTF8_STRING, b"y z")],
            ]),
            name(&[
                &[(O, tag::UTF8_STRING, b"x")],
                &[(CN, tag::OCTET_STRING, b"y")],
            ]),
            name(&[
                &[(O, tag::UTF8_STRING, b"x")],
                &[(CN, tag::UTF8_STRING, b"\xff")],
            ]),
        ] {
            assert_ne!(read(&base), read(&other), "{:?}", read(&other));
        }
    }

    #[test]
    fn the_order_inside_a_part_does_not_count_but_the_number_does() {
        let ab = name(&[&[(O, tag::UTF8_STRING, b"x"), (CN, tag::UTF8_STRING, b"y")]]);
        let ba = name(&[&[(CN, tag::UTF8_STRING, b"y"), (O, tag::UTF8_STRING, b"x")]]);
        let aa = name(&[&[(O, tag::UTF8_STRING, b"x"), (O, tag::UTF8_STRING, b"X")]]);
        assert_eq!(read(&ab), read(&ba));
        assert_ne!(read(&ab), read(&aa));
    }

    #[test]
    fn a_subtree_is_a_beginning_of_whole_parts() {
        let base = name(&[&[(O, tag::UTF8_STRING, b"x")]]);
        let below = name(&[
            &[(O, tag::PRINTABLE_STRING, b"X")],
            &[(CN, tag::UTF8_STRING, b"y")],
        ]);
        assert!(read(&below).is_within(&read(&base)));
        assert!(read(&base).is_within(&read(&base)));
        assert!(!read(&base).is_within(&read(&below)));
        assert!(read(&base).is_within(&read(&name(&[]))));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[ a-zA-ZÄß\u{a0}]{0,12}") {
            let once: alloc::string::String = Folded::new(text.chars()).collect();
            let twice: alloc::string::String = Folded::new(once.chars()).collect();
            prop_assert_eq!(&once, &twice);
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        #[test]
        fn any_bytes_read_as_a_name_equal_themselves(bytes in prop::collection::vec(any::<u8>(), 0..48)) {
            if let Ok(name) = Name::read(&mut Reader::new(&bytes), "x") {
                prop_assert_eq!(name, name);
                let _ = alloc::string::ToString::to_string(&name);
            }
        }
    }
}
