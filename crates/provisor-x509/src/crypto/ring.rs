//! The backend on ring, which is the default one where it is built in.

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::checks::{Scheme, SignatureChecks, SignatureFault};
use super::key_form;
use super::nist::{self, Curve, Hash};

/// Signature checks by ring 0.17, on P-521 by RustCrypto's `p521`: everything but ECDSA with SHA-512 on
/// P-256 and P-384.
///
/// A check on P-521 costs some twelve of P-256, a little less than one on P-384 by ring.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ring;

impl SignatureChecks for Ring {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let algorithm: &dyn VerificationAlgorithm = match scheme {
            Scheme::RsaPkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Scheme::RsaPkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Scheme::RsaPkcs1Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            Scheme::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
            Scheme::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
            Scheme::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
            Scheme::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
            Scheme::EcdsaP256Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
            Scheme::EcdsaP384Sha256 => &signature::ECDSA_P384_SHA256_ASN1,
            Scheme::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
            Scheme::Ed25519 => &signature::ED25519,
            Scheme::EcdsaP521Sha256 => {
                return nist::check(Curve::P521, Hash::Sha256, key, message, signature);
            }
            Scheme::EcdsaP521Sha384 => {
                return nist::check(Curve::P521, Hash::Sha384, key, message, signature);
            }
            Scheme::EcdsaP521Sha512 => {
                return nist::check(Curve::P521, Hash::Sha512, key, message, signature);
            }
            Scheme::EcdsaP256Sha512 | Scheme::EcdsaP384Sha512 => {
                return Err(SignatureFault::Unsupported);
            }
        };
        UnparsedPublicKey::new(algorithm, key)
            .verify(message, signature)
            .map_err(|_| key_form::fault(scheme, key))
    }
}
