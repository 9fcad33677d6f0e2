//! Name comparison, RFC 5280 section 7.1.

use super::distinguished::{Attribute, Name, Part, Parts};
use super::text::{Characters, characters};
use crate::der::tag;

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    Same,
    Different,
    /// The bytes differ, and whether the values do cannot be told: a value that is no string, or
    /// characters that only Unicode normalisation, which is not done, would settle. Where equal
    /// names are wanted this is a difference; where they are forbidden it is not.
    Unclear,
}

/// What looking and comparing cost so far: nanoseconds, roughly, on a slow day.
pub(crate) type Work = usize;

/// What it costs to step to a pair of attributes.
const STEP: Work = 30;
/// What it costs to compare a byte of two strings of printable ASCII.
const PLAIN: Work = 2;
/// What it costs to fold a byte of any other string, character by character, and to tell whether its
/// difference is settled.
const FOLDED: Work = 8;

/// What it costs to compare that many bytes as they stand.
#[inline]
pub(crate) const fn equality(bytes: usize) -> Work {
    bytes / 8
}

impl PartialEq for Name<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other, &mut 0)
    }
}

impl Eq for Name<'_> {}

impl<'a> Name<'a> {
    /// Equality that tells its cost, for those who compare many foreign names.
    #[inline]
    pub(crate) fn is_same(&self, other: &Self, work: &mut Work) -> bool {
        // Equal bytes are the rule, and settle it at once.
        if self.whole == other.whole {
            return true;
        }
        if self.ending.differs(other.ending) {
            *work = work.saturating_add(STEP);
            return false;
        }
        same_parts(self, other, work)
    }

    /// A number that equal names share, to look a name up among many. Different names may share it
    /// too, by chance or because somebody wanted it: whoever finds one compares.
    #[must_use]
    pub fn lookup_hash(&self) -> u64 {
        self.parts().fold(FNV_START, |hash, part| {
            // The order inside a part means nothing.
            let attributes = part.attributes().map(|attribute| hash_of(&attribute));
            mix(hash, attributes.fold(0_u64, u64::wrapping_add))
        })
    }

    /// Whether this name lies in the subtree that starts at `base`: `base` is its beginning,
    /// part by part (RFC 5280 section 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self, work: &mut Work) -> Likeness {
        begins(&mut self.parts(), base, work)
    }

    /// Whether this name is `base` with one more part, `last` (RFC 5280 section 4.2.1.13, the name
    /// relative to an issuer).
    pub(crate) fn is_extension_of(&self, base: &Self, last: Part<'a>, work: &mut Work) -> bool {
        let mut parts = self.parts();
        begins(&mut parts, base, work) == Likeness::Same
            && parts.next().is_some_and(|part| part.is_same(&last, work))
            && parts.next().is_none()
    }
}

impl Part<'_> {
    /// Equality that tells its cost.
    pub(crate) fn is_same(&self, other: &Self, work: &mut Work) -> bool {
        compare_parts(*self, *other, work) == Likeness::Same
    }
}

fn same_parts(a: &Name<'_>, b: &Name<'_>, work: &mut Work) -> bool {
    let (mut a, mut b) = (a.parts(), b.parts());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b))
                if !differ_at_once(a, b, work) && compare_parts(a, b, work) == Likeness::Same => {}
            _ => return false,
        }
    }
}

/// Whether two parts of the usual form are told apart by the first of their characters that differ, as
/// most are; charged as the whole comparison, of which it is the beginning.
fn differ_at_once(a: Part<'_>, b: Part<'_>, work: &mut Work) -> bool {
    let (Some((kind, x)), Some((other, y))) = (a.short_text(), b.short_text()) else {
        return false;
    };
    let differ = kind != other || texts_differ(x, y);
    if differ {
        let bytes = x.len().saturating_add(y.len());
        *work = work.saturating_add(bytes.saturating_mul(PLAIN).saturating_add(2 * STEP));
    }
    differ
}

/// Whether two texts differ after a beginning of printable ASCII that is the same but for case. `false`
/// says nothing.
fn texts_differ(x: &[u8], y: &[u8]) -> bool {
    let mut before = b' ';
    let plain = b' '..=b'~';
    for (x, y) in x.iter().zip(y) {
        if !plain.contains(x) {
            return false;
        }
        if x != y {
            if !plain.contains(y) {
                return false;
            }
            if !x.eq_ignore_ascii_case(y) {
                // A space that ends a word is none that begins a text, or one of several.
                return before != b' ' || (*x != b' ' && *y != b' ');
            }
        }
        before = *x;
    }
    false
}

