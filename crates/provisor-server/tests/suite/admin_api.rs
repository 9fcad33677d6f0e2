//! The management API, request by request, on a store in memory.

mod certificates;
mod devices;
mod policies;
mod reports;
mod settings;
