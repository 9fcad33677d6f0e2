//! `TPMS_ATTEST`, read strictly (TPM 2.0 Part 2 section 10.12.8).

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use crate::marshal::{Reader, check_input};
use crate::{AlgId, HashAlg, limits};

const WHAT: &str = "TPMS_ATTEST";

/// `TPM_GENERATED_VALUE`: only a TPM puts it in front of what a restricted key signs.
const MAGIC: u32 = 0xFF54_4347;

/// An attestation, borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attest<'a> {
    /// The qualified Name of the signing key: no proof by itself (trap 81).
    pub qualified_signer: &'a [u8],
    /// The caller's nonce.
    pub extra_data: &'a [u8],
    /// The TPM's clock and counters; obfuscated unless the signer is an endorsement key.
    pub clock: ClockInfo,
    /// The firmware's version; obfuscated likewise.
    pub firmware_version: u64,
    /// What is attested.
    pub attested: Attested<'a>,
}

/// The TPM's clock and counters (`TPMS_CLOCK_INFO`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockInfo {
    /// Milliseconds of powered time.
    pub clock: u64,
    /// How often the TPM was reset.
    pub reset_count: u32,
    /// How often the TPM was restarted or resumed since the last reset.
    pub restart_count: u32,
    /// Whether no higher clock was ever reported.
    pub safe: bool,
}

/// What an attestation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attested<'a> {
    /// An object in the TPM (`TPM2_Certify`).
    Certify {
        /// Its Name.
        name: &'a [u8],
        /// Its qualified Name.
        qualified_name: &'a [u8],
    },
    /// The origin of an object (`TPM2_CertifyCreation`).
    Creation {
        /// Its Name.
        name: &'a [u8],
        /// The hash of its creation data.
        creation_hash: &'a [u8],
    },
    /// Values of PCRs (`TPM2_Quote`).
    Quote {
        /// Which PCRs.
        selection: Vec<PcrBank>,
        /// The digest of their values.
        pcr_digest: &'a [u8],
    },
}

/// The PCRs of one bank in a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcrBank {
    /// The hash of the bank.
    pub bank: AlgId,
    /// Bit n stands for PCR n.
    pub mask: u32,
}

impl<'a> Attest<'a> {
    /// Reads the bytes that a TPM signed, without a size field, and nothing after them.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG` for the encoding;
    /// [`Code::TpmAttestMagic`], [`Code::TpmAttestType`] or [`Code::TpmPcrSelection`] for a value.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        check_input(WHAT, bytes, limits::ATTEST)?;
        let mut reader = Reader::new(WHAT, bytes);
        read_magic(&mut reader)?;
        let kind = read_kind(&mut reader)?;
        let qualified_signer = reader.sized()?;
        let extra_data = reader.sized()?;
        let clock = ClockInfo::read(&mut reader)?;
        let firmware_version = reader.u64()?;
        let attested = Attested::read(&mut reader, kind)?;
        reader.end()?;
        Ok(Self {
            qualified_signer,
            extra_data,
            clock,
            firmware_version,
            attested,
        })
    }
}

impl ClockInfo {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        Ok(Self {
            clock: reader.u64()?,
            reset_count: reader.u32()?,
            restart_count: reader.u32()?,
            safe: reader.u8()? != 0,
        })
    }
}

/// The kinds of attestation that this crate verifies.
#[derive(Clone, Copy)]
enum Kind {
    Certify,
    Creation,
    Quote,
}

impl<'a> Attested<'a> {
    fn read(reader: &mut Reader<'a>, kind: Kind) -> Result<Self, Rejection> {
        Ok(match kind {
            Kind::Certify => Self::Certify {
                name: reader.sized()?,
                qualified_name: reader.sized()?,
            },
            Kind::Creation => Self::Creation {
                name: reader.sized()?,
                creation_hash: reader.sized()?,
            },
            Kind::Quote => Self::Quote {
                selection: read_selection(reader)?,
                pcr_digest: reader.sized()?,
            },
        })
    }

    /// The name of the kind in the specification.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Certify { .. } => "TPM_ST_ATTEST_CERTIFY",
            Self::Creation { .. } => "TPM_ST_ATTEST_CREATION",
            Self::Quote { .. } => "TPM_ST_ATTEST_QUOTE",
        }
    }
}

/// Without the magic an unrestricted key could have signed the text of anyone (trap 68).
fn read_magic(reader: &mut Reader<'_>) -> Result<(), Rejection> {
    let at = reader.position();
    match reader.u32()? {
        MAGIC => Ok(()),
        other => Err(reader
            .refuse_at(Code::TpmAttestMagic, at)
            .expected("0xff544347")
            .found(format!("0x{other:08x}"))),
    }
}

/// Part 2 section 6.9 (trap 69).
fn read_kind(reader: &mut Reader<'_>) -> Result<Kind, Rejection> {
    let at = reader.position();
    match reader.u16()? {
        0x8017 => Ok(Kind::Certify),
        0x8018 => Ok(Kind::Quote),
        0x801A => Ok(Kind::Creation),
        other => Err(reader
            .refuse_at(Code::TpmAttestType, at)
            .expected("a quote, a certification or a creation")
            .found(format!("0x{other:04x}"))),
    }
}

/// `TPML_PCR_SELECTION`: the count is judged before anything is allocated (trap 72).
fn read_selection(reader: &mut Reader<'_>) -> Result<Vec<PcrBank>, Rejection> {
    let at = reader.position();
    let count = reader.u32()?;
    if count > limits::PCR_BANKS {
        return Err(reader
            .refuse_at(Code::TpmPcrSelection, at)
            .expected(format!("at most {} banks", limits::PCR_BANKS))
            .found(format!("{count}")));
    }
    (0..count).map(|_| read_bank(reader)).collect()
}

/// `TPMS_PCR_SELECTION`: a hash and a bit map of up to 32 PCRs, the lowest byte first.
fn read_bank(reader: &mut Reader<'_>) -> Result<PcrBank, Rejection> {
    let bank = AlgId::new(reader.u16()?);
    let at = reader.position();
    let size = reader.u8()?;
    if size > limits::PCR_SELECT {
        return Err(reader
            .refuse_at(Code::TpmPcrSelection, at)
            .expected(format!("a bit map of at most {} bytes", limits::PCR_SELECT))
            .found(format!("{size}")));
    }
    let map = reader.take(usize::from(size))?;
    let mask = map
        .iter()
        .rev()
        .fold(0, |mask, byte| (mask << 8) | u32::from(*byte));
    Ok(PcrBank { bank, mask })
}

/// The hash of a bank, for people.
pub(super) fn describe(bank: PcrBank) -> alloc::string::String {
    let name = HashAlg::from_id(bank.bank)
        .map_or_else(|| format!("{}", bank.bank), |hash| format!("{hash}"));
    let pcrs: Vec<_> = (0..32)
        .filter(|pcr| bank.mask >> pcr & 1 == 1)
        .map(|pcr| format!("{pcr}"))
        .collect();
    format!("{name}:{}", pcrs.join(","))
}
