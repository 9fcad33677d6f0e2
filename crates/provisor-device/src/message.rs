//! What a device and the provisioning service say to each other, over HTTP and MQTT.
//!
//! Functions from names to texts, and readers of what comes back.
//!
//! | | HTTP | MQTT |
//! |---|---|---|
//! | register | [`http::write_register`] | [`mqtt::write_register_topic`] |
//! | ask how it stands | [`http::write_operation`] | [`mqtt::write_operation_topic`] |
//! | body | [`Body`] | [`Body`], and one space when asking |
//! | answer | [`http::Response`], or another client's | [`mqtt::Response`] |
//! | body of the answer | [`Answer`] | [`Answer`] |

mod answer;
mod body;
pub mod check;
pub mod http;
mod http_response;
pub mod mqtt;
mod names;
mod retry_after;

pub use answer::{Answer, Status, Substatus};
pub use body::Body;
pub use names::{API_VERSION, API_VERSION_QUERY, GLOBAL_HOST, JSON, REGISTRATIONS};
pub use retry_after::retry_after;
