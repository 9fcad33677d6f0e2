//! The settings of a service.

use alloc::string::String;

use crate::etag::EntityTag;
use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// What a service is: its ID scope, and how it allocates. Scope and algorithm are fixed.
    ServiceInfo {
        /// What devices name it by.
        id_scope: String = "idScope";
        /// The policy where an enrollment has none: `hashed`, `geoLatency` or `evenlyWeighted`.
        allocation_policy: String = "allocationPolicy";
        /// The number of the allocation's algorithm.
        allocation_algorithm: i64 = "allocationAlgorithm" read_only;
        /// The version of the settings.
        etag: EntityTag = "etag";
        /// When they were made.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When they were last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
    }
}

impl Body for ServiceInfo {}
