//! A toy PKI, reproducible from a seed, good and broken.
//!
//! [`ToyPki`] is the quick way: a root, an issuing CA, devices. [`CertificateBuilder`] is the long
//! way: every field, well-formed or not. Keys come from [`KeyPair`].

mod authority;
mod builder;
mod crl;
mod ek;
pub mod extension;
mod issued;
mod key;
mod key_id;
mod moment;
mod name;
mod pem;
mod toy;
mod toy_rsa;

pub use authority::Authority;
pub use builder::CertificateBuilder;
pub use crl::{CrlBuilder, CrlEntry, IssuedCrl, IssuingPoint, PointName};
pub use ek::{TpmVendor, ek_certificate_builder};
pub use extension::{Extension, GeneralName, KeyUsage};
pub use issued::IssuedCertificate;
pub use key::{KeyKind, KeyPair, SignatureAlgorithm};
pub use key_id::key_id;
pub use name::{COMMON_NAME, DistinguishedName, ORGANIZATION};
pub use pem::pem;
pub use toy::{Device, ToyPki};
pub use toy_rsa::RSA_KEYS;
