//! The linked hubs of a service, stored: names and weights, and what keys the allocation. What is computed
//! from them is computed again.

use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::basis::AllocationBasis;
use super::hubs::{LinkedHubs, Weight};
use crate::id::{HubName, IdScope};
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    id_scope: &'a IdScope,
    allocation_basis: &'a AllocationBasis,
    hubs: Vec<Hub<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hub<'a> {
    name: &'a HubName,
    weight: Weight,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    id_scope: IdScope,
    allocation_basis: AllocationBasis,
    hubs: Vec<ReadHub>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadHub {
    name: HubName,
    weight: Weight,
}

impl Serialize for LinkedHubs {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            id_scope: self.scope(),
            allocation_basis: self.basis(),
            hubs: self
                .iter()
                .map(|(name, weight)| Hub { name, weight })
                .collect(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for LinkedHubs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        let hubs = read.hubs.into_iter().map(|hub| (hub.name, hub.weight));
        Self::with_basis(&read.id_scope, &read.allocation_basis, hubs).map_err(D::Error::custom)
    }
}
