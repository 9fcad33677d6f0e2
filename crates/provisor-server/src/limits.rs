//! Every limit on what others send and on what is waited for, with its reason.

mod store;

use core::num::NonZeroU32;
use core::time::Duration;

use provisor::quota::RateLimit;

pub use store::{
    AUDIT_LOOK, AUDIT_PAGE, AUDIT_SECONDS, CHALLENGES, DATABASE_CONNECTIONS, LEASE_WAITERS,
    STATEMENT, STORE_BATCH, STORE_QUEUE, STORE_WRITE,
};

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

// --- connections --------------------------------------------------------------------------------

/// From the first byte of a connection to its first whole request, TLS handshake included. A device on a
/// mobile network with two retransmissions needs some 5 s; one that takes longer comes again.
pub const FIRST_REQUEST: Duration = Duration::from_secs(10);

/// For the body of a request, from the end of its headers. 96 KiB in 10 s are 80 kbit/s: GPRS.
pub const BODY: Duration = Duration::from_secs(10);

/// Between two requests of an HTTP connection, and for the headers of the next one. Node keeps connections
/// for 5 s, browsers and proxies for some 60.
pub const IDLE: Duration = Duration::from_secs(60);

/// For an answer, from the end of its request. Clients give up after 30 s.
pub const ANSWER: Duration = Duration::from_secs(30);

/// For an answer to be taken by who asked for it; a reader that reads nothing is no reader.
pub const WRITE: Duration = Duration::from_secs(30);

/// Bytes of the headers of a request, all together: a token, and what proxies add. Node's own limit is 16 KiB.
pub const HEADERS_BYTES: usize = 16 * 1024;

/// Headers of a request. Clients send eight; a proxy adds some five.
pub const HEADERS: usize = 64;

/// Bytes of a body that is too long which are read all the same, so that its sender gets to read why it was
/// refused: without it a client that is still sending sees only a closed connection.
pub const DISCARDED_BYTES: usize = 1024 * 1024;

/// Requests at once on one connection of HTTP/2. A device has one; a browser or an operator's tool a few.
pub const STREAMS: u32 = 32;

/// Between two pings to an HTTP/2 connection that says nothing.
pub const PING: Duration = Duration::from_secs(20);

/// Bytes of one WebSocket message and of one frame: the longest packet of a device to its hub, 256 KiB and the topic,
/// which clients send in one. Registrations have at most 96 KiB.
pub const SOCKET_BYTES: usize = (256 + 16) * 1024;

/// Connections that wait to be accepted by the program. The system's own limit is usually 4096.
pub const BACKLOG: u32 = 1024;

/// Bytes of all TLS sessions that can be resumed. One has the client's chain (1 to 3 KiB) and 200 bytes more, so
/// these are some ten thousand devices between a registration and its poll.
pub const SESSIONS_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of one TLS session that is remembered: a chain of eight certificates of RSA-4096. One that is longer is
/// served, and shakes hands in full the next time.
pub const SESSION_BYTES: usize = 16 * 1024;

/// Connections at once. One that says nothing costs some 9 KiB, one of TLS that rests some 40.
pub const CONNECTIONS: usize = 16_384;

/// Connections at once from one address (IPv6: one network of 64 bits): most of them, as a factory's line may
/// be behind one address, but never all.
pub const CONNECTIONS_PER_ADDRESS: usize = 12_288;

/// How long the accepting of connections rests when the system has no room for one more.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Certificates of a client's chain that are handed on, of its TLS message of at most 64 KiB. The engine
/// judges paths of at most ten.
pub const CHAIN: usize = 32;

/// Connections at once to the port of operators: a collector of metrics, a balancer's checks, a person.
pub const OPERATORS: usize = 64;

/// How long a connection to the port of operators lasts. Who comes again makes a new one.
pub const OPERATOR: Duration = Duration::from_secs(120);

/// Between two looks at the files of the server's certificate. Those who renew it do so days before it is needed.
pub const CERTIFICATES: Duration = Duration::from_secs(30);

/// How long an operator's request may take. The longest is the removal of a device: it waits for a registration that is at
/// work, for the hub and for the store.
pub const CALL: Duration = Duration::from_secs(45);

/// Between two looks for what is kept of devices that were removed from hubs: it is kept for days.
pub const SWEEP: Duration = Duration::from_secs(3600);

/// Between two looks of an embedded hub whether another replica has changed a device that is connected here. Its
/// operator waits that long for a desired property to arrive.
pub const LOOK: Duration = Duration::from_secs(2);

// --- AMQP ---------------------------------------------------------------------------------------

/// How long a connection may take to the end of SASL. One official client sleeps
/// for four seconds within SASL TPM, and a TPM itself takes some.
pub const AMQP_LOGIN: Duration = Duration::from_secs(45);

/// How long a connection may take from there to its open, and to the end of it where the open is none: the
/// client has nothing to wait for.
pub const AMQP_OPEN: Duration = Duration::from_secs(10);

/// How long a connection may be without a request: longer than a client waits between two polls.
pub const AMQP_IDLE: Duration = Duration::from_secs(120);

/// The same, as it is told to the client (AMQP 1.0, part 2, section 2.4.5).
pub const AMQP_IDLE_MILLISECONDS: u32 = 240_000;

/// How long a connection may last in all: a registration takes seconds.
pub const AMQP_CONNECTION: Duration = Duration::from_secs(900);

/// How long the end of a link, a session or a connection is waited for.
pub const AMQP_CLOSE: Duration = Duration::from_secs(5);

/// How long a client may take to accept an answer.
pub const AMQP_SEND: Duration = Duration::from_secs(30);

/// One frame. A client splits what is longer.
pub const AMQP_FRAME_BYTES: u32 = 65_536;

/// One message: a registration with its payload (`provisor_wire::limits::REQUEST_BYTES`) and its properties.
pub const AMQP_MESSAGE_BYTES: u64 = 131_072;

/// A SASL frame: 512 by the specification (AMQP 1.0, part 5, section 5.3.1); some clients send the whole key of
/// a TPM in one.
pub const SASL_FRAME_BYTES: usize = 4096;
