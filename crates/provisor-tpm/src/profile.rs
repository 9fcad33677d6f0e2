//! Which public areas are accepted as endorsement, storage root and attestation keys.

mod ak;
mod attributes;
mod ek;
mod pair;
mod policy;
mod resident;
mod role;
mod srk;
mod template;

pub use ak::AkPublic;
pub use ek::EkPublic;
pub use pair::read_keys;
pub use policy::WellKnownPolicy;
pub use resident::ResidentKey;
pub use srk::SrkPublic;
pub use template::{Deviation, KeyShape, Template};

#[cfg(test)]
mod tests;
