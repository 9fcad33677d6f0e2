//! Bytes in place of other bytes.

use alloc::format;

use provisor_report::Code;

use super::der::{self, Der};
use super::found::{Found, Wanted, bare_key, certificate, private_key};
use crate::{AlgId, HashAlg};

/// `TPM_GENERATED_VALUE`, the first bytes of every attestation.
const ATTEST: [u8; 4] = [0xff, 0x54, 0x43, 0x47];

/// The first bytes of the context and credential files of tpm2-tools.
const TOOLS_MAGIC: [u8; 4] = [0xba, 0xdc, 0xc0, 0xde];

/// Two bytes of size in front of a structure.
const SIZE: usize = 2;

pub(super) fn of(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    size(bytes, wanted)
        .or_else(|| of_der(bytes, wanted))
        .or_else(|| tool_file(bytes, wanted))
        .or_else(|| structure(bytes, wanted))
        .or_else(|| key(bytes, wanted))
        .or_else(|| byte_order(bytes, wanted))
}

/// A size field too few or too many.
fn size(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    if (wanted.reads_without_size)(bytes) {
        let [high, low] = u16::try_from(bytes.len()).ok()?.to_be_bytes();
        return Some(Found::new(
            Code::TpmSizeMissing,
            format!("the structure without the {SIZE} bytes of size in front of it"),
            format!(
                "put its size in front, big-endian (printf '\\x{high:02x}\\x{low:02x}' | cat - FILE > NEW), or {}",
                wanted.remedy
            ),
        ));
    }
    let inner = bytes.get(SIZE..)?;
    (wanted.reads)(inner).then(|| {
        Found::new(
            Code::TpmSizeExtra,
            format!(
                "a size field of {SIZE} bytes in front of it, as a TPM2B has: {} bytes follow",
                inner.len()
            ),
            format!(
                "cut the first {SIZE} bytes off (tail -c +{} FILE > NEW), or {}",
                SIZE + 1,
                wanted.remedy
            ),
        )
    })
}

fn of_der(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    Some(match der::of(bytes)? {
        Der::Certificate => certificate("a certificate (DER)", wanted),
        Der::OctetString => certificate(
            "a DER structure in an OCTET STRING, as some TPMs keep their certificates",
            wanted,
        ),
        Der::PublicKey => bare_key("a public key in DER (SubjectPublicKeyInfo)", wanted),
        Der::PrivateKey => private_key(wanted),
        Der::Signature => Found::new(
            Code::TpmOtherStructure,
            "an ECDSA signature in DER",
            wanted.remedy,
        ),
        Der::TpmKey => Found::new(
            Code::TpmToolFile,
            "a key file of the TPM engines (TSS2 PRIVATE KEY) in DER",
            format!(
                "load the key (tpm2_load -C PARENT -r FILE -c KEY.ctx) and {}",
                wanted.remedy
            ),
        ),
        Der::Other => Found::new(Code::TpmOtherStructure, "a DER structure", wanted.remedy),
    })
}

/// Files of tpm2-tools and tpm2-tss that stand for an object and are no part of it.
fn tool_file(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    if bytes.starts_with(&TOOLS_MAGIC) {
        return Some(Found::new(
            Code::TpmToolFile,
            "a context or credential file of tpm2-tools",
            format!(
                "give the context to a tool that writes the structure: {}",
                wanted.remedy
            ),
        ));
    }
    // ESYS: handle, TPM2B_NAME, type of resource, then the public area.
    if let [0x80 | 0x81 | 0x01, _, _, _, name @ ..] = bytes
        && name.len() > SIZE
        && let Some((length, rest)) = name.split_first_chunk::<SIZE>()
        && let Some(name) = rest.get(..usize::from(u16::from_be_bytes(*length)))
        && is_name(name)
    {
        return Some(Found::new(
            Code::TpmToolFile,
            "a handle file of tpm2-tss (tpm2_evictcontrol -o)",
            format!("give it to the tool as the context: {}", wanted.remedy),
        ));
    }
    None
}

/// Another structure of the TPM.
fn structure(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    let whole = whole_structure(bytes)?;
    Some(Found::new(Code::TpmOtherStructure, whole, wanted.remedy))
}

