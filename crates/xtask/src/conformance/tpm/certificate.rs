//! Endorsement key certificates, judged as the core judges them for a service.

use provisor::attestation::TpmVendors;
use provisor::enrollment::TrustedCertificate;
use provisor::{Code, UnixTime};
use provisor_tpm::EkPublic;

use super::tally::{Tally, Verdict, said};
use crate::conformance::entry::Entry;

/// The certificates of the set are judged at this moment, inside the validity of all of them.
const NOW: UnixTime = UnixTime::new(1_798_761_600); // 2027-01-01T00:00:00Z

/// A certificate, its chain, and the public area it should belong to.
pub(super) struct Case {
    der: Vec<u8>,
    issuer: Vec<u8>,
    root: Vec<u8>,
    ek_public: Vec<u8>,
}

impl Case {
    pub(super) fn read(entry: &Entry) -> Result<Self, String> {
        Self::with_chain(entry, entry, "ek_public")
    }

    fn with_chain(entry: &Entry, chain: &Entry, ek: &str) -> Result<Self, String> {
        Ok(Self {
            der: entry.hex("der")?,
            issuer: chain.hex("issuer")?,
            root: chain.hex("root")?,
            ek_public: entry.hex(ek)?,
        })
    }
}

/// ek_certs.json.
pub(super) fn run(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    let chains = file.get("chains")?;
    let any = any_key(file)?;
    for entry in file.list_of("certs")? {
        tally.entry(&entry, |tally| {
            let chain = chains.get(&entry.text("chain")?)?;
            // The one without a public area is the platform certificate, which must be refused.
            let has_key = entry.has("ek_public") && !entry.hex("ek_public")?.is_empty();
            if has_key {
                let case = Case::with_chain(&entry, &chain, "ek_public")?;
                tally.positive(&entry.id(), &judge(&case));
            } else {
                let (der, issuer, root) =
                    (entry.hex("der")?, chain.hex("issuer")?, chain.hex("root")?);
                let verdict = all_but_the_key(verify(&der, &issuer, &root, &any, |it| it));
                tally.negative(&entry.id(), "no endorsement key certificate", &verdict);
            }
            Ok(())
        });
    }
    for entry in file.list_of("same_key_no_certificate")? {
        tally.entry(&entry, |tally| {
            let verdict = said(EkPublic::from_tpm2b(&entry.hex("ek_public")?)).map(drop);
            tally.positive(&entry.id(), &verdict);
            Ok(())
        });
    }
    Ok(())
}

/// ek_certs_third_party.json.
pub(super) fn run_third_party(file: &Entry, tally: &mut Tally) -> Result<(), String> {
    for entry in file.list_of("certs")? {
        tally.entry(&entry, |tally| {
            let case = Case::with_chain(&entry, &entry, "template_ek_public")?;
            // Some of these state no purpose: a public cloud issues them so.
            let verdict = judge_by(&case, TpmVendors::lenient_absent_purpose);
            tally.positive(&entry.id(), &verdict);
            Ok(())
        });
    }
    Ok(())
}

/// The path to the root, the purpose, then the key: what the core does for a service.
pub(super) fn judge(case: &Case) -> Verdict {
    judge_by(case, |vendors| vendors)
}

/// Some endorsement key, to judge a certificate that belongs to none.
fn any_key(file: &Entry) -> Result<EkPublic, String> {
    let entries = file.list_of("same_key_no_certificate")?;
    let entry = entries.first().ok_or("no endorsement key in the file")?;
    said(EkPublic::from_tpm2b(&entry.hex("ek_public")?))
}

/// A certificate that fails by its key alone has passed everything that is asked here.
fn all_but_the_key(verdict: Verdict) -> Verdict {
    match verdict {
        Err(reason) if reason.contains(Code::AttestEkCertificateKey.name()) => Ok(()),
        verdict => verdict,
    }
}

fn judge_by(case: &Case, bend: impl FnOnce(TpmVendors) -> TpmVendors) -> Verdict {
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    verify(&case.der, &case.issuer, &case.root, &ek, bend)
}

fn verify(
    der: &[u8],
    issuer: &[u8],
    root: &[u8],
    ek: &EkPublic,
    bend: impl FnOnce(TpmVendors) -> TpmVendors,
) -> Verdict {
    let root = said(TrustedCertificate::from_der(root))?;
    let vendors = bend(said(TpmVendors::new([root]))?);
    said(vendors.verify(der, &[issuer], ek, NOW)).map(drop)
}
