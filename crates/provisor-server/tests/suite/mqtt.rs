//! MQTT: the clients' bytes as they send them, and what nobody should send.

mod client;
mod clients;
mod hostile;
mod hub;
mod live;
mod session;
