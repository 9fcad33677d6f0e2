//! Signatures that anybody can make, so that what lies behind a signature check can be reached.
//!
//! Who changes a certificate has to sign it again, and nobody has the keys of the certificates in
//! the corpora. Here a signature is also right when it is a checksum of key and message.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use provisor::x509::crypto::{Ring, Scheme, SignatureChecks, SignatureFault};

/// The toy signature of `message` under the key with those bytes.
#[must_use]
pub fn sign(key: &[u8], message: &[u8]) -> Vec<u8> {
    // FNV-1a, twice, from two beginnings: no two inputs of a fuzzer meet by chance.
    let hash = |start: u64| {
        key.iter()
            .chain(&[0xff])
            .chain(message)
            .fold(start, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
            })
    };
    let mut out = b"toy:".to_vec();
    out.extend(hash(0xCBF2_9CE4_8422_2325).to_be_bytes());
    out.extend(hash(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    out
}

/// Accepts toy signatures and right ones, and counts how often it was asked.
///
/// The answer follows from the bytes alone, as a backend's must.
#[derive(Debug, Default)]
pub struct Toy {
    asked: Cell<u32>,
    /// ring's answers, which cost a thousand times what all else does.
    known: RefCell<BTreeMap<Question, Result<(), SignatureFault>>>,
}

type Question = (&'static str, Vec<u8>, Vec<u8>, Vec<u8>);

impl Toy {
    /// How often it was asked since the last time this was.
    pub fn asked(&self) -> u32 {
        self.asked.take()
    }
}

impl SignatureChecks for &Toy {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.asked.set(self.asked.get() + 1);
        if signature.starts_with(b"toy:") {
            let right = signature == sign(key, message);
            return if right {
                Ok(())
            } else {
                Err(SignatureFault::Wrong)
            };
        }
        let name = scheme_name(scheme);
        let question = (name, key.to_vec(), message.to_vec(), signature.to_vec());
        *self
            .known
            .borrow_mut()
            .entry(question)
            .or_insert_with(|| Ring.check(scheme, key, message, signature))
    }
}

/// A [`Scheme`] has no order; what tells them apart for one key is the hash and the padding.
const fn scheme_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::RsaPkcs1Sha256 => "p1-256",
        Scheme::RsaPkcs1Sha384 => "p1-384",
        Scheme::RsaPkcs1Sha512 => "p1-512",
        Scheme::RsaPssSha256 => "pss-256",
        Scheme::RsaPssSha384 => "pss-384",
        Scheme::RsaPssSha512 => "pss-512",
        Scheme::EcdsaP256Sha256 => "p256-256",
        Scheme::EcdsaP256Sha384 => "p256-384",
        Scheme::EcdsaP256Sha512 => "p256-512",
        Scheme::EcdsaP384Sha256 => "p384-256",
        Scheme::EcdsaP384Sha384 => "p384-384",
        Scheme::EcdsaP384Sha512 => "p384-512",
        Scheme::Ed25519 => "ed25519",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_key_and_message() {
        let toy = Toy::default();
        let check = |key: &[u8], message: &[u8], signature: &[u8]| {
            (&toy).check(Scheme::Ed25519, key, message, signature)
        };
        let signature = sign(b"key", b"text");
        assert_eq!(check(b"key", b"text", &signature), Ok(()));
        for (key, message) in [
            (&b"kez"[..], &b"text"[..]),
            (b"key", b"texu"),
            (b"ke", b"ytext"),
        ] {
            assert!(check(key, message, &signature).is_err());
        }
        assert!(check(b"key", b"text", &[0; 64]).is_err());
        assert_eq!(toy.asked(), 5);
        assert_eq!(toy.asked(), 0);
    }
}
