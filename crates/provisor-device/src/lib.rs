//! The device's side of provisioning, without heap.
//!
//! For firmware, and for everything above it: no I/O, no clock, no allocation, no pointer in what is kept. The
//! caller owns buffers, time, randomness and transport.
//!
//! | to do this | look in |
//! |---|---|
//! | sign tokens, by a key or by a chip that has one | [`sas`], [`Key`] |
//! | write into a buffer and know how much is needed | [`Writer`] |
//! | register a device: what to say when, how long to wait | [`registration`] |
//! | write requests, read answers | [`message`], [`json`] |
//! | know what went wrong, by number | [`Reason`], [`Error`] |
//! | find a limit and its reason | [`limits`] |
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
#[macro_use]
extern crate std;

pub mod base64;
mod copy;
pub mod json;
mod key;
pub mod limits;
pub mod message;
mod percent;
mod reason;
pub mod registration;
pub mod sas;
mod write;

pub use key::{Key, MAC_BYTES};
pub use reason::{Error, Reason};
pub use write::Writer;
