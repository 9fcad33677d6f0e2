//! Binding evidence to an enrollment: from "this proof is good" to "this is that device".
//!
//! The proof itself is judged elsewhere: a certificate path by `x509`, a TPM's answer
//! by [`tpm`](crate::tpm), a token by [`sas`](crate::sas). Here it is held against what the
//! enrollment expects, and the result is an [`Attested`], which nothing else can make.
//!
//! | enrollment | evidence | bound by |
//! |---|---|---|
//! | individual, leaf certificates | the leaf, in TLS | SHA-256 thumbprint, validity, CN |
//! | individual, CA references | a path to one of the CAs | the path, CN |
//! | group | a path to a signing certificate or CA of the group | the nearest anchor, CN |
//! | individual, symmetric keys | a SAS token | a signature by one of the two keys, the registration and the time in it |
//! | group, symmetric keys | a SAS token | the same, by a key that is derived from one of the group's for the registration ID |
//! | individual, TPM | an answer to a challenge | the Names of EK and SRK, [`EkPolicy`] |
//!
//! CN means: the subject has exactly one common name, and it is the registration ID.

mod attested;
pub(crate) mod effort;
#[cfg(feature = "x509")]
pub(crate) mod ek;
pub(crate) mod policy;
#[cfg(feature = "x509")]
mod possession;
pub(crate) mod symmetric_key;
pub(crate) mod tpm;
#[cfg(feature = "x509")]
pub(crate) mod x509;

#[cfg(feature = "x509")]
#[doc(no_inline)]
pub use crate::enrollment::Possession;
pub use attested::{Attested, EnrollmentRef, Proof};
#[cfg(feature = "x509")]
pub use ek::{CertifiedEk, TpmVendors, check_certified_key};
pub use policy::{EkPolicy, EkVouched};
#[cfg(feature = "x509")]
pub use possession::{VerificationCode, prove_possession};
#[cfg(feature = "x509")]
pub use x509::{FoundGroups, Issuer, Issuers, check_common_name};
