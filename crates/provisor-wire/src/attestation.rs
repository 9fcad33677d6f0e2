//! How a device of an enrollment proves itself.

mod mechanism;
mod x509;

pub use mechanism::{AttestationMechanism, AttestationType, SymmetricKeyAttestation};
pub use x509::{X509Attestation, X509CaReferences, X509CertificateWithInfo, X509Certificates};

pub(crate) use mechanism::Owner;
