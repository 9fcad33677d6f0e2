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
mod made;
mod names;
mod policies;
mod request;
mod service;
mod texts;

use std::rc::Rc;

pub use made::Adversaries;
use request::Family;
pub use request::{Adversary, Asked, Size};
pub use service::{GROUPS, SENT, ServiceRequest};

/// Every adversary.
///
/// ```
/// use provisor_testkit::adversary;
///
/// let first = adversary::all().next().unwrap();
/// assert!(!first.leaf.is_empty() && !first.anchors.is_empty());
/// ```
#[must_use]
pub fn all() -> Adversaries<Adversary> {
    each_size(families())
}

/// The largest of every family: those that a bench has the time for.
#[must_use]
pub fn largest() -> Adversaries<Adversary> {
    full_size(families())
}

/// Every request that makes a whole service work: families of its own, and the verdicts of [`all`],
/// without lists, with as many groups around them as are tried.
#[must_use]
pub fn service_requests() -> Adversaries<ServiceRequest> {
    before_a_service(each_size(of_certificates()))
}

/// The same with the largest of every family.
#[must_use]
pub fn largest_service_requests() -> Adversaries<ServiceRequest> {
    before_a_service(full_size(of_certificates()))
}

fn before_a_service(adversaries: Adversaries<Adversary>) -> Adversaries<ServiceRequest> {
    let mut makers = service::own();
    makers.extend(adversaries.changed(service::surrounded));
    Adversaries::new(makers)
}

fn each_size(families: Vec<Family>) -> Adversaries<Adversary> {
    let mut makers: Vec<Box<dyn FnOnce() -> Adversary>> = Vec::new();
    for (name, make) in families {
        let make = Rc::new(make);
        for size in Size::ALL {
            let (name, make) = (format!("{name}, {}", size.name()), Rc::clone(&make));
            makers.push(Box::new(move || Adversary { name, ..make(size) }));
        }
    }
    Adversaries::new(makers)
}

fn full_size(families: Vec<Family>) -> Adversaries<Adversary> {
    let of = |(name, make): Family| -> Box<dyn FnOnce() -> Adversary> {
        Box::new(move || Adversary {
            name,
            ..make(Size::Full)
        })
    };
    Adversaries::new(families.into_iter().map(of).collect())
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
