//! Enrollments: who may register, how they prove themselves, and what they get.
//!
//! * [`IndividualEnrollment`]: one device, by its leaf certificate, by a CA, or by its TPM;
//! * `EnrollmentGroup`: every device whose certificate a signing certificate or a CA vouches for;
//! * [`Settings`]: what both have in common: status, hubs, re-provisioning, initial twin;
//! * [`lookup`]: which of them answers for a device, as a table.
//!
//! Plain data: nothing here judges evidence (that is [`attestation`](crate::attestation)) or stores
//! anything.

#[cfg(feature = "x509")]
mod deletion;
mod evidence;
mod generation;
#[cfg(feature = "x509")]
mod group;
mod individual;
pub mod lookup;
mod mark;
mod settings;
mod text;
mod thumbprint;

#[cfg(feature = "x509")]
pub use deletion::check_ca_unused;
pub use evidence::Leaves;
#[cfg(feature = "x509")]
pub use evidence::{
    CaCertificate, CaReferences, CaStatus, Possession, SigningCertificates, TrustedCertificate,
};
pub use generation::Generation;
#[cfg(feature = "x509")]
pub use group::{EnrollmentGroup, GroupAttestation};
pub use individual::{IndividualAttestation, IndividualEnrollment};
pub use mark::{Mark, MarkKind};
pub use settings::{ProvisioningStatus, ReprovisionPolicy, Settings};
pub use text::{Etag, InitialTwin};
pub use thumbprint::{Sha1Thumbprint, Thumbprint};
