//! The backend on RustCrypto's crates: for every processor, several times slower than ring.

#[cfg(feature = "rsa")]
mod rsa;

use super::checks::{Scheme, SignatureChecks, SignatureFault};
use super::key_form;
use super::nist::{self, Curve, Hash};

/// Signature checks by `p256`, `p384` and `p521`; with the feature `rsa` by `rsa`, with the feature `ed25519` by
/// `ed25519-dalek`, and [`Unsupported`](SignatureFault::Unsupported) without: on a microcontroller every family of
/// signatures costs flash.
///
/// It takes the keys and signatures that the other backends take.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl SignatureChecks for RustCrypto {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let (curve, hash) = match scheme {
            Scheme::EcdsaP256Sha256 => (Curve::P256, Hash::Sha256),
            Scheme::EcdsaP256Sha384 => (Curve::P256, Hash::Sha384),
            Scheme::EcdsaP256Sha512 => (Curve::P256, Hash::Sha512),
            Scheme::EcdsaP384Sha256 => (Curve::P384, Hash::Sha256),
            Scheme::EcdsaP384Sha384 => (Curve::P384, Hash::Sha384),
            Scheme::EcdsaP384Sha512 => (Curve::P384, Hash::Sha512),
            Scheme::EcdsaP521Sha256 => (Curve::P521, Hash::Sha256),
            Scheme::EcdsaP521Sha384 => (Curve::P521, Hash::Sha384),
            Scheme::EcdsaP521Sha512 => (Curve::P521, Hash::Sha512),
            Scheme::RsaPkcs1Sha256
            | Scheme::RsaPkcs1Sha384
            | Scheme::RsaPkcs1Sha512
            | Scheme::RsaPssSha256
            | Scheme::RsaPssSha384
            | Scheme::RsaPssSha512 => {
                #[cfg(feature = "rsa")]
                return rsa::check(scheme, key, message, signature);
                #[cfg(not(feature = "rsa"))]
                return Err(SignatureFault::Unsupported);
            }
            Scheme::Ed25519 => {
                #[cfg(feature = "ed25519")]
                return ed25519(key, message, signature);
                #[cfg(not(feature = "ed25519"))]
                return Err(SignatureFault::Unsupported);
            }
        };
        nist::check(curve, hash, key, message, signature).map_err(|fault| match fault {
            SignatureFault::Wrong => key_form::fault(scheme, key),
            other => other,
        })
    }
}

/// RFC 8032 section 5.1.7, without the factor 8, as the other backends.
#[cfg(feature = "ed25519")]
fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

    let fault = || key_form::fault(Scheme::Ed25519, key);
    let read = <&[u8; 32]>::try_from(key).ok();
    let read = read.and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
    let key = read.ok_or_else(fault)?;
    let signature = Signature::from_slice(signature).map_err(|_| fault())?;
    key.verify(message, &signature).map_err(|_| fault())
}
