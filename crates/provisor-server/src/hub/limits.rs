//! Limits of the hubs, each with its reason.

use core::time::Duration;

/// Bytes of the desired or the reported properties of a twin, as JSON: what IoT Hub allows.
pub const PROPERTIES_BYTES: usize = 32 * 1024;

/// Bytes of the tags of a twin, as JSON: what IoT Hub allows.
pub const TAGS_BYTES: usize = 8 * 1024;

/// How deep a twin may be nested. IoT Hub allows 10; initial twins are read as deep as this.
pub const TWIN_DEPTH: usize = provisor::limits::TWIN_DEPTH;

/// Bytes of a status reason: what IoT Hub allows, in characters there.
pub const REASON_BYTES: usize = 128;

/// Subscriptions that are remembered for a device. The official clients have four.
pub const SUBSCRIPTIONS: usize = 32;

/// Bytes of one subscription that is remembered: the longest of the official clients is a device ID of
/// 128 characters, thrice as long when it is escaped, and 40 more.
pub const SUBSCRIPTION_BYTES: usize = 512;

/// How often a write is tried anew that lost against another write of the same device. Each loser lets
/// another one win, so that only so many writers at one time can exhaust it.
pub const TRIES: usize = 32;

/// What is told to one connection and not yet taken. A connection that falls behind is closed: its device
/// comes back and reads its twin.
pub const NEWS: usize = 64;

/// How long the tag of a removed device is kept: longer than any call can be under way. Leases are of
/// seconds to minutes, and no call outlives its time-out.
pub const REMOVED_KEPT: Duration = Duration::from_secs(24 * 3600);

/// Devices in one answer of the registry, as IoT Hub has it.
pub const PAGE: usize = 1000;

/// Rows that one query reads before it answers with what it has and a continuation.
pub const QUERY_ROWS: usize = 10_000;

/// Devices in one bulk request, as IoT Hub has it.
pub const BULK: usize = 100;

/// Bytes of a request to the registry: a bulk of so many devices with twins is cut at that.
pub const REQUEST_BYTES: usize = 1024 * 1024;

/// How often connections of one device may take each other's place within [`CHASE_SECONDS`]. Two devices with
/// one identity chase each other: 268 connections in 5 seconds were seen. One device that loses its
/// connection comes back every 10 seconds at the most.
pub const CHASES: u32 = 10;

/// The time in which they are counted.
pub const CHASE_SECONDS: i64 = 60;

/// How long a webhook may take: less than its answer counts, so that it is told as what it is.
pub const WEBHOOK_WITHIN: Duration = Duration::from_millis(9_700);

/// Bytes of a webhook's answer: an initial twin, a payload, and their notation.
pub const WEBHOOK_ANSWER: usize = 128 * 1024;

/// How long one call of a hub's registry may take. Putting a device takes two as a rule, and the lease has room for
/// three.
pub const HUB_CALL: Duration = Duration::from_secs(4);

/// Bytes of an answer of a hub's registry: a twin of 72 KiB with the times of each member, and its identity.
pub const HUB_ANSWER: usize = 1024 * 1024;

/// How often in a row a hub has to fail before it is left alone.
pub const BREAKER_FAILURES: u32 = 5;

/// For how many seconds.
pub const BREAKER_SECONDS: i64 = 10;

/// How long a token for a hub is good. A hub whose clock is wrong by minutes takes it still.
pub const HUB_TOKEN_SECONDS: i64 = 3600;
