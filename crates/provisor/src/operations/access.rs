//! Who may do what.

mod caller;
mod right;
mod target;

pub use caller::Caller;
pub use right::{Right, Rights};
pub use target::Target;
