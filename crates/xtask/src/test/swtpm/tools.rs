//! The command line and tpm2-tools, each with the files of the other: a challenge that `tpm2_activatecredential`
//! opens, and the quotes and certifications of `tpm2_quote` and `tpm2_certify` in every format.

use std::fs;
use std::path::Path;

use super::rig::{Keys, Kind, Rig};
use crate::command::{finish, program};

const NONCE: &str = "00112233445566778899aabbccddeeff";

/// The constant that `tpm2_certify` has in place of a nonce.
const CONSTANT: &str = "00ff55aa";

/// A challenge for that endorsement key, and attestation keys below it.
pub(super) fn by_command_line(
    provisor: &Path,
    device: &Rig,
    kind: Kind,
    keys: &Keys,
    others: &Keys,
) -> Result<(), String> {
    challenge(provisor, device, kind, keys, others)?;
    println!("  {kind:?}: tpm2_activatecredential opened a file of provisor tpm challenge");
    attest(provisor, device, kind, keys)?;
    println!("  {kind:?}: quotes and certifications of tpm2-tools are verified in every format");
    Ok(())
}

fn challenge(
    provisor: &Path,
    device: &Rig,
    kind: Kind,
    keys: &Keys,
    others: &Keys,
) -> Result<(), String> {
    let dir = device.dir();
    let (ring, blob) = (format!("{kind:?}.ring"), format!("{kind:?}.blob"));
    let said = |half: &str, more: &[&str]| {
        let usual = ["tpm", half, "--keyring", &ring, "--id-scope", "0ne0A1B2C3D"];
        let usual = usual.iter().chain(&["--form", "tpm2-tools"]).chain(more);
        let mut command = program(provisor);
        command.current_dir(dir).args(usual);
        command.arg("--ek").arg(&keys.ek_public);
        finish(command.arg("--srk").arg(&keys.srk_public))
    };
    let mut keyring = program(provisor);
    accepted(
        keyring
            .current_dir(dir)
            .args(["tpm", "keyring", "new", &ring]),
    )?;
    let asked = said("challenge", &["--out", &blob])?;
    if !asked.status_ok {
        return Err(format!("tpm challenge: {}{}", asked.stdout, asked.stderr));
    }
    let secret = device.activate(kind, &dir.join(&blob))?;
    let secret = secret.ok_or("the TPM refused the file of tpm challenge")?;
    // The rig left the bytes beside it.
    let answered = said("answer", &["--secret", "secret"])?;
    if !answered.status_ok || !answered.stdout.starts_with("ACCEPTED") {
        return Err(format!(
            "tpm answer: {}{}",
            answered.stdout, answered.stderr
        ));
    }
    fs::write(dir.join("wrong"), vec![7; secret.len() / 2]).map_err(|e| e.to_string())?;
    if said("answer", &["--secret", "wrong"])?.status_ok {
        return Err("a wrong secret was accepted".to_owned());
    }
    // Sealed for the keys of another TPM: this one refuses.
    let other = format!("{kind:?}.other");
    let mut command = program(provisor);
    command
        .current_dir(dir)
        .args([
            "tpm",
            "challenge",
            "--keyring",
            &ring,
            "--id-scope",
            "0ne0A1B2C3D",
        ])
        .args(["--form", "tpm2-tools", "--out", &other, "--ek"])
        .arg(&keys.ek_public)
        .arg("--srk")
        .arg(&others.srk_public);
    accepted(&mut command)?;
    match device.activate(kind, &dir.join(&other))? {
        None => Ok(()),
        Some(_) => Err("the TPM activated a challenge for another one's SRK".to_owned()),
    }
}

fn attest(provisor: &Path, device: &Rig, kind: Kind, keys: &Keys) -> Result<(), String> {
    let dir = device.dir();
    let algorithm = kind.ek_algorithm();
    for (scheme, hash) in match kind {
        Kind::Rsa2048 => &[("rsassa", "sha256"), ("rsapss", "sha384")][..],
        Kind::P256 => &[("ecdsa", "sha256")],
    } {
        device.run(
            "tpm2_createak",
            &[
                "-Q",
                "-C",
                kind.ek_handle(),
                "-c",
                "ak.ctx",
                "-G",
                algorithm,
                "-s",
                scheme,
                "-g",
                hash,
                "-u",
                "ak.pub",
            ],
        )?;
        for form in ["tss", "tpmt", "pem", "der"] {
            let file = format!("ak.{form}");
            device.run(
                "tpm2_readpublic",
                &["-Q", "-c", "ak.ctx", "-f", form, "-o", &file],
            )?;
        }
        device.run(
            "tpm2_pcrextend",
            &["16:sha256=f1d2d2f924e986ac86fdf7b36c94bcdf32beec15f1d2d2f924e986ac86fdf7b3"],
        )?;
        for (format, values) in [("tss", "serialized"), ("plain", "values")] {
            device.run(
                "tpm2_quote",
                &[
                    "-Q",
                    "-c",
                    "ak.ctx",
                    "-l",
                    "sha1:0,1+sha256:0,16",
                    "-q",
                    NONCE,
                    "-g",
                    hash,
                    "--scheme",
                    scheme,
                    "-m",
                    "msg",
                    "-s",
                    "sig",
                    "-f",
                    format,
                    "-o",
                    "pcr",
                    "-F",
                    values,
                ],
            )?;
            device.run(
                "tpm2_certify",
                &[
                    "-Q",
                    "-c",
                    kind.srk_handle(),
                    "-C",
                    "ak.ctx",
                    "-g",
                    hash,
                    "--scheme",
                    scheme,
                    "-o",
                    "att",
                    "-s",
                    "csig",
                    "-f",
                    format,
                ],
            )?;
            for ak in ["ak.pub", "ak.tss", "ak.tpmt", "ak.pem", "ak.der"] {
                // A bare key and a bare signature: nothing in either says how it signs.
                let how = ["--scheme", scheme, "--hash", hash];
                let quote = [
                    "tpm",
                    "verify-quote",
                    "-m",
                    "msg",
                    "-s",
                    "sig",
                    "-u",
                    ak,
                    "-f",
                    "pcr",
                    "-q",
                    NONCE,
                    "-l",
                    "sha1:0,1+sha256:0,16",
                ];
                accepted(program(provisor).current_dir(dir).args(quote).args(how))?;
                let certify = [
                    "tpm",
                    "verify-certify",
                    "-m",
                    "att",
                    "-s",
                    "csig",
                    "-u",
                    ak,
                    "-q",
                    CONSTANT,
                    "--danger-any-nonce",
                    "-c",
                ];
                let mut command = program(provisor);
                command.current_dir(dir).args(certify).arg(&keys.srk_public);
                accepted(command.args(how))?;
                let other = [
                    "tpm",
                    "verify-quote",
                    "-m",
                    "msg",
                    "-s",
                    "sig",
                    "-u",
                    ak,
                    "-f",
                    "pcr",
                    "-q",
                    "00112233445566778899aabbccddeef0",
                ];
                let refused = finish(program(provisor).current_dir(dir).args(other).args(how))?;
                if refused.status_ok || !refused.stdout.contains("TPM_ATTEST_NONCE") {
                    return Err(format!("another nonce with {ak}: {}", refused.stdout));
                }
            }
        }
    }
    Ok(())
}

fn accepted(command: &mut std::process::Command) -> Result<(), String> {
    let done = finish(command)?;
    if done.status_ok {
        return Ok(());
    }
    Err(format!("{command:?}: {}{}", done.stdout, done.stderr))
}
