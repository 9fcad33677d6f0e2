//! The device's flows against a live TPM that nothing else speaks to, from manufacture on.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use provisor_tpm::EkPublic;
use provisor_x509::{Certificate, PathVerifier, TrustAnchor, UnixTime, profile};

use super::processes;
use super::rig::free_ports;
use crate::command::{output, program};
use crate::install::{self, OPENSSL, SWTPM, SWTPM_SETUP};
use crate::test::build;
use crate::test::outcome::Outcome;
use crate::workspace::Scratch;

/// Endorsement keys of each kind and range; those with `true` get a certificate from the maker's CA.
const TEMPLATES: [(&str, bool); 7] = [
    ("L-1", true),
    ("L-2", false),
    ("H-1", false),
    ("H-2", false),
    ("H-3", true),
    ("H-4", false),
    ("H-6", false),
];

/// Manufactures a TPM, then lets our example do everything that a device does with it, and registers
/// the device at a service of many processes.
pub(in crate::test) fn flows() -> Result<Outcome, String> {
    install::tools(&[SWTPM, SWTPM_SETUP, OPENSSL])?;
    let example = build::program("examples/device_flow")?;
    let provisor = build::program("provisor")?;
    let scratch = Scratch::new("swtpm-device")?;
    let factory = Factory::new(scratch.path())?;
    let tpm = Tpm::start(&factory)?;
    for (label, certified) in TEMPLATES {
        let said = output(
            program(&example)
                .arg(format!("127.0.0.1:{}", tpm.port))
                .arg(label)
                .arg(scratch.path()),
        )?;
        let commands = said.lines().last().unwrap_or_default();
        println!("  {label}: read, activated twice, signed, confirmed; {commands}");
        if certified {
            factory.check_certificate(scratch.path())?;
            println!("  {label}: the maker's certificate is for this key");
        }
        processes::exchange(&provisor, tpm.port, label, scratch.path())?;
        println!(
            "  {label}: challenged by one process, judged by another, refused the second time"
        );
    }
    Ok(Outcome::Passed)
}

/// The maker: a CA of its own, and the state of a new TPM.
struct Factory {
    dir: PathBuf,
}

impl Factory {
    fn new(dir: &Path) -> Result<Self, String> {
        let at = |name: &str| dir.join(name).display().to_string();
        for folder in ["ca", "state"] {
            fs::create_dir_all(dir.join(folder)).map_err(|e| e.to_string())?;
        }
        let localca = program_path("swtpm_localca")?;
        let files = [
            (
                "localca.conf",
                format!(
                    "statedir = {}\nsigningkey = {}\nissuercert = {}\ncertserial = {}\n",
                    at("ca"),
                    at("ca/signkey.pem"),
                    at("ca/issuercert.pem"),
                    at("ca/serial")
                ),
            ),
            (
                "localca.options",
                "--platform-manufacturer Toy\n--platform-version 1\n--platform-model Toy\n"
                    .to_owned(),
            ),
            (
                "setup.conf",
                format!(
                    "create_certs_tool = {localca}\ncreate_certs_tool_config = {}\n\
                     create_certs_tool_options = {}\nactive_pcr_banks = sha256\n",
                    at("localca.conf"),
                    at("localca.options")
                ),
            ),
        ];
        for (name, text) in files {
            fs::write(dir.join(name), text).map_err(|e| e.to_string())?;
        }
        let user = output(program("id").arg("-un"))?;
        output(
            program("swtpm_setup")
                .args([
                    "--tpm2",
                    "--create-ek-cert",
                    "--overwrite",
                    "--runas",
                    user.trim(),
                ])
                .args(["--tpm-state", &at("state"), "--config", &at("setup.conf")])
                .args(["--logfile", &at("setup.log")]),
        )?;
        Ok(Self {
            dir: dir.to_path_buf(),
        })
    }

    /// What the example read out of the TPM's memory: a certificate of this CA for the key that the
    /// example read out of the TPM.
    fn check_certificate(&self, dir: &Path) -> Result<(), String> {
        let (der, public) = (read(&dir.join("ek.crt"))?, read(&dir.join("ek.pub"))?);
        let (issuer, root) = (
            self.der("issuercert.pem")?,
            self.der("swtpm-localca-rootca-cert.pem")?,
        );
        let text = |rejection: provisor_tpm::Rejection| rejection.to_string();
        let now = SystemTime::UNIX_EPOCH
            .elapsed()
            .map_err(|e| e.to_string())?;
        let now = i64::try_from(now.as_secs()).map_err(|e| e.to_string())?;
        let leaf = Certificate::from_der(&der).map_err(text)?;
        let root = Certificate::from_der(&root).map_err(text)?;
        let anchors = [TrustAnchor::from_certificate(&root).map_err(text)?];
        let issuers = [Certificate::from_der(&issuer).map_err(text)?];
        let path = PathVerifier::new(&profile::EK, &anchors)
            .intermediates(&issuers)
            .verify(&leaf, UnixTime::new(now))
            .map_err(text)?;
        let ek = EkPublic::from_tpm2b(&public).map_err(text)?;
        if path.leaf().key().key_bytes() == ek.public_key().subject_public_key() {
            return Ok(());
        }
        Err("the certificate is for another key".to_owned())
    }

    fn der(&self, name: &str) -> Result<Vec<u8>, String> {
        let (pem, der) = (self.dir.join("ca").join(name), self.dir.join("ca.der"));
        output(
            program("openssl")
                .args(["x509", "-outform", "DER", "-in"])
                .arg(pem)
                .arg("-out")
                .arg(&der),
        )?;
        read(&der)
    }
}

/// The manufactured TPM, running; stopped when dropped.
struct Tpm {
    process: Child,
    port: u16,
}

impl Drop for Tpm {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Tpm {
    /// Without `startup-clear`: the flow itself has to start the TPM.
    fn start(factory: &Factory) -> Result<Self, String> {
        let port = free_ports()?;
        let server = |port| format!("type=tcp,bindaddr=127.0.0.1,port={port}");
        let process = program("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init", "--tpmstate"])
            .arg(format!("dir={}", factory.dir.join("state").display()))
            .args(["--server", &server(port), "--ctrl", &server(port + 1)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("cannot start swtpm: {e}"))?;
        let tpm = Self { process, port };
        // Ten seconds at most, until it listens.
        for _ in 0..100 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(tpm);
            }
            sleep(Duration::from_millis(100));
        }
        Err("swtpm does not listen".to_owned())
    }
}

fn program_path(name: &str) -> Result<String, String> {
    let path = crate::command::find(name).ok_or_else(|| format!("{name} is not here"))?;
    Ok(path.display().to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
