//! What differs between the types of objects: parameters and the unique field.

use alloc::format;

use provisor_report::{Code, Rejection};

use super::cipher::SymmetricCipher;
use super::object_type::ObjectType;
use super::scheme::{AesCfb, AsymScheme, Kdf};
use crate::marshal::{Reader, Writer};
use crate::{AlgId, Curve, HashAlg};

/// The parameters and the unique field of a public area, by type of object. The specification fixes them
/// (`TPMU_PUBLIC_PARMS` and `TPMU_PUBLIC_ID`, Part 2 section 12.2.3), so the fields of each type stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameters<'a> {
    /// An RSA key.
    Rsa(RsaParameters<'a>),
    /// An HMAC key, or sealed data.
    KeyedHash(KeyedHash<'a>),
    /// An elliptic-curve key.
    Ecc(EccParameters<'a>),
    /// A symmetric key.
    SymCipher {
        /// Its cipher.
        cipher: SymmetricCipher,
        /// The digest that stands for the secret key.
        unique: &'a [u8],
    },
}

/// The public part of an RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaParameters<'a> {
    /// The cipher that protects children; storage keys only.
    pub cipher: Option<AesCfb>,
    /// The scheme the key is bound to.
    pub scheme: AsymScheme,
    /// Bits of the modulus: 512 (which no profile takes), 1024, 2048, 3072 or 4096.
    pub bits: u16,
    /// The exponent; 0 stands for 65537.
    pub exponent: u32,
    /// The modulus, exactly `bits / 8` bytes, big-endian.
    pub modulus: &'a [u8],
}

/// The public part of an elliptic-curve key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EccParameters<'a> {
    /// The cipher that protects children; storage keys only.
    pub cipher: Option<AesCfb>,
    /// The scheme the key is bound to.
    pub scheme: AsymScheme,
    /// The curve.
    pub curve: Curve,
    /// The key derivation the key is bound to.
    pub kdf: Kdf,
    /// The x coordinate, 1 byte to the field size, big-endian.
    pub x: &'a [u8],
    /// The y coordinate, 1 byte to the field size, big-endian.
    pub y: &'a [u8],
}

/// The public part of an HMAC key or of sealed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedHash<'a> {
    /// What the key does.
    pub scheme: KeyedHashScheme,
    /// The digest that stands for the secret.
    pub unique: &'a [u8],
}

/// What a keyed-hash object does (Part 2 section 11.1.21, `TPMT_KEYEDHASH_SCHEME`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyedHashScheme {
    /// Sealed data, or an HMAC key that takes its hash from the command.
    Null,
    /// HMAC with this hash.
    Hmac(HashAlg),
    /// XOR obfuscation.
    Xor {
        /// The hash of its key derivation.
        hash: HashAlg,
        /// The key derivation.
        kdf: AlgId,
    },
}

/// Sizes of RSA keys in the specification and in its implementations.
const RSA_BITS: [u16; 5] = [512, 1024, 2048, 3072, 4096];

