//! Endorsement key certificates: the path by provisor-x509, the key by provisor-tpm.

use provisor_tpm::EkPublic;
use provisor_x509::{Certificate, PathVerifier, TrustAnchor, UnixTime, profile};

use super::entry::Entry;
use super::tally::{Tally, Verdict, said, same};

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
                let verdict =
                    check_path(&der, &issuer, &root).and_then(|_| check_purpose_is_stated(&der));
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
            tally.positive(&entry.id(), &judge_key(&case));
            Ok(())
        });
    }
    Ok(())
}

/// The path to the root, the purpose, then the key.
pub(super) fn judge(case: &Case) -> Verdict {
    judge_key(case)?;
    check_purpose_is_stated(&case.der)
}

/// The path to the root, then the key: one input, one key.
fn judge_key(case: &Case) -> Verdict {
    let key = check_path(&case.der, &case.issuer, &case.root)?;
    let ek = said(EkPublic::from_tpm2b(&case.ek_public))?;
    same("certified key", &ek.public_key().subject_public_key(), &key)
}

/// tcg-kp-EKCertificate, 2.23.133.8.1, as it stands in DER.
const EK_PURPOSE: [u8; 7] = [0x06, 0x05, 0x67, 0x81, 0x05, 0x08, 0x01];

/// The profile lets a leaf pass that states no purpose at all; the own set wants it stated (traps
/// 32 and 33). Once the path is verified, the identifier stands in the leaf or it does not.
fn check_purpose_is_stated(der: &[u8]) -> Verdict {
    if der.windows(EK_PURPOSE.len()).any(|part| part == EK_PURPOSE) {
        return Ok(());
    }
    Err("the certificate does not state the purpose of an endorsement key".to_owned())
}

/// Verifies the path and answers the certified key.
fn check_path(der: &[u8], issuer: &[u8], root: &[u8]) -> Result<Vec<u8>, String> {
    let leaf = said(Certificate::from_der(der))?;
    let root = said(Certificate::from_der(root))?;
    let anchors = [said(TrustAnchor::from_certificate(&root))?];
    let intermediates = [said(Certificate::from_der(issuer))?];
    let path = said(
        PathVerifier::new(&profile::EK, &anchors)
            .intermediates(&intermediates)
            .verify(&leaf, NOW),
    )?;
    Ok(path.leaf().key().key_bytes().to_vec())
}
