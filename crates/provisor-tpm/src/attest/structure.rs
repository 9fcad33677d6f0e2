//! `TPMS_ATTEST`, read strictly (TPM 2.0 Part 2 section 10.12.8).

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::selection::{PcrBank, read_selection, write_selection};
use crate::form::{self, Wanted};
use crate::marshal::{Reader, Writer, check_input};
use crate::{AlgId, limits};

const WHAT: &str = "TPMS_ATTEST";

/// `TPM_GENERATED_VALUE`: only a TPM puts it in front of what a restricted key signs.
const MAGIC: u32 = 0xFF54_4347;

const WANTED: Wanted = Wanted {
    what: WHAT,
    remedy: "send the attestation as tpm2_quote -m writes it, from its first byte ff54 4347 to its last",
    reads: |bytes| bytes.starts_with(&MAGIC.to_be_bytes()),
    reads_without_size: |_| false,
};

/// An attestation, borrowed. The specification fixes the fields of `TPMS_ATTEST` and of what it holds, so they stay
/// open.
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

/// The TPM's clock and counters (`TPMS_CLOCK_INFO`, whose fields the specification fixes: they stay open).
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

/// What an attestation is about (`TPMU_ATTEST`).
///
/// The first three kinds have a verification here; the others are read only, so that a reader can
/// say what came in place of them.
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
    /// The time of the TPM (`TPM2_GetTime`).
    Time {
        /// Milliseconds since the TPM was last powered.
        time: u64,
        /// The clock and counters, not obfuscated.
        clock: ClockInfo,
        /// The firmware's version, not obfuscated.
        firmware_version: u64,
    },
    /// Contents of an NV index (`TPM2_NV_Certify`).
    Nv {
        /// The Name of the index.
        index_name: &'a [u8],
        /// Where in the index the contents begin.
        offset: u16,
        /// The contents.
        contents: &'a [u8],
    },
    /// The digest of an NV index (`TPM2_NV_Certify` with size and offset 0).
    NvDigest {
        /// The Name of the index.
        index_name: &'a [u8],
        /// The digest of its contents, made with the hash of the signing scheme.
        digest: &'a [u8],
    },
    /// The log of a session (`TPM2_GetSessionAuditDigest`).
    SessionAudit {
        /// Whether no command came in between that was not of this session.
        exclusive: bool,
        /// The digest of the session's commands.
        digest: &'a [u8],
    },
    /// The log of chosen commands (`TPM2_GetCommandAuditDigest`).
    CommandAudit {
        /// How often a log was begun.
        counter: u64,
        /// The hash of the log.
        algorithm: AlgId,
        /// The digest of the log.
        audit_digest: &'a [u8],
        /// The digest of the codes of the commands in the log.
        command_digest: &'a [u8],
    },
}

/// The kinds of attestation (Part 2 section 6.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nv,
    CommandAudit,
    SessionAudit,
    Certify,
    Quote,
    Time,
    Creation,
    NvDigest,
}

impl<'a> Attest<'a> {
    /// Reads the bytes that a TPM signed, without a size field, and nothing after them.
    ///
    /// # Errors
    ///
    /// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES` or `TPM_TOO_LONG` for the encoding;
    /// [`Code::TpmAttestMagic`], [`Code::TpmAttestType`], [`Code::TpmPcrSelection`] or
    /// [`Code::TpmAttestValue`] for a value; one of 3019 to 3027 where it is known what was given instead.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        Self::read(bytes, |_, _| Ok(()))
    }

    /// As [`Attest::parse`], for one kind only. Another one is refused by its name, before its
    /// content is read as something that it is not (trap 69).
    pub(super) fn parse_as(bytes: &'a [u8], expected: Kind) -> Result<Self, Rejection> {
        Self::read(bytes, |reader, kind| {
            if kind == expected {
                return Ok(());
            }
            Err(reader
                .refuse_at(Code::TpmAttestType, reader.position() - 2)
                .expected(expected.name())
                .found(kind.name()))
        })
    }

    /// Writes the attestation from its fields: the same bytes as were read.
    ///
    /// # Errors
    ///
    /// None for a value that was read; the signature allows for [`Code::TpmTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, Rejection> {
        let mut writer = Writer::new();
        writer
            .u32(MAGIC)
            .u16(self.attested.kind_id().id())
            .sized(self.qualified_signer)?
            .sized(self.extra_data)?;
        self.clock.write(&mut writer);
        writer.u64(self.firmware_version);
        self.attested.write(&mut writer)?;
        Ok(writer.finish())
    }

    fn read(
        bytes: &'a [u8],
        check_kind: impl FnOnce(&Reader<'_>, Kind) -> Result<(), Rejection>,
    ) -> Result<Self, Rejection> {
        Self::read_strictly(bytes, check_kind)
            .map_err(|rejection| form::explain(rejection, bytes, &WANTED))
    }

    fn read_strictly(
        bytes: &'a [u8],
        check_kind: impl FnOnce(&Reader<'_>, Kind) -> Result<(), Rejection>,
    ) -> Result<Self, Rejection> {
        check_input(WHAT, bytes, limits::ATTEST)?;
        let mut reader = Reader::new(WHAT, bytes);
        read_magic(&mut reader)?;
        let kind = Kind::read(&mut reader)?;
        check_kind(&reader, kind)?;
        let qualified_signer = read_name(&mut reader)?;
        let extra_data = reader.sized_up_to(limits::QUALIFYING_DATA)?;
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
            safe: read_yes_no(reader)?,
        })
    }

    fn write(self, writer: &mut Writer) {
        writer
            .u64(self.clock)
            .u32(self.reset_count)
            .u32(self.restart_count)
            .u8(self.safe.into());
    }
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Nv,
        Self::CommandAudit,
        Self::SessionAudit,
        Self::Certify,
        Self::Quote,
        Self::Time,
        Self::Creation,
        Self::NvDigest,
    ];

    fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let at = reader.position();
        let id = reader.u16()?;
        let known = Self::ALL.into_iter().find(|kind| kind.id() == id);
        known.ok_or_else(|| {
            reader
                .refuse_at(Code::TpmAttestType, at)
                .expected("an attestation")
                .found(format!("0x{id:04x}"))
        })
    }

    const fn id(self) -> u16 {
        match self {
            Self::Nv => 0x8014,
            Self::CommandAudit => 0x8015,
            Self::SessionAudit => 0x8016,
            Self::Certify => 0x8017,
            Self::Quote => 0x8018,
            Self::Time => 0x8019,
            Self::Creation => 0x801A,
            Self::NvDigest => 0x801C,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Nv => "TPM_ST_ATTEST_NV",
            Self::CommandAudit => "TPM_ST_ATTEST_COMMAND_AUDIT",
            Self::SessionAudit => "TPM_ST_ATTEST_SESSION_AUDIT",
            Self::Certify => "TPM_ST_ATTEST_CERTIFY",
            Self::Quote => "TPM_ST_ATTEST_QUOTE",
            Self::Time => "TPM_ST_ATTEST_TIME",
            Self::Creation => "TPM_ST_ATTEST_CREATION",
            Self::NvDigest => "TPM_ST_ATTEST_NV_DIGEST",
        }
    }
}

