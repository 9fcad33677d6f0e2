//! Files with a public area, or with the bare key of one.

use std::path::Path;

use provisor::Form;
use provisor::tpm::{Public, PublicKey};

use crate::answer::Unusable;
use crate::input;

/// What a file holds, as far as it is no question.
pub(super) enum PublicFile {
    /// `TPM2B_PUBLIC`.
    Tpm2b(Vec<u8>),
    /// `TPMT_PUBLIC`, with the size put in front.
    Tpmt(Vec<u8>),
    /// A bare public key, in DER.
    Bare(Vec<u8>),
    /// Anything else, for the core to say what it is.
    Other(Vec<u8>),
}

/// Reads the file: raw, base64, PEM or DER.
pub(super) fn read(path: &Path) -> Result<PublicFile, Unusable> {
    let bytes = input::tpm_public(path)?;
    if Public::from_tpm2b(&bytes).is_ok() {
        return Ok(PublicFile::Tpm2b(bytes));
    }
    if Public::from_tpmt(&bytes).is_ok()
        && let Ok(size) = u16::try_from(bytes.len())
    {
        return Ok(PublicFile::Tpmt([&size.to_be_bytes()[..], &bytes].concat()));
    }
    if let Some(der) = pem(&bytes) {
        return Ok(PublicFile::Bare(der));
    }
    if PublicKey::from_spki(&bytes).is_ok() {
        return Ok(PublicFile::Bare(bytes));
    }
    Ok(PublicFile::Other(bytes))
}

/// The one public key of a PEM text (RFC 7468 section 13), or in the older form of OpenSSL.
fn pem(bytes: &[u8]) -> Option<Vec<u8>> {
    if Form::of(bytes) != Some(Form::Pem) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim();
    ["PUBLIC KEY", "RSA PUBLIC KEY"].iter().find_map(|label| {
        let base64: String = text
            .strip_prefix(&format!("-----BEGIN {label}-----"))?
            .strip_suffix(&format!("-----END {label}-----"))?
            .split_ascii_whitespace()
            .collect();
        data_encoding::BASE64.decode(base64.as_bytes()).ok()
    })
}
