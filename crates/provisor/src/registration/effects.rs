//! What the caller has to do, as data.

use alloc::boxed::Box;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::Secret;

use super::challenge::OpenChallenge;
use super::fence::Fence;
use super::owner::OwnerTag;
use super::preparation::Preparation;
use super::removal::Removal;
use super::save::Save;
use crate::enrollment::{Capabilities, InitialTwin, SymmetricKeys, Thumbprint};
use crate::id::{DeviceId, HubName, RegistrationId};

/// One thing to do. The order in a decision is the order of the variants here, and it matters:
///
/// 1. what became of the challenge;
/// 2. whether what was decided from is so still, with the note of a place that no record names yet;
/// 3. the device in its hub;
/// 4. the record, with the bill and the notes of removals;
/// 5. the device in the hub it left.
///
/// If the caller stops before the record is saved, the next registration decides anew, and what was
/// put where it does not go is removed by the note. If it stops after, the removal is on record, too.
/// (Removing first would be worse: a stop right after it would lose the twin.)
///
/// All of it happens under the lease that the [order of calls](super#order-of-calls) asks for, and
/// whatever writes bears its [`Fence`].
///
/// A kind of effect that a caller does not know fails: `other => return Err(other.unknown())`.
#[derive(Debug)]
#[non_exhaustive]
pub enum Effect {
    /// Keep this challenge for the registration, in place of an older one. Secret. It may be one that was
    /// [taken out](super::ChallengeFact::Open) to be judged, and got a wrong answer.
    StoreChallenge {
        /// The device that was challenged.
        registration_id: RegistrationId,
        /// The lease.
        fence: Fence,
        /// What its answer will be judged by.
        open: Box<OpenChallenge>,
    },
    /// Remember until then that the challenge of this registration was answered rightly: the next
    /// answer is a replay.
    RetireChallenge {
        /// The device that answered.
        registration_id: RegistrationId,
        /// The lease.
        fence: Fence,
        /// When the challenge would have expired by itself.
        until: UnixTime,
    },
    /// Look whether what was decided from is so still ([`Preparation::check`]), and note durably that the
    /// device may have to be removed from the place where it is put next, if no record names it yet: in
    /// one step. [`SaveRecord`](Self::SaveRecord) cancels the note. Whoever finds it due
    /// [looks again](Removal::due) before he removes anything.
    ///
    /// A caller whose stores and hubs live and die together needs no note. The look is for everybody:
    /// after it a hub is written to, and what that overwrites is gone.
    Prepare(Box<Preparation>),
    /// Create the device in the hub, or bring an existing one to this state, **if the hub allows
    /// it**: [`OwnerTag::may_put`] says when, and with which code it fails otherwise. Compare and
    /// write in one step, and keep the tag with the device.
    PutDevice {
        /// The registration that the device belongs to, and the lease.
        owner: OwnerTag,
        /// The hub.
        hub: HubName,
        /// The device's name there.
        device_id: DeviceId,
        /// How the hub will know it.
        authentication: HubAuthentication,
        /// What it is for the hub.
        capabilities: Capabilities,
        /// Where its twin comes from.
        twin: TwinSource,
    },
    /// Put this record in place of its predecessor, count the operation, note the removal and cancel
    /// those of the place that is assigned: in one step, if [`Save::check`] allows it.
    SaveRecord(Box<Save>),
    /// Remove the device from the hub it left, [if it belongs to this registration
    /// still](OwnerTag::may_remove); then forget the note that was saved with the record. It is no
    /// fault if it is gone, if another registration has the name by now, or if the removal fails: the
    /// note stays, and it is tried again.
    RemoveDevice(Removal),
}

impl Effect {
    /// The failure of a caller that does not know this kind of effect: one that is passed over would
    /// be a promise to the device that nobody keeps.
    #[must_use]
    pub fn unknown(&self) -> Rejection {
        Rejection::new(Code::RegEffectUnknown, Subject::field("effect"))
            .expected("an effect that the service carries out")
            .found(self.name())
    }

    /// The name of the variant, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::StoreChallenge { .. } => "StoreChallenge",
            Self::RetireChallenge { .. } => "RetireChallenge",
            Self::Prepare(_) => "Prepare",
            Self::PutDevice { .. } => "PutDevice",
            Self::SaveRecord(_) => "SaveRecord",
            Self::RemoveDevice(_) => "RemoveDevice",
        }
    }

    /// The lease that it was decided under.
    #[must_use]
    pub fn fence(&self) -> Fence {
        match self {
            Self::StoreChallenge { fence, .. } | Self::RetireChallenge { fence, .. } => *fence,
            Self::PutDevice { owner, .. } => owner.fence,
            Self::Prepare(preparation) => preparation.precondition.fence(),
            Self::SaveRecord(save) => save.record.fence,
            Self::RemoveDevice(removal) => removal.owner.fence,
        }
    }
}

/// How a hub knows a device.
#[derive(Debug)]
#[non_exhaustive]
pub enum HubAuthentication {
    /// By a symmetric key, made for this device and sealed to its TPM in the response. Secret.
    SymmetricKey(Secret),
    /// By the two symmetric keys that the device has: those of its individual enrollment, or what is
    /// derived for it from its group's. The hub then knows it by what it registered with. Secret.
    SymmetricKeys(SymmetricKeys),
    /// By its leaf certificate.
    X509Thumbprint(Thumbprint),
}

/// Where a device's twin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwinSource {
    /// Leave the twin that is there; create a missing device with the enrollment's initial twin.
    Existing(Option<InitialTwin>),
    /// Begin with the enrollment's initial twin.
    Initial(Option<InitialTwin>),
    /// Copy it from where the device was; if the device is gone there, begin with the enrollment's
    /// initial twin.
    CopyFrom {
        /// The hub that it leaves.
        hub: HubName,
        /// Its name there.
        device_id: DeviceId,
        /// What to begin with when there is nothing to copy.
        otherwise: Option<InitialTwin>,
        /// What the custom allocation said that it shall have, whatever is copied: its members take the
        /// place of those of the same names, at every depth (RFC 7396).
        overriding: Option<InitialTwin>,
    },
}
