//! The record of a device's registration.

use core::fmt;

use provisor_report::UnixTime;
use provisor_tpm::Name;

use crate::attestation::EnrollmentRef;
use crate::id::{DeviceId, HubName, RegistrationId};

/// That a device is registered: where, as what, since when. One for each registration ID of a
/// scope; made and replaced by registrations, deletable by operators, never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct RegistrationRecord {
    /// The device.
    pub registration_id: RegistrationId,
    /// Its name in the hub.
    pub device_id: DeviceId,
    /// Its hub.
    pub assigned_hub: HubName,
    /// The hub that it was given first.
    pub initial_hub: HubName,
    /// How it came to its hub.
    pub substatus: Substatus,
    /// The enrollment that admitted it last.
    pub enrollment: EnrollmentRef,
    /// The Name of the endorsement key that it registered with last, if it did with one. Where the
    /// enrollment is for any TPM, only this one may come again.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none", with = "name")
    )]
    pub endorsement_key: Option<Name>,
    /// When it registered first; seconds since 1970 in serialized form.
    #[cfg_attr(feature = "serde", serde(with = "seconds"))]
    pub created: UnixTime,
    /// When it registered last; seconds since 1970 in serialized form.
    #[cfg_attr(feature = "serde", serde(with = "seconds"))]
    pub updated: UnixTime,
    /// Counts the registrations from 1. A store accepts a record only if it follows the one it
    /// has: of two registrations at the same time, the later one then fails and is repeated.
    pub revision: u64,
}

/// How a device came to its hub (DPS `substatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Substatus {
    /// It moved, and its data with it.
    DeviceDataMigrated,
    /// It moved, and began again with the initial twin.
    DeviceDataReset,
    /// It never moved.
    InitialAssignment,
    /// It moved back to the hub that it was given first.
    ReprovisionedToInitialAssignment,
}

impl Substatus {
    /// The word of the DPS protocol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeviceDataMigrated => "deviceDataMigrated",
            Self::DeviceDataReset => "deviceDataReset",
            Self::InitialAssignment => "initialAssignment",
            Self::ReprovisionedToInitialAssignment => "reprovisionedToInitialAssignment",
        }
    }
}

impl fmt::Display for Substatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Times as seconds since 1970.
#[cfg(feature = "serde")]
mod seconds {
    use provisor_report::UnixTime;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(time: &UnixTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.seconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnixTime, D::Error> {
        i64::deserialize(from).map(UnixTime::new)
    }
}

/// Names as hexadecimal text.
#[cfg(feature = "serde")]
mod name {
    use alloc::borrow::Cow;

    use data_encoding::HEXLOWER;
    use provisor_tpm::Name;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(name: &Option<Name>, to: S) -> Result<S::Ok, S::Error> {
        let text = name.map(|name| HEXLOWER.encode(name.as_bytes()));
        text.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Name>, D::Error> {
        let Some(text) = Option::<Cow<'_, str>>::deserialize(from)? else {
            return Ok(None);
        };
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(D::Error::custom)?;
        Name::from_bytes(&bytes).map(Some).map_err(D::Error::custom)
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_from_json_and_an_illegal_one_does_not() {
        let record = RegistrationRecord {
            registration_id: RegistrationId::try_from("Line-7").unwrap(),
            device_id: DeviceId::parse("Press#7").unwrap(),
            assigned_hub: HubName::parse("hub-a").unwrap(),
            initial_hub: HubName::parse("hub-b").unwrap(),
            substatus: Substatus::DeviceDataMigrated,
            enrollment: EnrollmentRef::Individual,
            endorsement_key: Some(
                Name::from_bytes(&[[0, 0x0b].as_slice(), &[7; 32]].concat()).unwrap(),
            ),
            created: UnixTime::new(1),
            updated: UnixTime::new(2),
            revision: 2,
        };
        let json = serde_json::to_string(&record).unwrap();
        assert!(
            json.contains("\"substatus\":\"deviceDataMigrated\""),
            "{json}"
        );
        assert_eq!(
            serde_json::from_str::<RegistrationRecord>(&json).unwrap(),
            record
        );
        let cut = json.replace("\"000b", "\"00");
        assert!(serde_json::from_str::<RegistrationRecord>(&cut).is_err());
        let illegal = json.replace("Line-7", "Line 7");
        let refused = serde_json::from_str::<RegistrationRecord>(&illegal).unwrap_err();
        assert!(refused.to_string().contains("ID_CHARACTER"), "{refused}");
    }

    use alloc::string::ToString as _;
}
