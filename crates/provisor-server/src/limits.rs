//! Every limit on what others send and on what is waited for, with its reason.

use core::num::NonZeroU32;
use core::time::Duration;

use provisor::quota::RateLimit;

/// Seconds of a lease: a webhook (10) and three calls to hubs and four to the store (10 each) do not all take
/// their whole time, and what would not fit any more is not begun.
pub const LEASE_SECONDS: i64 = 60;

/// The same, for whoever holds it.
pub const LEASE: Duration = Duration::from_secs(60);

/// How long one call to the store waits for another's lease: short, as the time of the lease that it gets
/// begins with the call.
pub const LEASE_WAIT: Duration = Duration::from_secs(2);

/// How long a call to a hub may take. IoT Hub answers within one; official clients give up after 30.
pub const HUB_CALL: Duration = Duration::from_secs(10);

/// How long a call to the store may take. A commit takes milliseconds; a primary that is replaced, some
/// seconds.
pub const STORE_CALL: Duration = Duration::from_secs(10);

/// How long a request waits for what is decided about it before it is told to poll: what is decided later is
/// told to its poll.
pub const DECISION: Duration = Duration::from_secs(5);

/// How long an operation waits for the lease while another of the same device is at work: as long as that one
/// may have it.
pub const LEASE_PATIENCE: Duration = Duration::from_secs(60);

/// How long a poll waits for the operation: it saves most devices a whole `Retry-After`, and is shorter than
/// every client's patience.
pub const POLL: Duration = Duration::from_secs(1);

/// How long the custom allocation may take to answer: as long as its answer counts.
pub const WEBHOOK_CALL: Duration = Duration::from_secs(10);

/// Operations that are remembered. Each has about a kilobyte, and one that is forgotten is judged by its
/// poll's own evidence.
pub const OPERATIONS: usize = 100_000;

/// How long an operation is remembered. Official clients poll every two or three seconds.
pub const OPERATION: Duration = Duration::from_secs(600);

/// Seconds in which a record was written that answers the poll of an operation that nobody knows: as long as
/// an operation is remembered where it is at work.
pub const RECORD_SECONDS: i64 = 600;

/// How often an operation is begun again when the service failed. Each time the device polled again; five
/// times are 15 seconds or more.
pub const ATTEMPTS: u32 = 5;

/// TPM keys of first requests that are remembered for a second request without them (one client sends none).
/// Each has about 600 bytes, and the device asks again when they are gone.
pub const TPM_KEYS: usize = 10_000;

/// How often what requests share is brought up to date: what an operator changes at another replica holds
/// here after two seconds.
pub const REFRESH: Duration = Duration::from_secs(2);

/// How often the service keyring is looked at. A new epoch begins ten minutes after it was made.
pub const KEYRING: Duration = Duration::from_secs(60);

/// How often noted removals are looked for, beside when one failed.
pub const OUTBOX: Duration = Duration::from_secs(30);

/// Registrations with noted removals that are read at once.
pub const OUTBOX_PAGE: usize = 256;

/// Requests about one registration ID from one address: 300 at once and in a minute. A registration takes two
/// to five, and official clients come every two or three seconds.
pub const DEVICE_RATE: RateLimit = RateLimit::new(
    NonZeroU32::MIN.saturating_add(299),
    NonZeroU32::MIN.saturating_add(59),
);

/// Whose requests are counted at the same time, twice over. Each takes some hundred bytes.
pub const BUCKETS: usize = 50_000;

/// How long a noted removal waits since it was first seen: a call that timed out may be under way still, and
/// must not come after it. No connection of a hub lives longer without an answer.
pub const REMOVAL_GRACE: Duration = Duration::from_secs(60);

/// Noted removals whose time is remembered. More than that wait until others are done; each has some hundred
/// bytes.
pub const REMOVALS_SEEN: usize = 100_000;
