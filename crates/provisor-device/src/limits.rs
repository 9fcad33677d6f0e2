//! Every limit on foreign data and every size of a state, with its reason.

/// Bytes of an ID scope: the longest that the engine accepts.
pub const SCOPE_BYTES: usize = 32;

/// Bytes of a registration ID (DPS service limits: 128 characters, all of them ASCII).
pub const REGISTRATION_ID_BYTES: usize = 128;

/// Bytes of an operation's ID. Those of Azure have 55; a service of one's own has room for more.
pub const OPERATION_ID_BYTES: usize = 128;

/// Bytes of a hub's name: a host name (RFC 1035 section 2.3.4).
pub const HUB_BYTES: usize = 253;

/// Bytes of a device's ID in its hub (IoT Hub: 128 characters, all of them ASCII).
pub const DEVICE_ID_BYTES: usize = 128;

/// Bytes of the tracking ID that is kept of a refusal. Those of Azure are GUIDs, 36; a longer one is cut.
pub const TRACKING_ID_BYTES: usize = 64;

/// Bytes of a symmetric key (DPS: "between 16 bytes and 64 bytes"); 64 are also one block of SHA-256,
/// above which HMAC would hash the key first (RFC 2104 section 2).
pub const KEY_BYTES: core::ops::RangeInclusive<usize> = 16..=64;

/// Bytes of an answer's body. The largest honest ones hold a chain of issued certificates and a payload
/// of custom allocation, together some 20 KB; reading is one pass.
pub const ANSWER_BYTES: usize = 64 * 1024;

/// Objects and arrays within each other in JSON. An answer of the service has three, the rest is for
/// payloads; each costs one bit of state.
pub const JSON_DEPTH: u32 = 32;

/// Bytes of an MQTT topic that is looked at: one of an answer has about 100.
pub const TOPIC_BYTES: usize = 512;
