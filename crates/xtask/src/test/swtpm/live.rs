//! What a live TPM makes, read and judged by our code; what ours makes, loaded by the TPM.
//!
//! The commands go to the TPM as bytes, so that every kind of object, scheme and attestation can be
//! asked for, also those that no device of ours uses.

mod area;
mod attest;
mod duplicate;
mod objects;
mod wire;

use self::wire::Wire;

/// Everything, on the TPM that listens on that port of the loopback interface.
pub(super) fn everything(port: u16) -> Result<(), String> {
    let mut wire = Wire::connect(port)?;
    objects::run(&mut wire)?;
    attest::run(&mut wire)?;
    duplicate::run(&mut wire)
}
