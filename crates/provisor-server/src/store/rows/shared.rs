//! The kinds of things that all requests share.

use provisor::operations::{PolicyName, Resource, Stored};
use provisor::{CaName, GroupId, HubName, Rejection};
use serde::de::DeserializeOwned;

use super::json::decode;
use crate::store::fault::unreadable;
use crate::store::seal::Seal;
use crate::store::{Result, Shared};

/// A kind of thing that all requests share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SharedKind {
    Ca,
    Group,
    Hub,
    Policy,
    Service,
}

impl SharedKind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Ca,
        Self::Group,
        Self::Hub,
        Self::Policy,
        Self::Service,
    ];

    /// Its name in keys, and what is sealed in it is bound to.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::Group => "group",
            Self::Hub => "hub",
            Self::Policy => "policy",
            Self::Service => "service",
        }
    }

    pub(crate) fn from_name(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| unreadable("shared", "a kind that is not known"))
    }

    /// Reads what is stored under that key; `None`: it was deleted.
    pub(crate) fn read(self, seal: &Seal, key: &str, sealed: Option<&[u8]>) -> Result<Shared> {
        let Some(sealed) = sealed else {
            return self.deleted(key);
        };
        Ok(match self {
            Self::Ca => Shared::Ca(Ok(self.open(seal, key, sealed)?)),
            Self::Group => Shared::Group(Ok(self.open(seal, key, sealed)?)),
            Self::Hub => Shared::Hub(Ok(self.open(seal, key, sealed)?)),
            Self::Policy => Shared::Policy(Ok(self.open(seal, key, sealed)?)),
            Self::Service => Shared::Service(self.open(seal, key, sealed)?),
        })
    }

    fn open<T: Resource>(self, seal: &Seal, key: &str, sealed: &[u8]) -> Result<Stored<T>>
    where
        Stored<T>: DeserializeOwned,
    {
        decode(self.name(), &seal.open(self.name(), key, sealed)?)
    }

    fn deleted(self, key: &str) -> Result<Shared> {
        let illegal = |_: Rejection| unreadable(self.name(), "an illegal name");
        Ok(match self {
            Self::Ca => Shared::Ca(Err(CaName::parse(key).map_err(illegal)?)),
            Self::Group => Shared::Group(Err(GroupId::parse(key).map_err(illegal)?)),
            Self::Hub => Shared::Hub(Err(HubName::parse(key).map_err(illegal)?)),
            Self::Policy => Shared::Policy(Err(PolicyName::parse(key).map_err(illegal)?)),
            Self::Service => return Err(unreadable(self.name(), "settings that were deleted")),
        })
    }
}