/// Whether the next `parts` are those of `base`.
fn begins(parts: &mut Parts<'_>, base: &Name<'_>, work: &mut Work) -> Likeness {
    let mut all = Likeness::Same;
    for wanted in base.parts() {
        match parts.next().map(|part| compare_parts(wanted, part, work)) {
            Some(Likeness::Same) => {}
            Some(Likeness::Unclear) => all = Likeness::Unclear,
            Some(Likeness::Different) | None => return Likeness::Different,
        }
    }
    all
}

/// Two relative distinguished names: as many attributes, each with its own twin in the other, in
/// any order.
fn compare_parts(a: Part<'_>, b: Part<'_>, work: &mut Work) -> Likeness {
    *work = work.saturating_add(STEP);
    if a.0 == b.0 {
        return Likeness::Same;
    }
    let (mut ones, mut others) = (a.attributes(), b.attributes());
    if let (Some(one), Some(other), None, None) =
        (ones.next(), others.next(), ones.next(), others.next())
    {
        // One attribute on each side, the rule.
        return compare_attributes(&one, &other, work);
    }
    let count = a.attributes().count();
    *work = work.saturating_add(STEP.saturating_mul(count));
    if count != b.attributes().count() {
        return Likeness::Different;
    }
    // One bit for each attribute of `b` that is a twin already (limits::PART_ATTRIBUTES).
    let mut taken = 0_u8;
    let mut all = Likeness::Same;
    for wanted in a.attributes() {
        let mut best = Likeness::Different;
        let bits = core::iter::successors(Some(1_u8), |bit| bit.checked_mul(2));
        for (found, bit) in b.attributes().zip(bits) {
            if taken & bit != 0 {
                continue;
            }
            match compare_attributes(&wanted, &found, work) {
                Likeness::Same => {
                    taken |= bit;
                    best = Likeness::Same;
                    break;
                }
                Likeness::Unclear => best = Likeness::Unclear,
                Likeness::Different => {}
            }
        }
        match best {
            Likeness::Same => {}
            Likeness::Unclear => all = Likeness::Unclear,
            Likeness::Different => return Likeness::Different,
        }
    }
    all
}

fn compare_attributes(a: &Attribute<'_>, b: &Attribute<'_>, work: &mut Work) -> Likeness {
    *work = work.saturating_add(STEP);
    if a.oid != b.oid {
        return Likeness::Different;
    }
    if a.whole == b.whole {
        return Likeness::Same;
    }
    let bytes = a.value.len().saturating_add(b.value.len());
    *work = work.saturating_add(bytes.saturating_mul(PLAIN));
    // Most values by far; it says what the long way says.
    if let (Some(x), Some(y)) = (plain(a), plain(b)) {
        return if same_text(x, y) {
            Likeness::Same
        } else {
            Likeness::Different
        };
    }
    *work = work.saturating_add(bytes.saturating_mul(FOLDED));
    match (characters(a), characters(b)) {
        (Some(x), Some(y)) if Folded::new(x.clone()).eq(Folded::new(y.clone())) => Likeness::Same,
        (Some(x), Some(y)) if is_settled(a, x.clone()) && is_settled(b, y.clone()) => {
            Likeness::Different
        }
        // No string, or bytes that are not what their type says, or other characters.
        _ => Likeness::Unclear,
    }
}

/// Of what [`compare_attributes`] goes by: the type, and the folded text or else the bytes.
fn hash_of(attribute: &Attribute<'_>) -> u64 {
    let bytes = |hash, bytes: &[u8]| {
        let each = bytes.iter().map(|byte| u64::from(*byte));
        each.fold(hash, mix)
    };
    let kind = bytes(FNV_START, attribute.oid);
    match characters(attribute) {
        Some(text) => Folded::new(text).map(u64::from).fold(kind, mix),
        None => bytes(kind, attribute.whole),
    }
}

/// FNV-1a: no more than a way to tell names apart quickly.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

const fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0100_0000_01b3)
}

/// The bytes of a string of printable ASCII characters only, in a type that shows them as they are.
fn plain<'a>(attribute: &Attribute<'a>) -> Option<&'a [u8]> {
    let is_plain = matches!(
        attribute.tag,
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING
    ) && attribute
        .value
        .iter()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    is_plain.then_some(attribute.value)
}

