//! What the samples are called.

/// The device with a key of its own.
pub const KEY_DEVICE: &str = "sample-key-device";
/// The group with a key from which those of its devices are derived.
pub const KEY_GROUP: &str = "sample-key-group";
/// A device of that group.
pub const KEY_GROUP_DEVICE: &str = "sample-key-group-device";
/// The group of the line.
pub const X509_GROUP: &str = "sample-x509-group";
/// A device of the line.
pub const X509_DEVICE: &str = "sample-x509-device";

/// The files of the line, without their endings.
pub const ROOT: &str = "sample-x509-root";
/// The CA below the root.
pub const INTERMEDIATE: &str = "sample-x509-intermediate";
/// The device: its certificate and the intermediate.
pub const DEVICE: &str = "sample-x509-device";