impl<'a> Attested<'a> {
    fn read(reader: &mut Reader<'a>, kind: Kind) -> Result<Self, Rejection> {
        Ok(match kind {
            Kind::Certify => Self::Certify {
                name: read_name(reader)?,
                qualified_name: read_name(reader)?,
            },
            Kind::Creation => Self::Creation {
                name: read_name(reader)?,
                creation_hash: read_digest(reader)?,
            },
            Kind::Quote => Self::Quote {
                selection: read_selection(reader)?,
                pcr_digest: read_digest(reader)?,
            },
            Kind::Time => Self::Time {
                time: reader.u64()?,
                clock: ClockInfo::read(reader)?,
                firmware_version: reader.u64()?,
            },
            Kind::Nv => Self::Nv {
                index_name: read_name(reader)?,
                offset: reader.u16()?,
                contents: reader.sized()?,
            },
            Kind::NvDigest => Self::NvDigest {
                index_name: read_name(reader)?,
                digest: read_digest(reader)?,
            },
            Kind::SessionAudit => Self::SessionAudit {
                exclusive: read_yes_no(reader)?,
                digest: read_digest(reader)?,
            },
            Kind::CommandAudit => Self::CommandAudit {
                counter: reader.u64()?,
                algorithm: AlgId::new(reader.u16()?),
                audit_digest: read_digest(reader)?,
                command_digest: read_digest(reader)?,
            },
        })
    }

    fn write(&self, writer: &mut Writer) -> Result<(), Rejection> {
        match self {
            Self::Certify {
                name,
                qualified_name: second,
            }
            | Self::Creation {
                name,
                creation_hash: second,
            }
            | Self::NvDigest {
                index_name: name,
                digest: second,
            } => {
                writer.sized(name)?.sized(second)?;
            }
            Self::Quote {
                selection,
                pcr_digest,
            } => {
                write_selection(selection, writer);
                writer.sized(pcr_digest)?;
            }
            Self::Time {
                time,
                clock,
                firmware_version,
            } => {
                writer.u64(*time);
                clock.write(writer);
                writer.u64(*firmware_version);
            }
            Self::Nv {
                index_name,
                offset,
                contents,
            } => {
                writer.sized(index_name)?.u16(*offset).sized(contents)?;
            }
            Self::SessionAudit { exclusive, digest } => {
                writer.u8((*exclusive).into()).sized(digest)?;
            }
            Self::CommandAudit {
                counter,
                algorithm,
                audit_digest,
                command_digest,
            } => {
                writer.u64(*counter).u16(algorithm.value());
                writer.sized(audit_digest)?.sized(command_digest)?;
            }
        }
        Ok(())
    }

    /// The name of the kind in the specification.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind_id().name()
    }

    const fn kind_id(&self) -> Kind {
        match self {
            Self::Certify { .. } => Kind::Certify,
            Self::Creation { .. } => Kind::Creation,
            Self::Quote { .. } => Kind::Quote,
            Self::Time { .. } => Kind::Time,
            Self::Nv { .. } => Kind::Nv,
            Self::NvDigest { .. } => Kind::NvDigest,
            Self::SessionAudit { .. } => Kind::SessionAudit,
            Self::CommandAudit { .. } => Kind::CommandAudit,
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

/// `TPMI_YES_NO`: 0 or 1, and nothing else (Part 2 section 9.2).
fn read_yes_no(reader: &mut Reader<'_>) -> Result<bool, Rejection> {
    let at = reader.position();
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(reader
            .refuse_at(Code::TpmAttestValue, at)
            .expected("0 or 1")
            .found(format!("{other}"))),
    }
}

pub(super) fn read_name<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Rejection> {
    reader.sized_up_to(limits::NAME)
}

pub(super) fn read_digest<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Rejection> {
    reader.sized_up_to(limits::DIGEST)
}
