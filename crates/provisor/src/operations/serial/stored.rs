//! A thing, and what is kept beside it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::enrollment::{Etag, Sha1Thumbprint, Thumbprint};
use crate::operations::certificate::CertificateInfo;
use crate::operations::members::Members;
use crate::operations::stored::Stored;
use crate::stored::Version;

#[derive(Serialize)]
struct WriteStored<'a, T> {
    version: Version<1>,
    value: &'a T,
    etag: &'a Etag,
    created: i64,
    updated: i64,
    #[serde(skip_serializing_if = "Members::is_empty")]
    members: &'a Members,
    #[serde(skip_serializing_if = "<[CertificateInfo]>::is_empty")]
    certificates: &'a [CertificateInfo],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadStored<T> {
    #[serde(rename = "version")]
    _version: Version<1>,
    value: T,
    etag: Etag,
    created: i64,
    updated: i64,
    #[serde(default)]
    members: Members,
    #[serde(default = "Vec::new")]
    certificates: Vec<CertificateInfo>,
}

impl<T: Serialize> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = WriteStored {
            version: Version,
            value: &self.value,
            etag: &self.etag,
            created: self.created.seconds(),
            updated: self.updated.seconds(),
            members: &self.members,
            certificates: &self.certificates,
        };
        write.serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stored<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = ReadStored::deserialize(from)?;
        let mut stored = Self::new(read.value, read.etag, UnixTime::new(read.created))
            .with_members(read.members)
            .with_certificates(read.certificates);
        stored.updated = UnixTime::new(read.updated);
        Ok(stored)
    }
}

impl Serialize for Members {
    /// A map of names to JSON texts: texts, as what is kept unread comes back letter by letter.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

/// As they come: of two members of one name neither is taken, as readers differ in which.
struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of names to JSON texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
        let mut members = Members::new();
        // As many as there may be: `insert` refuses the next one.
        while let Some((name, json)) = map.next_entry::<Box<str>, Box<str>>()? {
            if members.get(&name).is_some() {
                let subject = Subject::field(name.into_string());
                let twice = Rejection::new(Code::ServiceMembers, subject);
                return Err(M::Error::custom(twice.found("two members of that name")));
            }
            members.insert(&name, &json).map_err(M::Error::custom)?;
        }
        Ok(members)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteInfo<'a> {
    subject_name: &'a str,
    issuer_name: &'a str,
    #[serde(serialize_with = "display")]
    sha1_thumbprint: &'a Sha1Thumbprint,
    sha256_thumbprint: &'a Thumbprint,
    not_before: i64,
    not_after: i64,
    serial_number: &'a str,
    version: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadInfo {
    subject_name: Box<str>,
    issuer_name: Box<str>,
    sha1_thumbprint: Box<str>,
    sha256_thumbprint: Thumbprint,
    not_before: i64,
    not_after: i64,
    serial_number: Box<str>,
    version: u8,
}

impl Serialize for CertificateInfo {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = WriteInfo {
            subject_name: &self.subject,
            issuer_name: &self.issuer,
            sha1_thumbprint: &self.sha1,
            sha256_thumbprint: &self.sha256,
            not_before: self.not_before.seconds(),
            not_after: self.not_after.seconds(),
            serial_number: &self.serial_number,
            version: self.version,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for CertificateInfo {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = ReadInfo::deserialize(from)?;
        Ok(Self {
            subject: read.subject_name,
            issuer: read.issuer_name,
            sha1: Sha1Thumbprint::parse(&read.sha1_thumbprint).map_err(D::Error::custom)?,
            sha256: read.sha256_thumbprint,
            not_before: UnixTime::new(read.not_before),
            not_after: UnixTime::new(read.not_after),
            serial_number: read.serial_number,
            version: read.version,
        })
    }
}

fn display<S: Serializer>(text: &&Sha1Thumbprint, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(text)
}
