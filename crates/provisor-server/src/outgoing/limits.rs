//! Limits of requests to others, each with its reason.

use core::time::Duration;

/// How long it may take to connect to somebody else: name, TCP and TLS over a long way.
pub(super) const OUTGOING_CONNECT: Duration = Duration::from_secs(5);

/// Connections to one place that rest until the next request: as many as there are requests at once on a busy day.
pub(super) const OUTGOING_IDLE: usize = 16;

/// Places to which connections rest: hubs and webhooks, of which there are some dozens.
pub(super) const OUTGOING_PLACES: usize = 256;
