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
mod service;
mod texts;

use request::Family;
pub use request::{Adversary, Asked, Size};
pub use service::{GROUPS, SENT, ServiceRequest};

/// Every adversary, each made when it is asked for: together they take more memory than a test should.
///
/// ```
/// use provisor_testkit::adversary;
///
/// let first = adversary::all().next().unwrap();
/// assert!(!first.leaf.is_empty() && !first.anchors.is_empty());
/// ```
pub fn all() -> impl Iterator<Item = Adversary> {
    each_size(families())
}

fn each_size(families: Vec<Family>) -> impl Iterator<Item = Adversary> {
    families.into_iter().flat_map(|(name, make)| {
        Size::ALL.into_iter().map(move |size| Adversary {
            name: format!("{name}, {}", size.name()),
            ..make(size)
        })
    })
}

/// Every request that makes a whole service work: families of its own, and the verdicts of [`all`] on
/// devices, without lists, with as many groups around them as are tried.
pub fn service_requests() -> impl Iterator<Item = ServiceRequest> {
    service::own().chain(before_a_service(each_size(of_certificates())))
}

/// The same with the largest of every family.
pub fn largest_service_requests() -> impl Iterator<Item = ServiceRequest> {
    service::own().chain(before_a_service(full_size(of_certificates())))
}

fn before_a_service(
    adversaries: impl Iterator<Item = Adversary>,
) -> impl Iterator<Item = ServiceRequest> {
    adversaries
        .filter(|adversary| adversary.asked == Asked::Device)
        .map(service::surrounded)
}

/// The largest of every family: those that a bench has the time for.
pub fn largest() -> impl Iterator<Item = Adversary> {
    full_size(families())
}

fn full_size(families: Vec<Family>) -> impl Iterator<Item = Adversary> {
    families.into_iter().map(|(name, make)| Adversary {
        name,
        ..make(Size::Full)
    })
}

fn families() -> Vec<Family> {
    let mut families = of_certificates();
    families.extend(lists::families());
    families
}

/// Those that need no revocation list.
fn of_certificates() -> Vec<Family> {
    [
        names::families(),
        keys::families(),
        policies::families(),
        texts::families(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