/// Whether two texts of printable ASCII are the same. Mostly that shows at the first pair of
/// characters that differ; where one of them is a space, the words decide.
fn same_text(x: &[u8], y: &[u8]) -> bool {
    let mut pairs = x.iter().zip(y);
    match pairs.find(|(x, y)| !x.eq_ignore_ascii_case(y)) {
        Some((x, y)) if *x != b' ' && *y != b' ' => false,
        None if x.len() == y.len() => true,
        _ => words(x).eq(words(y)),
    }
}

/// Printable ASCII as [`Folded`] has it: words that differ in more than case, whatever the spaces
/// between and around them.
fn words(text: &[u8]) -> impl Iterator<Item = Word<'_>> {
    text.split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .map(Word)
}

struct Word<'a>(&'a [u8]);

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

/// Whether normalisation leaves the characters as they are, so that a difference is one. Beyond
/// ASCII nobody knows which character set a TeletexString means.
fn is_settled(attribute: &Attribute<'_>, mut characters: Characters<'_>) -> bool {
    let beyond = attribute.tag != tag::TELETEX_STRING;
    characters.all(|c| c.is_ascii() || beyond && is_its_own_normal_form(c))
}

/// Letters that normalisation keeps, whatever stands beside them here, and whose case folding is
/// their lower case: those of ISO 8859-1 but for the sharp s, which stringprep folds to two; the
/// Russian ones; kana, Hangul syllables and ideographs.
const fn is_its_own_normal_form(c: char) -> bool {
    matches!(c,
        '\u{c0}'..='\u{de}' | '\u{e0}'..='\u{ff}' | '\u{410}'..='\u{44f}'
        | '\u{3041}'..='\u{3094}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}')
}

/// RFC 4518 section 2.2: characters that are mapped to nothing. Its spaces are those of
/// [`char::is_whitespace`].
const fn is_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}'
        | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}')
}

