//! Adversaries that are made when they are asked for.

use std::vec;

/// How one is made.
type Maker<T> = Box<dyn FnOnce() -> T>;

/// Adversaries in a fixed order, each made when it is asked for: together they take more memory than a
/// test should, and some take longer to make than to judge. Those that are stepped over, or only
/// counted, are not made.
///
/// ```
/// use provisor_testkit::adversary;
///
/// // The second quarter of them.
/// let third = adversary::all().nth(2).map(|adversary| adversary.name);
/// let part = adversary::all().skip(1).step_by(4);
/// assert!(third.is_some() && part.size_hint().0 >= 25);
/// ```
pub struct Adversaries<T>(vec::IntoIter<Maker<T>>);

impl<T: 'static> Adversaries<T> {
    pub(super) fn new(makers: Vec<Maker<T>>) -> Self {
        Self(makers.into_iter())
    }

    /// The same, changed as they are made.
    pub(super) fn changed<U: 'static>(self, change: fn(T) -> U) -> Vec<Maker<U>> {
        let changed = |make: Maker<T>| -> Maker<U> { Box::new(move || change(make())) };
        self.0.map(changed).collect()
    }
}

impl<T> Iterator for Adversaries<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next().map(|make| make())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    fn count(self) -> usize {
        self.0.len()
    }

    fn nth(&mut self, n: usize) -> Option<T> {
        self.0.nth(n).map(|make| make())
    }
}

impl<T> ExactSizeIterator for Adversaries<T> {}

impl<T> std::fmt::Debug for Adversaries<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Adversaries({})", self.0.len())
    }
}
