//! Chains as the `openssl` command makes them, judged by the `provisor` command.
//!
//! Nobody's chain comes from our test kit; here another encoder has chosen the details.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::build;
use super::outcome::Outcome;
use crate::command::{Finished, finish, output, program};
use crate::install::{self, OPENSSL};
use crate::workspace::{self, Scratch};

const CA: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
const ISSUING_CA: &str = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
const DEVICE: &str = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";

const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA_2048: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const ED25519: &[&str] = &["-algorithm", "ED25519"];

/// The common name of every device here.
const DEVICE_ID: &str = "line-7-0001";

pub(super) fn chains() -> Result<Outcome, String> {
    install::tools(&[OPENSSL])?;
    build::program("provisor")?;
    let scratch = Scratch::new("openssl")?;
    let maker = Maker {
        dir: scratch.path().to_path_buf(),
    };

    let root = maker.issue("root", P384, "Factory Root", CA, None)?;
    let issuing = maker.issue(
        "issuing",
        RSA_2048,
        "Line 7 Issuing CA",
        ISSUING_CA,
        Some(&root),
    )?;
    let other_root = maker.issue("other-root", P256, "Other Root", CA, None)?;
    // Same name, another key: what a mix-up or an impostor looks like.
    let impostor = maker.issue(
        "impostor",
        RSA_2048,
        "Line 7 Issuing CA",
        ISSUING_CA,
        Some(&other_root),
    )?;

    for (name, key) in [
        ("p256", P256),
        ("p384", P384),
        ("rsa", RSA_2048),
        ("ed25519", ED25519),
    ] {
        let leaf = maker.issue(name, key, DEVICE_ID, DEVICE, Some(&issuing))?;
        expect(
            name,
            &explain(&leaf, Some(&issuing), &root, &["--id", DEVICE_ID])?,
            &[],
        )?;
    }
    let leaf = maker.dir.join("p256.pem");
    let der = maker.as_der(&leaf)?;
    expect(
        "DER instead of PEM",
        &explain(&der, Some(&issuing), &root, &[])?,
        &[],
    )?;

    // In text and in JSON alike, the code tells what is wrong.
    for json in [&[][..], &["--json"]] {
        let judged = |leaf: &Path, chain: Option<&Path>, anchor: &Path, more: &[&str]| {
            explain(leaf, chain, anchor, &[more, json].concat())
        };
        expect(
            "expired",
            &judged(
                &leaf,
                Some(&issuing),
                &root,
                &["--at", "2099-01-01T00:00:00Z"],
            )?,
            &["X509_EXPIRED"],
        )?;
        expect(
            "not yet valid",
            &judged(
                &leaf,
                Some(&issuing),
                &root,
                &["--at", "2001-01-01T00:00:00Z"],
            )?,
            &["X509_NOT_YET_VALID"],
        )?;
        expect(
            "missing intermediate",
            &judged(&leaf, None, &root, &[])?,
            &["X509_ISSUER_NOT_FOUND"],
        )?;
        let wrongly_issued = maker.issue("wrong", P256, DEVICE_ID, DEVICE, Some(&impostor))?;
        expect(
            "wrongly issued",
            &judged(&wrongly_issued, Some(&issuing), &root, &[])?,
            &["X509_ISSUER_KEY_DIFFERS", "X509_SIGNATURE_WRONG"],
        )?;
        expect(
            "another factory's root",
            &judged(&leaf, Some(&issuing), &other_root, &[])?,
            &["X509_ISSUER_NOT_FOUND", "X509_ROOT_NOT_TRUSTED"],
        )?;
        expect(
            "another device's ID",
            &judged(&leaf, Some(&issuing), &root, &["--id", "line-7-0002"])?,
            &["ATTEST_ID_MISMATCH"],
        )?;
    }
    unreadable(&leaf, &root, &maker.dir)?;
    Ok(Outcome::Passed)
}