/// Characters in lower case, spaces at the ends cut and runs of them inside as one, and without those
/// that mean nothing (the stringprep profile of RFC 4518, without its Unicode normalisation).
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
            if is_nothing(next) {
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
    use crate::der::Reader;

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
        assert_eq!(read(&plain).lookup_hash(), read(&other).lookup_hash());
        let umlaut = name(&[&[(CN, tag::UTF8_STRING, "WERK ÖST".as_bytes())]]);
        let latin = name(&[&[(CN, tag::TELETEX_STRING, b"werk \xf6st")]]);
        assert_eq!(read(&umlaut), read(&latin));
        assert_eq!(read(&umlaut).lookup_hash(), read(&latin).lookup_hash());
        assert_ne!(read(&umlaut).lookup_hash(), read(&plain).lookup_hash());
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
        assert_eq!(read(&ab).lookup_hash(), read(&ba).lookup_hash());
        assert_ne!(read(&ab), read(&aa));
        let [x, y] = [
            (CN, tag::UTF8_STRING, &b"x"[..]),
            (CN, tag::UTF8_STRING, &b"y"[..]),
        ];
        assert_ne!(read(&name(&[&[x, x, y]])), read(&name(&[&[x, y, y]])));
    }

    #[test]
    fn where_a_name_is_forbidden_what_cannot_be_compared_is_not_different() {
        let base = name(&[&[(O, tag::UTF8_STRING, b"Evil")]]);
        let against = |tag: u8, value: &[u8]| {
            read(&name(&[&[(O, tag, value)]])).is_within(&read(&base), &mut 0)
        };
        for (tag, value) in [
            (tag::VISIBLE_STRING, &b"evil"[..]),
            (tag::NUMERIC_STRING, b"EVIL"),
            (tag::UTF8_STRING, "Ev\u{ad}il\u{200b}".as_bytes()),
        ] {
            assert_eq!(against(tag, value), Likeness::Same, "{value:?}");
        }
        for (tag, value) in [
            (0x1b, &b"Evil"[..]),
            (tag::UTF8_STRING, "\u{ff25}vil".as_bytes()),
            (tag::UTF8_STRING, "\u{90aa}\u{3099}".as_bytes()),
            (tag::UTF8_STRING, b"Evi\xff"),
            (tag::TELETEX_STRING, b"Ev\xc8il"),
        ] {
            assert_eq!(against(tag, value), Likeness::Unclear, "{value:?}");
        }
        for (tag, value) in [
            (tag::UTF8_STRING, &b"Good"[..]),
            (tag::UTF8_STRING, "\u{d6}vil".as_bytes()),
            (tag::UTF8_STRING, "\u{417}\u{43b}\u{43e}".as_bytes()),
            (tag::UTF8_STRING, "\u{90aa}\u{60aa}".as_bytes()),
        ] {
            assert_eq!(against(tag, value), Likeness::Different, "{value:?}");
        }
    }

    /// One attribute, mostly of a text whose characters are near each other in some way.
    fn attribute() -> impl Strategy<Value = (u8, u8, Vec<u8>)> {
        const STRINGS: [u8; 5] = [
            tag::UTF8_STRING,
            tag::PRINTABLE_STRING,
            tag::IA5_STRING,
            tag::TELETEX_STRING,
            tag::BMP_STRING,
        ];
        let text = "([aAbB@`\\[{ \\-\u{e9}\u{301}\u{200b}\u{a0}]{0,4}|[\u{0}-\u{7f}]{0,3})";
        let kind = prop::sample::select(&[CN, O][..]);
        let string = prop::sample::select(&STRINGS[..]);
        (
            kind,
            string,
            text.prop_map(alloc::string::String::into_bytes),
        )
    }

    proptest! {
        #[test]
        fn names_told_apart_at_once_are_different(
            a in prop::collection::vec(attribute(), 1..3),
            b in prop::collection::vec(attribute(), 1..3),
        ) {
            let [a, b] = [&a, &b].map(|attributes| {
                let attributes = attributes.iter().map(|(kind, tag, text)| (*kind, *tag, &**text));
                name(&[&attributes.collect::<Vec<_>>()])
            });
            let (a, b) = (read(&a), read(&b));
            let parts = (a.parts().next().unwrap(), b.parts().next().unwrap());
            let (mut quick, mut whole) = (0, 0);
            let same = compare_parts(parts.0, parts.1, &mut whole) == Likeness::Same;
            if differ_at_once(parts.0, parts.1, &mut quick) {
                prop_assert!(!same);
                prop_assert!(a.lookup_hash() != b.lookup_hash());
                prop_assert!(quick > 0);
            } else {
                prop_assert_eq!(quick, 0);
            }
            prop_assert_eq!(a.is_same(&b, &mut 0), same);
        }
    }

    proptest! {
        /// Few characters, so that ends are often the same but for case and spaces.
        #[test]
        fn names_told_apart_by_their_ends_are_different(
            a in "[ aAb\u{e9}-]{0,3}[ aA]{6,9}",
            b in "[ aAb\u{e9}-]{0,3}[ aA]{6,9}",
            tags in (0_usize..3, 0_usize..3),
        ) {
            let strings = [tag::UTF8_STRING, tag::PRINTABLE_STRING, tag::IA5_STRING];
            let [a, b] = [(&a, tags.0), (&b, tags.1)]
                .map(|(text, at)| name(&[&[(CN, strings[at], text.as_bytes())]]));
            let (a, b) = (read(&a), read(&b));
            prop_assert_eq!(a.ending.differs(b.ending), b.ending.differs(a.ending));
            if a.ending.differs(b.ending) {
                prop_assert!(!same_parts(&a, &b, &mut 0));
            }
        }
    }

    #[test]
    fn what_the_ends_tell_apart() {
        let cn = |text: &str| name(&[&[(CN, tag::UTF8_STRING, text.as_bytes())]]);
        for (x, y, differ) in [
            ("Bench Root CA", "Bench Issuing CA", true),
            ("Bench Root CA", "bench root ca", false),
            ("line-7-0001", "line-7-0002", true),
            // Shorter than eight: not looked at.
            ("device", "another one", false),
            // The space before the last seven is one between words, or it is not.
            ("Line abcdefg", "Line xabcdefg", true),
            ("  abcdefg", "xxabcdefg", false),
            (" abcdefg", "xxabcdefg", false),
            ("\u{e9} abcdefg", "xxabcdefg", false),
            // Several spaces, and one at the end.
            ("Root  CA 1", "Root CA 2", false),
            ("Root CA 1 ", "Root CA 2", false),
            ("Root CA \u{7f}1", "Root CA 21", false),
            ("Root CA \u{1}1", "Root CA 21", false),
            ("Root CA \u{e9}1", "Root CA 21", false),
        ] {
            let (x, y) = (cn(x), cn(y));
            let (x, y) = (read(&x), read(&y));
            assert_eq!(x.ending.differs(y.ending), differ, "{x:?}, {y:?}");
            assert_eq!(y.ending.differs(x.ending), differ, "{x:?}, {y:?}");
            assert_eq!(x == y, same_parts(&x, &y, &mut 0), "{x:?}, {y:?}");
        }
        // The last part counts, if it has one attribute.
        let two = |last: &[(u8, u8, &[u8])]| name(&[&[(O, tag::UTF8_STRING, b"Some Works")], last]);
        let one = (CN, tag::UTF8_STRING, &b"Root CA 1"[..]);
        let other = (CN, tag::UTF8_STRING, &b"Root CA 2"[..]);
        for (x, y, differ) in [
            (two(&[one]), two(&[other]), true),
            (two(&[one]), cn("Some Works"), true),
            (two(&[one, other]), two(&[other]), false),
        ] {
            assert_eq!(read(&x).ending.differs(read(&y).ending), differ);
        }
    }

    #[test]
    fn what_differs_at_once() {
        for (x, y, differ) in [
            ("Bench CA 1", "bench ca 2", true),
            ("Bench CA", "bench-device", true),
            ("a b", "a  b", false),
            (" a", "a", false),
            ("a ", "a", false),
            ("a", "ab", false),
            ("\u{e9}a", "\u{e9}b", false),
            ("a@", "a`", true),
        ] {
            assert_eq!(
                texts_differ(x.as_bytes(), y.as_bytes()),
                differ,
                "{x:?}, {y:?}"
            );
            assert_eq!(
                texts_differ(y.as_bytes(), x.as_bytes()),
                differ,
                "{x:?}, {y:?}"
            );
        }
    }

    #[test]
    fn a_comparison_tells_its_cost() {
        let long = |end: &str| {
            let value = alloc::format!("{}{end}", "x".repeat(90));
            name(&[&[(CN, tag::UTF8_STRING, value.as_bytes())]])
        };
        let cost = |a: &[u8], b: &[u8]| {
            let mut work = 0;
            let _ = read(a).is_same(&read(b), &mut work);
            work
        };
        assert_eq!(cost(&long(" "), &long(" ")), 0);
        assert!(cost(&long(""), &long(" ")) >= 180);
    }

    #[test]
    fn a_subtree_is_a_beginning_of_whole_parts() {
        let base = name(&[&[(O, tag::UTF8_STRING, b"x")]]);
        let below = name(&[
            &[(O, tag::PRINTABLE_STRING, b"X")],
            &[(CN, tag::UTF8_STRING, b"y")],
        ]);
        let within = |name: &[u8], base: &[u8]| read(name).is_within(&read(base), &mut 0);
        assert_eq!(within(&below, &base), Likeness::Same);
        assert_eq!(within(&base, &base), Likeness::Same);
        assert_eq!(within(&base, &below), Likeness::Different);
        assert_eq!(within(&base, &name(&[])), Likeness::Same);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[ a-zA-ZÄß\u{a0}]{0,12}") {
            let once: alloc::string::String = Folded::new(text.chars()).collect();
            let twice: alloc::string::String = Folded::new(once.chars()).collect();
            prop_assert_eq!(&once, &twice);
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        /// The short way for printable ASCII and the long way agree.
        #[test]
        fn words_are_folded_text(a in "[ a-cA-C~]{0,7}", b in "[ a-cA-C~]{0,7}") {
            prop_assert_eq!(
                same_text(a.as_bytes(), b.as_bytes()),
                Folded::new(a.chars()).eq(Folded::new(b.chars()))
            );
        }

        /// Names of few characters, so that many are the same.
        #[test]
        fn equal_names_have_the_same_hash(
            a in prop::collection::vec(prop::collection::vec((0_u8..2, 0_usize..4, "[ aA\u{e4}]{0,2}"), 1..3), 0..3),
            b in prop::collection::vec(prop::collection::vec((0_u8..2, 0_usize..4, "[ aA\u{e4}]{0,2}"), 1..3), 0..3),
        ) {
            let make = |parts: &[Vec<(u8, usize, alloc::string::String)>]| {
                let kinds = [tag::UTF8_STRING, tag::PRINTABLE_STRING, tag::TELETEX_STRING, 0x1b];
                let parts: Vec<Vec<_>> = parts
                    .iter()
                    .map(|part| part.iter().map(|(kind, string, text)| (*kind, kinds[*string], text.as_bytes())).collect())
                    .collect();
                name(&parts.iter().map(|part| &part[..]).collect::<Vec<_>>())
            };
            let (a, b) = (make(&a), make(&b));
            if read(&a) == read(&b) {
                prop_assert_eq!(read(&a).lookup_hash(), read(&b).lookup_hash());
            }
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
