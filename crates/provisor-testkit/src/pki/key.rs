//! Key pairs of the four kinds that devices carry.

use core::fmt;

use p256::ecdsa::signature::Signer as _;
use rsa::pkcs1v15;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::SignatureEncoding as _;
use rsa::traits::PublicKeyParts as _;

use super::pem::pem;
use super::toy_rsa::{toy_rsa_4096_key, toy_rsa_key};
use crate::asn1;
use crate::random::SeededRandom;

/// What kind of key a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// ECDSA on NIST P-256.
    P256,
    /// ECDSA on NIST P-384.
    P384,
    /// RSA with 2048 bits; see [`RSA_KEYS`](super::RSA_KEYS) for where they come from.
    Rsa2048,
}

impl KeyKind {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Ed25519, Self::P256, Self::P384, Self::Rsa2048];

    /// The name people use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::Rsa2048 => "RSA-2048",
        }
    }

    /// The algorithm that goes with a key of this kind unless a test asks for another.
    #[must_use]
    pub const fn usual_signature(self) -> SignatureAlgorithm {
        match self {
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
            Self::P256 => SignatureAlgorithm::EcdsaSha256,
            Self::P384 => SignatureAlgorithm::EcdsaSha384,
            Self::Rsa2048 => SignatureAlgorithm::RsaSha256,
        }
    }
}

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// ecdsa-with-SHA256, with a P-256 or P-384 key.
    EcdsaSha256,
    /// ecdsa-with-SHA384, with a P-256 or P-384 key.
    EcdsaSha384,
    /// id-Ed25519.
    Ed25519,
    /// sha256WithRSAEncryption.
    RsaSha256,
    /// sha384WithRSAEncryption.
    RsaSha384,
    /// sha512WithRSAEncryption.
    RsaSha512,
}

impl SignatureAlgorithm {
    /// The AlgorithmIdentifier: RSA with NULL parameters (RFC 4055 section 5), the others without
    /// (RFC 5758 section 3.2, RFC 8410 section 3).
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        let (oid, parameters): (_, &[u8]) = match self {
            Self::EcdsaSha256 => ("1.2.840.10045.4.3.2", &[]),
            Self::EcdsaSha384 => ("1.2.840.10045.4.3.3", &[]),
            Self::Ed25519 => ("1.3.101.112", &[]),
            Self::RsaSha256 => ("1.2.840.113549.1.1.11", &[5, 0]),
            Self::RsaSha384 => ("1.2.840.113549.1.1.12", &[5, 0]),
            Self::RsaSha512 => ("1.2.840.113549.1.1.13", &[5, 0]),
        };
        asn1::sequence(&[&asn1::oid(oid), parameters])
    }
}

/// A private key and its public half, following from a seed and a label.
#[derive(Clone)]
pub struct KeyPair(Private);

#[derive(Clone)]
enum Private {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(p256::ecdsa::SigningKey),
    P384(Box<p384::ecdsa::SigningKey>),
    Rsa2048(Box<rsa::PrivateKey>),
}

