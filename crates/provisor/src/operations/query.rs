//! Queries: page by page, by the key of the last row and never by a number of rows, so that what is
//! made or deleted meanwhile moves nothing.

mod continuation;
mod field;
mod filter;
mod scan;

pub use continuation::ContinuationKey;
pub use field::{Field, Literal};
pub(super) use field::{Held, Queried};
pub use filter::{Comparison, Filter};
pub use scan::{Order, Page, Query, Scan};
