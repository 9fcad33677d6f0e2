//! `provisor tpm verify-quote`: the values of PCRs, as a TPM signed them.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use provisor::tpm::HashAlg;
use provisor::tpm::attest::{Attest, Attested, PcrBank, PcrSelection, PcrValues, PcrValuesForm};
use provisor::{Code, Rejection, Subject};
use serde_json::{Value, json};

use super::attestation::{self, Findings, NonceArguments};
use super::report;
use super::stop::{Stop, named};
use crate::answer::{Answer, Unusable};
use crate::input;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    attestation: attestation::AttestationArguments,
    /// The values of the PCRs: what tpm2_quote -o or tpm2_pcrread -o wrote (either format), or what tpm2_pcrread printed. Without it, the values are not verified, and their digest is reported.
    #[arg(long, short = 'f', value_name = "F")]
    pcr: Option<PathBuf>,
    /// The PCRs that must be quoted, these and no others (sha256:0,1,7+sha1:0); without it, those of the file of values, or where it does not say, those of the quote.
    #[arg(long, short = 'l', visible_alias = "pcr-list", value_name = "LIST", value_parser = pcr_list)]
    pcrs: Option<PcrList>,
}

/// The PCRs that are asked for.
#[derive(Clone, Debug)]
struct PcrList(Vec<PcrSelection>);

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let json = arguments.attestation.json;
    verify(arguments).or_else(|stop| report::stopped(stop, json))
}

fn verify(arguments: &Arguments) -> Result<Answer, Stop> {
    let mut findings = Findings::default();
    let common = &arguments.attestation;
    let files = common.read(&mut findings)?;
    let attest = named(&common.message, Attest::parse(&files.message))?;
    let Attested::Quote {
        selection: quoted,
        pcr_digest,
    } = &attest.attested
    else {
        let rejection = Rejection::new(Code::TpmAttestType, Subject::field("TPMS_ATTEST.type"))
            .expected("TPM_ST_ATTEST_QUOTE")
            .found(attest.attested.kind());
        return Err(common.at_fault(rejection));
    };
    let expected = if common.nonce.is_none() {
        attest.extra_data
    } else {
        &files.nonce
    };
    let nonce = NonceArguments::of(expected);
    let values = arguments.values(quoted, &mut findings)?;
    let wanted = arguments.wanted(quoted, values.as_ref())?;
    match &values {
        Some(values) => {
            let of_quote = arguments.chosen(values, &wanted)?;
            let (message, signature) = (&files.message, &files.signature);
            let verdict = files
                .key
                .verify_quote(message, signature, &nonce, &wanted, &of_quote);
            verdict.map_err(|rejection| common.at_fault(arguments.with_list(rejection)))?;
            if arguments.pcrs.is_none() && values.selection().is_none() {
                findings.not_verified(
                    "that these are all the PCRs that matter: the quote itself said which (--pcrs LIST)",
                );
            }
            findings.verified(
                "PCRs",
                format!(
                    "{}, with these values:\n{}",
                    list(&wanted),
                    lines(&wanted, &of_quote)
                ),
            );
            findings.member("pcrs", pcrs(&wanted, &of_quote));
            arguments.tell_others(values, &wanted, &mut findings);
        }
        None => {
            let verdict = files.key.verify(&files.message, &files.signature, &nonce);
            verdict.map_err(|rejection| common.at_fault(rejection))?;
            if arguments.pcrs.is_some() && !same(&wanted, quoted) {
                return Err(common.at_fault(selection(&wanted, quoted)));
            }
            findings.reported(
                "PCRs",
                format!("{}, digest {}", list(&wanted), HEXLOWER.encode(pcr_digest)),
            );
            findings.not_verified("the values of the PCRs: none were given (--pcr F)");
            findings.member("pcrs", Value::Null);
        }
    }
    findings.member("quoted", json!(list(&wanted)));
    findings.member("pcrDigest", json!(HEXLOWER.encode(pcr_digest)));
    attestation::common(&mut findings, &files.key, &attest, !common.nonce.is_none());
    let about = format!(
        "{}: a quote over {}",
        common.message.display(),
        list(&wanted)
    );
    Ok(findings.answer(&about, common.json))
}

