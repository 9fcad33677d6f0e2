//! Quotes: the values of PCRs, signed.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::bare_key::BareKey;
use super::nonce::Nonce;
use super::selection::PcrBank;
use super::selection::describe;
use super::signed::{refuse, verify_signed, wrong_kind};
use super::signer::Signer;
use super::structure::{Attest, Attested, ClockInfo, Kind};
use crate::{AkPublic, HashAlg, Name};

/// The PCRs that the verifier wants to know, of one bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcrSelection {
    bank: HashAlg,
    mask: u32,
}

/// A quote that was verified: these PCRs had these values when the nonce was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedQuote {
    ak: Name,
    selections: Vec<PcrSelection>,
    clock: ClockInfo,
    firmware_version: u64,
}

impl PcrSelection {
    /// The PCRs of these numbers, 0 to 31, at least one.
    ///
    /// # Errors
    ///
    /// [`Code::TpmPcrSelection`] for none, or for a number above 31.
    pub fn new(bank: HashAlg, pcrs: &[u8]) -> Result<Self, Rejection> {
        let mut mask = 0_u32;
        for pcr in pcrs {
            let Some(bit) = 1_u32.checked_shl(u32::from(*pcr)) else {
                return Err(refuse(Code::TpmPcrSelection, "quote.pcrSelect")
                    .expected("PCR 0 to 31")
                    .found(format!("{pcr}")));
            };
            mask |= bit;
        }
        if mask == 0 {
            return Err(refuse(Code::TpmPcrSelection, "quote.pcrSelect")
                .expected("at least one PCR")
                .found("none"));
        }
        Ok(Self { bank, mask })
    }

    /// The PCRs of a bank as a TPM or a tool wrote it.
    ///
    /// # Errors
    ///
    /// [`Code::TpmPcrSelection`] for none, or for a bank whose hash is not known here.
    pub fn of_bank(bank: PcrBank) -> Result<Self, Rejection> {
        let pcrs: Vec<u8> = bank.pcrs().collect();
        match HashAlg::from_id(bank.bank) {
            Some(hash) => Self::new(hash, &pcrs),
            None => Err(refuse(Code::TpmPcrSelection, "quote.pcrSelect")
                .expected("a bank of SHA-256, SHA-384, SHA-512 or SHA-1")
                .found(format!("{}", bank.bank))),
        }
    }

    /// The bank.
    #[must_use]
    pub const fn bank(&self) -> HashAlg {
        self.bank
    }

    /// Bit n stands for PCR n.
    #[must_use]
    pub const fn mask(&self) -> u32 {
        self.mask
    }

    /// The same as a TPM writes it.
    #[must_use]
    pub const fn as_bank(self) -> PcrBank {
        PcrBank {
            bank: self.bank.id(),
            mask: self.mask,
            map_bytes: 4,
        }
    }

    /// How many values go with it.
    fn count(self) -> usize {
        usize::try_from(self.mask.count_ones()).unwrap_or(usize::MAX)
    }
}

impl VerifiedQuote {
    /// The Name of the attestation key that signed.
    #[must_use]
    pub const fn ak_name(&self) -> &Name {
        &self.ak
    }

    /// The PCRs that were quoted, bank by bank in the order that was asked for.
    #[must_use]
    pub fn selections(&self) -> &[PcrSelection] {
        &self.selections
    }

    /// The TPM's clock and counters: inputs of a policy, no proof by themselves (trap 81).
    #[must_use]
    pub const fn clock(&self) -> ClockInfo {
        self.clock
    }

    /// The firmware's version: likewise.
    #[must_use]
    pub const fn firmware_version(&self) -> u64 {
        self.firmware_version
    }
}

