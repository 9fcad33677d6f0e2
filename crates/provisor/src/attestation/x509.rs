//! A certificate against an enrollment.
//!
//! Precondition of everything here: the caller's TLS stack made the device prove that it holds the
//! leaf's private key. A certificate alone proves nothing; everybody can send it.

mod anchors;
mod common_name;
mod group;
mod issuers;
mod leaf;
mod referenced;
mod shown;
mod told;
mod trust;

pub use common_name::check_common_name;
pub(crate) use group::nearest;
pub use issuers::{Issuer, Issuers};
pub(crate) use leaf::bind_leaf;
pub(crate) use referenced::bind_ca;
pub(crate) use shown::Shown;
pub(crate) use told::told;
pub use trust::FoundGroups;
pub(crate) use trust::Trust;
