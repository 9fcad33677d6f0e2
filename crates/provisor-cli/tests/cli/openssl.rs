//! Certificates made by the `openssl` command line, as a technician has them at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{folder, write};

/// A folder with a root, an issuing CA, and a way to issue more.
pub(crate) struct OpenSsl {
    pub(crate) folder: PathBuf,
}

const EXTENSIONS: &str = "
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[device]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
";

impl OpenSsl {
    /// `root.pem`, and `ca.pem` below it; `None`, said loudly, when there is no openssl.
    pub(crate) fn new(test: &str) -> Option<Self> {
        if let Err(error) = Command::new("openssl").arg("version").output() {
            eprintln!("SKIPPED {test}: the openssl command does not run: {error}");
            return None;
        }
        let this = Self {
            folder: folder(test),
        };
        write(&this.folder, "ext.cnf", EXTENSIONS);
        this.root("root", "/O=Acme/CN=Acme Root CA");
        this.issue("ca", "/O=Acme/CN=Acme Issuing CA", "root", "ca", 36_500);
        Some(this)
    }

    /// A self-signed root `{name}.pem`.
    pub(crate) fn root(&self, name: &str, subject: &str) {
        self.key(name);
        openssl(
            &self.folder,
            &format!(
                "req -x509 -new -key {name}.key -config ext.cnf -extensions root -days 36500 -out {name}.pem -subj"
            ),
            &[subject],
        );
    }

    /// `{name}.pem` for that subject, signed by `{issuer}.pem`.
    pub(crate) fn issue(&self, name: &str, subject: &str, issuer: &str, section: &str, days: u32) {
        self.key(name);
        openssl(
            &self.folder,
            &format!("req -new -key {name}.key -config ext.cnf -out {name}.csr -subj"),
            &[subject],
        );
        openssl(
            &self.folder,
            &format!(
                "x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial \
                 -days {days} -extfile ext.cnf -extensions {section} -out {name}.pem"
            ),
            &[],
        );
    }

    fn key(&self, name: &str) {
        openssl(
            &self.folder,
            &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"),
            &[],
        );
    }
}

/// Runs openssl with those words and then those arguments, which may hold spaces.
pub(crate) fn openssl(folder: &Path, words: &str, more: &[&str]) {
    let output = Command::new("openssl")
        .args(words.split_whitespace())
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {words}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
