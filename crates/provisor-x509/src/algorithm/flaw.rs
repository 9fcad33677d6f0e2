//! What is wrong with a key, whatever the backend: too weak, or not written as its algorithm wants
//! it. The ways in which keys are miswritten are few, and each is told apart, as its maker has to
//! know what to mend. Nothing miswritten is ever used.

use provisor_report::Code;

use crate::der::{Reader, only, tag};
use crate::fault::{Fact, Fault};
use crate::key::{KeyKind, PublicKeyInfo, modulus_bits};
use crate::oid;

/// NIST SP 800-131A: below this, RSA is no longer acceptable.
const RSA_BITS_MIN: u32 = 2048;
/// Above this, one check costs more than a verdict should; no issuer uses it.
const RSA_BITS_MAX: u32 = 8192;

/// The fault of a key that can neither sign nor stand for a device.
pub(crate) fn weakness<'a>(key: &PublicKeyInfo<'a>) -> Option<Fault<'a>> {
    let (code, expected, found) = match key.kind {
        KeyKind::Rsa(bits) | KeyKind::RsaPss(bits) | KeyKind::RsaOaep(bits)
            if !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) =>
        {
            (
                Code::X509KeyRsaSize,
                "2048 to 8192 bits",
                Fact::Count("RSA modulus bits:", u64::from(bits)),
            )
        }
        KeyKind::OtherCurve => (
            Code::X509KeyCurve,
            "P-256, P-384 or P-521",
            Fact::Oid(curve(key.algorithm)),
        ),
        KeyKind::ExplicitCurve => (
            Code::X509KeyCurveExplicit,
            "a named curve",
            Fact::Text("curve parameters written out"),
        ),
        KeyKind::Dsa => (Code::X509KeyDsa, "ECDSA, RSA or Ed25519", Fact::Text("DSA")),
        KeyKind::Malformed => return Some(miswritten(key)),
        KeyKind::Rsa(_)
        | KeyKind::RsaPss(_)
        | KeyKind::RsaOaep(_)
        | KeyKind::P256
        | KeyKind::P384
        | KeyKind::P521
        | KeyKind::Ed25519
        | KeyKind::Unknown => return None,
    };
    Some(Fault::new(code, Fact::Text(expected), found))
}

/// The OBJECT IDENTIFIER that an AlgorithmIdentifier has as its parameters, as far as it has one.
fn curve(identifier: &[u8]) -> &[u8] {
    let (_, parameters) = parts(identifier);
    Reader::new(parameters)
        .contents(tag::OID, "")
        .unwrap_or_default()
}

/// The algorithm of an AlgorithmIdentifier, tag and length included, and its parameters' bytes.
fn parts(identifier: &[u8]) -> (&[u8], &[u8]) {
    let mut inside = Reader::new(only(identifier, tag::SEQUENCE, "").unwrap_or_default());
    let algorithm = inside.contents(tag::OID, "").unwrap_or_default();
    (algorithm, inside.rest())
}

/// A key of a known algorithm in bytes that are none of it.
#[cold]
fn miswritten<'a>(key: &PublicKeyInfo<'a>) -> Fault<'a> {
    let (algorithm, parameters) = parts(key.algorithm);
    let form = |expected, found| Fault::new(Code::X509KeyForm, Fact::Text(expected), found);
    let unreadable =
        |expected, found| Fault::new(Code::X509Key, Fact::Text(expected), Fact::Text(found));
    match algorithm {
        id if id == oid::EC_PUBLIC_KEY => {
            // RFC 5480 section 2.2: the octets of the point are the BIT STRING's own.
            const POINT: &str = "the point itself: 04, x, y (RFC 5480 section 2.2)";
            match coordinate(curve(key.algorithm)) {
                Some(coordinate) => match point(key.key, coordinate) {
                    Some(found) => form(POINT, found),
                    None => Fault::new(Code::X509Key, Fact::Text(POINT), other_bytes(key.key)),
                },
                None => unreadable(
                    "the curve's name as the parameters (RFC 5480 section 2.1.1)",
                    match parameters {
                        [] => "no parameters",
                        [tag::NULL, 0] => "NULL in place of the curve's name",
                        _ => "something else in place of the curve's name",
                    },
                ),
            }
        }
        id if id == oid::ED25519 && !parameters.is_empty() => unreadable(
            "Ed25519 without parameters (RFC 8410 section 3)",
            "parameters",
        ),
        id if id == oid::ED25519 => {
            const BYTES: &str = "the 32 bytes of the key themselves (RFC 8410 section 4)";
            match wrapped(key.key, |inside| inside.len() == 32) {
                Some(found) => form(BYTES, found),
                None => Fault::new(Code::X509Key, Fact::Text(BYTES), other_bytes(key.key)),
            }
        }
        id if id == oid::RSA_ENCRYPTION && *parameters != [tag::NULL, 0] => unreadable(
            "rsaEncryption with the parameters NULL (RFC 3279 section 2.3.1)",
            match parameters {
                [] => "no parameters",
                _ => "other parameters",
            },
        ),
        _ => {
            const RSA: &str = "an RSAPublicKey: modulus and exponent, positive, odd, in DER (RFC 8017 section A.1.1)";
            match wrapped(key.key, |inside| modulus_bits(inside).is_some()) {
                Some(found) => form(RSA, found),
                None => unreadable(RSA, "other bytes"),
            }
        }
    }
}

