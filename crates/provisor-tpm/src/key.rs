//! Public keys taken out of their public areas, and the checks that every accepted key passes.

mod ecc;
mod field;
mod rsa;
mod spki;

use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

pub(crate) use field::{EXPONENT, refuse};

use crate::public::{AesCfb, Parameters, Public};
use crate::{Curve, HashAlg};

/// An RSA or elliptic-curve public key whose values were checked.
///
/// RSA: 2048, 3072 or 4096 bits, exponent 65537, odd, full length, no small factor, not a square,
/// no ROCA structure. ECC: P-256, P-384 or P-521, full-size coordinates of a point on the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// An RSA key; its exponent is 65537.
    Rsa(RsaPublicKey),
    /// An elliptic-curve key.
    Ecc(EccPublicKey),
}

/// An RSA modulus of full length; the exponent is always 65537.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
}

/// A point on its curve, both coordinates padded to the field size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EccPublicKey {
    curve: Curve,
    x: Vec<u8>,
    y: Vec<u8>,
}

impl PublicKey {
    /// Takes the key out of a public area and checks its values (traps 20 to 25 and 28).
    pub(crate) fn checked(public: &Public<'_>) -> Result<Self, Rejection> {
        match public.parameters() {
            Parameters::Rsa(rsa) => {
                rsa::check(rsa)?;
                Ok(Self::Rsa(RsaPublicKey {
                    modulus: rsa.modulus.to_vec(),
                }))
            }
            Parameters::Ecc(ecc) => {
                ecc::check(ecc)?;
                Ok(Self::Ecc(EccPublicKey {
                    curve: ecc.curve,
                    x: ecc.x.to_vec(),
                    y: ecc.y.to_vec(),
                }))
            }
            Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => Err(not_asymmetric(public)),
        }
    }

    /// The contents of the BIT STRING `subjectPublicKey` that a certificate of this key holds: an
    /// `RSAPublicKey` (RFC 3279 section 2.3.1) or an uncompressed point (RFC 5480 section 2.2).
    ///
    /// Compare it with the certificate's: one input, one key (trap 29).
    #[must_use]
    pub fn subject_public_key(&self) -> Vec<u8> {
        match self {
            Self::Rsa(rsa) => rsa.to_pkcs1(),
            Self::Ecc(ecc) => ecc.to_sec1(),
        }
    }
}

impl RsaPublicKey {
    /// The modulus, big-endian, 256, 384 or 512 bytes.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// SEQUENCE { INTEGER modulus, INTEGER 65537 }. The modulus has 256 to 512 bytes and its top
    /// bit set: its lengths always take two bytes, and a zero byte goes in front.
    fn to_pkcs1(&self) -> Vec<u8> {
        const EXPONENT_DER: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
        let two_bytes = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        let integer = self.modulus.len() + 1;
        let [high, low] = two_bytes(integer);
        let [outer_high, outer_low] = two_bytes(integer + 4 + EXPONENT_DER.len());
        [
            &[
                0x30, 0x82, outer_high, outer_low, 0x02, 0x82, high, low, 0x00,
            ][..],
            &self.modulus,
            &EXPONENT_DER,
        ]
        .concat()
    }
}

impl EccPublicKey {
    /// The curve: P-256, P-384 or P-521.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The x coordinate, padded to the field size.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        &self.x
    }

    /// The y coordinate, padded to the field size.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        &self.y
    }

    /// The uncompressed point of SEC 1: 04, x, y.
    #[must_use]
    pub fn to_sec1(&self) -> Vec<u8> {
        [&[4], self.x.as_slice(), self.y.as_slice()].concat()
    }
}

/// A storage key to which a seed can be sent: the key, its hash and its cipher.
#[derive(Clone, Debug)]
pub struct StorageKey {
    pub(crate) hash: HashAlg,
    pub(crate) cipher: AesCfb,
    pub(crate) key: PublicKey,
}

impl StorageKey {
    /// The key, its nameAlg and its cipher, from a public area that passed its profile.
    pub(crate) fn checked(public: &Public<'_>) -> Result<Self, Rejection> {
        let cipher = match public.parameters() {
            Parameters::Rsa(rsa) => rsa.cipher,
            Parameters::Ecc(ecc) => ecc.cipher,
            Parameters::KeyedHash(_) | Parameters::SymCipher { .. } => {
                return Err(not_asymmetric(public));
            }
        };
        let Some(cipher) = cipher else {
            return Err(refuse(Code::TpmNoCipher, "symmetric")
                .expected("AES in CFB mode")
                .found("TPM_ALG_NULL"));
        };
        Ok(Self {
            hash: public.name_alg(),
            cipher,
            key: PublicKey::checked(public)?,
        })
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }
}

fn not_asymmetric(public: &Public<'_>) -> Rejection {
    refuse(Code::TpmKeyKind, "type")
        .expected("TPM_ALG_RSA or TPM_ALG_ECC")
        .found(alloc::format!("{}", public.parameters().type_id()))
}
