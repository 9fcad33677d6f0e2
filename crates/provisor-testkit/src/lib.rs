//! What the tests, the benches and the demo of provisor build their worlds from.
//!
//! * [`pki`]: a toy PKI; certificates of every kind, good and broken, reproducible from a seed;
//! * [`soft_tpm`]: a software TPM, the device's side of credential activation, with faults on demand;
//! * [`adversary`]: requests that are made to cost much;
//! * [`random`]: a reproducible stream of randomness;
//! * [`vectors`]: the shared JSON vectors that Rust, C and Python run.
//!
//! Nothing here is fit for anything but tests: keys follow from public seeds and published primes.
//! Functions of this crate panic where a test should stop; the crates under test never do.
//!
//! ```
//! use provisor_testkit::pki::{KeyKind, ToyPki};
//!
//! let pki = ToyPki::new(7);
//! let device = pki.device("line-7-0001", KeyKind::P256);
//! assert_eq!(device.certificate.der(), ToyPki::new(7).device("line-7-0001", KeyKind::P256).certificate.der());
//! assert!(device.certificate.pem().starts_with("-----BEGIN CERTIFICATE-----"));
//! ```
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test kit stops the test that uses it wrongly"
)]

pub mod adversary;
pub mod asn1;
pub mod pki;
pub mod random;
pub mod soft_tpm;
pub mod vectors;
