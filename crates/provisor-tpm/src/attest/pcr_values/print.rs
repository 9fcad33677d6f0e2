//! What `tpm2_pcrread` prints: a bank on a line, then a PCR on each line below it.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::value::{Value, refuse};
use crate::{AlgId, HashAlg, limits};

/// The banks as the tools spell them.
pub(super) const NAMES: [(&str, AlgId); 8] = [
    ("sha1", AlgId::SHA1),
    ("sha256", AlgId::SHA256),
    ("sha384", AlgId::SHA384),
    ("sha512", AlgId::SHA512),
    ("sm3_256", AlgId::SM3_256),
    ("sha3_256", AlgId::SHA3_256),
    ("sha3_384", AlgId::SHA3_384),
    ("sha3_512", AlgId::SHA3_512),
];

/// Lines that are neither a bank nor a PCR are passed over (`tpm2_quote` prints others around them); a line that
/// is one and cannot be read refuses the text.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Value>, Rejection> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text =
        core::str::from_utf8(bytes).map_err(|_| refuse().found("bytes that are no UTF-8"))?;
    let mut values: Vec<Value> = Vec::new();
    let mut bank = None;
    for (line, number) in text.lines().zip(1_usize..) {
        let Some((left, right)) = line.split_once(':') else {
            continue;
        };
        let (left, right) = (left.trim(), right.trim());
        if !left.bytes().all(|byte| byte.is_ascii_digit()) || left.is_empty() {
            let known = NAMES
                .iter()
                .find(|(name, _)| left.eq_ignore_ascii_case(name));
            bank = known.filter(|_| right.is_empty()).map(|(_, id)| *id);
            continue;
        }
        let Some(bank) = bank else {
            continue;
        };
        let damaged = |what: &str| refuse().found(format!("{what} on line {number}"));
        let pcr = left.parse().ok().filter(|pcr| *pcr < 32_u8);
        let pcr = pcr.ok_or_else(|| damaged("a number of a PCR above 31"))?;
        let value = hexadecimal(right).ok_or_else(|| damaged("a value that is not hexadecimal"))?;
        if HashAlg::from_id(bank).is_some_and(|hash| hash.digest_bytes() != value.len()) {
            return Err(damaged("a value of another length than those of its bank"));
        }
        if values
            .iter()
            .any(|known| known.bank == bank && known.pcr == pcr)
        {
            return Err(damaged("a PCR for the second time"));
        }
        if values.len() >= limits::PCR_VALUES {
            return Err(damaged("more values than any TPM has"));
        }
        values.push(Value {
            bank,
            pcr,
            bytes: value,
        });
    }
    if values.is_empty() {
        return Err(refuse().found("text without a bank and its PCRs"));
    }
    Ok(values)
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        })
        .collect()
}
