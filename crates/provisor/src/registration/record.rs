//! The record of a device's registration.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::UnixTime;
use provisor_tpm::Name;

use super::fence::Fence;
use super::payload::Payload;
use crate::attestation::EnrollmentRef;
use crate::enrollment::{Generation, Mark};
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};

/// That a device is registered: where, as what, since when. One for each registration ID of a
/// scope; made and replaced by registrations, deletable by operators, never edited.
///
/// It says whose it is by more than a name: by the [generation](Generation) of the enrollment that
/// made it, and by the [marks](Mark) of what that one accepted and of what the device proved itself
/// by. Who may go on with it is
/// [a table](super::reprovision#who-may-go-on-as-whom); what becomes of it when its enrollment is
/// deleted says [`fate`](Self::fate).
///
/// In serialized form it bears a version, and an unknown one is refused, like an unknown member: a record that is half understood is continued
/// by the wrong device. (A structure that takes the record in by serde's `flatten` has to refuse them
/// itself: serde shows it only those it names. Nothing fails open then: the one member that may be
/// missing is the endorsement key, and without it no TPM comes again.)
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistrationRecord {
    /// The service that it is registered with: a record of another scope is no fact of this one.
    pub scope: IdScope,
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
    /// The generation of that enrollment.
    pub generation: Generation,
    /// What that enrollment accepted, and what the device proved itself by.
    pub marks: Vec<Mark>,
    /// The Name of the endorsement key that it registered with last, if it did with one. Where the
    /// enrollment is for any TPM, only this one may come again.
    pub endorsement_key: Option<Name>,
    /// What the custom allocation said to the device when it was asked last: every answer to the device
    /// repeats it, as long as its enrollment has that policy.
    pub payload: Option<Payload>,
    /// When it registered first; seconds since 1970 in serialized form.
    pub created: UnixTime,
    /// When it registered last; seconds since 1970 in serialized form.
    pub updated: UnixTime,
    /// Counts the registrations (and the deletions of the record) from 1. A store accepts a record
    /// only if it [follows](super::Save::check) the one it has: of two registrations at the same
    /// time, the later one then fails and is repeated.
    ///
    /// Not enough by itself: where a deletion leaves nothing behind the count starts anew. The fence
    /// does not.
    pub revision: u64,
    /// The lease under which it was saved.
    pub fence: Fence,
}

/// What becomes of a record when an enrollment is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is deleted with the enrollment, and leaves a [tombstone](super::Tombstone). The device in its
    /// hub is not touched; the next to register under the ID is new, and clears or resets it.
    Goes,
    /// It stays, and bars the ID for all but those who may go on with it, until an operator deletes
    /// it or states an heir.
    Stays,
}

impl RegistrationRecord {
    /// The record of a first registration, for stores that restore records without serde. What else
    /// was stored is set afterwards.
    ///
    /// ```
    /// # use provisor::{DeviceId, HubName, IdScope, RegistrationId, UnixTime};
    /// # use provisor::{attestation::EnrollmentRef, enrollment::Generation};
    /// # use provisor::registration::{Fate, RegistrationRecord, Substatus};
    /// let mut record = RegistrationRecord::new(
    ///     IdScope::parse("0ne0A1B2C3D")?,
    ///     RegistrationId::try_from("line-7")?,
    ///     HubName::parse("hub-a.example.net")?,
    ///     EnrollmentRef::Individual,
    ///     Generation::parse("000102030405060708090a0b0c0d0e0f")?,
    ///     UnixTime::new(1_790_000_000),
    /// );
    /// record.substatus = Substatus::DeviceDataMigrated;
    /// record.revision = 3;
    /// // Its individual enrollment is deleted: the record goes with it.
    /// assert_eq!(record.fate(&EnrollmentRef::Individual), Fate::Goes);
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[must_use]
    pub fn new(
        scope: IdScope,
        registration_id: RegistrationId,
        assigned_hub: HubName,
        enrollment: EnrollmentRef,
        generation: Generation,
        now: UnixTime,
    ) -> Self {
        Self {
            scope,
            device_id: DeviceId::from(&registration_id),
            registration_id,
            initial_hub: assigned_hub.clone(),
            assigned_hub,
            substatus: Substatus::InitialAssignment,
            enrollment,
            generation,
            marks: Vec::new(),
            endorsement_key: None,
            payload: None,
            created: now,
            updated: now,
            revision: 1,
            fence: Fence::new(0),
        }
    }

