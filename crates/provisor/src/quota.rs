//! Quotas and rates: how much of everything a service takes, as data, off by default.

mod counts;
mod quotas;

pub use counts::{Counted, Counts};
pub use quotas::Quotas;