/// Verifies a quote: signed by `ak`, answering `nonce`, over exactly `selection`, whose PCRs have
/// exactly `values`, in ascending order of their numbers.
///
/// # Errors
///
/// One of the codes 3301 to 3308, or of 3001 to 3004 for the encoding.
pub fn verify_quote(
    ak: &AkPublic,
    attest: &[u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    selection: PcrSelection,
    values: &[&[u8]],
) -> Result<VerifiedQuote, Rejection> {
    verify_quote_of_banks(ak, attest, signature, nonce, &[selection], values)
}

/// As [`verify_quote`], over PCRs of several banks: exactly `selections`, in this order, with all
/// `values` of the first bank, then all of the next.
///
/// # Errors
///
/// As [`verify_quote`].
pub fn verify_quote_of_banks(
    ak: &AkPublic,
    attest: &[u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    selections: &[PcrSelection],
    values: &[&[u8]],
) -> Result<VerifiedQuote, Rejection> {
    let parsed = judge(ak.into(), attest, signature, nonce, selections, values)?;
    Ok(VerifiedQuote {
        ak: *ak.name(),
        selections: selections.to_vec(),
        clock: parsed.clock,
        firmware_version: parsed.firmware_version,
    })
}

/// As [`verify_quote_of_banks`], by a key of which nobody has shown that it is in a TPM: whoever holds it
/// can quote what never was.
///
/// # Errors
///
/// As [`verify_quote`].
pub fn danger_verify_quote_by<'a>(
    key: &BareKey,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    selections: &[PcrSelection],
    values: &[&[u8]],
) -> Result<Attest<'a>, Rejection> {
    judge(key.signer(), attest, signature, nonce, selections, values)
}

fn judge<'a>(
    signer: Signer<'_>,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
    selections: &[PcrSelection],
    values: &[&[u8]],
) -> Result<Attest<'a>, Rejection> {
    let parsed = verify_signed(signer, Kind::Quote, attest, signature, nonce)?;
    let Attested::Quote {
        selection: quoted,
        pcr_digest,
    } = &parsed.attested
    else {
        return Err(wrong_kind("TPM_ST_ATTEST_QUOTE", &parsed));
    };
    check_selections(selections, quoted)?;
    check_values(selections, values)?;
    check_digest(signer.hash, values, pcr_digest)?;
    Ok(parsed)
}

/// Values outside the signed selection are the other side's to invent (trap 71). A quote over
/// nothing says nothing, even to who asked for that.
fn check_selections(wanted: &[PcrSelection], quoted: &[PcrBank]) -> Result<(), Rejection> {
    let wanted: Vec<_> = wanted.iter().map(|one| one.as_bank()).collect();
    let same = wanted.len() == quoted.len()
        && wanted
            .iter()
            .zip(quoted)
            .all(|(wanted, quoted)| wanted.same_pcrs(*quoted));
    if same && !wanted.is_empty() {
        return Ok(());
    }
    Err(refuse(Code::TpmPcrSelection, "quote.pcrSelect")
        .expected(describe(&wanted))
        .found(describe(quoted)))
}

/// One value for each PCR, each a digest of its bank: otherwise two sets could give one digest.
fn check_values(wanted: &[PcrSelection], values: &[&[u8]]) -> Result<(), Rejection> {
    let mut rest = values.iter();
    let fits = wanted.iter().all(|one| {
        let of_bank: Vec<_> = rest.by_ref().take(one.count()).collect();
        let size = one.bank.digest_bytes();
        of_bank.len() == one.count() && of_bank.iter().all(|value| value.len() == size)
    });
    if fits && rest.next().is_none() {
        return Ok(());
    }
    let counts: Vec<_> = wanted
        .iter()
        .map(|one| {
            format!(
                "{} values of {} bytes",
                one.count(),
                one.bank.digest_bytes()
            )
        })
        .collect();
    Err(refuse(Code::TpmPcrDigest, "quote.pcrDigest")
        .expected(counts.join(", then "))
        .found(format!("{} values", values.len())))
}

/// The digest is made with the hash of the signing scheme (Part 3 section 18.4; trap 73).
fn check_digest(hash: HashAlg, values: &[&[u8]], quoted: &[u8]) -> Result<(), Rejection> {
    if hash.digest(values).as_ref() == quoted {
        return Ok(());
    }
    Err(refuse(Code::TpmPcrDigest, "quote.pcrDigest")
        .expected(format!(
            "the {hash} digest of the values in ascending order"
        ))
        .found("another digest"))
}
