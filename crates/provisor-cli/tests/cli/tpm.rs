//! `provisor tpm`: two processes with one keyring are one service.
//!
//! Every call of the tool here is a process of its own, which starts with nothing but its files.

mod answers;
mod attestations;
mod doors;
#[cfg(unix)]
mod keyrings;
#[cfg(unix)]
mod page;

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use provisor::sas::{Resource, UnsignedToken};
use provisor::{IdScope, RegistrationId, UnixTime};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::{Run, folder, provisor_in, write};

const SCOPE: &str = "0ne0A1B2C3D";
const ID: &str = "line-7";
const START: &str = "2026-10-01T00:00:00Z";
const HUBS: &str = r#"[{"name": "hub-a.example", "weight": 1}]"#;

fn start() -> UnixTime {
    UnixTime::parse_rfc3339(START).unwrap()
}

fn after(days: i64, seconds: i64) -> UnixTime {
    start().saturating_add(days * 86_400 + seconds)
}

/// A folder with a keyring, and a device whose keys lie beside it.
struct Bench {
    folder: PathBuf,
    tpm: SoftTpm,
}

impl Bench {
    fn new(test: &str, kind: TpmKind) -> Self {
        let bench = Self {
            folder: folder(test),
            tpm: SoftTpm::new(kind, 7, 0),
        };
        bench.show_keys("", &bench.tpm);
        write(&bench.folder, "hubs.json", HUBS);
        bench.new_ring("ring");
        bench
    }

    /// Writes `{prefix}ek.b64` and `{prefix}srk.b64`.
    fn show_keys(&self, prefix: &str, tpm: &SoftTpm) {
        for (name, public) in [("ek", tpm.ek_public()), ("srk", tpm.srk_public())] {
            let file = format!("{prefix}{name}.b64");
            write(&self.folder, &file, BASE64.encode(public) + "\n");
        }
    }

    fn new_ring(&self, name: &str) {
        let made = self.run(&["tpm", "keyring", "new", name, "--at", START]);
        assert_eq!(made.status, 0, "{}{}", made.out, made.err);
    }

    fn run(&self, arguments: &[&str]) -> Run {
        provisor_in(&self.folder, arguments)
    }

    /// One half of the exchange as a process: `more` comes after the usual arguments and overrides them.
    fn half(&self, half: &str, at: UnixTime, more: &[(&str, &str)]) -> Run {
        let at = at.to_string();
        let mut options = vec![
            ("--keyring", "ring"),
            ("--id-scope", SCOPE),
            ("--registration-id", ID),
            ("--ek", "ek.b64"),
            ("--srk", "srk.b64"),
            ("--at", &at),
        ];
        for (name, value) in more {
            match options.iter_mut().find(|(known, _)| known == name) {
                Some(option) => option.1 = value,
                None => options.push((name, value)),
            }
        }
        let mut arguments = vec!["tpm", half, "--json"];
        for (name, value) in &options {
            arguments.extend([*name, *value]);
        }
        self.run(&arguments)
    }

    /// A process asks, and the TPM takes the key in.
    fn ask(&mut self, at: UnixTime, more: &[(&str, &str)]) {
        let asked = self.half("challenge", at, more);
        assert_eq!(asked.status, 0, "{}{}", asked.out, asked.err);
        let asked = asked.json();
        assert_eq!(asked["status"], 401);
        let body = &asked["body"];
        assert_eq!(body["keyName"], "registration");
        assert!(body["unencryptedAuthenticationKey"].is_null());
        let blob = BASE64
            .decode(body["authenticationKey"].as_str().unwrap().as_bytes())
            .unwrap();
        self.tpm.import_activation_blob(&blob).unwrap();
    }

    /// A token signed in the TPM, good for a year.
    fn token(&self) -> String {
        self.token_for(SCOPE, ID, after(365, 0))
    }

    fn token_for(&self, scope: &str, id: &str, expires: UnixTime) -> String {
        let scope = IdScope::parse(scope).unwrap();
        let id = RegistrationId::try_from(id).unwrap();
        let token = UnsignedToken::new(&Resource::registration(&scope, &id), expires);
        let signature = self
            .tpm
            .sign_with_identity(token.signed_text().as_bytes())
            .unwrap();
        token.with_signature(&signature).to_string()
    }

    /// Another process judges.
    fn answer(&self, at: UnixTime, token: &str, more: &[(&str, &str)]) -> Run {
        let options = [&[("--token", token)], more].concat();
        self.half("answer", at, &options)
    }
}

#[track_caller]
fn accepted(run: &Run) -> serde_json::Value {
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let object = run.json();
    assert_eq!(object["verdict"], "accepted");
    assert!(object["rejection"].is_null());
    object
}

#[track_caller]
fn refused(run: &Run, code: &str) {
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let object = run.json();
    assert_eq!(object["verdict"], "rejected");
    assert_eq!(object["rejection"]["code"], code, "{object}");
}

/// Nothing was judged, and why is on standard error.
#[track_caller]
fn unusable(run: &Run, why: &str) {
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.out.is_empty(), "{}", run.out);
    assert!(run.err.contains(why), "{}", run.err);
}

fn copy(folder: &Path, from: &str, to: &str) {
    std::fs::copy(folder.join(from), folder.join(to)).unwrap();
}