fn whole_structure(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&ATTEST) {
        return Some("an attestation (TPMS_ATTEST)");
    }
    if is_name(bytes) || sized(bytes).is_some_and(is_name) {
        return Some("the Name of an object, which is a digest of its public area");
    }
    if is_signature(bytes) {
        return Some("a signature (TPMT_SIGNATURE)");
    }
    // TPM_ST_NO_SESSIONS or TPM_ST_SESSIONS, and the size of the whole (Part 1 section 18).
    if let [0x80, 0x01 | 0x02, a, b, c, d, ..] = *bytes
        && usize::try_from(u32::from_be_bytes([a, b, c, d])) == Ok(bytes.len())
    {
        return Some("a whole command or response of a TPM, with its header");
    }
    let inner = sized(bytes)?;
    if inner.starts_with(&ATTEST) {
        return Some("an attestation with its size (TPM2B_ATTEST)");
    }
    // TPM2B_PRIVATE: the HMAC of the outer wrapper, then what it protects (Part 1 section 22).
    let (length, rest) = inner.split_first_chunk::<SIZE>()?;
    let digest = usize::from(u16::from_be_bytes(*length));
    // A public area has the hash of its Name there.
    let name_alg = rest
        .split_first_chunk::<2>()
        .and_then(|(id, _)| HashAlg::from_id(AlgId::new(u16::from_be_bytes(*id))));
    (matches!(digest, 20 | 32 | 48 | 64) && rest.len() > digest + 32 && name_alg.is_none())
        .then_some("what looks like the encrypted private part of an object (TPM2B_PRIVATE)")
}

/// A modulus or a point alone.
fn key(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    let point = |length: usize| matches!(length, 65 | 97 | 133);
    let modulus = |length: usize| matches!(length, 256 | 384 | 512);
    let found = match bytes {
        [0x04, ..] if point(bytes.len()) => "a point of a curve alone",
        _ if sized(bytes).is_some_and(|inner| modulus(inner.len())) => "an RSA modulus alone",
        // Its top bit is set, and it is odd.
        [0x80..=0xff, .., last] if modulus(bytes.len()) && last & 1 == 1 => {
            "what looks like an RSA modulus alone"
        }
        _ => return None,
    };
    Some(bare_key(found, wanted))
}

/// The size field as the processor has it, big end last.
fn byte_order(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    let ([low, high], rest) = bytes.split_first_chunk::<SIZE>()?;
    let size = usize::from(u16::from_le_bytes([*low, *high]));
    let turned = [&[*high, *low], rest].concat();
    // The memory of a program is as long as the longest structure, and its fields are turned as well.
    let types = [AlgId::RSA, AlgId::ECC, AlgId::KEYEDHASH, AlgId::SYMCIPHER];
    let in_memory = size > 0
        && size <= rest.len()
        && types
            .iter()
            .any(|id| rest.starts_with(&id.value().to_le_bytes()));
    ((wanted.reads)(&turned) || (in_memory && wanted.what == "TPM2B_PUBLIC")).then(|| {
        Found::new(
            Code::TpmByteOrder,
            "little-endian integers, as in the memory of a program",
            format!(
                "marshal the structure before it is written (Tss2_MU_TPM2B_PUBLIC_Marshal), or {}",
                wanted.remedy
            ),
        )
    })
}

/// The content, when the first two bytes are the size of exactly what follows.
fn sized(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<SIZE>()?;
    (usize::from(u16::from_be_bytes(*length)) == rest.len() && !rest.is_empty()).then_some(rest)
}

/// An identifier of a hash and exactly one digest of it (Part 1 section 16).
fn is_name(bytes: &[u8]) -> bool {
    bytes.split_first_chunk::<2>().is_some_and(|(id, digest)| {
        HashAlg::from_id(AlgId::new(u16::from_be_bytes(*id)))
            .is_some_and(|hash| hash.digest_bytes() == digest.len())
    })
}

/// Scheme, hash, and sized values to the end (Part 2 section 11.3.4).
fn is_signature(bytes: &[u8]) -> bool {
    let Some(([s, c, h, a], rest)) = bytes.split_first_chunk::<4>() else {
        return false;
    };
    let scheme = AlgId::new(u16::from_be_bytes([*s, *c]));
    let known = HashAlg::from_id(AlgId::new(u16::from_be_bytes([*h, *a]))).is_some();
    let values = match scheme {
        AlgId::RSASSA | AlgId::RSAPSS => sized(rest).is_some(),
        AlgId::ECDSA => rest
            .split_first_chunk::<SIZE>()
            .and_then(|(length, rest)| rest.get(usize::from(u16::from_be_bytes(*length))..))
            .is_some_and(|s| sized(s).is_some()),
        _ => false,
    };
    known && values
}
