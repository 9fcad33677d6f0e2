//! Ciphers, schemes and key derivations inside public areas.

use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection};

use crate::marshal::{Reader, Writer};
use crate::{AlgId, HashAlg};

/// AES in CFB mode: the only cipher of storage keys here (Part 2 section 11.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AesCfb {
    /// 128 bits.
    Aes128,
    /// 192 bits.
    Aes192,
    /// 256 bits.
    Aes256,
}

/// The scheme that an asymmetric key is bound to (Part 2 section 11.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsymScheme {
    /// None: storage keys, and keys that take the scheme from the command.
    Null,
    /// RSA PKCS #1 v1.5 encryption, which has no hash.
    Rsaes,
    /// A scheme with a hash.
    Hashed {
        /// RSASSA, RSAPSS, OAEP, ECDSA, ECDH, SM2, ECSCHNORR or ECMQV.
        scheme: AlgId,
        /// Its hash.
        hash: HashAlg,
    },
    /// ECDAA.
    Ecdaa {
        /// Its hash.
        hash: HashAlg,
        /// Its counter.
        count: u16,
    },
}

/// The key derivation that an elliptic-curve key is bound to (`TPMT_KDF_SCHEME`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// None.
    Null,
    /// A key derivation with a hash.
    Hashed {
        /// MGF1, `KDF1_SP800_56A`, KDF2 or `KDF1_SP800_108`.
        scheme: AlgId,
        /// Its hash.
        hash: HashAlg,
    },
}

impl AesCfb {
    /// Bytes of the key.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Bits of the key.
    #[must_use]
    pub const fn key_bits(self) -> u16 {
        match self {
            Self::Aes128 => 128,
            Self::Aes192 => 192,
            Self::Aes256 => 256,
        }
    }

    /// Reads a `TPMT_SYM_DEF_OBJECT`: NULL, or AES with its bits and CFB (trap 11).
    pub(super) fn read_optional(reader: &mut Reader<'_>) -> Result<Option<Self>, Rejection> {
        let at = reader.position();
        match AlgId::new(reader.u16()?) {
            AlgId::NULL => return Ok(None),
            AlgId::AES => {}
            other => {
                return Err(reader
                    .refuse_at(Code::TpmSymmetric, at)
                    .expected("TPM_ALG_AES or TPM_ALG_NULL")
                    .found(format!("{other}")));
            }
        }
        let at = reader.position();
        let cipher = match reader.u16()? {
            128 => Self::Aes128,
            192 => Self::Aes192,
            256 => Self::Aes256,
            other => {
                return Err(reader
                    .refuse_at(Code::TpmSymmetric, at)
                    .expected("128, 192 or 256 bits")
                    .found(format!("{other}")));
            }
        };
        let at = reader.position();
        match AlgId::new(reader.u16()?) {
            AlgId::CFB => Ok(Some(cipher)),
            other => Err(reader
                .refuse_at(Code::TpmSymmetric, at)
                .expected("TPM_ALG_CFB")
                .found(format!("{other}"))),
        }
    }

    pub(super) fn write_optional(cipher: Option<Self>, writer: &mut Writer) {
        match cipher {
            None => writer.u16(AlgId::NULL.value()),
            Some(cipher) => writer
                .u16(AlgId::AES.value())
                .u16(cipher.key_bits())
                .u16(AlgId::CFB.value()),
        };
    }
}

impl fmt::Display for AesCfb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AES-{}-CFB", self.key_bits())
    }
}

impl AsymScheme {
    /// Reads a `TPMT_RSA_SCHEME`.
    pub(super) fn read_rsa(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let at = reader.position();
        match AlgId::new(reader.u16()?) {
            AlgId::NULL => Ok(Self::Null),
            AlgId::RSAES => Ok(Self::Rsaes),
            scheme @ (AlgId::RSASSA | AlgId::RSAPSS | AlgId::OAEP) => Ok(Self::Hashed {
                scheme,
                hash: read_hash(reader)?,
            }),
            other => Err(reader
                .refuse_at(Code::TpmScheme, at)
                .expected("TPM_ALG_NULL or a scheme of RSA keys")
                .found(format!("{other}"))),
        }
    }

    /// Reads a `TPMT_ECC_SCHEME`.
    pub(super) fn read_ecc(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let at = reader.position();
        match AlgId::new(reader.u16()?) {
            AlgId::NULL => Ok(Self::Null),
            scheme
            @ (AlgId::ECDSA | AlgId::ECDH | AlgId::SM2 | AlgId::ECSCHNORR | AlgId::ECMQV) => {
                Ok(Self::Hashed {
                    scheme,
                    hash: read_hash(reader)?,
                })
            }
            AlgId::ECDAA => Ok(Self::Ecdaa {
                hash: read_hash(reader)?,
                count: reader.u16()?,
            }),
            other => Err(reader
                .refuse_at(Code::TpmScheme, at)
                .expected("TPM_ALG_NULL or a scheme of elliptic-curve keys")
                .found(format!("{other}"))),
        }
    }

    pub(super) fn write(self, writer: &mut Writer) {
        match self {
            Self::Null => writer.u16(AlgId::NULL.value()),
            Self::Rsaes => writer.u16(AlgId::RSAES.value()),
            Self::Hashed { scheme, hash } => writer.u16(scheme.value()).u16(hash.id().value()),
            Self::Ecdaa { hash, count } => writer
                .u16(AlgId::ECDAA.value())
                .u16(hash.id().value())
                .u16(count),
        };
    }
}

impl fmt::Display for AsymScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => write!(f, "{}", AlgId::NULL),
            Self::Rsaes => write!(f, "{}", AlgId::RSAES),
            Self::Hashed { scheme, hash } => write!(f, "{scheme} with {hash}"),
            Self::Ecdaa { hash, .. } => write!(f, "{} with {hash}", AlgId::ECDAA),
        }
    }
}

impl Kdf {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        match read_kdf_id(reader)? {
            AlgId::NULL => Ok(Self::Null),
            scheme => Ok(Self::Hashed {
                scheme,
                hash: read_hash(reader)?,
            }),
        }
    }

    pub(super) fn write(self, writer: &mut Writer) {
        match self {
            Self::Null => writer.u16(AlgId::NULL.value()),
            Self::Hashed { scheme, hash } => writer.u16(scheme.value()).u16(hash.id().value()),
        };
    }
}

/// The identifier of a key derivation, NULL included (Part 2 section 9.31, `TPMI_ALG_KDF`).
pub(super) fn read_kdf_id(reader: &mut Reader<'_>) -> Result<AlgId, Rejection> {
    let at = reader.position();
    match AlgId::new(reader.u16()?) {
        id @ (AlgId::NULL
        | AlgId::MGF1
        | AlgId::KDF1_SP800_56A
        | AlgId::KDF2
        | AlgId::KDF1_SP800_108) => Ok(id),
        other => Err(reader
            .refuse_at(Code::TpmKdf, at)
            .expected("TPM_ALG_NULL or a key derivation")
            .found(format!("{other}"))),
    }
}

/// The hash of a scheme.
pub(super) fn read_hash(reader: &mut Reader<'_>) -> Result<HashAlg, Rejection> {
    let at = reader.position();
    let id = AlgId::new(reader.u16()?);
    HashAlg::from_id(id).ok_or_else(|| {
        reader
            .refuse_at(Code::TpmHashAlgorithm, at)
            .expected("SHA-256, SHA-384, SHA-512 or SHA-1")
            .found(format!("{id}"))
    })
}