impl KeyPair {
    /// The key of that kind, seed and label. For RSA the label picks one of the toy keys, so two
    /// labels may share a key; [`KeyPair::rsa`] hands them out by number.
    #[must_use]
    pub fn new(kind: KeyKind, seed: u64, label: &str) -> Self {
        let mut random = SeededRandom::new(seed, &format!("{} key {label}", kind.name()));
        Self(match kind {
            KeyKind::Ed25519 => Private::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(
                &random.bytes(),
            ))),
            KeyKind::P256 => Private::P256(scalar(|| {
                p256::ecdsa::SigningKey::from_slice(&random.bytes::<32>()).ok()
            })),
            KeyKind::P384 => Private::P384(Box::new(scalar(|| {
                p384::ecdsa::SigningKey::from_slice(&random.bytes::<48>()).ok()
            }))),
            KeyKind::Rsa2048 => {
                let number = random.below(super::RSA_KEYS as u64);
                return Self::rsa(seed, usize::try_from(number).unwrap());
            }
        })
    }

    /// The RSA-2048 key with that number of the seed's pool; see [`RSA_KEYS`](super::RSA_KEYS).
    #[must_use]
    pub fn rsa(seed: u64, number: usize) -> Self {
        Self(Private::Rsa2048(Box::new(toy_rsa_key(seed, number))))
    }

    /// One of three RSA keys with 4096 bits, as CAs have them; devices do not. Its kind is that of the
    /// shorter ones: it signs by the same algorithms.
    #[must_use]
    pub fn rsa_4096(number: usize) -> Self {
        Self(Private::Rsa2048(Box::new(toy_rsa_4096_key(number))))
    }

    /// The P-256, P-384 or RSA-2048 key of a PKCS#8 structure, DER; for keys that vectors bring along.
    ///
    /// # Panics
    /// When it is none of them.
    #[must_use]
    pub fn from_pkcs8(der: &[u8]) -> Self {
        use rsa::pkcs8::DecodePrivateKey as _;

        if let Ok(key) = p256::SecretKey::from_pkcs8_der(der) {
            return Self(Private::P256(key.into()));
        }
        if let Ok(key) = p384::SecretKey::from_pkcs8_der(der) {
            return Self(Private::P384(Box::new(key.into())));
        }
        let key = rsa::PrivateKey::from_pkcs8_der(der).expect("a P-256, P-384 or RSA key");
        assert_eq!(key.size(), 256, "only RSA-2048 keys are known");
        Self(Private::Rsa2048(Box::new(key)))
    }

    /// What kind of key it is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match &self.0 {
            Private::Ed25519(_) => KeyKind::Ed25519,
            Private::P256(_) => KeyKind::P256,
            Private::P384(_) => KeyKind::P384,
            Private::Rsa2048(_) => KeyKind::Rsa2048,
        }
    }

    /// SubjectPublicKeyInfo, DER.
    #[must_use]
    pub fn public_key_info(&self) -> Vec<u8> {
        let algorithm = match self.kind() {
            KeyKind::Ed25519 => vec![asn1::oid("1.3.101.112")],
            KeyKind::P256 => vec![asn1::oid(EC_PUBLIC_KEY), asn1::oid(PRIME256V1)],
            KeyKind::P384 => vec![asn1::oid(EC_PUBLIC_KEY), asn1::oid(SECP384R1)],
            KeyKind::Rsa2048 => vec![asn1::oid("1.2.840.113549.1.1.1"), vec![5, 0]],
        };
        asn1::sequence(&[
            &asn1::tlv(asn1::SEQUENCE, &algorithm.concat()),
            &asn1::bit_string(&self.public_key_bits()),
        ])
    }

    /// What the BIT STRING of SubjectPublicKeyInfo holds: RSAPublicKey, an uncompressed point, or
    /// the 32 bytes of Ed25519.
    #[must_use]
    pub fn public_key_bits(&self) -> Vec<u8> {
        match &self.0 {
            Private::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
            Private::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Private::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Private::Rsa2048(key) => asn1::sequence(&[
                &asn1::unsigned(&key.n_bytes()),
                &asn1::unsigned(&key.e_bytes()),
            ]),
        }
    }

    /// Signs; the same message always gives the same signature (RFC 6979 for ECDSA).
    ///
    /// # Panics
    /// When the algorithm does not go with the key.
    #[must_use]
    pub fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Vec<u8> {
        use SignatureAlgorithm as Alg;
        use p256::ecdsa::signature::hazmat::PrehashSigner as _;
        use sha2::Digest as _;

        match (&self.0, algorithm) {
            (Private::Ed25519(key), Alg::Ed25519) => key.sign(message).to_bytes().to_vec(),
            (Private::P256(key), Alg::EcdsaSha256) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            (Private::P256(key), Alg::EcdsaSha384) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&Sha384::digest(message)).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            (Private::P384(key), Alg::EcdsaSha384) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            (Private::P384(key), Alg::EcdsaSha256) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash(&Sha256::digest(message)).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            (Private::Rsa2048(key), Alg::RsaSha256) => {
                pkcs1v15::SigningKey::<Sha256>::new((**key).clone())
                    .sign(message)
                    .to_vec()
            }
            (Private::Rsa2048(key), Alg::RsaSha384) => {
                pkcs1v15::SigningKey::<Sha384>::new((**key).clone())
                    .sign(message)
                    .to_vec()
            }
            (Private::Rsa2048(key), Alg::RsaSha512) => {
                pkcs1v15::SigningKey::<Sha512>::new((**key).clone())
                    .sign(message)
                    .to_vec()
            }
            (_, algorithm) => panic!("{} keys do not sign with {algorithm:?}", self.kind().name()),
        }
    }

    /// The private key as PKCS#8 PEM, for command line tools.
    ///
    /// # Panics
    /// Never for keys that were made here.
    #[must_use]
    pub fn private_key_pem(&self) -> String {
        let der = match &self.0 {
            Private::Ed25519(key) => pkcs8(
                &[asn1::oid("1.3.101.112")],
                // CurvePrivateKey is itself an OCTET STRING (RFC 8410 section 7).
                &asn1::octet_string(&key.to_bytes()),
            ),
            Private::P256(key) => pkcs8(
                &[asn1::oid(EC_PUBLIC_KEY), asn1::oid(PRIME256V1)],
                &ec_private_key(&key.to_bytes()),
            ),
            Private::P384(key) => pkcs8(
                &[asn1::oid(EC_PUBLIC_KEY), asn1::oid(SECP384R1)],
                &ec_private_key(&key.to_bytes()),
            ),
            Private::Rsa2048(key) => key.to_pkcs8_der().unwrap().as_bytes().to_vec(),
        };
        pem("PRIVATE KEY", &der)
    }

    /// The RSA key itself, for the software TPM.
    pub(crate) fn as_rsa(&self) -> Option<&rsa::PrivateKey> {
        match &self.0 {
            Private::Rsa2048(key) => Some(key),
            Private::Ed25519(_) | Private::P256(_) | Private::P384(_) => None,
        }
    }

    /// The P-256 key itself, for the software TPM.
    pub(crate) const fn as_p256(&self) -> Option<&p256::ecdsa::SigningKey> {
        match &self.0 {
            Private::P256(key) => Some(key),
            Private::Ed25519(_) | Private::P384(_) | Private::Rsa2048(_) => None,
        }
    }

    /// The P-384 key itself, for the software TPM.
    pub(crate) fn as_p384(&self) -> Option<&p384::ecdsa::SigningKey> {
        match &self.0 {
            Private::P384(key) => Some(key),
            Private::Ed25519(_) | Private::P256(_) | Private::Rsa2048(_) => None,
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.kind().name())
    }
}

