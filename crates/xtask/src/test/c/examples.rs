//! The examples, which CMake has built, run on what a user would have at hand; the one that handles
//! most memory under valgrind.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_testkit::vectors::hex;

use super::library::Installed;
use crate::command::{Finished, finish, program};
use crate::workspace;

/// Runs both examples, on what is accepted and on what is not.
pub(super) fn run_all(installed: &Installed, scratch: &Path) -> Result<(), String> {
    verify_chain(installed, scratch)?;
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        challenge(installed, scratch, kind, Answer::Right)?;
    }
    challenge(installed, scratch, TpmKind::P256, Answer::Wrong)
}

fn verify_chain(installed: &Installed, scratch: &Path) -> Result<(), String> {
    let pki = ToyPki::new(1);
    let file = |name: &str, bytes: &[u8]| written(&scratch.join(name), bytes);
    let leaf = pki.device("line-7-0001", KeyKind::P256).certificate;
    let leaf = file("leaf.der", leaf.der())?;
    let anchor = file("anchor.der", pki.root.certificate.der())?;
    let sent = file("sent.der", pki.intermediate.certificate.der())?;
    let example = |files: &[&PathBuf]| {
        let done = finish(
            program("valgrind")
                .args(["--quiet", "--leak-check=full", "--error-exitcode=99"])
                .arg(installed.build.join("verify_chain"))
                .args(files),
        )?;
        println!("  verify_chain: {}", done.stdout.trim().replace('\n', "; "));
        Ok::<Finished, String>(done)
    };
    expect(
        &example(&[&leaf, &anchor, &sent])?,
        0,
        "0: CN=line-7-0001\n1: CN=Toy Issuing CA\nanchor: CN=Toy Root CA\n",
    )?;
    expect(&example(&[&leaf, &anchor])?, 1, "X509_ISSUER_NOT_FOUND")?;
    expect(
        &example(&[&leaf, &anchor, &scratch.join("none.der")])?,
        2,
        "",
    )?;
    expect(&example(&[])?, 2, "")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Right,
    Wrong,
}

/// The software TPM answers the challenge that the example prints.
fn challenge(
    installed: &Installed,
    scratch: &Path,
    kind: TpmKind,
    answer: Answer,
) -> Result<(), String> {
    let mut tpm = SoftTpm::new(kind, 1, 0);
    let ek = written(&scratch.join("ek.pub"), tpm.ek_public())?;
    let srk = written(&scratch.join("srk.pub"), tpm.srk_public())?;
    let failed = |e: std::io::Error| format!("challenge: {e}");
    let mut example = program(installed.build.join("challenge"))
        .args([ek, srk])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut out = BufReader::new(example.stdout.take().ok_or("no output")?);
    let mut line = |label: &str| {
        let mut line = String::new();
        out.read_line(&mut line).map_err(failed)?;
        line.trim()
            .strip_prefix(label)
            .map(|digits| hex(digits.trim()))
            .ok_or_else(|| format!("challenge printed {line:?}, not {label}"))
    };
    let (id_object, encrypted_secret) = (line("id_object")?, line("encrypted_secret")?);
    let mut secret = tpm
        .activate_credential(&id_object, &encrypted_secret)
        .map_err(|e| e.to_string())?;
    if answer == Answer::Wrong {
        secret.reverse();
    }
    let mut input = example.stdin.take().ok_or("no input")?;
    let digits = crate::generate::vectors::form::hex(&secret);
    input.write_all(digits.as_bytes()).map_err(failed)?;
    drop(input);
    let mut verdict = String::new();
    out.read_line(&mut verdict).map_err(failed)?;
    let code = example.wait().map_err(failed)?.code();
    println!("  challenge: {}", verdict.trim());
    let wanted = match answer {
        Answer::Right => (Some(0), "one TPM holds both keys"),
        Answer::Wrong => (Some(1), "TPM_CHALLENGE_ANSWER"),
    };
    if (code, true) == (wanted.0, verdict.starts_with(wanted.1)) {
        Ok(())
    } else {
        Err(format!(
            "challenge ended with {code:?} and said {verdict:?}"
        ))
    }
}

fn expect(done: &Finished, code: i32, beginning: &str) -> Result<(), String> {
    if done.code == Some(code) && done.stdout.starts_with(beginning) {
        return Ok(());
    }
    Err(format!(
        "an example ended with {:?}, not {code}, and said {:?}, not {beginning:?}",
        done.code, done.stdout
    ))
}

fn written(path: &Path, bytes: &[u8]) -> Result<PathBuf, String> {
    workspace::write(path, bytes)?;
    Ok(path.to_owned())
}
