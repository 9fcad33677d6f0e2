//! The x509 set: x509-limbo in three files read through its overlay, PKITS in three readings, and
//! the chains of real devices.

mod chain;
mod exceptions;
mod input;
mod limbo;
mod pkits;
mod tally;
mod tiers;

use std::path::Path;

use super::summary::Measured;
use tally::add;

/// Runs every file there is in `dir`, one line for each disagreement and one for each set.
///
/// # Errors
///
/// A file cannot be read.
pub(crate) fn run(dir: &Path) -> Result<Measured, String> {
    let overlay = limbo::Overlay::read(&dir.join("attest.json"))?;
    let mut total = Measured::default();
    for file in ["limbo.json", "limbo-client.json", "limbo-der.json"] {
        add(&mut total, limbo::run(&dir.join(file), file, &overlay)?);
    }
    add(
        &mut total,
        limbo::run_devices(&dir.join("ek/ek-limbo.json"), "ek-limbo.json")?,
    );
    for reading in pkits::Reading::ALL {
        add(&mut total, pkits::run(dir, reading)?);
    }
    Ok(total)
}
