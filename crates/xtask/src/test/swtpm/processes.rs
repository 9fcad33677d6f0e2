//! A live TPM between two processes of the service: one challenges it, another judges its answer, and
//! all that they share is a keyring file.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE64;
use provisor::sas::{Resource, UnsignedToken};
use provisor::{IdScope, RegistrationId, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_tpm::Template;
use provisor_tpm::device::slots::Slots;
use provisor_tpm::device::{
    Activate, Candidate, Confirm, DeviceIdentity, Flow, KeyHandles, Machine, ReadIdentity, Sign,
};
use serde_json::Value;

use crate::command::{finish, program};

const SCOPE: &str = "0ne0A1B2C3D";

/// Registers the TPM's device twice, with a rotation in between, and tries the first token again.
pub(super) fn exchange(
    provisor: &Path,
    port: u16,
    label: &str,
    folder: &Path,
) -> Result<(), String> {
    let folder = folder.join("processes").join(label);
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let hubs = r#"[{"name": "hub-a.example", "weight": 1}]"#;
    fs::write(folder.join("hubs.json"), hubs).map_err(|e| e.to_string())?;
    let mut device = Device::read(port, label, &folder)?;
    let service = Service {
        provisor,
        folder: &folder,
    };
    service.keyring(&["new", "ring"])?;
    service.keyring(&["new", "other"])?;

    let token = device.answer(&service.challenge()?)?;
    service.refuses("other", &token, "TPM_CHALLENGE_ANSWER")?;
    let hub_key = service.registers(&token, 1)?;
    // The second blob of a registration: the key that the hub knows. It stays.
    let candidate = device.activate(&hub_key)?;
    device.confirm(candidate)?;
    service.refuses("ring", &token, "ATTEST_CHALLENGE_USED")?;

    let challenge = service.challenge()?;
    // Epochs begin one after the other: a fast machine is still in the first second of the first.
    let begins = UnixTime::new(seconds()? + 1).to_string();
    service.keyring(&["rotate", "ring", "--begins", &begins])?;
    let second = device.answer(&challenge)?;
    service.registers(&second, 2)?;
    service.refuses("ring", &second, "ATTEST_CHALLENGE_USED")?;
    service.refuses("ring", &token, "TPM_CHALLENGE_ANSWER")
}

/// The tool; each call is a process.
struct Service<'a> {
    provisor: &'a Path,
    folder: &'a Path,
}

impl Service<'_> {
    fn keyring(&self, arguments: &[&str]) -> Result<(), String> {
        let done = finish(
            program(self.provisor)
                .current_dir(self.folder)
                .args(["tpm", "keyring"])
                .args(arguments),
        )?;
        if done.status_ok {
            return Ok(());
        }
        Err(format!("{arguments:?}: {}{}", done.stdout, done.stderr))
    }

    /// The blob in the body of the 401 response.
    fn challenge(&self) -> Result<Vec<u8>, String> {
        let asked = self.half("challenge", &["--keyring", "ring"])?;
        blob(&asked, "/body/authenticationKey")
    }

    /// The blob with the key for the hub.
    fn registers(&self, token: &str, revision: u64) -> Result<Vec<u8>, String> {
        let judged = self.half("answer", &["--keyring", "ring", "--token", token])?;
        if judged.pointer("/record/revision") == Some(&revision.into()) {
            return blob(&judged, "/authenticationKey");
        }
        Err(format!("not registered: {judged}"))
    }

    fn refuses(&self, ring: &str, token: &str, code: &str) -> Result<(), String> {
        let judged = self.half("answer", &["--keyring", ring, "--token", token])?;
        if judged.pointer("/rejection/code") == Some(&code.into()) {
            return Ok(());
        }
        Err(format!("not refused with {code}: {judged}"))
    }

    fn half(&self, half: &str, more: &[&str]) -> Result<Value, String> {
        let hubs: &[&str] = match half {
            "answer" => &["--hubs", "hubs.json"],
            _ => &[],
        };
        let done = finish(
            program(self.provisor)
                .current_dir(self.folder)
                .args(["tpm", half, "--json", "--id-scope", SCOPE])
                .args([
                    "--ek",
                    "ek.pub",
                    "--srk",
                    "srk.pub",
                    "--record",
                    "record.json",
                ])
                .args(hubs)
                .args(more),
        )?;
        serde_json::from_str(&done.stdout).map_err(|_| done.stdout + &done.stderr)
    }
}

