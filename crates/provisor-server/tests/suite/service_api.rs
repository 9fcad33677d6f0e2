//! The service endpoint, request by request, on a store in memory.

mod bulk;
mod enrollments;
mod pages;
mod rights;
pub(crate) mod stand;
