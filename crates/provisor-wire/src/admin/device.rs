//! One device: what happened to it, and its removal.

use alloc::string::String;

use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// One question of a device, and what became of it, as the server that it asked remembers.
    EventRow {
        /// When.
        timestamp_utc: Timestamp = "timestampUtc";
        /// The tracking ID of the answer.
        tracking_id: String = "trackingId";
        /// The registration ID as it came.
        registration_id: String = "registrationId";
        /// What it came over.
        transport: String = "transport";
        /// From where.
        address: String = "address";
        /// `assigned`, `challenged` or `refused`.
        outcome: String = "outcome";
        /// The hub that it was assigned to.
        assigned_hub: String = "assignedHub";
        /// Its name there.
        device_id: String = "deviceId";
        /// How the registration came about.
        substatus: String = "substatus";
        /// Why it was refused, by name.
        code: String = "code";
        /// The whole reason, also what the device was not told.
        explanation: String = "explanation";
    }
}

impl Body for EventRow {}

body! {
    /// What the removal of a device did.
    DeviceRemoval {
        /// Whose.
        registration_id: String = "registrationId";
        /// What became of the individual enrollment: `disabled`, `made` (disabled, to keep the device out of groups)
        /// or `unchanged`.
        enrollment: String = "enrollment";
        /// What became of the registration: `deleted`, `pending` or `absent`.
        registration: String = "registration";
        /// The hub that it was removed from.
        assigned_hub: String = "assignedHub";
        /// Its name there.
        device_id: String = "deviceId";
        /// What became of it there: `removed`, `absent`, or `pending`: the hub cannot be reached, and the removal is to
        /// be repeated.
        hub: String = "hub";
        /// Why it is pending.
        explanation: String = "explanation";
    }
}

impl Body for DeviceRemoval {}
