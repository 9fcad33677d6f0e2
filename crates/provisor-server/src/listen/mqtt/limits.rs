//! The limits of MQTT, each with its reason. Those of all connections are in [`limits`](crate::limits).

use std::time::Duration;

/// Bytes of a packet that is no PUBLISH. A CONNECT has a user name of 2,048 at most, a SAS token of
/// 1,024 and an ID of 128; a SUBSCRIBE has one filter.
pub const CONTROL_BYTES: usize = 8 * 1024;

/// Bytes of a PUBLISH to the provisioning endpoint: the longest request and its topic. One whose payload alone
/// is too long, as far as it goes, is read and answered with 413.
pub const PACKET_BYTES: usize = provisor_wire::limits::REQUEST_BYTES + 4 * 1024;

/// Bytes of a PUBLISH to a hub: clients check that a message has at most 256 KiB, and its properties stand in the
/// topic.
pub const HUB_PACKET_BYTES: usize = (256 + 16) * 1024;

/// Bytes that are read from a connection at once. Requests have some 200; it is all that an idle connection
/// keeps.
pub const READ_BYTES: usize = 2 * 1024;

/// Topic filters of one SUBSCRIBE or UNSUBSCRIBE. Clients send one at a time.
pub const FILTERS: usize = 32;

/// From the first byte of a packet to its last: 272 KiB in 60 s are 37 kbit/s, GPRS.
pub const PACKET: Duration = Duration::from_secs(60);

/// How long a client may say nothing that asked for no keep-alive (C and C#, which are quiet for as long as they
/// wait for their next poll).
pub const IDLE: Duration = Duration::from_secs(300);

/// How long one may say nothing at most, whatever it asked for: one and a half times the longest keep-alive that
/// an official client lets its user choose, 1,740 s.
pub const KEEP_ALIVE: Duration = Duration::from_secs(1740 * 3 / 2);

/// Messages at QoS 1 that a client has not acknowledged. Answers go one by one; a hub may tell a few changes of a
/// twin while the device sleeps.
pub const UNACKNOWLEDGED: usize = 16;
