//! The values of PCRs in the files of tpm2-tools.

mod print;
mod structures;
mod value;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Form, Rejection, Subject};

use super::quote::PcrSelection;
use super::selection::PcrBank;
use crate::{HashAlg, limits};
use value::{Value, refuse};

/// Values of PCRs, as a device or a tool says that they are. Nothing is proved by them: hand those that
/// were quoted to [`verify_quote_of_banks`](super::verify_quote_of_banks).
///
/// ```
/// use provisor_tpm::attest::{PcrSelection, PcrValues, PcrValuesForm};
/// use provisor_tpm::HashAlg;
///
/// let printed = b"  sha1:\n    0 : 0x0000000000000000000000000000000000000003\n";
/// let values = PcrValues::parse(printed, &[])?;
/// assert_eq!(values.form(), PcrValuesForm::Text);
/// let wanted = PcrSelection::new(HashAlg::Sha1, &[0])?;
/// assert_eq!(values.of(&[wanted])?[0][19], 3);
///
/// let missing = PcrSelection::new(HashAlg::Sha1, &[0, 7])?;
/// assert_eq!(values.of(&[missing]).unwrap_err().found_text(), "none of sha1:7");
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PcrValues {
    form: PcrValuesForm,
    /// In the order of the file.
    values: Vec<Value>,
}

/// How the values were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PcrValuesForm {
    /// The selection and the digests as structures in memory, little-endian: `tpm2_quote -o`, and
    /// `tpm2_pcrread -o` with `-F serialized`.
    Serialized,
    /// The digests alone, one after the other: `tpm2_pcrread -o`, and `tpm2_quote -o` with `-F values`.
    Values,
    /// What `tpm2_pcrread` prints.
    Text,
}

impl PcrValues {
    /// Reads a file, whichever of the three forms it has; no file has two of them. `quoted` is the
    /// selection that the digests alone are read by: that of the quote, or what was asked for.
    ///
    /// # Errors
    ///
    /// [`Code::TpmPcrFile`], with what was found.
    pub fn parse(bytes: &[u8], quoted: &[PcrBank]) -> Result<Self, Rejection> {
        if bytes.len() > limits::PCR_FILE {
            return Err(refuse()
                .expected(format!("at most {} bytes", limits::PCR_FILE))
                .found(format!("{} bytes", bytes.len())));
        }
        if structures::begins(bytes) {
            return Ok(Self {
                form: PcrValuesForm::Serialized,
                values: structures::read(bytes)?,
            });
        }
        if let Some(values) = alone(bytes, quoted) {
            return Ok(Self {
                form: PcrValuesForm::Values,
                values,
            });
        }
        match Form::of(bytes) {
            Some(Form::Text) => Ok(Self {
                form: PcrValuesForm::Text,
                values: print::read(bytes)?,
            }),
            Some(form) if form != Form::Unwritten => {
                Err(refuse().found(form.found()).remedy(form.remedy()))
            }
            _ => Err(refuse()
                .expected(match quoted {
                    [] => "values with their selection (tpm2_quote -o)".into(),
                    _ => format!(
                        "the {} bytes of {}, or values with their selection",
                        length(quoted).map_or_else(|| "?".into(), |length| format!("{length}")),
                        super::selection::describe(quoted)
                    ),
                })
                .found(format!("{} bytes of another form", bytes.len()))),
        }
    }

    /// How they were written.
    #[must_use]
    pub const fn form(&self) -> PcrValuesForm {
        self.form
    }

    /// The selection that the file itself has, bank by bank in its order; `None` for digests alone, which were
    /// read by another one.
    #[must_use]
    pub fn selection(&self) -> Option<Vec<PcrBank>> {
        if self.form == PcrValuesForm::Values {
            return None;
        }
        let mut banks: Vec<PcrBank> = Vec::new();
        for value in &self.values {
            let bit = 1_u32.checked_shl(value.pcr.into()).unwrap_or_default();
            match banks.iter_mut().find(|bank| bank.bank == value.bank) {
                Some(bank) => bank.mask |= bit,
                None => banks.push(PcrBank {
                    bank: value.bank,
                    mask: bit,
                    map_bytes: *limits::PCR_SELECT.start(),
                }),
            }
        }
        Some(banks)
    }

    /// The values of these PCRs, in the order that a quote has them: bank by bank, and ascending in each.
    ///
    /// # Errors
    ///
    /// [`Code::TpmPcrMissing`], with those that are not there.
    pub fn of(&self, selections: &[PcrSelection]) -> Result<Vec<&[u8]>, Rejection> {
        let mut found = Vec::new();
        let mut missing: Vec<String> = Vec::new();
        for selection in selections {
            let bank = selection.as_bank();
            let mut absent = bank;
            absent.mask = 0;
            for pcr in bank.pcrs() {
                let value = self
                    .values
                    .iter()
                    .find(|value| value.bank == bank.bank && value.pcr == pcr);
                match value {
                    Some(value) => found.push(value.bytes.as_slice()),
                    None => absent.mask |= 1_u32.checked_shl(pcr.into()).unwrap_or_default(),
                }
            }
            if absent.mask != 0 {
                missing.push(name(absent));
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        Err(
            Rejection::new(Code::TpmPcrMissing, Subject::field("PCR values"))
                .expected("a value for each PCR that is asked for")
                .found(format!("none of {}", missing.join(" + "))),
        )
    }
}

/// The digests alone, when the file is exactly as long as those of the selection.
fn alone(bytes: &[u8], quoted: &[PcrBank]) -> Option<Vec<Value>> {
    if bytes.is_empty() || length(quoted)? != bytes.len() {
        return None;
    }
    let mut values = Vec::new();
    let mut rest = bytes;
    for bank in quoted {
        let size = HashAlg::from_id(bank.bank)?.digest_bytes();
        for pcr in bank.pcrs() {
            let (value, after) = rest.split_at_checked(size)?;
            values.push(Value {
                bank: bank.bank,
                pcr,
                bytes: value.to_vec(),
            });
            rest = after;
        }
    }
    Some(values)
}

/// Bytes of all digests of a selection; `None` when the size of one is not known here.
fn length(quoted: &[PcrBank]) -> Option<usize> {
    quoted.iter().try_fold(0_usize, |length, bank| {
        let size = HashAlg::from_id(bank.bank)?.digest_bytes();
        length.checked_add(size.checked_mul(bank.pcrs().count())?)
    })
}

/// A bank and its PCRs as the tools spell them.
fn name(bank: PcrBank) -> String {
    let pcrs: Vec<_> = bank.pcrs().map(|pcr| format!("{pcr}")).collect();
    let hash = print::NAMES.iter().find(|(_, id)| *id == bank.bank);
    format!(
        "{}:{}",
        hash.map_or("another bank", |(name, _)| name),
        pcrs.join(",")
    )
}

#[cfg(test)]
mod tests;