/// `provisor explain` on those files.
fn explain(
    leaf: &Path,
    chain: Option<&Path>,
    anchor: &Path,
    more: &[&str],
) -> Result<Finished, String> {
    let mut command: Command = program(workspace::target().join("debug/provisor"));
    command
        .arg("explain")
        .arg("--leaf")
        .arg(leaf)
        .arg("--anchors")
        .arg(anchor);
    if let Some(chain) = chain {
        command.arg("--chain").arg(chain);
    }
    finish(command.args(more))
}

/// No codes: accepted, exit status 0. Codes: rejected, exit status 1, one of them named.
fn expect(what: &str, answer: &Finished, codes: &[&str]) -> Result<(), String> {
    let status = i32::from(!codes.is_empty());
    let named = codes.is_empty() || codes.iter().any(|code| answer.stdout.contains(code));
    if answer.code == Some(status) && named {
        println!(
            "  {what}: {}",
            if codes.is_empty() {
                "accepted"
            } else {
                "rejected, and says why"
            }
        );
        return Ok(());
    }
    Err(format!(
        "{what}: exit status {:?} instead of {status}, one of {codes:?} expected in:\n{}{}",
        answer.code, answer.stdout, answer.stderr
    ))
}

/// A file that is no certificate is no rejection: exit status 2.
fn unreadable(leaf: &Path, root: &Path, dir: &Path) -> Result<(), String> {
    let no_such_file = explain(leaf, Some(&dir.join("missing.pem")), root, &[])?;
    let key = explain(&leaf.with_extension("key"), None, root, &[])?;
    if (no_such_file.code, key.code) == (Some(2), Some(2)) {
        println!("  unreadable input: exit status 2");
        return Ok(());
    }
    Err(format!(
        "unreadable input: exit statuses {:?} (no such file) and {:?} (a key) instead of 2",
        no_such_file.code, key.code
    ))
}

/// Issues certificates in a folder.
struct Maker {
    dir: PathBuf,
}

impl Maker {
    /// A certificate (`NAME.pem`) and its key (`NAME.key`); self-signed without an issuer.
    fn issue(
        &self,
        name: &str,
        key: &[&str],
        common_name: &str,
        extensions: &str,
        issuer: Option<&Path>,
    ) -> Result<PathBuf, String> {
        let file = |ending: &str| self.dir.join(format!("{name}.{ending}"));
        let (certificate, own_key, request) = (file("pem"), file("key"), file("csr"));
        workspace::write(&file("ext"), extensions.as_bytes())?;
        output(
            program("openssl")
                .arg("genpkey")
                .args(key)
                .arg("-out")
                .arg(&own_key),
        )?;
        output(
            program("openssl")
                .args([
                    "req",
                    "-new",
                    "-subj",
                    &format!("/O=Factory/CN={common_name}"),
                    "-key",
                ])
                .arg(&own_key)
                .arg("-out")
                .arg(&request),
        )?;
        let mut sign = program("openssl");
        sign.args(["x509", "-req", "-sha256", "-days", "365", "-in"])
            .arg(&request)
            .arg("-extfile")
            .arg(file("ext"))
            .arg("-out")
            .arg(&certificate);
        match issuer {
            None => sign.arg("-signkey").arg(&own_key),
            Some(issuer) => sign
                .arg("-CA")
                .arg(issuer)
                .arg("-CAkey")
                .arg(issuer.with_extension("key"))
                .arg("-CAserial")
                .arg(file("srl"))
                .arg("-CAcreateserial"),
        };
        output(&mut sign)?;
        Ok(certificate)
    }

    fn as_der(&self, pem: &Path) -> Result<PathBuf, String> {
        let der = self.dir.join("leaf.der");
        output(
            program("openssl")
                .args(["x509", "-outform", "DER", "-in"])
                .arg(pem)
                .arg("-out")
                .arg(&der),
        )?;
        Ok(der)
    }
}
