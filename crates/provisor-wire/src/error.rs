//! Refusals on the wire: what a [`Rejection`](crate::Rejection) becomes over HTTP, MQTT and AMQP.

mod details;
mod refusal;
mod table;

pub use details::ErrorDetails;
pub use refusal::Refusal;
pub use table::{Door, ErrorStatus};
