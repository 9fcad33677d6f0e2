//! The nonce of the session.

use std::path::PathBuf;

use provisor::tpm::attest::Nonce;

use super::report::Findings;
use crate::answer::Unusable;
use crate::input;
use crate::tpm::stop::Stop;

#[derive(Debug, clap::Args)]
#[group(id = "freshness", required = true, multiple = true)]
pub(in crate::tpm) struct NonceArguments {
    /// The nonce that the TPM was given, in hexadecimal (tpm2_quote -q).
    #[arg(
        long,
        short = 'q',
        visible_alias = "qualification",
        value_name = "HEX",
        conflicts_with = "nonce_file"
    )]
    nonce: Option<String>,
    /// A file with the bytes of the nonce.
    #[arg(long, value_name = "F")]
    nonce_file: Option<PathBuf>,
    /// Accept a nonce of fewer than 16 bytes, or none: whoever recorded an attestation can show it again.
    #[arg(long)]
    danger_any_nonce: bool,
}

impl NonceArguments {
    pub(super) fn read(&self, findings: &mut Findings) -> Result<Vec<u8>, Stop> {
        let nonce = match (&self.nonce, &self.nonce_file) {
            (Some(text), _) => hexadecimal(text).ok_or_else(|| {
                // tpm2-tools take either: a file of that name is what was meant.
                let file = std::path::Path::new(text).is_file();
                Unusable::new(if file {
                    format!("--nonce {text}: the name of a file; give it as --nonce-file")
                } else {
                    "--nonce: not hexadecimal, two digits for a byte".to_owned()
                })
            })?,
            (None, Some(path)) => input::bytes(path)?,
            (None, None) => Vec::new(),
        };
        if self.danger_any_nonce {
            findings.danger(match nonce.len() {
                0 => "no nonce was asked for: the attestation may be an old one",
                1..Nonce::BYTES_MIN => {
                    "a short nonce: the attestation may be an old one that had the same"
                }
                _ => return Ok(nonce),
            });
        } else if let Err(rejection) = Nonce::new(&nonce) {
            return Err(rejection.into());
        }
        Ok(nonce)
    }

    /// What the attestation is held to.
    pub(in crate::tpm) const fn of(bytes: &[u8]) -> Nonce<'_> {
        // Its length was judged when it was read.
        Nonce::danger_any(bytes)
    }

    /// Whether none is expected: then any is reported, and none compared.
    pub(in crate::tpm) const fn is_none(&self) -> bool {
        self.nonce.is_none() && self.nonce_file.is_none()
    }
}

/// Digits in pairs, with or without 0x.
pub(in crate::tpm) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim();
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .ok()
}
