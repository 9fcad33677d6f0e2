//! A live TPM: `swtpm` on loopback, spoken to by `tpm2-tools`, activates what our code made.

pub(super) mod device;
mod live;
mod processes;
mod rig;
pub(super) mod sdk;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};

use super::build;
use super::outcome::Outcome;
use crate::command::{finish, program};
use crate::generate::vectors::form::hex;
use crate::install::{self, SWTPM, TPM2_TOOLS};
use crate::workspace::Scratch;
use rig::{Keys, Kind, Rig};

/// The secret that the TPM must hand back, in hexadecimal.
const SECRET: &str = "70726f7669736f72206c697665207377";

/// For each kind of endorsement key: our credential gives the secret to the TPM that holds the EK
/// and the SRK of that Name, and nothing to anybody else. Then the TPM's own objects, attestations
/// and duplicates, of every scheme.
pub(super) fn activate() -> Result<Outcome, String> {
    install::tools(&[SWTPM, TPM2_TOOLS])?;
    let example = build::program("examples/make_credential")?;
    let provisor = build::program("provisor")?;
    let scratch = Scratch::new("swtpm")?;
    let device = Rig::start(&scratch.path().join("device"))?;
    let foreign = Rig::start(&scratch.path().join("foreign"))?;
    for kind in [Kind::Rsa2048, Kind::P256] {
        let (keys, others) = (device.keys(kind)?, foreign.keys(kind)?);
        one_kind(kind, &device, &keys, &others, &|ek_public, srk_name| {
            make(&example, ek_public, srk_name, scratch.path())
        })?;
        tools::by_command_line(&provisor, &device, kind, &keys, &others)?;
    }
    live::everything(device.port())?;
    Ok(Outcome::Passed)
}

fn one_kind(
    kind: Kind,
    device: &Rig,
    keys: &Keys,
    foreign_keys: &Keys,
    make: &dyn Fn(&Path, &Path) -> Result<PathBuf, String>,
) -> Result<(), String> {
    let credential = make(&keys.ek_public, &keys.srk_name)?;
    match device.activate(kind, &credential)? {
        Some(secret) if secret == SECRET => println!("  {kind:?}: the TPM recovered the secret"),
        Some(other) => return Err(format!("{kind:?}: the TPM recovered {other}, not {SECRET}")),
        None => return Err(format!("{kind:?}: the TPM refused our credential")),
    }

    let credential = make(&keys.ek_public, &foreign_keys.srk_name)?;
    refused(device.activate(kind, &credential)?, kind, "the wrong Name")?;

    let credential = make(&foreign_keys.ek_public, &keys.srk_name)?;
    refused(device.activate(kind, &credential)?, kind, "the wrong EK")
}

fn refused(answer: Option<String>, kind: Kind, what: &str) -> Result<(), String> {
    match answer {
        None => {
            println!("  {kind:?}: a credential for {what} is refused");
            Ok(())
        }
        Some(_) => Err(format!(
            "{kind:?}: the TPM activated a credential for {what}"
        )),
    }
}

/// A credential by our code, as the file that `tpm2_activatecredential` reads.
fn make(
    example: &Path,
    ek_public: &Path,
    srk_name: &Path,
    scratch: &Path,
) -> Result<PathBuf, String> {
    let file = scratch.join("credential");
    let _ = fs::remove_file(&file);
    let name = fs::read(srk_name).map_err(|e| format!("no Name was written: {e}"))?;
    let done = finish(
        program(example)
            .arg(ek_public)
            .args([&hex(&name), SECRET])
            .arg(&file),
    )?;
    if done.status_ok {
        Ok(file)
    } else {
        Err(format!("make_credential: {}", done.stderr.trim()))
    }
}
