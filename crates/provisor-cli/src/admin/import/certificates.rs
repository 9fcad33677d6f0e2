//! Certificates by what a service tells of them.

use std::collections::BTreeMap;
use std::path::Path;

use data_encoding::{BASE64, HEXUPPER};
use provisor_wire::certificate_der;
use sha2::{Digest as _, Sha256};

use crate::answer::Unusable;
use crate::input;

/// Certificates, base64 of DER, by the SHA-256 of the DER bytes in upper case.
#[derive(Debug, Default)]
pub(super) struct Certificates(BTreeMap<String, String>);

impl Certificates {
    /// Those of the files in a folder; what is no certificate is passed over.
    pub(super) fn read(folder: Option<&Path>) -> Result<Self, Unusable> {
        let mut found = BTreeMap::new();
        let Some(folder) = folder else {
            return Ok(Self(found));
        };
        let entries = std::fs::read_dir(folder).map_err(|e| Unusable::file(folder, e))?;
        for entry in entries {
            let path = entry.map_err(|e| Unusable::file(folder, e))?.path();
            if !path.is_file() {
                continue;
            }
            for der in all(&input::bytes(&path)?) {
                let digest = HEXUPPER.encode(&Sha256::digest(&der));
                found.insert(digest, BASE64.encode(&der));
            }
        }
        Ok(Self(found))
    }

    /// The certificate with that thumbprint.
    pub(super) fn find(&self, sha256: &str) -> Option<&str> {
        self.0.get(&sha256.to_ascii_uppercase()).map(String::as_str)
    }
}

/// DER, or all PEM blocks.
fn all(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = core::str::from_utf8(bytes) else {
        let text = BASE64.encode(bytes);
        return certificate_der(&text).into_iter().collect();
    };
    const END: &str = "-----END CERTIFICATE-----";
    text.split_inclusive(END)
        .filter_map(|block| {
            let begin = block.find("-----BEGIN CERTIFICATE-----")?;
            certificate_der(block.get(begin..)?).ok()
        })
        .collect()
}
