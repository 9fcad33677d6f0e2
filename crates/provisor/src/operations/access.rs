//! Who may do what.

mod caller;
mod right;

pub use caller::Caller;
pub use right::{Right, Rights};
