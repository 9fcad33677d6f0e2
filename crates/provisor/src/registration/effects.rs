//! What the caller has to do, as data.

use alloc::boxed::Box;

use provisor_report::UnixTime;
use provisor_tpm::Secret;

use super::challenge::OpenChallenge;
use super::record::RegistrationRecord;
use crate::enrollment::{InitialTwin, Thumbprint};
use crate::id::{DeviceId, HubName, RegistrationId};

/// One thing to do. The order in a decision is the order of the variants here, and it matters:
///
/// 1. what became of the challenge;
/// 2. the device in its hub;
/// 3. the record;
/// 4. the device in the hub it left;
/// 5. the bill.
///
/// If the caller stops before the record is saved, the next registration decides the same again. If
/// it stops after, the removal has to be tried again by the caller: nothing else remembers the hub
/// that was left. (Removing first would be worse: a stop right after it would lose the twin.)
///
/// All of it happens under the lease that the [order of calls](super#order-of-calls) asks for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Effect {
    /// Keep this challenge for the registration, in place of an older one. Secret.
    StoreChallenge {
        /// The device that was challenged.
        registration_id: RegistrationId,
        /// What its answer will be judged by.
        open: Box<OpenChallenge>,
    },
    /// Remember until then that the challenge of this registration was answered, rightly or not:
    /// the next answer is a replay.
    RetireChallenge {
        /// The device that answered.
        registration_id: RegistrationId,
        /// When the challenge would have expired by itself.
        until: UnixTime,
    },
    /// Create the device in the hub, or bring an existing one to this state, **on one condition**:
    /// if the hub has a device of this name, it belongs to this registration. If it belongs to
    /// another one, leave it alone, carry out nothing further, and answer with
    /// [`RegDeviceOwned`](provisor_report::Code::RegDeviceOwned).
    ///
    /// Two registrations can come to one name: an enrollment may give any device ID, and a group's
    /// devices bear their registration IDs. The engine cannot know: only the hub sees both. Keep
    /// the owner with the device, in a tag that only the service writes, and let the hub compare
    /// and write in one step.
    PutDevice {
        /// The registration that the device belongs to.
        registration_id: RegistrationId,
        /// The hub.
        hub: HubName,
        /// The device's name there.
        device_id: DeviceId,
        /// How the hub will know it.
        authentication: HubAuthentication,
        /// Where its twin comes from.
        twin: TwinSource,
    },
    /// Put this record in place of its predecessor, the one with the revision before it; refuse if
    /// there is another.
    SaveRecord(RegistrationRecord),
    /// Remove the device from the hub it left, if it belongs to this registration still. It is no
    /// fault if it is gone, or if another registration has the name by now.
    RemoveDevice {
        /// The registration that the device belonged to.
        registration_id: RegistrationId,
        /// The hub.
        hub: HubName,
        /// The device's name there.
        device_id: DeviceId,
    },
    /// Count one operation, the billing unit.
    CountOperation(Operation),
}

/// How a hub knows a device.
#[derive(Debug)]
#[non_exhaustive]
pub enum HubAuthentication {
    /// By a symmetric key, made for this device and sealed to its TPM in the response. Secret.
    SymmetricKey(Secret),
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
    },
}

/// A metered operation: the successful end of one instruction to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// The first registration of a device.
    Registration,
    /// A later one.
    Reregistration,
}
