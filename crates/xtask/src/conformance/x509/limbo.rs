//! Files in the schema of x509-limbo.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use provisor::x509::profile::{AK, DEVICE, EK, IDEVID, Purpose};
use provisor::x509::{
    Oid, Profile, RevocationPolicy, UnixTime, certificates_from_pem, crls_from_pem,
};
use serde::Deserialize;

use super::chain::{Chain, Policies};
use super::input::{now, read_json};
use super::tally::{Tally, Wanted};
use super::tiers::Tiers;
use crate::conformance::summary::Measured;

/// What a verdict may take at most before it is named, in a build without optimisation.
const SLOW: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct File {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    max_chain_depth: Option<u8>,
    crls: Vec<String>,
}

/// How each case reads for device attestation.
#[derive(Deserialize)]
pub(super) struct Overlay {
    cases: BTreeMap<String, Reading>,
}

#[derive(Deserialize)]
struct Reading {
    tier: String,
    attest: String,
    strict: String,
}

impl Overlay {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        read_json(path)
    }
}

/// Runs one file through the overlay.
pub(super) fn run(path: &Path, set: &str, overlay: &Overlay) -> Result<Measured, String> {
    let file: File = read_json(path)?;
    let mut tally = Tally::new(set);
    let mut tiers = Tiers::new(path, set);
    for case in &file.testcases {
        let reading = overlay
            .cases
            .get(&case.id)
            .ok_or_else(|| format!("{} is not in the overlay", case.id))?;
        let chain = case.chain(DEVICE)?;
        let started = Instant::now();
        let got = chain.judge();
        if started.elapsed() > SLOW {
            println!("{set} {} took {:?}", case.id, started.elapsed());
        }
        tiers.look(&case.id, &reading.tier, &reading.strict, &chain);
        tally.count(&case.id, Wanted::parse(&reading.attest)?, &got);
    }
    tiers.print();
    Ok(tally.finish())
}

/// Runs the chains of real devices, each with the profile of the purpose it names.
pub(super) fn run_devices(path: &Path, set: &str) -> Result<Measured, String> {
    let file: File = read_json(path)?;
    let mut tally = Tally::new(set);
    for case in &file.testcases {
        let profile = match case.purpose()? {
            Some(oid) if oid == Oid::EK_CERTIFICATE => EK,
            Some(oid) if oid == Oid::AK_CERTIFICATE => AK,
            _ => IDEVID,
        };
        // Vendors' quirks, each by the name of its option.
        let profile = profile.lenient_key_usage_bits();
        let got = case.chain(profile)?.judge();
        tally.count(&case.id, Wanted::parse(&case.expected_result)?, &got);
    }
    Ok(tally.finish())
}

impl Case {
    /// The purpose wanted: the one the case names, or the one of its kind.
    fn purpose(&self) -> Result<Option<Oid>, String> {
        let named = match self.extended_key_usage.first().map(String::as_str) {
            Some("clientAuth") => Some(Oid::CLIENT_AUTH),
            Some("serverAuth") => Some(Oid::SERVER_AUTH),
            Some(dotted) => {
                Some(Oid::parse(dotted).ok_or_else(|| format!("{dotted:?} is no OID"))?)
            }
            None => None,
        };
        Ok(named)
    }

    fn chain(&self, profile: Profile) -> Result<Chain, String> {
        let purpose = match (self.purpose()?, self.validation_kind.as_str()) {
            (Some(oid), _) => Purpose::Wanted(oid),
            (None, "SERVER") => Purpose::Wanted(Oid::SERVER_AUTH),
            (None, _) => profile_purpose(profile),
        };
        let mut profile = profile.with_purpose(purpose);
        if let Some(depth) = self.max_chain_depth {
            profile = profile.with_max_intermediates(depth);
        }
        let time = match &self.validation_time {
            Some(text) => UnixTime::parse_rfc3339(text)
                .ok_or_else(|| format!("{}: no time: {text:?}", self.id))?,
            None => now()?,
        };
        Ok(Chain {
            anchors: all(&self.trusted_certs)?,
            intermediates: all(&self.untrusted_intermediates)?,
            leaf: one(&self.peer_certificate)?,
            time,
            profile,
            policies: Policies::default(),
            // A case with lists is about them; the others do not know them.
            revocation: if self.crls.is_empty() {
                RevocationPolicy::Unchecked
            } else {
                RevocationPolicy::DenyUnknown
            },
            crls: lists(&self.crls)?,
        })
    }
}

/// The purpose a profile wants by itself; real device chains without a named one want none.
fn profile_purpose(profile: Profile) -> Purpose {
    if profile == DEVICE {
        Purpose::Wanted(Oid::CLIENT_AUTH)
    } else {
        Purpose::Any
    }
}

fn all(pems: &[String]) -> Result<Vec<Vec<u8>>, String> {
    pems.iter().map(|pem| one(pem)).collect()
}

fn lists(pems: &[String]) -> Result<Vec<Vec<u8>>, String> {
    let mut all = Vec::new();
    for pem in pems {
        all.extend(crls_from_pem(pem).map_err(|rejection| rejection.to_string())?);
    }
    Ok(all)
}

fn one(pem: &str) -> Result<Vec<u8>, String> {
    certificates_from_pem(pem)
        .map_err(|rejection| rejection.to_string())?
        .into_iter()
        .next()
        .ok_or_else(|| "an empty PEM".to_owned())
}