/// Bytes of one coordinate on a curve that is supported.
fn coordinate(curve: &[u8]) -> Option<usize> {
    match curve {
        id if id == oid::P256 => Some(32),
        id if id == oid::P384 => Some(48),
        id if id == oid::P521 => Some(66),
        _ => None,
    }
}

/// How a point was miswritten.
fn point(bytes: &[u8], coordinate: usize) -> Option<Fact<'static>> {
    let both = coordinate.saturating_mul(2);
    let is_point = |bytes: &[u8]| match bytes {
        [4 | 6 | 7, rest @ ..] => rest.len() == both,
        [2 | 3, rest @ ..] => rest.len() == coordinate,
        _ => false,
    };
    if let Some(found) = wrapped(bytes, is_point) {
        return Some(found);
    }
    let found = match bytes {
        [6 | 7, rest @ ..] if rest.len() == both => "a hybrid point, which begins with 06 or 07",
        [0] => "the point at infinity",
        [4, rest @ ..] if [64, 96, 132].contains(&rest.len()) => "a point of another curve's size",
        [2 | 3, rest @ ..] if [32, 48, 66].contains(&rest.len()) => {
            "a compressed point of another curve's size"
        }
        [first, ..] if bytes.len() == both && *first != 4 => "x and y without the 04 before them",
        // TPMS_ECC_POINT: two TPM2B.
        [0, size, rest @ ..] if usize::from(*size) <= coordinate && rest.len() > 2 => {
            "x and y with a size before each, as TPMs hand them out"
        }
        _ => return None,
    };
    Some(Fact::Text(found))
}

/// Bytes of no form that is known here.
const fn other_bytes(bytes: &[u8]) -> Fact<'static> {
    Fact::Count("bytes of another form, so many:", bytes.len() as u64)
}

/// What a key was wrapped in, as some software hands it out.
fn wrapped(bytes: &[u8], is_key: impl Fn(&[u8]) -> bool) -> Option<Fact<'static>> {
    let found = match bytes {
        [tag::OCTET_STRING, ..] if only(bytes, tag::OCTET_STRING, "").is_ok_and(&is_key) => {
            "the key inside an OCTET STRING, as PKCS #11 hands out points (CKA_EC_POINT)"
        }
        [tag::BIT_STRING, ..]
            if only(bytes, tag::BIT_STRING, "")
                .is_ok_and(|bits| matches!(bits, [0, inside @ ..] if is_key(inside))) =>
        {
            "the key inside a second BIT STRING"
        }
        [tag::SEQUENCE, ..] if is_info(bytes) => "a whole SubjectPublicKeyInfo in place of the key",
        // OpenPGP writes it before the bytes of an Ed25519 key.
        [0x40, inside @ ..] if is_key(inside) => "the key after a byte 40",
        bytes if is_text(bytes) => "text, such as base64 or hexadecimal, in place of its bytes",
        _ => return None,
    };
    Some(Fact::Text(found))
}

/// SubjectPublicKeyInfo, as far as its two elements.
fn is_info(bytes: &[u8]) -> bool {
    let read = || {
        let mut inside = Reader::new(only(bytes, tag::SEQUENCE, "")?);
        inside.expect(tag::SEQUENCE, "")?;
        inside.expect(tag::BIT_STRING, "")?;
        inside.finish("")
    };
    read().is_ok()
}

/// Whether bytes are text. A key or a signature by chance hardly ever is.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.len() >= 16
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}