impl Arguments {
    /// The values of the file.
    fn values(
        &self,
        quoted: &[PcrBank],
        findings: &mut Findings,
    ) -> Result<Option<PcrValues>, Stop> {
        let Some(path) = &self.pcr else {
            return Ok(None);
        };
        let bytes = input::bytes(path)?;
        // What was asked for goes before what the quote says of itself.
        let asked: Option<Vec<PcrBank>> = self.pcrs.as_ref().map(|list| {
            ordered(&list.0, quoted)
                .iter()
                .map(|one| one.as_bank())
                .collect()
        });
        let values = named(
            path,
            PcrValues::parse(&bytes, asked.as_deref().unwrap_or(quoted)),
        )?;
        findings.read_as(
            path,
            match values.form() {
                PcrValuesForm::Serialized => {
                    "values with their selection, in structures (serialized)"
                }
                PcrValuesForm::Values => "values alone, one after the other (values)",
                _ => "the text that tpm2_pcrread prints",
            }
            .to_owned(),
        );
        Ok(Some(values))
    }

    /// The PCRs that the quote must be over.
    fn wanted(
        &self,
        quoted: &[PcrBank],
        values: Option<&PcrValues>,
    ) -> Result<Vec<PcrSelection>, Stop> {
        if let Some(list) = &self.pcrs {
            return Ok(ordered(&list.0, quoted));
        }
        let of_file = values.and_then(PcrValues::selection);
        let (banks, path) = match (&of_file, &self.pcr) {
            // A tool that reads all registers of a TPM writes banks that have none.
            (Some(banks), Some(path)) => (banks.as_slice(), path),
            _ => (quoted, &self.attestation.message),
        };
        let selections = banks.iter().copied().map(PcrSelection::of_bank);
        let selections = named(path, selections.collect::<Result<Vec<_>, _>>())?;
        Ok(ordered(&selections, quoted))
    }

    /// A file with more values than were quoted is no fault of the device.
    fn with_list(&self, rejection: Rejection) -> Rejection {
        if rejection.code() != Code::TpmPcrSelection || self.pcrs.is_some() {
            return rejection;
        }
        rejection.remedy("quote the PCRs of the file of values, or say which of them must be quoted (--pcrs LIST): the others are then not verified")
    }

    /// The values of those PCRs.
    fn chosen<'v>(
        &self,
        values: &'v PcrValues,
        wanted: &[PcrSelection],
    ) -> Result<Vec<&'v [u8]>, Stop> {
        match &self.pcr {
            Some(path) => named(path, values.of(wanted)),
            None => Ok(values.of(wanted)?),
        }
    }

    /// Values that nobody quoted are whatever their sender wrote.
    fn tell_others(&self, values: &PcrValues, wanted: &[PcrSelection], findings: &mut Findings) {
        let banks = values.selection().unwrap_or_default();
        let others: Vec<String> = banks
            .iter()
            .filter_map(|bank| {
                let asked = wanted
                    .iter()
                    .find(|one| one.bank().id() == bank.bank)
                    .map_or(0, PcrSelection::mask);
                let mut other = *bank;
                other.mask &= !asked;
                (other.mask != 0).then(|| spelled(other))
            })
            .collect();
        if !others.is_empty() {
            findings.not_verified(format!(
                "values in the file that are not quoted: {}",
                others.join("+")
            ));
        }
    }
}

/// The same PCRs in the order of the quote, which the core asks for; others as they were asked for, so that the
/// core refuses them.
fn ordered(wanted: &[PcrSelection], quoted: &[PcrBank]) -> Vec<PcrSelection> {
    let mut wanted = wanted.to_vec();
    wanted.sort_by_key(|one| {
        let place = quoted.iter().position(|bank| bank.bank == one.bank().id());
        place.unwrap_or(usize::MAX)
    });
    wanted
}

