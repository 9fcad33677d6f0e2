//! A certificate: a borrowed, strictly read view of its DER bytes.

mod glance;
mod parse;
mod view;

pub use view::{Certificate, SubjectAltNames};
