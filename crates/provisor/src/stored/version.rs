//! The version of a stored form.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The number that a stored form bears inside. What is written bears it, and nothing is read that
/// bears another one or none: a later form may mean something else by the same members.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Version<const NUMBER: u32>;

impl<const NUMBER: u32> Serialize for Version<NUMBER> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(NUMBER)
    }
}

impl<'de, const NUMBER: u32> Deserialize<'de> for Version<NUMBER> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let found = u32::deserialize(from)?;
        if found == NUMBER {
            return Ok(Self);
        }
        Err(D::Error::custom(
            Rejection::new(Code::AttestStoredVersion, Subject::field("version"))
                .expected(format!("{NUMBER}"))
                .found(format!("{found}")),
        ))
    }
}
