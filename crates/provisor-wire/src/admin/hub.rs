//! Linked hubs.

use alloc::string::String;

use crate::etag::EntityTag;
use crate::secret::SecretText;
use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// A hub that devices are assigned to.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::admin::LinkedHub;
    ///
    /// let hub = LinkedHub::from_request(br#"{"allocationWeight":3}"#)?;
    /// assert_eq!(hub.allocation_weight, Some(3));
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    LinkedHub {
        /// Its host name: that of the path.
        name: String = "name";
        /// Its weight, 1 to 1000; absent, 1.
        allocation_weight: i32 = "allocationWeight";
        /// Whether it gets new devices by weight or latency; absent, it does.
        apply_allocation_policy: bool = "applyAllocationPolicy";
        /// Where it is, for people.
        location: String = "location";
        /// What the service proves itself by there; absent in a replacement, what is stored. In no answer.
        connection_string: SecretText = "connectionString";
        /// The version of the link.
        etag: EntityTag = "etag";
        /// When it was linked.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When the link was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
    }
}

impl Body for LinkedHub {}
