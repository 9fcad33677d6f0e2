//! Candidates, ready for any device.

use core::fmt;

use super::hubs::{LinkedHub, LinkedHubs};
use super::rendezvous::{Candidates, Shares};
use crate::id::{HubName, RegistrationId};

/// A policy over linked hubs with its lists looked up: [`Allocator::prepare`](super::Allocator::prepare).
/// It holds at least one candidate, so that every device gets a hub.
///
/// ```
/// use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight};
/// use provisor::{HubName, IdScope, RegistrationId};
///
/// let [a, b, c] = ["a", "b", "c"].map(|name| HubName::parse(name).expect("a host name"));
/// let scope = IdScope::parse("0ne0A1B2C3D")?;
/// let hubs = LinkedHubs::new(&scope, [&a, &b, &c].map(|hub| (hub.clone(), Weight::ONE)))?;
/// let listed = [a, b];
///
/// let prepared = Allocator::new(&hubs, &AllocationPolicy::Weighted).among(&listed).prepare()?;
/// for id in ["line-7-0001", "line-7-0002"] {
///     assert!(listed.contains(prepared.choose(&RegistrationId::try_from(id)?)));
/// }
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone)]
pub struct Prepared<'h> {
    hubs: &'h LinkedHubs,
    /// The first candidate: where there is no other, there is nothing to draw.
    first: &'h LinkedHub,
    field: Field,
}

/// Who takes part.
#[derive(Clone)]
pub(super) enum Field {
    /// The first candidate alone.
    Only,
    /// All linked hubs of a weight above 0.
    Open(Shares),
    /// Some of them.
    Some(Candidates, Shares),
}

impl<'h> Prepared<'h> {
    /// `None` when nobody takes part.
    pub(super) fn new(hubs: &'h LinkedHubs, field: Field) -> Option<Self> {
        let candidates = match &field {
            Field::Only => return None,
            Field::Open(_) => &hubs.open,
            Field::Some(some, _) => some,
        };
        let first = hubs.hubs.get(candidates.first()?)?;
        let field = if candidates.len() == 1 {
            Field::Only
        } else {
            field
        };
        Some(Self { hubs, first, field })
    }

    /// The hub at that place, whatever its weight.
    pub(super) fn only(hubs: &'h LinkedHubs, place: usize) -> Option<Self> {
        let first = hubs.hubs.get(place)?;
        let field = Field::Only;
        Some(Self { hubs, first, field })
    }

    /// The first candidate in the order of the names.
    pub(super) const fn first(&self) -> &'h HubName {
        &self.first.name
    }

    /// The device's hub.
    #[must_use]
    pub fn choose(&self, id: &RegistrationId) -> &'h HubName {
        let hub = match &self.field {
            Field::Only => None,
            Field::Open(shares) => self.hubs.choose(id, *shares),
            Field::Some(some, shares) => some
                .choose(self.hubs.key.device(id), *shares)
                .and_then(|place| self.hubs.hubs.get(place))
                .map(|hub| &hub.name),
        };
        hub.unwrap_or(&self.first.name)
    }

    /// The number of hubs that take part.
    #[must_use]
    pub fn candidates(&self) -> usize {
        match &self.field {
            Field::Only => 1,
            Field::Open(_) => self.hubs.open.len(),
            Field::Some(some, _) => some.len(),
        }
    }
}

impl fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("hubs", self.hubs)
            .field("candidates", &self.candidates())
            .finish()
    }
}
