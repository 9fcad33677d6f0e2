//! What a hub promises.

mod call;
mod cases;
mod put;
mod remove;
mod story;
mod twin;

pub use call::{HubAnswer, HubCall, HubDevice};
pub use cases::HubTest;
