//! What the deletion of a record leaves.

use provisor_report::UnixTime;

use super::fence::Fence;
use super::record::RegistrationRecord;
use crate::attestation::EnrollmentRef;
use crate::enrollment::Generation;
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};

/// That a record was deleted, and where its device still is: a deletion does not touch the hub.
///
/// It stands in the record's place in the store. Whoever registers next under the ID is new (no data
/// is inherited, whoever it is), and what the old device left is put away: it is removed from its hub
/// when the new one goes elsewhere, and begins again with the initial twin when it goes to the same
/// place. So there are never two live devices of one registration.
///
/// ```
/// # use provisor::{HubName, IdScope, RegistrationId, UnixTime};
/// # use provisor::{attestation::EnrollmentRef, enrollment::Generation};
/// # use provisor::registration::RegistrationRecord;
/// use provisor::registration::Tombstone;
///
/// # let record = RegistrationRecord::new(
/// #     IdScope::parse("0ne0A1B2C3D")?,
/// #     RegistrationId::try_from("line-7")?,
/// #     HubName::parse("hub-a.example.net")?,
/// #     EnrollmentRef::Individual,
/// #     Generation::parse("000102030405060708090a0b0c0d0e0f")?,
/// #     UnixTime::new(1_790_000_000),
/// # );
/// let tombstone = Tombstone::of(&record, UnixTime::new(1_800_000_000));
/// assert_eq!(tombstone.hub, record.assigned_hub);
/// // A deletion counts: a save that was decided upon the record does not follow it.
/// assert_eq!(tombstone.revision, record.revision + 1);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tombstone {
    /// The service.
    pub scope: IdScope,
    /// The registration whose record was deleted.
    pub registration_id: RegistrationId,
    /// The name of its device in the hub.
    pub device_id: DeviceId,
    /// The hub that it was assigned to.
    pub hub: HubName,
    /// The enrollment that had admitted it last.
    pub enrollment: EnrollmentRef,
    /// The generation of that enrollment.
    pub generation: Generation,
    /// When it was deleted; seconds since 1970 in serialized form.
    pub deleted: UnixTime,
    /// One more than that of the record: the count goes on, so that an answer to a stateless
    /// challenge that was used up before stays used up.
    pub revision: u64,
    /// The lease under which the record was saved last.
    pub fence: Fence,
}

impl Tombstone {
    /// What is left of that record when it is deleted.
    #[must_use]
    pub fn of(record: &RegistrationRecord, now: UnixTime) -> Self {
        Self {
            scope: record.scope.clone(),
            registration_id: record.registration_id.clone(),
            device_id: record.device_id.clone(),
            hub: record.assigned_hub.clone(),
            enrollment: record.enrollment.clone(),
            generation: record.generation,
            deleted: now,
            revision: record.revision.saturating_add(1),
            fence: record.fence,
        }
    }
}

#[cfg(test)]
#[cfg(feature = "serde")]
mod tests {
    use super::*;
    use crate::registration::{Entry, OwnerTag, Removal};

    fn tombstone() -> Tombstone {
        let mut record = RegistrationRecord::new(
            IdScope::parse("0ne0A1B2C3D").unwrap(),
            RegistrationId::try_from("Line-7").unwrap(),
            HubName::parse("hub-a").unwrap(),
            EnrollmentRef::Individual,
            Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
            UnixTime::new(1),
        );
        record.revision = 4;
        record.fence = Fence::new(9);
        Tombstone::of(&record, UnixTime::new(2))
    }

    fn check<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug>(
        stored: &T,
        members: &[&str],
    ) {
        let json = serde_json::to_string(stored).unwrap();
        for member in members {
            assert!(json.contains(member), "{json}");
        }
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *stored);
        // A member that is not understood is refused, at every depth.
        for (at, _) in json.match_indices('{') {
            let (before, after) = json.split_at(at + 1);
            let more = alloc::format!("{before}\"fences\":1,{after}");
            assert!(serde_json::from_str::<T>(&more).is_err(), "{more}");
        }
    }

    #[test]
    fn what_a_store_keeps_comes_back_and_nothing_else_does() {
        let tombstone = tombstone();
        check(
            &tombstone,
            &["\"deleted\":2", "\"revision\":5", "\"fence\":9"],
        );
        check(&Entry::Tombstone(tombstone), &["{\"tombstone\":{"]);
        let owner = OwnerTag::new(
            IdScope::parse("0ne0A1B2C3D").unwrap(),
            RegistrationId::try_from("Line-7").unwrap(),
            Fence::new(9),
        );
        check(&owner, &["\"registrationId\":\"Line-7\""]);
        let hub = HubName::parse("hub-a").unwrap();
        let removal = Removal::new(owner, hub, DeviceId::parse("Press#7").unwrap());
        check(&removal, &["\"owner\":{", "\"deviceId\":\"Press#7\""]);
    }
}
