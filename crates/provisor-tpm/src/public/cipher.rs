//! The cipher of a symmetric key object (`TPMS_SYMCIPHER_PARMS`, TPM 2.0 Part 2 section 11.1.9).
//!
//! A key that encrypts for its user may have any cipher and mode that TPMs know. Nothing here
//! computes with it. The cipher of a *storage* key is [`super::AesCfb`], and nothing else.

use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection};

use crate::AlgId;
use crate::marshal::{Reader, Writer};

/// A block cipher, the size of its key, and its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymmetricCipher {
    algorithm: AlgId,
    key_bits: u16,
    mode: AlgId,
}

impl SymmetricCipher {
    /// AES, Camellia, SM4 or triple DES.
    #[must_use]
    pub const fn algorithm(&self) -> AlgId {
        self.algorithm
    }

    /// Bits of the key.
    #[must_use]
    pub const fn key_bits(&self) -> u16 {
        self.key_bits
    }

    /// Bytes of the key.
    #[must_use]
    pub fn key_bytes(&self) -> usize {
        usize::from(self.key_bits / 8)
    }

    /// The mode; `TPM_ALG_NULL` when each command chooses it.
    #[must_use]
    pub const fn mode(&self) -> AlgId {
        self.mode
    }

    /// Reads a `TPMT_SYM_DEF_OBJECT` that is not `TPM_ALG_NULL`.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let at = reader.position();
        let algorithm = AlgId::new(reader.u16()?);
        let sizes = sizes_of(algorithm).ok_or_else(|| {
            reader
                .refuse_at(Code::TpmSymmetric, at)
                .expected("a block cipher")
                .found(format!("{algorithm}"))
        })?;
        let at = reader.position();
        let key_bits = reader.u16()?;
        if !sizes.contains(&key_bits) {
            return Err(reader
                .refuse_at(Code::TpmSymmetric, at)
                .expected(format!("a key size of {algorithm}"))
                .found(format!("{key_bits}")));
        }
        Ok(Self {
            algorithm,
            key_bits,
            mode: read_mode(reader)?,
        })
    }

    pub(super) fn write(self, writer: &mut Writer) {
        writer
            .u16(self.algorithm.value())
            .u16(self.key_bits)
            .u16(self.mode.value());
    }
}

impl fmt::Display for SymmetricCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            algorithm,
            key_bits,
            mode,
        } = self;
        write!(f, "{algorithm}, {key_bits} bits, {mode}")
    }
}

/// Part 2 section 11.1.3 (`TPMU_SYM_KEY_BITS`).
const fn sizes_of(algorithm: AlgId) -> Option<&'static [u16]> {
    match algorithm {
        AlgId::AES | AlgId::CAMELLIA => Some(&[128, 192, 256]),
        AlgId::SM4 => Some(&[128]),
        AlgId::TDES => Some(&[128, 192]),
        _ => None,
    }
}

/// Part 2 section 9 (`TPMI_ALG_SYM_MODE`), with `TPM_ALG_NULL`.
fn read_mode(reader: &mut Reader<'_>) -> Result<AlgId, Rejection> {
    let at = reader.position();
    match AlgId::new(reader.u16()?) {
        mode @ (AlgId::NULL
        | AlgId::CMAC
        | AlgId::CTR
        | AlgId::OFB
        | AlgId::CBC
        | AlgId::CFB
        | AlgId::ECB) => Ok(mode),
        other => Err(reader
            .refuse_at(Code::TpmSymmetric, at)
            .expected("a mode of block ciphers")
            .found(format!("{other}"))),
    }
}
