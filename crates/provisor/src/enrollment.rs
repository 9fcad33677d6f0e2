//! Enrollments: who may register, how they prove themselves, and what they get.
//!
//! * [`IndividualEnrollment`]: one device, by its leaf certificate, by a CA, by symmetric keys, or by its TPM;
//! * [`EnrollmentGroup`]: every device whose certificate a signing certificate or a CA vouches for, or
//!   whose key is derived from the group's;
//! * [`Settings`]: what both have in common: status, hubs, re-provisioning, initial twin;
//! * [`lookup`]: which of them answers for a device, as a table.
//!
//! Plain data: nothing here judges evidence (that is [`attestation`](crate::attestation)) or stores
//! anything.
//!
//! # Stored
//!
//! With the feature `serde` the enrollments and CA certificates serialize, each with a `version` inside.
//! What is read goes through the doors that it was made through; another version, a member that is not
//! known, one that is missing, an illegal identifier or an unusable certificate refuses the whole.
//!
//! **An enrollment with symmetric keys serializes with both keys in clear.** A store seals such a form
//! before it writes it anywhere, and nothing else is made of it. The other forms hold no secret; but
//! whoever can change one chooses who registers.

mod custom;
#[cfg(feature = "x509")]
mod deletion;
mod digits;
mod evidence;
mod generation;
mod group;
mod individual;
pub mod lookup;
mod mark;
mod settings;
#[cfg(feature = "serde")]
mod stored;
mod symmetric_keys;
mod text;
mod thumbprint;

pub use custom::{Capabilities, CustomAllocation};
#[cfg(feature = "x509")]
pub use deletion::check_ca_unused;
pub use evidence::Leaves;
#[cfg(feature = "x509")]
pub use evidence::{
    CaCertificate, CaReferences, CaStatus, Possession, SigningCertificates, TrustedCertificate,
};
pub use generation::Generation;
pub use group::{EnrollmentGroup, GroupAttestation};
pub use individual::{IndividualAttestation, IndividualEnrollment};
pub use mark::{Mark, MarkKind};
pub use settings::{ProvisioningStatus, ReprovisionPolicy, Settings};
#[cfg(feature = "serde")]
pub use symmetric_keys::StoredSymmetricKeys;
pub use symmetric_keys::{KeySlot, SymmetricKeys};
pub use text::{Etag, InitialTwin};
pub use thumbprint::{Sha1Thumbprint, Thumbprint};
