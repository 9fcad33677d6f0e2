//! names.json: public areas and the Names that a TPM returned for them.

use provisor_tpm::{AkPublic, EkPublic, Public, SrkPublic};

use super::tally::{Tally, Verdict, said, same};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list()? {
        tally.entry(&entry, |tally| {
            let (public, name) = (entry.hex("public")?, entry.hex("name")?);
            tally.positive(&entry.id(), &judge(&entry.id(), &public, &name));
            Ok(())
        });
    }
    Ok(())
}

/// The Name, the round trip, and the acceptance for the purpose that the identifier tells.
fn judge(id: &str, public: &[u8], name: &[u8]) -> Verdict {
    check_name(public, name)?;
    let label = id.rsplit('/').next().unwrap_or(id);
    match label.split('-').next() {
        Some("ek") => said(EkPublic::from_tpm2b(public)).map(drop),
        Some("srk") => said(SrkPublic::from_tpm2b(public)).map(drop),
        Some("ak") => said(AkPublic::from_tpm2b(public)).map(drop),
        _ => Ok(()),
    }
}

/// The Name is the TPM's, and what was read is written back to the same bytes.
pub(super) fn check_name(public: &[u8], name: &[u8]) -> Verdict {
    let parsed = said(Public::from_tpm2b(public))?;
    same("Name", parsed.name().as_bytes(), name)?;
    same("round trip", &said(parsed.to_tpm2b())?, public)
}
