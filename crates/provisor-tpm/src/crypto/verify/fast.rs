//! What ring computes, several times as fast.

use alloc::vec::Vec;

use ring::signature::{self, UnparsedPublicKey};

use crate::key::{EXPONENT, EccPublicKey, RsaPublicKey};
use crate::{Curve, HashAlg, SignatureScheme};

/// Whether the signature is right, with a salt as long as the digest; nothing where ring has not the scheme.
pub(super) fn verify_rsa(
    key: &RsaPublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
    message: &[u8],
    bytes: &[u8],
) -> Option<bool> {
    let parameters = match (scheme, hash) {
        (SignatureScheme::Rsassa, HashAlg::Sha1) => {
            &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
        (SignatureScheme::Rsassa, HashAlg::Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (SignatureScheme::Rsassa, HashAlg::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (SignatureScheme::Rsassa, HashAlg::Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (SignatureScheme::Rsapss, HashAlg::Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
        (SignatureScheme::Rsapss, HashAlg::Sha384) => &signature::RSA_PSS_2048_8192_SHA384,
        (SignatureScheme::Rsapss, HashAlg::Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
        // It has no PSS with SHA-1; only the lenient door of `AkPublic` leads here.
        (SignatureScheme::Rsapss, HashAlg::Sha1) | (SignatureScheme::Ecdsa, _) => return None,
    };
    let exponent = EXPONENT.to_be_bytes();
    let exponent: Vec<u8> = exponent.into_iter().skip_while(|byte| *byte == 0).collect();
    let key = signature::RsaPublicKeyComponents {
        n: key.modulus(),
        e: &exponent,
    };
    Some(key.verify(parameters, message, bytes).is_ok())
}

/// Whether the signature, r and s one after the other, is right; nothing for the pairs of curve and hash that ring
/// has not.
pub(super) fn verify_ecdsa(
    key: &EccPublicKey,
    hash: HashAlg,
    message: &[u8],
    fixed: &[u8],
) -> Option<bool> {
    let algorithm = match (key.curve(), hash) {
        (Curve::P256, HashAlg::Sha256) => &signature::ECDSA_P256_SHA256_FIXED,
        (Curve::P384, HashAlg::Sha384) => &signature::ECDSA_P384_SHA384_FIXED,
        _ => return None,
    };
    let key = UnparsedPublicKey::new(algorithm, key.to_sec1());
    Some(key.verify(message, fixed).is_ok())
}
