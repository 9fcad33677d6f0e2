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

/// Challenges of one registration that a TPM is asked to open. One official client opens three; each failed one may
/// have been a replica that forgot it, and a service that challenges for ever is not the service.
pub const CHALLENGES: u8 = 4;

/// Times that the assigned hub is tried before the assignment is given up. A hub that was told of the device a moment
/// ago may need a few.
pub const CONFIRMATIONS: u8 = 5;

/// The shortest wait that a service can ask for, in milliseconds: `retry-after: 0` is not a loop.
pub const ASKED_MS: u32 = 1_000;

/// The longest wait of any kind, in milliseconds: a day. Sums of three stay within 32 bits.
pub const WAIT_MS: u32 = 86_400_000;

/// Bytes of the head of an answer over HTTP, and of a line of it: common servers and proxies send no more than eight
/// kilobytes, a provisioning service one.
pub const HEAD_BYTES: usize = 8 * 1024;
