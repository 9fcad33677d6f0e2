//! ASCII text that is compared without regard to case and shown as it was written.

use alloc::string::String;
use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

/// The lowercase form, and the original spelling where it differs, as one text: a mark, the lowercase
/// form, the spelling. A copy is the same text once more, as every request makes many.
#[derive(Clone)]
pub(crate) struct Folded(Arc<str>);

/// The mark of a text whose spelling is the lowercase form.
const SAME: char = '=';
/// The mark of one whose spelling follows. Lower case is as long as the original.
const TWO: char = '!';

impl Folded {
    pub(crate) fn new(text: &str) -> Self {
        let mut both = String::with_capacity(1 + 2 * text.len());
        both.push(SAME);
        both.push_str(text);
        both.make_ascii_lowercase();
        if !both.ends_with(text) {
            both.replace_range(..1, TWO.encode_utf8(&mut [0; 4]));
            both.push_str(text);
        }
        Self(both.into())
    }

    pub(crate) fn normal(&self) -> &str {
        let (both, texts) = self.texts();
        texts.get(..texts.len() >> u32::from(both)).unwrap_or(texts)
    }

    pub(crate) fn spelling(&self) -> &str {
        let (both, texts) = self.texts();
        let from = if both { texts.len() / 2 } else { 0 };
        texts.get(from..).unwrap_or(texts)
    }

    /// Whether two texts stand behind the mark, and what stands there.
    fn texts(&self) -> (bool, &str) {
        match self.0.strip_prefix(SAME) {
            Some(text) => (false, text),
            None => (true, self.0.strip_prefix(TWO).unwrap_or(&self.0)),
        }
    }
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Folded {}

impl PartialOrd for Folded {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Folded {
    fn cmp(&self, other: &Self) -> Ordering {
        self.normal().cmp(other.normal())
    }
}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.spelling(), f)
    }
}

#[cfg(test)]
mod tests {
    use core::hash::BuildHasher as _;
    use std::hash::RandomState;

    use super::*;

    #[test]
    fn what_is_equal_has_one_hash() {
        let (a, b) = (Folded::new("Line-7"), Folded::new("lINE-7"));
        let state = RandomState::new();
        assert_eq!(a, b);
        assert_eq!(state.hash_one(&a), state.hash_one(&b));
        assert_eq!((a.spelling(), a.normal()), ("Line-7", "line-7"));
        let lower = Folded::new("line-7");
        assert_eq!((lower.spelling(), lower.normal()), ("line-7", "line-7"));
        let empty = Folded::new("");
        assert_eq!((empty.spelling(), empty.normal()), ("", ""));
    }
}
