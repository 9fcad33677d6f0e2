//! What stands in every request.

/// The version of the interface that the requests name: the one that the newest official clients name.
pub const API_VERSION: &str = "2021-06-01";

/// The name of the query member that says it.
pub const API_VERSION_QUERY: &str = "api-version";

/// The segment of paths and resources between an ID scope and a registration ID.
pub const REGISTRATIONS: &str = "registrations";

/// The host that devices of the public cloud ask.
pub const GLOBAL_HOST: &str = "global.azure-devices-provisioning.net";

/// The scheme of bodies.
pub const JSON: &str = "application/json; charset=utf-8";
