//! Whose device it is that a hub has, and who may change it.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::fence::Fence;
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};

/// What a hub keeps with each device: the registration that it belongs to, and the lease that wrote
/// it last. In a tag that only the service writes.
///
/// Two registrations can come to one name (an enrollment may give any device ID, and two scopes may
/// share a hub), and a write can arrive late. The engine knows neither; only the hub sees both. So
/// the hub compares and writes **in one step** (with the entity tag of what it read, where it offers
/// one):
///
/// ```
/// # use provisor::{DeviceId, HubName, IdScope, RegistrationId};
/// use provisor::Code;
/// use provisor::registration::{Fence, OwnerTag};
///
/// # let scope = IdScope::parse("0ne0A1B2C3D")?;
/// # let device = DeviceId::parse("press")?;
/// # let hub = HubName::parse("hub-a")?;
/// # let id = |text: &str| RegistrationId::try_from(text);
/// let first = OwnerTag::new(scope.clone(), id("press-7")?, Fence::new(4));
/// assert!(first.may_put(None, &hub, &device).is_ok());
/// // The same registration again, by a later lease; then the first one arrives once more.
/// let later = OwnerTag::new(scope.clone(), id("press-7")?, Fence::new(5));
/// assert!(later.may_put(Some(&first), &hub, &device).is_ok());
/// let late = first.may_put(Some(&later), &hub, &device).unwrap_err();
/// assert_eq!(late.code(), Code::RegFenced);
/// // Another registration.
/// let other = OwnerTag::new(scope, id("press-8")?, Fence::new(9));
/// let taken = other.may_put(Some(&later), &hub, &device).unwrap_err();
/// assert_eq!(taken.code(), Code::RegDeviceOwned);
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// A removed device takes its tag along: a write that comes later than a removal finds nothing to
/// compare itself with. Keep the tags of removed devices for as long as a call can be under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct OwnerTag {
    /// The service that it was registered with.
    pub scope: IdScope,
    /// The registration.
    pub registration_id: RegistrationId,
    /// The lease that wrote last.
    pub fence: Fence,
}

impl OwnerTag {
    /// The tag of that registration and lease.
    #[must_use]
    pub const fn new(scope: IdScope, registration_id: RegistrationId, fence: Fence) -> Self {
        Self {
            scope,
            registration_id,
            fence,
        }
    }

    /// True when both are tags of one registration.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        self.scope == other.scope && self.registration_id == other.registration_id
    }

    /// Whether the device may be put in place of what the hub has under its name: `None` is nothing.
    ///
    /// # Errors
    /// [`RegDeviceOwned`](Code::RegDeviceOwned) when it belongs to another registration, and
    /// [`RegFenced`](Code::RegFenced) when a later lease wrote it.
    pub fn may_put(
        &self,
        present: Option<&Self>,
        hub: &HubName,
        device_id: &DeviceId,
    ) -> Result<(), Rejection> {
        let Some(present) = present else {
            return Ok(());
        };
        if !self.is_of(present) {
            return Err(device_owned(hub, device_id, Some(present)));
        }
        if self.fence < present.fence {
            return Err(fenced(self.fence, present.fence));
        }
        Ok(())
    }

    /// Whether a removal may remove what the hub has under the name. If not, it is done all the
    /// same: the device is gone, another registration's by now, or was put there by a later lease.
    #[must_use]
    pub fn may_remove(&self, present: Option<&Self>) -> bool {
        present.is_some_and(|present| self.is_of(present) && present.fence <= self.fence)
    }
}

/// The refusal of a device whose name in the hub belongs to another registration. What is told to
/// the device is the code alone; name the owner, if it is known, for the operator.
///
/// Final: a repetition changes nothing.
#[must_use]
pub fn device_owned(hub: &HubName, device_id: &DeviceId, owner: Option<&OwnerTag>) -> Rejection {
    let rejection = Rejection::new(Code::RegDeviceOwned, Subject::field("deviceId"))
        .expected(format!("a name that is free in {hub}"));
    match owner {
        None => rejection.found(format!("{device_id}, another registration's")),
        Some(owner) => rejection.found(format!(
            "{device_id}, of the registration {} of the scope {}",
            owner.registration_id, owner.scope
        )),
    }
}

/// The refusal of a write by a lease that is over.
pub(super) fn fenced(own: Fence, later: Fence) -> Rejection {
    Rejection::new(Code::RegFenced, Subject::field("fence"))
        .expected(format!("a fence of {later} or later"))
        .found(format!("{own}"))
}
