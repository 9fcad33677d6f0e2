//! Seals a secret to an endorsement key, in the file format of tpm2-tools.
//!
//! `make_credential EK.pub NAME-HEX SECRET-HEX OUT` reads the `TPM2B_PUBLIC` of an endorsement key,
//! and writes what `tpm2_activatecredential --credential-blob` takes.
#![allow(clippy::print_stderr, reason = "an example talks to a person")]

use std::error::Error;
use std::fs::{self, File};
use std::io::Read as _;
use std::process::ExitCode;

use provisor_tpm::{EkPublic, Name, Random, Rejection, Secret, make_credential, random_failed};

/// The kernel's generator.
struct Kernel(File);

impl Random for Kernel {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        let done = self.0.read_exact(out);
        done.map_err(|e| random_failed(e.to_string()))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("make_credential: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [ek, name, secret, out] = arguments.as_slice() else {
        return Err("usage: make_credential EK.pub NAME-HEX SECRET-HEX OUT".into());
    };
    let ek = EkPublic::from_tpm2b(&fs::read(ek)?)?;
    let name = Name::from_bytes(&from_hex(name)?)?;
    let secret = Secret::new(&from_hex(secret)?)?;
    let mut random = Kernel(File::open("/dev/urandom")?);
    let credential = make_credential(&ek, &name, &secret, &mut random)?;
    fs::write(out, credential.to_tpm2_tools())?;
    Ok(())
}

fn from_hex(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits: Option<Vec<u32>> = text.trim().chars().map(|c| c.to_digit(16)).collect();
    match digits.as_deref().map(<[u32]>::as_chunks::<2>) {
        Some((pairs, [])) => pairs
            .iter()
            .map(|[high, low]| Ok(u8::try_from(high * 16 + low)?))
            .collect(),
        _ => Err(format!("{text:?} is not hexadecimal").into()),
    }
}
