//! What `tpm verify-quote` and `tpm verify-certify` are told alike: the attestation, its signature, the key and
//! the nonce, each in the forms in which tpm2-tools write them.

mod key;
mod nonce;
mod report;

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use provisor::tpm::attest::{Attest, ClockInfo, Signature};
use provisor::{Code, Rejection};
use serde_json::json;

pub(super) use key::{AttestationKey, KeyArguments};
pub(super) use nonce::{NonceArguments, hexadecimal};
pub(super) use report::Findings;

use super::stop::{Stop, fault, named};
use crate::input;

#[derive(Debug, clap::Args)]
pub(super) struct AttestationArguments {
    /// The attestation, TPMS_ATTEST: what tpm2_quote -m or tpm2_certify -o wrote.
    #[arg(long, short = 'm', visible_alias = "attestation", value_name = "F")]
    pub(super) message: PathBuf,
    /// Its signature: what tpm2_quote -s or tpm2_certify -s wrote, with -f plain or without.
    #[arg(long, short = 's', value_name = "F")]
    pub(super) signature: PathBuf,
    #[command(flatten)]
    pub(super) key: KeyArguments,
    #[command(flatten)]
    pub(super) nonce: NonceArguments,
    /// One JSON object instead of text.
    #[arg(long)]
    pub(super) json: bool,
}

/// The files, read and named.
pub(super) struct Files {
    pub(super) message: Vec<u8>,
    /// TPMT_SIGNATURE, whatever the file had.
    pub(super) signature: Vec<u8>,
    pub(super) key: AttestationKey,
    pub(super) nonce: Vec<u8>,
}

impl AttestationArguments {
    /// Reads everything; what is not what it should be is refused by its file.
    pub(super) fn read(&self, findings: &mut Findings) -> Result<Files, Stop> {
        let nonce = self.nonce.read(findings)?;
        let message = input::bytes(&self.message)?;
        named(&self.message, Attest::parse(&message).map(drop))?;
        let file = input::bytes(&self.signature)?;
        let key = self
            .key
            .read(Signature::parse(&file).ok().as_ref(), findings)?;
        let signature = named(&self.signature, self.signature_of(&file, &key, findings))?;
        Ok(Files {
            message,
            signature,
            key,
            nonce,
        })
    }

    /// The signature with its scheme and hash. Alone, as `-f plain` has it, it is read with those of the key: the
    /// key has one of each.
    fn signature_of(
        &self,
        file: &[u8],
        key: &AttestationKey,
        findings: &mut Findings,
    ) -> Result<Vec<u8>, Rejection> {
        let Err(refused) = Signature::parse(file) else {
            return Ok(file.to_vec());
        };
        if refused.code() != Code::TpmBareSignature {
            return Err(refused);
        }
        let plain = Signature::from_plain(file, key.scheme(), key.hash())?;
        findings.read_as(
            &self.signature,
            format!(
                "a signature alone (-f plain), read as {} with {}, as the key signs",
                key.scheme().id(),
                key.hash()
            ),
        );
        plain.to_bytes()
    }

    /// The file that a refusal of the whole is about.
    pub(super) fn at_fault(&self, rejection: Rejection) -> Stop {
        let path = match rejection.code() {
            Code::TpmSignature | Code::TpmSignatureForm | Code::TpmSignatureAlgorithm => {
                &self.signature
            }
            _ => &self.message,
        };
        fault(path, rejection)
    }
}

/// What every attestation says, and who signed it.
pub(super) fn common(
    findings: &mut Findings,
    key: &AttestationKey,
    attest: &Attest<'_>,
    nonce_asked: bool,
) {
    let how = format!("{} with {}", key.scheme().id(), key.hash());
    match key {
        AttestationKey::Whole(ak) => {
            findings.verified(
                "key",
                format!(
                    "{}: by its attributes a signing key that never leaves its TPM and signs only what the TPM says",
                    ak.name()
                ),
            );
            findings.member(
                "ak",
                json!({ "name": ak.name().to_string(), "bare": false }),
            );
            findings.not_verified(
                "in which TPM the key is: that takes a credential for it (provisor tpm challenge, tpm2_activatecredential)",
            );
        }
        AttestationKey::Bare(_) => {
            findings.member("ak", json!({ "name": null, "bare": true }));
            findings.not_verified(
                "that the key is in a TPM, or signs only what a TPM says: a bare key does not tell; give its public area (tpm2_readpublic -o FILE)",
            );
        }
    }
    findings.verified("signature", format!("by this key, {how}"));
    let nonce = HEXLOWER.encode(attest.extra_data);
    let shown = if nonce.is_empty() { "none" } else { &nonce };
    if nonce_asked {
        findings.verified("nonce", shown);
    } else {
        findings.reported("nonce", shown);
    }
    findings.member("nonce", json!(nonce));
    findings.reported("clock", clock(attest.clock));
    findings.reported("firmware", format!("{:016x}", attest.firmware_version));
    findings.reported("signer", HEXLOWER.encode(attest.qualified_signer));
    findings.member(
        "reported",
        json!({
            "clock": attest.clock.clock,
            "resetCount": attest.clock.reset_count,
            "restartCount": attest.clock.restart_count,
            "safe": attest.clock.safe,
            "firmwareVersion": format!("{:016x}", attest.firmware_version),
            "qualifiedSigner": HEXLOWER.encode(attest.qualified_signer),
        }),
    );
}

fn clock(clock: ClockInfo) -> String {
    format!(
        "{} ms, resets {}, restarts {}{}",
        clock.clock,
        clock.reset_count,
        clock.restart_count,
        if clock.safe {
            ""
        } else {
            ", and a later clock may have been reported before"
        }
    )
}
