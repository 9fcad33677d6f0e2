//! DER, looked at by its headers alone: enough to say what a file is, and nothing is trusted for it.

/// What a DER structure seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Der {
    Certificate,
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1) or RSAPublicKey (RFC 8017 annex A.1.1).
    PublicKey,
    /// PKCS #8 (RFC 5208), RSAPrivateKey or ECPrivateKey (RFC 5915).
    PrivateKey,
    /// ECDSA-Sig-Value (RFC 3279 section 2.2.3).
    Signature,
    /// TPMKey of the engines (2.23.133.10.1).
    TpmKey,
    /// An OCTET STRING around something.
    OctetString,
    Other,
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// Bytes of an INTEGER above which it is a modulus and no part of a signature (P-521 has 67).
const SCALAR: usize = 80;

/// `None` for what is no DER from its first byte to its last.
pub(super) fn of(bytes: &[u8]) -> Option<Der> {
    match element(bytes)? {
        (SEQUENCE, content, []) => Some(sequence(content)),
        // Longer than a point in a TPM: its first byte is 04 as well.
        (OCTET_STRING, content, []) if content.first() == Some(&SEQUENCE) => Some(Der::OctetString),
        _ => None,
    }
}

fn sequence(content: &[u8]) -> Der {
    let Some((tag, first, rest)) = element(content) else {
        return Der::Other;
    };
    let second = element(rest);
    match (tag, second) {
        (SEQUENCE, Some((SEQUENCE, _, _)))
            if matches!(element(first), Some((VERSION | INTEGER, _, _))) =>
        {
            Der::Certificate
        }
        (SEQUENCE, Some((BIT_STRING, _, []))) => Der::PublicKey,
        (INTEGER, Some((INTEGER, _, []))) if first.len() > SCALAR => Der::PublicKey,
        (INTEGER, Some((INTEGER, _, []))) => Der::Signature,
        (INTEGER, Some(_)) if matches!(first, [0 | 1]) => Der::PrivateKey,
        (OID, _) if first.starts_with(&[0x67, 0x81, 0x05, 0x0a, 0x01]) => Der::TpmKey,
        _ => Der::Other,
    }
}

/// Tag, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => {
            let (length, rest) = rest.split_first()?;
            (usize::from(*length), rest)
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
