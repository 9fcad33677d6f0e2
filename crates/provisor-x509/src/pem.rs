//! PEM certificates and revocation lists (RFC 7468), as people have them in files.

mod armour;
mod base64;
mod contents;
mod doors;
mod label;
mod scan;
mod stray;
mod text;
mod unreadable;

pub use contents::{Block, Contents, PassedOver, ReadAs};
pub use doors::{certificates_from_pem, crls_from_pem};
pub(crate) use scan::scan;
pub(crate) use stray::der as der_in_text;
pub use unreadable::Unreadable;
