//! The selection and the digests as tpm2-tools write them: `TPML_PCR_SELECTION` and `TPML_DIGEST` as they lie in
//! the memory of a program, every integer little-endian.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::value::{Value, refuse};
use crate::{AlgId, HashAlg, limits};

/// Count, and sixteen entries of hash, size, map and one byte of alignment.
const SELECTION: usize = 4 + BANKS * BANK;
const BANKS: usize = 16;
const BANK: usize = 8;

/// How many lists of digests follow.
const COUNT: usize = 4;

/// Count, and eight entries of a size and the longest digest.
const DIGESTS: usize = 4 + 8 * DIGEST;
const DIGEST: usize = 2 + 64;

/// Whether the length is that of the form, and the counts fit it: digests alone hold no such counts.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let Some(lists) = bytes.len().checked_sub(SELECTION + COUNT) else {
        return false;
    };
    lists > 0
        && lists.is_multiple_of(DIGESTS)
        && u32_at(bytes, 0).is_some_and(|banks| banks <= BANKS)
        && u32_at(bytes, SELECTION) == Some(lists / DIGESTS)
}

/// All values: each TPM answer filled one list, in the order of the selection.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Value>, Rejection> {
    let damaged = |what: &str| {
        refuse()
            .expected("as many digests as the selection has PCRs")
            .found(format!(
                "{what} in a file with structures in memory (tpm2_quote -o)"
            ))
    };
    let mut digests = Vec::new();
    for list in bytes
        .get(SELECTION + COUNT..)
        .unwrap_or_default()
        .chunks(DIGESTS)
    {
        let count = u32_at(list, 0).filter(|count| *count <= 8);
        let count = count.ok_or_else(|| damaged("a count above 8"))?;
        for digest in list
            .get(COUNT..)
            .unwrap_or_default()
            .chunks(DIGEST)
            .take(count)
        {
            let size = usize::from(u16_at(digest, 0).unwrap_or_default());
            let value = digest.get(2..).and_then(|value| value.get(..size));
            digests.push(value.ok_or_else(|| damaged("a digest of more than 64 bytes"))?);
        }
    }
    let mut digests = digests.into_iter();
    let mut values: Vec<Value> = Vec::new();
    let banks = u32_at(bytes, 0).unwrap_or_default();
    for entry in bytes
        .get(4..SELECTION)
        .unwrap_or_default()
        .chunks(BANK)
        .take(banks)
    {
        let bank = AlgId::new(u16_at(entry, 0).unwrap_or_default());
        let map_bytes = entry.get(2).copied().unwrap_or_default();
        if map_bytes > *limits::PCR_SELECT.end() {
            return Err(damaged("a bit map of more than 4 bytes"));
        }
        if values.iter().any(|value| value.bank == bank) {
            return Err(damaged("a bank twice"));
        }
        let map = entry.get(3..).and_then(|map| map.get(..map_bytes.into()));
        let mask = map
            .unwrap_or_default()
            .iter()
            .rev()
            .fold(0_u32, |mask, byte| (mask << 8) | u32::from(*byte));
        for pcr in (0..32_u8).filter(|pcr| mask >> pcr & 1 == 1) {
            let bytes = digests.next().ok_or_else(|| damaged("too few digests"))?;
            if let Some(hash) = HashAlg::from_id(bank)
                && hash.digest_bytes() != bytes.len()
            {
                return Err(damaged("a digest that is none of its bank"));
            }
            values.push(Value {
                bank,
                pcr,
                bytes: bytes.to_vec(),
            });
        }
    }
    if digests.next().is_some() {
        return Err(damaged("too many digests"));
    }
    Ok(values)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*two))
}
