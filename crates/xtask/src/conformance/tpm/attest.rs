//! attest.json, and the attestations among the negative entries.

use provisor_tpm::attest::{Nonce, PcrSelection, verify_certify, verify_creation, verify_quote};
use provisor_tpm::{AkPublic, HashAlg, Public};

use super::names::check_name;
use super::tally::{Tally, Verdict, said};
use crate::conformance::entry::Entry;

pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    let keys = file.get("keys")?;
    for (id, key) in keys.fields()? {
        let (public, name) = (key.hex("public")?, key.hex("name")?);
        let verdict =
            check_name(&public, &name).and_then(|()| said(AkPublic::from_tpm2b(&public)).map(drop));
        tally.positive(&format!("keys/{id}"), &verdict);
    }
    for entry in file.list_of("quotes")? {
        tally.entry(&entry, |tally| {
            let ak = ak_of(&keys, &entry)?;
            tally.positive(&entry.id(), &quote(&ak, &Quote::read(&entry)?));
            Ok(())
        });
    }
    for entry in file.list_of("certify")? {
        tally.entry(&entry, |tally| {
            let ak = ak_of(&keys, &entry)?;
            tally.positive(
                &entry.id(),
                &certify(&ak, &Signed::read(&entry)?, &entry.hex("object_public")?),
            );
            Ok(())
        });
    }
    for entry in file.list_of("certify_creation")? {
        tally.entry(&entry, |tally| {
            let ak = ak_of(&keys, &entry)?;
            let data = entry.hex("creation_data")?;
            tally.positive(&entry.id(), &creation(&ak, &Signed::read(&entry)?, &data));
            Ok(())
        });
    }
    for entry in file.list_of("certified_object")? {
        tally.entry(&entry, |tally| {
            let verdict = check_name(&entry.hex("public")?, &entry.hex("name")?);
            tally.positive("certified_object", &verdict);
            Ok(())
        });
    }
    Ok(())
}

fn ak_of(keys: &Entry, entry: &Entry) -> Result<Vec<u8>, String> {
    keys.get(&entry.text("ak")?)?.hex("public")
}

/// What every attestation has.
pub(super) struct Signed {
    attest: Vec<u8>,
    signature: Vec<u8>,
    nonce: Vec<u8>,
}

impl Signed {
    pub(super) fn read(entry: &Entry) -> Result<Self, String> {
        Ok(Self {
            attest: entry.hex("attest")?,
            signature: entry.hex("signature")?,
            nonce: entry.hex("nonce")?,
        })
    }

    /// Some recorded attestations have an empty nonce; a service never asks with one.
    const fn nonce(&self) -> Nonce<'_> {
        Nonce::danger_any(self.nonce.as_slice())
    }
}

/// A quote and what was asked for.
pub(super) struct Quote {
    signed: Signed,
    bank: String,
    pcrs: Vec<u8>,
    values: Vec<Vec<u8>>,
}

impl Quote {
    pub(super) fn read(entry: &Entry) -> Result<Self, String> {
        Ok(Self {
            signed: Signed::read(entry)?,
            bank: entry.text("pcr_alg")?,
            pcrs: entry
                .get("pcrs")?
                .list()?
                .iter()
                .map(Entry::as_byte)
                .collect::<Result<_, _>>()?,
            values: entry
                .get("pcr_values")?
                .list()?
                .iter()
                .map(Entry::as_hex)
                .collect::<Result<_, _>>()?,
        })
    }
}

pub(super) fn quote(ak: &[u8], case: &Quote) -> Verdict {
    let ak = said(AkPublic::from_tpm2b(ak))?;
    let bank = match case.bank.as_str() {
        "sha1" => HashAlg::Sha1,
        "sha256" => HashAlg::Sha256,
        "sha384" => HashAlg::Sha384,
        "sha512" => HashAlg::Sha512,
        other => return Err(format!("no bank {other:?}")),
    };
    let selection = said(PcrSelection::new(bank, &case.pcrs))?;
    let values: Vec<&[u8]> = case.values.iter().map(Vec::as_slice).collect();
    let signed = &case.signed;
    let (attest, signature, nonce) = (&signed.attest, &signed.signature, signed.nonce());
    said(verify_quote(
        &ak, attest, signature, &nonce, selection, &values,
    ))
    .map(drop)
}

pub(super) fn certify(ak: &[u8], case: &Signed, object: &[u8]) -> Verdict {
    let ak = said(AkPublic::from_tpm2b(ak))?;
    let object = said(Public::from_tpm2b(object))?.name();
    let (attest, signature, nonce) = (&case.attest, &case.signature, case.nonce());
    said(verify_certify(&ak, attest, signature, &nonce, &object)).map(drop)
}

/// The recorded creations certify the attestation key itself.
fn creation(ak: &[u8], case: &Signed, data: &[u8]) -> Verdict {
    let ak = said(AkPublic::from_tpm2b(ak))?;
    let (attest, signature, nonce) = (&case.attest, &case.signature, case.nonce());
    said(verify_creation(
        &ak,
        attest,
        signature,
        &nonce,
        ak.name(),
        data,
    ))
    .map(drop)
}
