//! The wire: JSON, requests and answers over every transport, and the texts in them.

mod amqp;
mod bodies;
mod json;
mod mqtt;
mod rest;
mod text;

pub use amqp::wire_amqp;
pub use json::wire_json;
pub use mqtt::wire_mqtt;
pub use rest::wire_rest;
pub use text::wire_text;
