//! Requests and answers of HTTP as data: what a server reads and writes, and a client the other way round.

mod answer;
mod request;
mod target;

pub use answer::Answer;
pub use request::{Headers, Request};

pub(crate) use target::Target;
pub use target::decoded_path;
