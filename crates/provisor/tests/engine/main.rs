//! The engine from end to end, through the test kit: certificates and TPMs in, hubs out, and every
//! way of being refused.
#![cfg(feature = "x509")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod admission;
mod again;
mod arguments;
mod attested;
mod barred;
mod custom;
mod dry_run;
mod ek_certificates;
mod facts;
mod firmware;
mod groups;
mod heirs;
mod individuals;
mod order;
mod owners;
mod possession;
mod preconditions;
mod recall;
mod rollover;
mod rows_b;
mod rows_e;
mod sequences;
mod stateless;
mod strangers;
mod symmetric;
mod symmetric_model;
mod tombstones;
mod tpm_tokens;
mod tpms;
mod world;
