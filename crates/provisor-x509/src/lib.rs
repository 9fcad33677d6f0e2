//! Strict, explained X.509 path validation for device identity.
//!
//! The way of the data: bytes become a [`Certificate`] once (borrowed, strict DER, no allocation);
//! a [`PathVerifier`] builds a path from the leaf through the certificates that were sent to one of
//! the [`TrustAnchor`]s and judges it by RFC 5280 section 6 and a [`Profile`]; success is the sealed
//! type [`VerifiedPath`], failure is one [`Rejection`], and [`PathVerifier::explain`] lists every
//! candidate path and every rule that was tried.
//!
//! ```no_run
//! use provisor_x509::{Certificate, PathVerifier, Rejection, TrustAnchor, UnixTime, profile};
//!
//! fn judge(leaf: &[u8], sent: &[u8], root: &[u8], now: UnixTime) -> Result<String, Rejection> {
//!     let leaf = Certificate::from_der(leaf)?;
//!     let intermediates = [Certificate::from_der(sent)?];
//!     let anchors = [TrustAnchor::from_certificate(&Certificate::from_der(root)?)?];
//!     let path = PathVerifier::new(&profile::DEVICE, &anchors)
//!         .intermediates(&intermediates)
//!         .verify(&leaf, now)?;
//!     Ok(path.leaf().subject().to_string())
//! }
//! ```
//!
//! # Why the certificate reader is our own
//!
//! The trust path reads DER with a few lines of its own on top of the `der` crate. x509-parser
//! ignores tag classes and accepts much that is not canonical DER, and one strict pass that only
//! remembers spans costs a tenth of it: two parses of each certificate would cost more than
//! everything else around the signatures. x509-parser serves behind the feature `describe`, where
//! certificates are shown to people, and in the tests as an oracle: whatever this crate accepts,
//! x509-parser reads with the same fields.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "describe"))]
extern crate std;

mod algorithm;
mod anchor;
mod buf;
mod certificate;
mod crl;
pub mod crypto;
mod der;
#[cfg(feature = "describe")]
pub mod describe;
mod effort;
mod extension;
mod fault;
pub mod file;
mod general_name;
mod glance;
mod key;
pub mod limits;
mod name;
mod oid;
mod path;
mod pem;
pub mod profile;
mod report;
mod signed_by;
mod spans;
mod subtree;
mod text;
mod tpm;
mod version;

pub use anchor::{AnchorValidity, TrustAnchor};
pub use buf::{CertificateBuf, CrlBuf, TrustAnchorBuf};
pub use certificate::{Certificate, SubjectAltNames};
pub use crl::{Crl, RevocationReason, RevokedCertificate};
pub use effort::Effort;
pub use extension::{BasicConstraints, Extension, KeyUsage};
pub use general_name::GeneralName;
pub use key::PublicKeyInfo;
pub use name::{Attribute, Name};
pub use oid::Oid;
pub use path::{
    Budget, ChainVerifier, Chains, NearestAnchors, PathVerifier, PolicyInputs, RevocationPolicy,
    VerifiedPath,
};
pub use pem::{certificates_from_pem, crls_from_pem};
pub use profile::Profile;
pub use provisor_report::{Code, Rejection, Subject, UnixTime};
pub use report::{CandidatePath, Report, Rule, Step, Verdict};
pub use tpm::{TpmIdentity, lenient_cut_padding};
pub use version::Version;
