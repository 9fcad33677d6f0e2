//! The bodies of the fuzz targets, as plain functions.
//!
//! A target takes any bytes. It fails by panicking: because the code under test panicked, or because
//! a property that must hold for all inputs did not. `fuzz_targets/` hands these functions to
//! libFuzzer; the program `replay` runs them over files with any toolchain.
#![forbid(unsafe_code)]

mod allocation;
mod bytes;
mod crl;
mod device;
mod engine;
mod ids;
mod sas;
mod tpm;
mod x509;

pub use allocation::allocation;
pub use crl::crl;
pub use device::tpm_device;
pub use engine::engine;
pub use ids::registration_id;
pub use sas::sas_token;
pub use tpm::{credential, tpm_public, tpm_structures};
pub use x509::{certificate, path};

/// A target: its name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: [Target; 11] = [
    ("certificate", certificate),
    ("path", path),
    ("crl", crl),
    ("tpm_public", tpm_public),
    ("credential", credential),
    ("tpm_structures", tpm_structures),
    ("tpm_device", tpm_device),
    ("registration_id", registration_id),
    ("sas_token", sas_token),
    ("allocation", allocation),
    ("engine", engine),
];
