//! Selections of PCRs as TPMs write them: `TPML_PCR_SELECTION` (TPM 2.0 Part 2 section 10.9.7).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use crate::marshal::{Reader, Writer};
use crate::{AlgId, HashAlg, limits};

/// The PCRs of one bank in a selection (`TPMS_PCR_SELECTION`, whose fields the specification fixes: they stay
/// open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcrBank {
    /// The hash of the bank.
    pub bank: AlgId,
    /// Bit n stands for PCR n.
    pub mask: u32,
    /// Bytes of the bit map, 3 or 4: the same PCRs can be written in two ways.
    pub map_bytes: u8,
}

impl PcrBank {
    /// Whether both name the same PCRs, whatever the length of the bit map.
    #[must_use]
    pub fn same_pcrs(self, other: Self) -> bool {
        self.bank == other.bank && self.mask == other.mask
    }

    /// The numbers of its PCRs, ascending.
    pub fn pcrs(self) -> impl Iterator<Item = u8> {
        (0..32).filter(move |pcr| self.mask >> pcr & 1 == 1)
    }

    /// `TPMS_PCR_SELECTION`: a hash and a bit map of up to 32 PCRs, the lowest byte first.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Rejection> {
        let bank = read_bank(reader)?;
        let at = reader.position();
        let map_bytes = reader.u8()?;
        if !limits::PCR_SELECT.contains(&map_bytes) {
            return Err(reader
                .refuse_at(Code::TpmPcrSelection, at)
                .expected(format!(
                    "a bit map of {} to {} bytes",
                    limits::PCR_SELECT.start(),
                    limits::PCR_SELECT.end()
                ))
                .found(format!("{map_bytes}")));
        }
        let map = reader.take(usize::from(map_bytes))?;
        let mask = map
            .iter()
            .rev()
            .fold(0, |mask, byte| (mask << 8) | u32::from(*byte));
        Ok(Self {
            bank,
            mask,
            map_bytes,
        })
    }

    fn write(self, writer: &mut Writer) {
        let map = self.mask.to_le_bytes();
        writer.u16(self.bank.value()).u8(self.map_bytes);
        writer.bytes(map.get(..usize::from(self.map_bytes)).unwrap_or(&map));
    }
}

/// `TPML_PCR_SELECTION`: the count is judged before anything is allocated (trap 72).
pub(super) fn read_selection(reader: &mut Reader<'_>) -> Result<Vec<PcrBank>, Rejection> {
    let at = reader.position();
    let count = reader.u32()?;
    if count > limits::PCR_BANKS {
        return Err(reader
            .refuse_at(Code::TpmPcrSelection, at)
            .expected(format!("at most {} banks", limits::PCR_BANKS))
            .found(format!("{count}")));
    }
    (0..count).map(|_| PcrBank::read(reader)).collect()
}

pub(super) fn write_selection(selection: &[PcrBank], writer: &mut Writer) {
    let count = u32::try_from(selection.len()).unwrap_or(u32::MAX);
    writer.u32(count);
    for bank in selection {
        bank.write(writer);
    }
}

/// The banks and PCRs, for people.
pub(super) fn describe(banks: &[PcrBank]) -> String {
    if banks.is_empty() {
        return "no bank".into();
    }
    let banks: Vec<_> = banks.iter().map(|bank| describe_bank(*bank)).collect();
    banks.join(" + ")
}

fn describe_bank(bank: PcrBank) -> String {
    let name = HashAlg::from_id(bank.bank)
        .map_or_else(|| format!("{}", bank.bank), |hash| format!("{hash}"));
    let pcrs: Vec<_> = bank.pcrs().map(|pcr| format!("{pcr}")).collect();
    format!("{name}:{}", pcrs.join(","))
}

/// Whether a bank can have this hash.
pub(super) const fn is_bank(hash: AlgId) -> bool {
    matches!(
        hash,
        AlgId::SHA1
            | AlgId::SHA256
            | AlgId::SHA384
            | AlgId::SHA512
            | AlgId::SM3_256
            | AlgId::SHA3_256
            | AlgId::SHA3_384
            | AlgId::SHA3_512
    )
}

/// A bank has a hash, also one that is not computed here (Part 2 section 9.27, `TPMI_ALG_HASH`).
fn read_bank(reader: &mut Reader<'_>) -> Result<AlgId, Rejection> {
    let at = reader.position();
    match AlgId::new(reader.u16()?) {
        bank if is_bank(bank) => Ok(bank),
        other => Err(reader
            .refuse_at(Code::TpmPcrSelection, at)
            .expected("the hash of a bank")
            .found(format!("{other}"))),
    }
}
