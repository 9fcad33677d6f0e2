//! `provisor tpm verify-certify`: that an object is in the TPM of the attestation key.

use std::path::{Path, PathBuf};

use provisor::tpm::attest::Attest;
use provisor::tpm::{Name, Public};
use serde_json::json;

use super::attestation::{self, AttestationKey, Findings, NonceArguments};
use super::public_area::{self, PublicFile};
use super::report;
use super::stop::{Stop, named};
use crate::answer::{Answer, Unusable};
use crate::input;

/// Bytes of the shortest digest and of the longest, behind the two of the algorithm.
const NAMES: std::ops::RangeInclusive<usize> = 22..=66;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    attestation: attestation::AttestationArguments,
    /// The object that must be certified: its public area (TPM2B_PUBLIC or TPMT_PUBLIC, raw or base64), or its Name as tpm2_readpublic -n writes it.
    #[arg(long, short = 'c', value_name = "F")]
    object: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let json = arguments.attestation.json;
    verify(arguments).or_else(|stop| report::stopped(stop, json))
}

fn verify(arguments: &Arguments) -> Result<Answer, Stop> {
    let mut findings = Findings::default();
    let common = &arguments.attestation;
    let (object, attributes) = object(&arguments.object, &mut findings)?;
    let files = common.read(&mut findings)?;
    let attest = named(&common.message, Attest::parse(&files.message))?;
    let expected = if common.nonce.is_none() {
        attest.extra_data
    } else {
        &files.nonce
    };
    let nonce = NonceArguments::of(expected);
    files
        .key
        .verify_certify(&files.message, &files.signature, &nonce, &object)
        .map_err(|rejection| common.at_fault(rejection))?;
    findings.verified(
        "object",
        match &files.key {
            AttestationKey::Whole(_) => format!("{object}: it is loaded in the TPM that signed"),
            AttestationKey::Bare(_) => format!("{object}: whoever holds the key says so"),
        },
    );
    match &attributes {
        Some(attributes) => findings.verified("promises", attributes.clone()),
        None => findings.not_verified(
            "what the object promises: its Name alone does not tell; give its public area",
        ),
    }
    findings.member(
        "object",
        json!({ "name": object.to_string(), "attributes": attributes }),
    );
    attestation::common(&mut findings, &files.key, &attest, !common.nonce.is_none());
    let about = format!("{}: a certification of {object}", common.message.display());
    Ok(findings.answer(&about, common.json))
}

/// The Name, and the attributes where the public area is at hand.
fn object(path: &Path, findings: &mut Findings) -> Result<(Name, Option<String>), Stop> {
    let bytes = match public_area::read(path)? {
        PublicFile::Tpm2b(bytes) => bytes,
        PublicFile::Tpmt(bytes) => {
            findings.read_as(path, "a TPMT_PUBLIC without its size field".to_owned());
            bytes
        }
        PublicFile::Bare(_) => input::bytes(path)?,
        PublicFile::Other(bytes) => {
            if let Some(name) = name(&bytes) {
                findings.read_as(path, "the Name of the object".to_owned());
                return Ok((name, None));
            }
            bytes
        }
    };
    let public = named(path, Public::from_tpm2b(&bytes))?;
    Ok((public.name(), Some(public.attributes().to_string())))
}

/// The bytes of a Name, or its digits as tpm2_readpublic prints them.
fn name(bytes: &[u8]) -> Option<Name> {
    if NAMES.contains(&bytes.len())
        && let Ok(name) = Name::from_bytes(bytes)
    {
        return Some(name);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Name::from_bytes(&attestation::hexadecimal(text)?).ok()
}
