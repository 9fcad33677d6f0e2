//! MQTT: the user name, the topics, and what is in the payloads.
//!
//! A payload is the JSON of [`device`](crate::device), with the exceptions that [`MqttRequest`] knows.

mod request;
mod response;
mod topic;
mod user_name;

pub use provisor_device::message::mqtt::FILTER;
pub use request::MqttRequest;
pub use response::MqttResponse;
pub use topic::Rid;
pub use user_name::UserName;
