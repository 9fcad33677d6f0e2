//! A hub that is linked.

use alloc::boxed::Box;
use core::fmt;

use provisor_report::Rejection;
use zeroize::Zeroizing;

use crate::allocation::{AllocationBasis, LinkedHubs, Weight};
use crate::id::{HubName, IdScope};

/// A hub that is linked to the service (DPS, how to manage linked IoT hubs).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HubLink {
    /// Its host name.
    pub name: HubName,
    /// Its weight, from 1 on.
    pub weight: Weight,
    /// Whether it takes new devices by weight or latency. One that does not keeps those it has, and
    /// takes those of enrollments whose static policy names it.
    pub apply_allocation_policy: bool,
    /// Where it is, for people.
    pub location: Option<Box<str>>,
    /// What the service proves itself by there. Secret.
    pub credential: Option<HubCredential>,
}

/// What a service proves itself by to a hub: a connection string, or whatever the connector of the hub
/// takes. Wiped when dropped, never shown, in no answer.
#[derive(Clone)]
pub struct HubCredential(Zeroizing<Box<str>>);

impl HubLink {
    /// A link of weight 1 that takes new devices.
    #[must_use]
    pub const fn new(name: HubName) -> Self {
        Self {
            name,
            weight: Weight::ONE,
            apply_allocation_policy: true,
            location: None,
            credential: None,
        }
    }

    /// The weight that allocation goes by: none for a hub without new devices.
    #[must_use]
    pub const fn effective_weight(&self) -> Weight {
        if self.apply_allocation_policy {
            self.weight
        } else {
            Weight::ZERO
        }
    }
}

impl HubCredential {
    /// This text.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the connector of the hub and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HubCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HubCredential([redacted])")
    }
}

/// The hubs as allocation takes them.
///
/// # Errors
/// As [`LinkedHubs::new`].
pub fn linked_hubs<'a>(
    scope: &IdScope,
    basis: &AllocationBasis,
    links: impl IntoIterator<Item = &'a HubLink>,
) -> Result<LinkedHubs, Rejection> {
    let hubs = links
        .into_iter()
        .map(|link| (link.name.clone(), link.effective_weight()));
    LinkedHubs::with_basis(scope, basis, hubs)
}
