//! Certificate revocation lists: a borrowed, strictly read view of their DER bytes (RFC 5280
//! section 5).

pub(crate) mod entry;
mod extension;
pub(crate) mod index;
mod list;
mod parse;
pub(crate) mod point;
mod reason;
pub(crate) mod scope;
mod serial;

pub use entry::RevokedCertificate;
pub use list::Crl;
pub use reason::RevocationReason;
