//! A device at its hub, over MQTT: the user name and the topics.
//!
//! What is in a twin is JSON that the hub and the device agree on; here is what carries it.

mod message;
mod subscription;
mod user_name;

pub use message::{HubMessage, desired_topic, twin_topic};
pub use subscription::HubSubscription;
pub use user_name::HubUserName;
