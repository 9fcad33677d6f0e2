//! ASCII text that is compared without regard to case and shown as it was written.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

/// The lowercase form, and the original spelling where it differs.
#[derive(Clone)]
pub(crate) struct Folded {
    normal: Box<str>,
    spelling: Option<Box<str>>,
}

impl Folded {
    pub(crate) fn new(text: &str) -> Self {
        let normal = text.to_ascii_lowercase().into_boxed_str();
        let spelling = (*normal != *text).then(|| text.to_owned().into_boxed_str());
        Self { normal, spelling }
    }

    pub(crate) fn normal(&self) -> &str {
        &self.normal
    }

    pub(crate) fn spelling(&self) -> &str {
        self.spelling.as_deref().unwrap_or(&self.normal)
    }
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
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
        self.normal.cmp(&other.normal)
    }
}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal.hash(state);
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
    }
}
