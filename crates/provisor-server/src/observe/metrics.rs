//! What is counted, for Prometheus. All names are in one table, from which the table in `docs/server.md` is made.
//!
//! No label ever names a device.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use provisor::Code;
use provisor_wire::error::{Door, ErrorStatus};
use rustls::{HandshakeKind, ServerConnection};

use crate::ask::{Answer, Transport};
use crate::listen::speaks::Speaks;

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, without the ending that counters have.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its labels.
    pub labels: &'static str,
    /// What it says.
    pub help: &'static str,
}

const fn row(
    name: &'static str,
    kind: &'static str,
    labels: &'static str,
    help: &'static str,
) -> Row {
    Row {
        name,
        kind,
        labels,
        help,
    }
}

/// All metrics there are.
pub const TABLE: [Row; 11] = [
    row(
        "provisor_build_info",
        "gauge",
        "version",
        "Always 1; which version runs",
    ),
    row(
        "provisor_certificate_expiry_timestamp_seconds",
        "gauge",
        "which",
        "When the server's certificate expires; which is its place in the settings",
    ),
    row(
        "provisor_connections",
        "gauge",
        "port",
        "Connections that are open; port is https, mqtts or amqps",
    ),
    row(
        "provisor_connections_refused",
        "counter",
        "",
        "Connections that were closed at once, as all others were at work",
    ),
    row(
        "provisor_handshakes",
        "counter",
        "outcome",
        "TLS handshakes: certificate, none (no client certificate), resumed, failed, late",
    ),
    row(
        "provisor_hub_seconds",
        "histogram",
        "hub, call, outcome",
        "Calls to hubs: put and remove; outcome is ok or a code",
    ),
    row(
        "provisor_ready",
        "gauge",
        "",
        "1 while the server is ready to serve",
    ),
    row(
        "provisor_refusals",
        "counter",
        "code",
        "Requests that were refused or failed; code is one of docs/codes.md",
    ),
    row(
        "provisor_request_seconds",
        "histogram",
        "transport, operation",
        "From a device's whole request to its answer",
    ),
    row(
        "provisor_requests",
        "counter",
        "transport, operation, code",
        "Requests of devices; code is the status of the answer",
    ),
    row(
        "provisor_webhook_seconds",
        "histogram",
        "outcome",
        "Questions to webhooks of custom allocation; outcome is ok or a code",
    ),
];

type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
type Histograms<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// What is counted. A value: servers beside each other in one process have their own.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    connections: Family<Labels<1>, Gauge>,
    connections_refused: Counter,
    handshakes: Counters<1>,
    ready: Gauge,
    refusals: Counters<1>,
    hub_seconds: Histograms<3>,
    request_seconds: Histograms<2>,
    webhook_seconds: Histograms<1>,
    requests: Counters<3>,
    expiry: Family<Labels<1>, Gauge<f64, AtomicU64>>,
}

/// What became of a TLS handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// In full, with a client certificate.
    Certificate,
    /// In full, without one.
    None,
    /// A session was resumed.
    Resumed,
    /// It failed.
    Failed,
    /// It took too long.
    Late,
}

/// An open connection, counted until this is dropped.
#[derive(Debug)]
pub struct OpenConnection(Gauge);

