//! Shared access policies.

use alloc::string::String;
use alloc::vec::Vec;

use crate::etag::EntityTag;
use crate::secret::SecretText;
use crate::shape::{Body, Word, body, words};
use crate::time::Timestamp;

body! {
    /// A shared access policy.
    AccessPolicy {
        /// What tokens name it by: that of the path.
        key_name: String = "keyName";
        /// `EnrollmentRead`, `EnrollmentWrite`, `RegistrationStatusRead`, `RegistrationStatusWrite`,
        /// `ServiceConfig`.
        rights: Vec<String> = "rights";
        /// Base64; absent, the stored key, or for a new policy one that is drawn. In the answers to `keys` and
        /// `rotate` alone.
        primary_key: SecretText = "primaryKey";
        /// The same.
        secondary_key: SecretText = "secondaryKey";
        /// The version.
        etag: EntityTag = "etag";
        /// When it was made.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When it was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
    }
}

impl Body for AccessPolicy {}

words! {
    /// One of the two keys.
    KeyWord: "primary or secondary" {
        /// The first.
        Primary = "primary",
        /// The other one.
        Secondary = "secondary",
    }
}

body! {
    /// Which key is drawn anew.
    KeyRotation {
        /// That one; the other goes on.
        key: Word<KeyWord> = "key" required;
    }
}

impl Body for KeyRotation {}
