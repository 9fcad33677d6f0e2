//! NIST PKITS, in three readings.

use std::path::Path;

use provisor::x509::profile::LeafKind;
use provisor::x509::{Oid, Profile, RevocationPolicy, UnixTime};
use serde::Deserialize;

use super::chain::{Chain, Policies};
use super::input::read_json;
use super::tally::{Tally, Wanted};
use crate::conformance::summary::Measured;

/// Which answer of a test is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// No CRLs, no policy inputs: what a device's chain is asked.
    AttestPath,
    /// Policy inputs, no CRLs.
    WithoutCrl,
    /// Policy inputs and CRLs.
    Full,
}

impl Reading {
    pub(super) const ALL: [Self; 3] = [Self::AttestPath, Self::WithoutCrl, Self::Full];

    const fn name(self) -> &'static str {
        match self {
            Self::AttestPath => "pkits/attest_path",
            Self::WithoutCrl => "pkits/valid_without_crl",
            Self::Full => "pkits/valid",
        }
    }
}

#[derive(Deserialize)]
struct File {
    validation_time: String,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    id: String,
    valid: bool,
    valid_without_crl: bool,
    attest_path: String,
    trust_anchor: String,
    intermediates: Vec<String>,
    end_entity: String,
    crls: Vec<String>,
    initial_policy_set: Vec<String>,
    initial_explicit_policy: bool,
    initial_policy_mapping_inhibit: bool,
    initial_inhibit_any_policy: bool,
}

pub(super) fn run(dir: &Path, reading: Reading) -> Result<Measured, String> {
    let file: File = read_json(&dir.join("pkits.json"))?;
    let time = UnixTime::parse_rfc3339(&file.validation_time)
        .ok_or_else(|| format!("no time: {:?}", file.validation_time))?;
    // PKITS has CA certificates as end entities and says nothing of purposes and leaf key usage.
    let profile = Profile::new("pkits").with_leaf_kind(LeafKind::EndEntityOrCa);
    let mut tally = Tally::new(reading.name());
    let read = |folder: &str, name: &str| {
        let path = dir.join("pkits").join(folder).join(name);
        std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    let load = |name: &str| read("certs", name);
    for test in &file.tests {
        let wanted = match reading {
            Reading::AttestPath => Wanted::parse(&test.attest_path)?,
            Reading::WithoutCrl if test.valid_without_crl => Wanted::Success,
            Reading::Full if test.valid => Wanted::Success,
            Reading::WithoutCrl | Reading::Full => Wanted::Failure,
        };
        let chain = Chain {
            anchors: vec![load(&test.trust_anchor)?],
            intermediates: test
                .intermediates
                .iter()
                .map(|name| load(name))
                .collect::<Result<_, _>>()?,
            leaf: load(&test.end_entity)?,
            time,
            profile,
            policies: test.policies(reading)?,
            revocation: match reading {
                Reading::AttestPath | Reading::WithoutCrl => RevocationPolicy::Unchecked,
                Reading::Full => RevocationPolicy::DenyUnknown,
            },
            crls: match reading {
                Reading::AttestPath | Reading::WithoutCrl => Vec::new(),
                Reading::Full => test
                    .crls
                    .iter()
                    .map(|name| read("crls", name))
                    .collect::<Result<_, _>>()?,
            },
        };
        tally.count(&test.id, wanted, &chain.judge());
    }
    Ok(tally.finish())
}

impl Test {
    /// The policy inputs; for a device's chain there are none.
    fn policies(&self, reading: Reading) -> Result<Policies, String> {
        if reading == Reading::AttestPath {
            return Ok(Policies::default());
        }
        let accepted = self
            .initial_policy_set
            .iter()
            .map(|text| Oid::parse(text).ok_or_else(|| format!("{text:?} is no OID")))
            .collect::<Result<_, _>>()?;
        Ok(Policies {
            accepted,
            require_explicit: self.initial_explicit_policy,
            inhibit_mapping: self.initial_policy_mapping_inhibit,
            inhibit_any: self.initial_inhibit_any_policy,
        })
    }
}
