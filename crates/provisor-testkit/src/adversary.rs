//! What somebody sends who wants a verdict to cost much.
//!
//! Each [`Adversary`] is what one request may hold: a leaf, the certificates sent along, and beside
//! them what the operator has: anchors and revocation lists. Most are near several budgets of the
//! verifier at once; every family comes in several sizes, as a budget is only proved by what stays
//! below it, what meets it and what goes beyond.
//!
//! The tests of `provisor-x509` count what each costs, the benches time it beside a P-256 check, and
//! both take the same bytes from here.

mod cast;
mod keys;
mod lists;
mod names;
mod policies;
mod request;
mod texts;

use request::Family;
pub use request::{Adversary, Asked, Size};

/// Every adversary, each made when it is asked for: together they take more memory than a test should.
///
/// ```
/// use provisor_testkit::adversary;
///
/// let first = adversary::all().next().unwrap();
/// assert!(!first.leaf.is_empty() && !first.anchors.is_empty());
/// ```
pub fn all() -> impl Iterator<Item = Adversary> {
    families().into_iter().flat_map(|(name, make)| {
        Size::ALL.into_iter().map(move |size| Adversary {
            name: format!("{name}, {}", size.name()),
            ..make(size)
        })
    })
}

/// The largest of every family: those that a bench has the time for.
pub fn largest() -> impl Iterator<Item = Adversary> {
    families().into_iter().map(|(name, make)| Adversary {
        name,
        ..make(Size::Full)
    })
}

fn families() -> Vec<Family> {
    [
        names::families(),
        lists::families(),
        keys::families(),
        policies::families(),
        texts::families(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
