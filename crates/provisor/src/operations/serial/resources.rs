//! Policies, links, CAs, the service.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::allocation::{AllocationBasis, AllocationPolicy, Weight};
use crate::enrollment::{StoredSymmetricKeys, SymmetricKeys};
use crate::id::{HubName, IdScope};
use crate::operations::access::{Right, Rights};
use crate::operations::resource::{
    AccessPolicy, HubCredential, HubLink, PolicyName, ServiceSettings,
};

impl Serialize for Rights {
    /// The names of the rights.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(Right::as_str))
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let names = Vec::<Cow<'_, str>>::deserialize(from)?;
        let right = |name: Cow<'_, str>| {
            // As it is written: a store has no spellings.
            Right::from_name(&name)
                .filter(|right| right.as_str() == name)
                .ok_or_else(|| D::Error::custom(format!("{name:?} is no right")))
        };
        names.into_iter().map(right).collect()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Policy {
    name: Box<str>,
    keys: StoredSymmetricKeys,
    rights: Rights,
}

impl Serialize for AccessPolicy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let policy = Policy {
            name: self.name.as_str().into(),
            keys: self.keys.clone().into(),
            rights: self.rights,
        };
        policy.serialize(to)
    }
}

impl<'de> Deserialize<'de> for AccessPolicy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Policy::deserialize(from)?;
        let name = PolicyName::parse(&read.name).map_err(D::Error::custom)?;
        Ok(Self::new(name, SymmetricKeys::from(read.keys), read.rights))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteLink<'a> {
    name: &'a HubName,
    weight: Weight,
    apply_allocation_policy: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadLink {
    name: HubName,
    weight: Weight,
    apply_allocation_policy: bool,
    location: Option<Box<str>>,
    credential: Option<Box<str>>,
}

impl Serialize for HubLink {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = WriteLink {
            name: &self.name,
            weight: self.weight,
            apply_allocation_policy: self.apply_allocation_policy,
            location: self.location.as_deref(),
            credential: self.credential.as_ref().map(HubCredential::expose),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for HubLink {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = ReadLink::deserialize(from)?;
        let mut link = Self::new(read.name);
        link.weight = read.weight;
        link.apply_allocation_policy = read.apply_allocation_policy;
        link.location = read.location;
        link.credential = read.credential.map(HubCredential::new);
        Ok(link)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    scope: IdScope,
    basis: AllocationBasis,
    allocation_policy: AllocationPolicy,
}

impl Serialize for ServiceSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let settings = Settings {
            scope: self.scope.clone(),
            basis: self.basis.clone(),
            allocation_policy: self.allocation_policy.clone(),
        };
        settings.serialize(to)
    }
}

impl<'de> Deserialize<'de> for ServiceSettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Settings::deserialize(from)?;
        let mut settings = Self::new(read.scope, read.basis);
        settings.allocation_policy = read.allocation_policy;
        Ok(settings)
    }
}

#[cfg(feature = "x509")]
mod ca {
    use alloc::boxed::Box;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::attestation::VerificationCode;
    use crate::enrollment::CaCertificate;
    use crate::operations::resource::RegisteredCa;

    #[derive(Serialize)]
    struct Write<'a> {
        certificate: &'a CaCertificate,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'a str>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Read {
        certificate: CaCertificate,
        code: Option<Box<str>>,
    }

    impl Serialize for RegisteredCa {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let write = Write {
                certificate: &self.certificate,
                code: self.code.as_ref().map(VerificationCode::as_str),
            };
            write.serialize(to)
        }
    }

    impl<'de> Deserialize<'de> for RegisteredCa {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let read = Read::deserialize(from)?;
            let code = read
                .code
                .map(|code| VerificationCode::parse(&code))
                .transpose();
            Ok(Self::new(read.certificate, code.map_err(D::Error::custom)?))
        }
    }
}