const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const PRIME256V1: &str = "1.2.840.10045.3.1.7";
const SECP384R1: &str = "1.3.132.0.34";

/// Draws until the number is a scalar of the curve: all but one draw in 2^32 are.
fn scalar<T>(mut draw: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(key) = draw() {
            return key;
        }
    }
}

/// PrivateKeyInfo (RFC 5958 section 2).
fn pkcs8(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    asn1::sequence(&[
        &asn1::unsigned(&[0]),
        &asn1::tlv(asn1::SEQUENCE, &algorithm.concat()),
        &asn1::octet_string(key),
    ])
}

/// ECPrivateKey without its optional parts (RFC 5915 section 3).
fn ec_private_key(scalar: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::unsigned(&[1]), &asn1::octet_string(scalar)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_signatures_follow_from_the_seed() {
        for kind in KeyKind::ALL {
            let (a, b) = (KeyPair::new(kind, 1, "a"), KeyPair::new(kind, 1, "a"));
            assert_eq!(a.public_key_info(), b.public_key_info());
            assert_ne!(
                a.public_key_info(),
                KeyPair::new(kind, 1, "b").public_key_info()
            );
            let algorithm = kind.usual_signature();
            assert_eq!(a.sign(algorithm, b"x"), b.sign(algorithm, b"x"));
            assert_ne!(a.sign(algorithm, b"x"), a.sign(algorithm, b"y"));
        }
    }

    #[test]
    #[should_panic(expected = "do not sign with")]
    fn an_algorithm_of_another_key_stops_the_test() {
        let _ = KeyPair::new(KeyKind::P256, 1, "a").sign(SignatureAlgorithm::Ed25519, b"x");
    }
}
