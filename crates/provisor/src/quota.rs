//! Quotas and rates: how much of everything a service takes, as data, off by default.

mod counts;
mod quotas;
mod rate;
mod rates;
mod record_quota;

pub use counts::{Counted, Counts};
pub use quotas::Quotas;
pub use rate::{Bucket, RateLimit, Throttled};
pub use rates::{Rated, Rates};
pub use record_quota::RecordQuota;
