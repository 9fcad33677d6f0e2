//! What operators see of a running server: metrics, logs, health.

pub mod metrics;

pub use metrics::{Handshake, Metrics};
