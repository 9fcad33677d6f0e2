//! The public behaviour of provisor-x509, on certificates made by the test kit.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod adversaries;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod bad_input;
mod constraints;
mod crl;
mod crl_causes;
mod crl_delta;
mod crl_encoding;
mod crl_indirect;
mod crl_world;
mod devices;
mod encoding;
mod explain;
mod files;
mod kept;
mod keys;
mod limits;
mod names;
mod nearest;
mod oracle;
mod policies;
mod policy_tree;
mod remember;
mod rules;
mod same_name;
mod search;
mod search_oracle;
mod signature_forms;
mod strict;
mod strict_issuer;
mod world;
