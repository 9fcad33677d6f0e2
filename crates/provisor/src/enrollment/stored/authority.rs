//! CA certificates: those that groups hold, and those that are registered.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::enrollment::evidence::{
    CaCertificate, CaStatus, SigningCertificates, TrustedCertificate,
};
use crate::id::CaName;
use crate::stored::{Base64, Version};

impl Serialize for TrustedCertificate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Base64::of(self.der()).serialize(to)
    }
}

impl<'de> Deserialize<'de> for TrustedCertificate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let der = Base64::deserialize(from)?;
        Self::from_der(&der.0).map_err(D::Error::custom)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WritePair<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary: Option<&'a TrustedCertificate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary: Option<&'a TrustedCertificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadPair {
    primary: TrustedCertificate,
    secondary: Option<TrustedCertificate>,
}

impl Serialize for SigningCertificates {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut certificates = self.iter();
        let write = WritePair {
            primary: certificates.next(),
            secondary: certificates.next(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for SigningCertificates {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let ReadPair { primary, secondary } = ReadPair::deserialize(from)?;
        Self::new(primary, secondary).map_err(D::Error::custom)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    name: &'a CaName,
    certificate: &'a TrustedCertificate,
    status: CaStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    name: CaName,
    certificate: TrustedCertificate,
    status: CaStatus,
}

impl Serialize for CaCertificate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            name: self.name(),
            certificate: self.certificate(),
            status: self.status(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for CaCertificate {
    /// [From a store](CaCertificate::from_store): the status is the one that was stored.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        Ok(Self::from_store(read.name, read.certificate, read.status))
    }
}