impl Metrics {
    /// All at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
        let info: Family<Vec<(&'static str, String)>, Gauge> = Family::default();
        info.get_or_create(&version).set(1);
        register(&mut registry, "provisor_build_info", info);
        Self {
            connections: registered(&mut registry, "provisor_connections"),
            connections_refused: registered(&mut registry, "provisor_connections_refused"),
            handshakes: registered(&mut registry, "provisor_handshakes"),
            ready: registered(&mut registry, "provisor_ready"),
            refusals: registered(&mut registry, "provisor_refusals"),
            requests: registered(&mut registry, "provisor_requests"),
            expiry: registered(
                &mut registry,
                "provisor_certificate_expiry_timestamp_seconds",
            ),
            hub_seconds: histograms(&mut registry, "provisor_hub_seconds"),
            request_seconds: histograms(&mut registry, "provisor_request_seconds"),
            webhook_seconds: histograms(&mut registry, "provisor_webhook_seconds"),
            registry,
        }
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// A connection was accepted.
    #[must_use]
    pub fn connection(&self, speaks: Speaks) -> OpenConnection {
        let labels = [("port", speaks.name().to_owned())];
        let gauge = self.connections.get_or_create_owned(&labels);
        gauge.inc();
        OpenConnection(gauge)
    }

    /// A connection was closed at once.
    pub fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    /// A TLS handshake ended.
    pub fn handshake(&self, outcome: Handshake) {
        let labels = [("outcome", outcome.name().to_owned())];
        self.handshakes.get_or_create(&labels).inc();
    }

    /// A device was answered.
    pub fn request(
        &self,
        transport: Transport,
        operation: &'static str,
        answer: &Answer,
        took: Duration,
    ) {
        let labels = [
            ("transport", transport.name().to_owned()),
            ("operation", operation.to_owned()),
        ];
        self.request_seconds
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        let status = match answer {
            Answer::Operation(status) => status.http_status(),
            Answer::State(_) => 200,
            Answer::Challenge(_) => 401,
            Answer::Refused(rejection) | Answer::Throttled(rejection, _) => {
                self.refused(rejection.code());
                ErrorStatus::of(rejection.code(), Door::Device).http()
            }
        };
        let [transport, operation] = labels;
        let labels = [transport, operation, ("code", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// Something was refused.
    pub fn refused(&self, code: Code) {
        let labels = [("code", code.name().to_owned())];
        self.refusals.get_or_create(&labels).inc();
    }

    /// A hub was called.
    pub fn hub(&self, hub: String, call: &'static str, outcome: &'static str, took: Duration) {
        let labels = [
            ("hub", hub),
            ("call", call.to_owned()),
            ("outcome", outcome.to_owned()),
        ];
        let times = self.hub_seconds.get_or_create(&labels);
        times.observe(took.as_secs_f64());
    }

    /// A webhook was asked.
    pub fn webhook(&self, outcome: &'static str, took: Duration) {
        let labels = [("outcome", outcome.to_owned())];
        let times = self.webhook_seconds.get_or_create(&labels);
        times.observe(took.as_secs_f64());
    }

    /// Whether the server is ready.
    pub fn ready(&self, ready: bool) {
        self.ready.set(ready.into());
    }

    /// When one of the server's certificates expires.
    #[allow(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are exact to the year 285,428,681"
    )]
    pub fn expires(&self, which: usize, at: provisor::UnixTime) {
        let labels = [("which", which.to_string())];
        self.expiry.get_or_create(&labels).set(at.seconds() as f64);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Handshake {
    /// Of a connection that shook hands.
    #[must_use]
    pub fn of(tls: &ServerConnection) -> Self {
        match (tls.handshake_kind(), tls.peer_certificates()) {
            (Some(HandshakeKind::Resumed), _) => Self::Resumed,
            (_, Some(_)) => Self::Certificate,
            (_, None) => Self::None,
        }
    }

    /// Its name as a label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::None => "none",
            Self::Resumed => "resumed",
            Self::Failed => "failed",
            Self::Late => "late",
        }
    }
}

/// From a millisecond, which a refusal takes, to the time that clients wait.
fn seconds() -> Histogram {
    Histogram::new([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ])
}

fn histograms<const N: usize>(registry: &mut Registry, name: &'static str) -> Histograms<N> {
    let family: Histograms<N> = Family::new_with_constructor(seconds);
    register(registry, name, family.clone());
    family
}

fn registered<M: Metric + Clone + Default>(registry: &mut Registry, name: &'static str) -> M {
    let metric = M::default();
    register(registry, name, metric.clone());
    metric
}

fn register(registry: &mut Registry, name: &'static str, metric: impl Metric) {
    let row = TABLE.iter().find(|row| row.name == name);
    registry.register(name, row.map_or("", |row| row.help), metric);
}

/// The table of `docs/server.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| metric | kind | labels | what it says |\n|---|---|---|---|\n");
    for row in TABLE {
        let total = if row.kind == "counter" { "_total" } else { "" };
        let (name, kind, labels, help) = (row.name, row.kind, row.labels, row.help);
        text += &format!("| `{name}{total}` | {kind} | {labels} | {help} |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_table() {
        let page = include_str!("../../../../docs/server.md");
        assert!(
            page.contains(&markdown()),
            "docs/server.md should have:\n{}",
            markdown()
        );
    }

    #[test]
    fn what_is_counted_is_in_the_table_and_the_other_way_round() {
        let metrics = Metrics::new();
        metrics.handshake(Handshake::Resumed);
        let open = metrics.connection(Speaks::Https);
        metrics.refused(Code::SasSignature);
        metrics.hub("hub1.example".into(), "put", "ok", Duration::from_millis(3));
        metrics.webhook("ok", Duration::from_millis(3));
        metrics.expires(0, provisor::UnixTime::new(1_790_000_000));
        let answer = Answer::Challenge(provisor_wire::device::Challenge::of(b"x"));
        metrics.request(
            Transport::Amqp,
            "register",
            &answer,
            Duration::from_millis(3),
        );
        let text = metrics.text();
        for row in TABLE {
            assert!(
                text.contains(&format!("# HELP {} {}.", row.name, row.help)),
                "{}",
                row.name
            );
            assert!(
                text.contains(&format!("# TYPE {} {}", row.name, row.kind)),
                "{}",
                row.name
            );
        }
        assert_eq!(text.matches("# HELP ").count(), TABLE.len());
        assert!(TABLE.is_sorted_by_key(|row| row.name));
        assert!(
            text.contains("provisor_connections{port=\"https\"} 1"),
            "{text}"
        );
        assert!(
            text.contains("provisor_refusals_total{code=\"SAS_SIGNATURE\"} 1"),
            "{text}"
        );
        drop(open);
        assert!(
            metrics
                .text()
                .contains("provisor_connections{port=\"https\"} 0")
        );
    }
}
