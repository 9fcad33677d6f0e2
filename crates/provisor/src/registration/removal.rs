//! Devices that are to be removed from a hub, some day.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::entry::Known;
use super::fence::Fence;
use super::owner::{OwnerTag, fenced};
use crate::id::{DeviceId, HubName};

/// That a device is to be removed from a place, if it is still this registration's. Kept durably
/// beside the record, one for each place, until it is done or cancelled.
///
/// | noted | because | cancelled by |
/// |---|---|---|
/// | before a device is put where no record says it is ([`Prepare`](super::Effect::Prepare)) | a crash after that would leave a device that nothing remembers | the save of the record that assigns the place |
/// | with the record that assigns another place ([`Save::removal`](super::Save)) | a crash after that would leave the device where it was | a later assignment to the same place |
///
/// A later note of the same place takes the place of the earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Removal {
    /// The registration that the device belongs to, and the lease that wants it removed.
    pub owner: OwnerTag,
    /// The hub.
    pub hub: HubName,
    /// The device's name there.
    pub device_id: DeviceId,
}

/// What has to be done about a removal that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "carry the removal out, or forget it"]
pub enum Due {
    /// Remove the device, [if the hub says that it is still this registration's](OwnerTag::may_remove);
    /// then forget the note. The owner bears the lease that is held now.
    Remove(Removal),
    /// Forget the note: the registration is at this place by now.
    Cancelled,
}

impl Removal {
    /// The removal of that registration's device from that place.
    #[must_use]
    pub const fn new(owner: OwnerTag, hub: HubName, device_id: DeviceId) -> Self {
        Self {
            owner,
            hub,
            device_id,
        }
    }

    /// The place.
    #[must_use]
    pub const fn place(&self) -> (&HubName, &DeviceId) {
        (&self.hub, &self.device_id)
    }

    /// Looks at the registration again. A device that moved from A to B and back to A is live in A
    /// while its removal from there may still be due.
    ///
    /// Take the lease of the registration first, read what is known of it, judge, remove, forget the
    /// note, give the lease back: as a registration does.
    ///
    /// # Errors
    /// [`RegFacts`](Code::RegFacts) when `known` is about another registration,
    /// [`RegFenced`](Code::RegFenced) when a later lease than this one noted the removal or
    /// registered the device.
    pub fn due(&self, known: Option<Known<'_>>, lease: Fence) -> Result<Due, Rejection> {
        let later = known
            .map(Known::fence)
            .into_iter()
            .chain([self.owner.fence]);
        if let Some(later) = later.max().filter(|later| lease < *later) {
            return Err(fenced(lease, later));
        }
        if let Some(known) = known {
            let own = (&self.owner.scope, &self.owner.registration_id);
            let about = (known.scope(), known.registration_id());
            if own != about {
                let rejection = Rejection::new(Code::RegFacts, Subject::field("registrationId"));
                return Err(rejection
                    .expected(format!("facts about {} of the scope {}", own.1, own.0))
                    .found(format!("facts about {} of the scope {}", about.1, about.0)));
            }
            // A tombstone remembers its place by itself: the next registration clears it.
            if known.place() == self.place() {
                return Ok(Due::Cancelled);
            }
        }
        Ok(Due::Remove(Self {
            owner: OwnerTag {
                fence: lease,
                ..self.owner.clone()
            },
            ..self.clone()
        }))
    }
}
