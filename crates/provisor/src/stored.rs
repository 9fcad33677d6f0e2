//! What the stored forms of all rooms have in common: a version, and bytes as text.

mod bytes;
mod version;

pub(crate) use bytes::Base64;
pub(crate) use version::Version;