impl<'a> Parameters<'a> {
    pub(super) fn read(
        reader: &mut Reader<'a>,
        object_type: ObjectType,
        name_alg: HashAlg,
    ) -> Result<Self, Rejection> {
        match object_type {
            ObjectType::Rsa => RsaParameters::read(reader).map(Self::Rsa),
            ObjectType::Ecc => EccParameters::read(reader).map(Self::Ecc),
            ObjectType::KeyedHash => Ok(Self::KeyedHash(KeyedHash {
                scheme: KeyedHashScheme::read(reader)?,
                unique: read_unique_digest(reader, name_alg)?,
            })),
            ObjectType::SymCipher => Ok(Self::SymCipher {
                cipher: SymmetricCipher::read(reader)?,
                unique: read_unique_digest(reader, name_alg)?,
            }),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<(), Rejection> {
        match self {
            Self::Rsa(rsa) => {
                AesCfb::write_optional(rsa.cipher, writer);
                rsa.scheme.write(writer);
                writer.u16(rsa.bits).u32(rsa.exponent).sized(rsa.modulus)?;
            }
            Self::Ecc(ecc) => {
                AesCfb::write_optional(ecc.cipher, writer);
                ecc.scheme.write(writer);
                writer.u16(ecc.curve.id());
                ecc.kdf.write(writer);
                writer.sized(ecc.x)?.sized(ecc.y)?;
            }
            Self::KeyedHash(keyed) => {
                keyed.scheme.write(writer);
                writer.sized(keyed.unique)?;
            }
            Self::SymCipher { cipher, unique } => {
                cipher.write(writer);
                writer.sized(unique)?;
            }
        }
        Ok(())
    }

    /// The identifier of the type of object.
    #[must_use]
    pub const fn type_id(&self) -> AlgId {
        match self {
            Self::Rsa(_) => AlgId::RSA,
            Self::KeyedHash(_) => AlgId::KEYEDHASH,
            Self::Ecc(_) => AlgId::ECC,
            Self::SymCipher { .. } => AlgId::SYMCIPHER,
        }
    }
}

impl<'a> RsaParameters<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Rejection> {
        let cipher = AesCfb::read_optional(reader)?;
        let scheme = AsymScheme::read_rsa(reader)?;
        let at = reader.position();
        let bits = reader.u16()?;
        if !RSA_BITS.contains(&bits) {
            return Err(reader
                .refuse_at(Code::TpmKeyBits, at)
                .expected("512, 1024, 2048, 3072 or 4096")
                .found(format!("{bits}")));
        }
        let exponent = reader.u32()?;
        let at = reader.position();
        let modulus = reader.sized()?;
        // A template in place of the key, or a game with lengths (trap 12).
        if modulus.len() * 8 != usize::from(bits) {
            return Err(reader
                .refuse_at(Code::TpmUniqueSize, at)
                .expected(format!("{} bytes of modulus", bits / 8))
                .found(format!("{} bytes", modulus.len())));
        }
        Ok(Self {
            cipher,
            scheme,
            bits,
            exponent,
            modulus,
        })
    }
}

impl<'a> EccParameters<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Rejection> {
        let cipher = AesCfb::read_optional(reader)?;
        let scheme = AsymScheme::read_ecc(reader)?;
        let at = reader.position();
        let id = reader.u16()?;
        let Some(curve) = Curve::from_id(id) else {
            return Err(reader
                .refuse_at(Code::TpmCurve, at)
                .expected("an assigned TPM_ECC_CURVE")
                .found(format!("0x{id:04x}")));
        };
        Ok(Self {
            cipher,
            scheme,
            curve,
            kdf: Kdf::read(reader)?,
            x: read_coordinate(reader, curve)?,
            y: read_coordinate(reader, curve)?,
        })
    }
}

impl KeyedHashScheme {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let at = reader.position();
        match AlgId::new(reader.u16()?) {
            AlgId::NULL => Ok(Self::Null),
            AlgId::HMAC => super::scheme::read_hash(reader).map(Self::Hmac),
            AlgId::XOR => Ok(Self::Xor {
                hash: super::scheme::read_hash(reader)?,
                kdf: super::scheme::read_kdf_id(reader)?,
            }),
            other => Err(reader
                .refuse_at(Code::TpmScheme, at)
                .expected("TPM_ALG_NULL, TPM_ALG_HMAC or TPM_ALG_XOR")
                .found(format!("{other}"))),
        }
    }

    fn write(self, writer: &mut Writer) {
        match self {
            Self::Null => writer.u16(AlgId::NULL.value()),
            Self::Hmac(hash) => writer.u16(AlgId::HMAC.value()).u16(hash.id().value()),
            Self::Xor { hash, kdf } => writer
                .u16(AlgId::XOR.value())
                .u16(hash.id().value())
                .u16(kdf.value()),
        };
    }
}

/// A coordinate of more bytes than the field is not a point; an empty one is a template (trap 13).
fn read_coordinate<'a>(reader: &mut Reader<'a>, curve: Curve) -> Result<&'a [u8], Rejection> {
    let at = reader.position();
    let bytes = reader.sized()?;
    if (1..=curve.field_bytes()).contains(&bytes.len()) {
        return Ok(bytes);
    }
    Err(reader
        .refuse_at(Code::TpmCoordinateSize, at)
        .expected(format!("1 to {} bytes for {curve}", curve.field_bytes()))
        .found(format!("{} bytes", bytes.len())))
}

/// The unique field of an object without public key: a digest of its name algorithm.
fn read_unique_digest<'a>(
    reader: &mut Reader<'a>,
    name_alg: HashAlg,
) -> Result<&'a [u8], Rejection> {
    let at = reader.position();
    let unique = reader.sized()?;
    if unique.len() == name_alg.digest_bytes() {
        return Ok(unique);
    }
    Err(reader
        .refuse_at(Code::TpmUniqueSize, at)
        .expected(format!("{} bytes", name_alg.digest_bytes()))
        .found(format!("{} bytes", unique.len())))
}
