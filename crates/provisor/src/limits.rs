//! Every limit on foreign data, with its reason.

/// Linked hubs of one ID scope. Azure allows 50; the largest known self-hosted fleets have a few
/// hundred. An allocation costs one keyed hash for each, so 4096 stay below a millisecond.
pub const LINKED_HUBS: usize = 4096;

/// Bytes of a SAS token's text: scope (32), collection and ID (143) with every byte encoded in
/// three, 132 for the encoded signature, and the field names; the longest legal one has about 720.
pub const SAS_TOKEN_BYTES: usize = 1024;

/// Bytes of a symmetric key (DPS: "between 16 bytes and 64 bytes").
pub const SAS_KEY_BYTES: core::ops::RangeInclusive<usize> = 16..=64;

/// Seconds by which a device's clock may be behind. Five minutes, as in the service's own reference
/// code; one official client reuses a token of 30 seconds for a whole registration.
pub const SAS_CLOCK_SKEW_SECONDS: i64 = 300;
