//! The bodies of the fuzz targets, as plain functions.
//!
//! A target takes any bytes. It fails by panicking: because the code under test panicked, or because
//! a property that must hold for all inputs did not. `fuzz_targets/` hands these functions to
//! libFuzzer; the program `replay` runs them over files with any toolchain.
#![forbid(unsafe_code)]

mod allocation;
mod attest;
pub mod bag;
mod bytes;
mod crl;
mod device;
mod door;
mod engine;
mod file;
mod http;
mod ids;
mod json;
mod keyed;
mod model;
pub mod mutate;
mod question;
mod registration;
mod sas;
mod sealed;
mod targets;
mod toy;
mod tpm;
mod wire;
mod x509;

pub use door::{crossed, mutated};
pub use targets::{TARGETS, Target};

pub use allocation::allocation;
pub use attest::tpm_attest;
pub use crl::crl;
pub use device::tpm_device;
pub use engine::engine;
pub use file::file;
pub use http::device_http;
pub use ids::registration_id;
pub use json::device_answer;
pub use keyed::symmetric_keys;
pub use registration::device_registration;
pub use sas::sas_token;
pub use sealed::tpm_sealed;
pub use tpm::{credential, tpm_public, tpm_structures};
pub use wire::{wire_amqp, wire_json, wire_mqtt, wire_rest, wire_text};
pub use x509::{certificate, path};
