//! The model: whatever operators, devices, crashes and networks do, in whatever order, what must always
//! hold.
//!
//! Two services with scopes of their own share three hubs. A store for each (records and tombstones,
//! notes of removals, the bill, all of one registration written in one step), hubs that compare owner
//! tags, registrations that are under way at the same time, effects that are carried out one by one,
//! twice, late or not at all. `registration::order` has the table of what each crash leaves; this walks
//! it.
//!
//! Some hundreds of sequences in the normal run; the long one is
//! `cargo test -p provisor --test model -- --ignored` (20,000; `PROPTEST_CASES` for another number).
#![cfg(feature = "x509")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod actors;
mod check;
mod fault;
mod hubs;
mod sequence;
mod step;
mod store;
mod world;