fn blob(object: &Value, pointer: &str) -> Result<Vec<u8>, String> {
    let text = object.pointer(pointer).and_then(Value::as_str);
    let text = text.ok_or_else(|| format!("no {pointer}: {object}"))?;
    BASE64.decode(text.as_bytes()).map_err(|e| e.to_string())
}

/// The device: our flows, and a socket to its TPM.
struct Device {
    tpm: TcpStream,
    identity: DeviceIdentity,
    id: RegistrationId,
    random: SeededRandom,
}

impl Device {
    /// Its keys go into `ek.pub` and `srk.pub`.
    fn read(port: u16, label: &str, folder: &Path) -> Result<Self, String> {
        let mut tpm = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(|e| e.to_string())?;
        tpm.set_read_timeout(Some(Duration::from_secs(60)))
            .map_err(|e| e.to_string())?;
        let template = Template::EK.iter().find(|row| row.label() == label);
        let template = template.ok_or("there is no such template")?;
        let identity = run(&mut tpm, ReadIdentity::new(KeyHandles::of(template)))?;
        for (name, public) in [
            ("ek.pub", identity.ek().tpm2b()),
            ("srk.pub", identity.srk().tpm2b()),
        ] {
            fs::write(folder.join(name), public).map_err(|e| e.to_string())?;
        }
        Ok(Self {
            tpm,
            id: RegistrationId::from_ek(identity.ek()),
            identity,
            random: SeededRandom::new(1, "two processes"),
        })
    }

    fn activate(&mut self, blob: &[u8]) -> Result<Candidate, String> {
        let flow = Activate::new(&self.identity, Slots::default(), blob, &mut self.random)
            .map_err(|e| e.to_string())?;
        run(&mut self.tpm, flow)
    }

    fn confirm(&mut self, candidate: Candidate) -> Result<(), String> {
        let flow = Confirm::new(&self.identity, Slots::default(), candidate);
        run(&mut self.tpm, flow).map(|_| ())
    }

    /// Takes the key of a challenge in, and signs a token with it for an hour.
    fn answer(&mut self, blob: &[u8]) -> Result<String, String> {
        let candidate = self.activate(blob)?;
        let scope = IdScope::parse(SCOPE).map_err(|e| e.to_string())?;
        let expires = UnixTime::new(seconds()? + 3600);
        let token = UnsignedToken::new(&Resource::registration(&scope, &self.id), expires);
        let text = token.signed_text();
        let sign = Sign::new(candidate.handle(), text.as_bytes()).map_err(|e| e.to_string())?;
        let mac = run(&mut self.tpm, sign)?;
        Ok(token.with_signature(mac.as_ref()).to_string())
    }
}

fn run<F: Flow>(tpm: &mut TcpStream, flow: F) -> Result<F::Output, String> {
    Machine::new(flow)
        .run(|command| send(tpm, command))
        .map_err(|e: Box<dyn std::error::Error>| e.to_string())
}

/// One command, one response; the header of the response says how long it is.
fn send(tpm: &mut TcpStream, command: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    tpm.write_all(command)?;
    let mut response = vec![0; 10];
    tpm.read_exact(&mut response)?;
    let size = response.get(2..6).unwrap_or_default();
    let size = usize::try_from(u32::from_be_bytes(size.try_into()?))?;
    let rest = size.checked_sub(10).filter(|rest| *rest <= 4096);
    let mut body = vec![0; rest.ok_or("no response of a TPM")?];
    tpm.read_exact(&mut body)?;
    response.append(&mut body);
    Ok(response)
}

fn seconds() -> Result<i64, String> {
    let now = std::time::UNIX_EPOCH.elapsed().map_err(|e| e.to_string())?;
    i64::try_from(now.as_secs()).map_err(|e| e.to_string())
}