    /// What becomes of this record when that enrollment is deleted: the individual enrollment under
    /// the record's own registration ID, or a group.
    ///
    /// | deleted | the record was made through | the record |
    /// |---|---|---|
    /// | the individual enrollment | it | goes |
    /// | the individual enrollment | a group, before or after | stays: the device is the group's |
    /// | a group | anything | stays, without an heir |
    ///
    /// So does DPS (how to unprovision devices): the records of a deleted group are there until they
    /// are deleted one by one, that of a deleted individual enrollment is not.
    #[must_use]
    pub const fn fate(&self, deleted: &EnrollmentRef) -> Fate {
        // No `_` arm: records of a new kind of enrollment must not go by accident.
        match (deleted, &self.enrollment) {
            (EnrollmentRef::Individual, EnrollmentRef::Individual) => Fate::Goes,
            (EnrollmentRef::Individual, EnrollmentRef::Group(_))
            | (EnrollmentRef::Group(_), EnrollmentRef::Individual | EnrollmentRef::Group(_)) => {
                Fate::Stays
            }
        }
    }
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
pub(super) mod seconds {
    use provisor_report::UnixTime;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(in super::super) fn serialize<S: Serializer>(
        time: &UnixTime,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.seconds())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<UnixTime, D::Error> {
        i64::deserialize(from).map(UnixTime::new)
    }
}

/// Names as hexadecimal text.
#[cfg(feature = "serde")]
pub(super) mod name {
    use alloc::borrow::Cow;

    use data_encoding::HEXLOWER;
    use provisor_tpm::Name;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(in crate::registration) fn serialize<S: Serializer>(
        name: &Option<Name>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let text = name.map(|name| HEXLOWER.encode(name.as_bytes()));
        text.serialize(to)
    }

    pub(in crate::registration) fn deserialize<'de, D: Deserializer<'de>>(
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
            scope: IdScope::parse("0ne0A1B2C3D").unwrap(),
            registration_id: RegistrationId::try_from("Line-7").unwrap(),
            device_id: DeviceId::parse("Press#7").unwrap(),
            assigned_hub: HubName::parse("hub-a").unwrap(),
            initial_hub: HubName::parse("hub-b").unwrap(),
            substatus: Substatus::DeviceDataMigrated,
            enrollment: EnrollmentRef::Individual,
            generation: Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
            marks: alloc::vec![Mark::leaf_key(b"key")],
            endorsement_key: Some(
                Name::from_bytes(&[[0, 0x0b].as_slice(), &[7; 32]].concat()).unwrap(),
            ),
            payload: Payload::parse("{\"a\":[1]}").unwrap(),
            created: UnixTime::new(1),
            updated: UnixTime::new(2),
            revision: 2,
            fence: Fence::new(7),
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
        let more = json.replacen('{', "{\"generations\":1,", 1);
        let refused = serde_json::from_str::<RegistrationRecord>(&more).unwrap_err();
        assert!(refused.to_string().contains("generations"), "{refused}");
        let cut = json.replace("\"000b", "\"00");
        assert!(serde_json::from_str::<RegistrationRecord>(&cut).is_err());
        let illegal = json.replace("Line-7", "Line 7");
        let refused = serde_json::from_str::<RegistrationRecord>(&illegal).unwrap_err();
        assert!(refused.to_string().contains("ID_CHARACTER"), "{refused}");
    }

    use alloc::string::ToString as _;
}
