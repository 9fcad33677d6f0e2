//! A device and a service, with a live TPM: from the first look at the TPM to a signature.
//!
//! `device_flow HOST:PORT [TEMPLATE [FOLDER]]` speaks raw TPM commands over a TCP socket, as `swtpm socket
//! --server type=tcp` takes them, and plays both sides: the device by the flows of `device`, the service by
//! `ActivationBlob`. `TEMPLATE` is a label of `Template::EK`, L-1 when it is left out. No other TPM
//! software is involved. Into `FOLDER` go the endorsement key and its certificate, `ek.pub` and
//! `ek.crt`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to a person"
)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use provisor_tpm::activation::ActivationBlob;
use provisor_tpm::crypto::DefaultCrypto;
use provisor_tpm::device::slots::Slots;
use provisor_tpm::device::{
    Activate, Candidate, Confirm, DeviceIdentity, Flow, KeyHandles, Machine, ReadIdentity, Sign,
    Survey,
};
use provisor_tpm::{HashAlg, Random, Rejection, Secret, Template, random_failed};

type Failed = Box<dyn Error>;

/// Lengths around a TPM's input buffer, and beyond it several times.
const LENGTHS: [usize; 6] = [0, 1, 100, 1024, 1025, 5000];

/// The kernel's generator.
struct Kernel(File);

impl Random for Kernel {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        let done = self.0.read_exact(out);
        done.map_err(|e| random_failed(e.to_string()))
    }
}

/// A TPM at the other end of a socket.
struct Wire {
    stream: TcpStream,
    commands: usize,
}

impl Wire {
    fn run<F: Flow>(&mut self, flow: F) -> Result<F::Output, Failed> {
        Machine::new(flow).run(|command| self.exchange(command))
    }

    /// One command, one response; the header of the response says how long it is.
    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Failed> {
        self.commands += 1;
        self.stream.write_all(command)?;
        let mut response = vec![0; 10];
        self.stream.read_exact(&mut response)?;
        let size = response.get(2..6).unwrap_or_default();
        let size = usize::try_from(u32::from_be_bytes(size.try_into()?))?;
        // A TPM's responses have 4096 bytes at most; anything else is no TPM.
        let rest = size.checked_sub(10).filter(|rest| *rest <= 4096);
        let rest = rest.ok_or_else(|| io::Error::other(format!("a response of {size} bytes")))?;
        let mut body = vec![0; rest];
        self.stream.read_exact(&mut body)?;
        response.append(&mut body);
        Ok(response)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("device_flow: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, label, folder) = match arguments.as_slice() {
        [address] => (address, "L-1", None),
        [address, label] => (address, label.as_str(), None),
        [address, label, folder] => (address, label.as_str(), Some(Path::new(folder))),
        _ => return Err("usage: device_flow HOST:PORT [TEMPLATE [FOLDER]]".into()),
    };
    let template = Template::EK.iter().find(|row| row.label() == label);
    let template = template.ok_or("there is no such template")?;
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut tpm = Wire {
        stream,
        commands: 0,
    };
    let mut random = Kernel(File::open("/dev/urandom")?);

    let identity = tpm.run(ReadIdentity::new(KeyHandles::of(template)))?;
    let certificate = identity.certificate().map_or(0, <[u8]>::len);
    println!("{}", identity.ek().template());
    println!("endorsement key  {}", identity.ek().name());
    println!("storage root key {}", identity.srk().name());
    println!("EK certificate   {certificate} bytes");
    if let Some(folder) = folder {
        fs::write(folder.join("ek.pub"), identity.ek().tpm2b())?;
        fs::write(
            folder.join("ek.crt"),
            identity.certificate().unwrap_or_default(),
        )?;
    }

    let before = tpm.run(Survey::default())?;
    let first = Secret::random(32, &mut random)?;
    let candidate = activate(&mut tpm, &identity, &first, &mut random)?;
    check_signatures(&mut tpm, &candidate, &first)?;
    let first_key = tpm.run(Confirm::new(&identity, Slots::default(), candidate))?;
    println!(
        "activated        {}, at {}",
        first_key.name(),
        first_key.handle()
    );

    // Registered again: a new key, which stands beside the old one until the service took it.
    let second = Secret::random(32, &mut random)?;
    let candidate = activate(&mut tpm, &identity, &second, &mut random)?;
    let between = tpm.run(Survey::default())?;
    let same = between
        .in_use
        .is_some_and(|key| key.name == *first_key.name());
    check(same, "the old key is in use until the new one is confirmed")?;
    let mac = tpm.run(Sign::new(first_key.handle(), b"still here")?)?;
    let expected = HashAlg::Sha256.hmac(first.expose(), &[b"still here"]);
    check(mac.as_ref() == expected.as_ref(), "the old key still signs")?;
    check_signatures(&mut tpm, &candidate, &second)?;
    let second_key = tpm.run(Confirm::new(&identity, Slots::default(), candidate))?;
    let after = tpm.run(Survey::default())?;
    let only = after
        .in_use
        .is_some_and(|key| key.name == *second_key.name());
    check(
        only && after.candidate.is_none(),
        "only the new key is left",
    )?;
    println!(
        "activated again  {}, at {}",
        second_key.name(),
        second_key.handle()
    );
    println!(
        "before that      {}",
        before
            .in_use
            .map_or_else(|| "no key".to_owned(), |key| key.name.to_string())
    );

    // What was sealed for somebody else is refused, and the TPM is as it was.
    let mut blob = make_blob(&identity, &first, &mut random)?;
    if let Some(byte) = blob.get_mut(40) {
        *byte ^= 1;
    }
    let refused = tpm.run(Activate::new(
        &identity,
        Slots::default(),
        &blob,
        &mut random,
    )?);
    let Err(reason) = refused else {
        return Err("a changed blob was activated".into());
    };
    println!("a changed blob   {reason}");
    check(
        tpm.run(Survey::default())? == after,
        "a refusal changes nothing",
    )?;
    println!("{} commands", tpm.commands);
    Ok(())
}

/// What the service does: an identity key for these two keys of a device.
fn make_blob(
    identity: &DeviceIdentity,
    key: &Secret,
    random: &mut Kernel,
) -> Result<Vec<u8>, Rejection> {
    let (ek, srk) = (identity.ek(), identity.srk());
    let blob = ActivationBlob::deliver(&DefaultCrypto, ek, srk, key, random)?;
    Ok(blob.as_bytes().to_vec())
}

fn activate(
    tpm: &mut Wire,
    identity: &DeviceIdentity,
    key: &Secret,
    random: &mut Kernel,
) -> Result<Candidate, Failed> {
    let blob = make_blob(identity, key, random)?;
    tpm.run(Activate::new(identity, Slots::default(), &blob, random)?)
}

/// The TPM's HMACs are those of the service.
fn check_signatures(tpm: &mut Wire, candidate: &Candidate, key: &Secret) -> Result<(), Failed> {
    for length in LENGTHS {
        let data = vec![0x5A; length];
        let mac = tpm.run(Sign::new(candidate.handle(), &data)?)?;
        let expected = HashAlg::Sha256.hmac(key.expose(), &[&data]);
        check(
            mac.as_ref() == expected.as_ref(),
            "an HMAC is the software's",
        )?;
    }
    Ok(())
}

fn check(good: bool, what: &str) -> Result<(), Failed> {
    if good {
        Ok(())
    } else {
        Err(format!("it is not so that {what}").into())
    }
}