fn same(wanted: &[PcrSelection], quoted: &[PcrBank]) -> bool {
    wanted.len() == quoted.len()
        && wanted
            .iter()
            .zip(quoted)
            .all(|(one, bank)| one.as_bank().same_pcrs(*bank))
}

fn selection(wanted: &[PcrSelection], quoted: &[PcrBank]) -> Rejection {
    let quoted: Vec<String> = quoted.iter().copied().map(spelled).collect();
    Rejection::new(
        Code::TpmPcrSelection,
        Subject::field("TPMS_ATTEST.quote.pcrSelect"),
    )
    .expected(list(wanted))
    .found(quoted.join("+"))
}

fn list(selections: &[PcrSelection]) -> String {
    let banks: Vec<String> = selections
        .iter()
        .map(|one| spelled(one.as_bank()))
        .collect();
    banks.join("+")
}

/// As tpm2-tools spell it.
fn spelled(bank: PcrBank) -> String {
    let pcrs: Vec<String> = bank.pcrs().map(|pcr| pcr.to_string()).collect();
    let name = HashAlg::from_id(bank.bank)
        .map_or_else(|| bank.bank.to_string(), |hash| name(hash).to_owned());
    format!("{name}:{}", pcrs.join(","))
}

const fn name(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Sha1 => "sha1",
        HashAlg::Sha256 => "sha256",
        HashAlg::Sha384 => "sha384",
        HashAlg::Sha512 => "sha512",
    }
}

/// Each register, with its value.
fn registers<'v>(
    wanted: &'v [PcrSelection],
    values: &'v [&[u8]],
) -> impl Iterator<Item = (&'static str, u8, &'v [u8])> {
    wanted
        .iter()
        .flat_map(|one| one.as_bank().pcrs().map(|pcr| (name(one.bank()), pcr)))
        .zip(values)
        .map(|((bank, pcr), value)| (bank, pcr, *value))
}

fn lines(wanted: &[PcrSelection], values: &[&[u8]]) -> String {
    let lines: Vec<String> = registers(wanted, values)
        .map(|(bank, pcr, value)| format!("            {bank}:{pcr} = {}", HEXLOWER.encode(value)))
        .collect();
    lines.join("\n")
}

fn pcrs(wanted: &[PcrSelection], values: &[&[u8]]) -> Value {
    registers(wanted, values)
        .map(|(bank, pcr, value)| json!({ "bank": bank, "pcr": pcr, "value": HEXLOWER.encode(value) }))
        .collect()
}

/// `sha256:0,1,7+sha1:all`, as tpm2-tools take it.
fn pcr_list(text: &str) -> Result<PcrList, String> {
    let banks = text.split('+').map(|bank| {
        let (hash, pcrs) = bank.split_once(':').ok_or("not as sha256:0,1,7+sha1:0")?;
        let hash = [
            HashAlg::Sha1,
            HashAlg::Sha256,
            HashAlg::Sha384,
            HashAlg::Sha512,
        ]
        .into_iter()
        .find(|known| hash.trim().eq_ignore_ascii_case(name(*known)))
        .ok_or_else(|| format!("{hash}: no bank of sha1, sha256, sha384 or sha512"))?;
        let numbers: Vec<u8> = match pcrs.trim() {
            "all" => (0..24).collect(),
            pcrs => pcrs
                .split(',')
                .map(|pcr| pcr.trim().parse().map_err(|_| format!("{pcr}: no PCR")))
                .collect::<Result<_, String>>()?,
        };
        PcrSelection::new(hash, &numbers).map_err(|rejection| rejection.to_string())
    });
    let banks = banks.collect::<Result<Vec<_>, String>>()?;
    let twice = banks.iter().enumerate().any(|(index, one)| {
        banks
            .iter()
            .take(index)
            .any(|before| before.bank() == one.bank())
    });
    if twice {
        return Err("a bank twice".to_owned());
    }
    Ok(PcrList(banks))
}
