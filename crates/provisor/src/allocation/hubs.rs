//! The hubs that are linked to a service, and their weights.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::basis::AllocationBasis;
use super::key::{HubDigest, Key};
use super::rendezvous::{Candidates, Shares};
use crate::id::{HubName, IdScope, RegistrationId};
use crate::limits;

/// How large a share of the devices a hub takes, relative to the other hubs: 0 to 1000.
///
/// Weight 0 takes no new device; the hub keeps those whose re-provisioning policy lets them stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u16);

impl Weight {
    /// The largest weight (DPS `allocationWeight`).
    pub const MAX: Self = Self(1000);
    /// The default.
    pub const ONE: Self = Self(1);
    /// No new device.
    pub const ZERO: Self = Self(0);

    /// A weight from 0 to 1000.
    ///
    /// # Errors
    /// [`AllocWeight`](Code::AllocWeight) when it is greater.
    pub fn new(weight: u16) -> Result<Self, Rejection> {
        if weight > Self::MAX.0 {
            return Err(
                Rejection::new(Code::AllocWeight, Subject::field("allocationWeight"))
                    .expected("0 to 1000")
                    .found(format!("{weight}")),
            );
        }
        Ok(Self(weight))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Weight {
    type Error = Rejection;

    fn try_from(weight: u16) -> Result<Self, Rejection> {
        Self::new(weight)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Weight {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Weight {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The hubs linked to the service of one ID scope, prepared for every policy.
///
/// Build it once and keep it: each hub's name is hashed here and not for every device. Sorted by
/// name, so that the order in which hubs are given means nothing.
///
/// With the feature `serde` names and weights are stored, with a version inside, and **with the salt of
/// the allocation, which is secret**, where there is one.
#[derive(Clone)]
pub struct LinkedHubs {
    scope: IdScope,
    basis: AllocationBasis,
    pub(super) key: Key,
    pub(super) hubs: Vec<LinkedHub>,
    /// Those of a weight above 0.
    pub(super) open: Candidates,
}

#[derive(Clone)]
pub(super) struct LinkedHub {
    pub(super) name: HubName,
    pub(super) weight: Weight,
    pub(super) digest: HubDigest,
}

impl LinkedHubs {
    /// The hubs and their weights, for a service without a salt. None at all is a legal state of a
    /// new service; allocation then refuses.
    ///
    /// # Errors
    /// [`AllocDuplicateHub`](Code::AllocDuplicateHub), or
    /// [`AllocTooManyHubs`](Code::AllocTooManyHubs) above [`limits::LINKED_HUBS`].
    pub fn new(
        scope: &IdScope,
        hubs: impl IntoIterator<Item = (HubName, Weight)>,
    ) -> Result<Self, Rejection> {
        Self::with_basis(scope, &AllocationBasis::UNSALTED, hubs)
    }

    /// The hubs and their weights, for a service that stores this beside its scope.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_basis(
        scope: &IdScope,
        basis: &AllocationBasis,
        hubs: impl IntoIterator<Item = (HubName, Weight)>,
    ) -> Result<Self, Rejection> {
        let key = Key::new(scope, basis);
        let mut linked = Vec::new();
        for (name, weight) in hubs {
            if linked.len() == limits::LINKED_HUBS {
                return Err(
                    Rejection::new(Code::AllocTooManyHubs, Subject::field("linkedHubs"))
                        .expected(format!("at most {}", limits::LINKED_HUBS)),
                );
            }
            let digest = key.hub(&name);
            linked.push(LinkedHub {
                name,
                weight,
                digest,
            });
        }
        linked.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        if let Some(name) = first_twice(&linked) {
            return Err(
                Rejection::new(Code::AllocDuplicateHub, Subject::field("linkedHubs"))
                    .found(format!("{name} twice")),
            );
        }
        let mut open = Candidates::default();
        for (place, hub) in linked.iter().enumerate() {
            open.push(place, hub.digest, hub.weight.get());
        }
        Ok(Self {
            scope: scope.clone(),
            basis: basis.clone(),
            key,
            hubs: linked,
            open,
        })
    }

    /// The ID scope that keys the allocation.
    #[must_use]
    pub const fn scope(&self) -> &IdScope {
        &self.scope
    }

    /// The algorithm and the salt.
    #[must_use]
    pub const fn basis(&self) -> &AllocationBasis {
        &self.basis
    }

    /// The hubs and their weights in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&HubName, Weight)> {
        self.hubs.iter().map(|hub| (&hub.name, hub.weight))
    }

    /// True when the hub is linked.
    #[must_use]
    pub fn contains(&self, name: &HubName) -> bool {
        self.position(name).is_some()
    }

    /// The number of linked hubs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hubs.len()
    }

    /// True when no hub is linked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hubs.is_empty()
    }

    /// The device's hub among all of a weight above 0; `None` where there is none.
    pub(super) fn choose(&self, id: &RegistrationId, shares: Shares) -> Option<&HubName> {
        let place = self.open.choose(self.key.device(id), shares)?;
        self.hubs.get(place).map(|hub| &hub.name)
    }

    /// Where the hub stands among those linked.
    pub(super) fn position(&self, name: &HubName) -> Option<usize> {
        self.hubs.binary_search_by(|hub| hub.name.cmp(name)).ok()
    }
}

impl core::fmt::Debug for LinkedHubs {
    /// Names and weights: the key may be a secret, and is noise.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

fn first_twice(sorted: &[LinkedHub]) -> Option<&HubName> {
    let neighbours = sorted.iter().zip(sorted.iter().skip(1));
    let mut twice = neighbours.filter(|(a, b)| a.name == b.name);
    twice.next().map(|(a, _)| &a.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(names: &[&str]) -> Result<LinkedHubs, Rejection> {
        let hubs = names
            .iter()
            .map(|name| (HubName::parse(name).unwrap(), Weight::ONE));
        LinkedHubs::new(&IdScope::parse("0ne00000001").unwrap(), hubs)
    }

    #[test]
    fn weights_have_a_range() {
        assert_eq!(Weight::new(1000).unwrap(), Weight::MAX);
        assert_eq!(Weight::new(1001).unwrap_err().code(), Code::AllocWeight);
    }

    #[test]
    fn a_hub_is_linked_once_whatever_its_case() {
        assert_eq!(
            build(&["a", "b", "A"]).unwrap_err().code(),
            Code::AllocDuplicateHub
        );
        let hubs = build(&["b", "a"]).unwrap();
        assert_eq!(hubs.len(), 2);
        assert!(hubs.contains(&HubName::parse("B").unwrap()));
        assert!(!hubs.contains(&HubName::parse("c").unwrap()));
        assert!(build(&[]).unwrap().is_empty());
    }

    #[test]
    fn the_number_of_hubs_is_limited() {
        let names =
            |n: usize| (0..n).map(|i| (HubName::parse(&format!("h{i}")).unwrap(), Weight::ONE));
        let scope = IdScope::parse("0ne00000001").unwrap();
        assert!(LinkedHubs::new(&scope, names(limits::LINKED_HUBS)).is_ok());
        let refused = LinkedHubs::new(&scope, names(limits::LINKED_HUBS + 1)).unwrap_err();
        assert_eq!(refused.code(), Code::AllocTooManyHubs);
    }
}
