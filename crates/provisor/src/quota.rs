//! Quotas and rates: how much of everything a service takes, as data, off by default.

mod counts;
mod quotas;
mod rate;
mod rates;

pub use counts::{Counted, Counts};
pub use quotas::Quotas;
pub use rate::{Bucket, RateLimit, Throttled};
pub use rates::{Rated, Rates};
