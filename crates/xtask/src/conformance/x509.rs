//! The x509 set: x509-limbo in three files read through its overlay, PKITS in three readings, and
//! the chains of real devices.

mod limbo;
mod pkits;
mod tiers;

use std::path::Path;

use provisor::x509::{
    Certificate, Crl, Oid, PathVerifier, PolicyInputs, Profile, Rejection, RevocationPolicy,
    TrustAnchor, UnixTime,
};

use super::Summary;

/// Runs every file there is in `dir`, one line for each disagreement and one for each set.
///
/// # Errors
///
/// A file cannot be read.
pub(crate) fn run(dir: &Path) -> Result<Summary, String> {
    let overlay = limbo::Overlay::read(&dir.join("attest.json"))?;
    let mut total = Summary::default();
    for file in ["limbo.json", "limbo-client.json", "limbo-der.json"] {
        add(&mut total, limbo::run(&dir.join(file), file, &overlay)?);
    }
    add(
        &mut total,
        limbo::run_devices(&dir.join("ek/ek-limbo.json"), "ek-limbo.json")?,
    );
    for reading in pkits::Reading::ALL {
        add(&mut total, pkits::run(dir, reading)?);
    }
    Ok(total)
}

/// What a set wants of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Success,
    Failure,
    Either,
}

impl Wanted {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "SUCCESS" => Ok(Self::Success),
            "FAILURE" => Ok(Self::Failure),
            "EITHER" => Ok(Self::Either),
            other => Err(format!("unknown answer {other:?}")),
        }
    }
}

/// One chain as a set gives it, in DER.
struct Chain {
    anchors: Vec<Vec<u8>>,
    intermediates: Vec<Vec<u8>>,
    leaf: Vec<u8>,
    time: UnixTime,
    profile: Profile,
    policies: Policies,
    revocation: RevocationPolicy,
    /// Revocation lists, DER.
    crls: Vec<Vec<u8>>,
}

/// The policy inputs of RFC 5280 section 6.1.1.
#[derive(Default)]
struct Policies {
    accepted: Vec<Oid>,
    require_explicit: bool,
    inhibit_mapping: bool,
    inhibit_any: bool,
}

impl Policies {
    fn inputs(&self) -> PolicyInputs<'_> {
        let mut inputs = PolicyInputs::new().accepting(&self.accepted);
        if self.require_explicit {
            inputs = inputs.require_explicit();
        }
        if self.inhibit_mapping {
            inputs = inputs.inhibit_mapping();
        }
        if self.inhibit_any {
            inputs = inputs.inhibit_any();
        }
        inputs
    }
}

impl Chain {
    /// Our answer.
    fn judge(&self) -> Result<(), Rejection> {
        self.ask(self.profile, |verifier, leaf| {
            let verdict = verifier.verify(leaf, self.time).map(|_| ());
            // The explanation must tell the same story as the verdict, on every case of every set.
            let report = verifier.explain(leaf, self.time);
            if report.rejection().map(Rejection::code)
                != verdict.as_ref().err().map(Rejection::code)
            {
                println!(
                    "verify and explain differ: {verdict:?} / {:?}",
                    report.rejection()
                );
            }
            verdict
        })?
    }

    /// Calls `with` with what is asked. A certificate sent along or a revocation list that cannot be
    /// read is left out of
    /// the bag, as a server would; an anchor that cannot be one is left out of the anchors.
    fn ask<T>(
        &self,
        profile: Profile,
        with: impl FnOnce(&PathVerifier<'_, '_>, &Certificate<'_>) -> T,
    ) -> Result<T, Rejection> {
        let leaf = Certificate::from_der(&self.leaf)?;
        let mut unusable = None;
        let mut anchors = Vec::new();
        for der in &self.anchors {
            match Certificate::from_der(der).and_then(|c| TrustAnchor::from_certificate(&c)) {
                Ok(anchor) => anchors.push(anchor),
                Err(rejection) => unusable = Some(rejection),
            }
        }
        if let (true, Some(rejection)) = (anchors.is_empty(), unusable) {
            return Err(rejection);
        }
        let intermediates: Vec<_> = self
            .intermediates
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect();
        let crls: Vec<_> = self
            .crls
            .iter()
            .filter_map(|der| Crl::from_der(der).ok())
            .collect();
        let verifier = PathVerifier::new(&profile, &anchors)
            .intermediates(&intermediates)
            .policies(self.policies.inputs())
            .revocation(self.revocation, &crls);
        Ok(with(&verifier, &leaf))
    }
}

/// The tally of one set.
struct Tally {
    set: String,
    summary: Summary,
    skipped: std::collections::BTreeMap<String, u32>,
}

impl Tally {
    fn new(set: impl Into<String>) -> Self {
        Self {
            set: set.into(),
            summary: Summary::default(),
            skipped: std::collections::BTreeMap::new(),
        }
    }

    fn skip(&mut self, reason: &str) {
        self.summary.cases += 1;
        self.summary.skipped += 1;
        *self.skipped.entry(reason.to_owned()).or_default() += 1;
    }

    fn count(&mut self, id: &str, wanted: Wanted, got: &Result<(), Rejection>) {
        self.summary.cases += 1;
        let (set, code) = (
            &self.set,
            got.as_ref().err().map_or("ACCEPTED", |r| r.code().name()),
        );
        match (wanted, got) {
            (Wanted::Success, Err(rejection)) => {
                self.summary.false_reject += 1;
                println!("{set} {id} expected SUCCESS got {code}");
                println!("    {rejection}");
            }
            (Wanted::Failure, Ok(())) => {
                self.summary.false_accept += 1;
                println!("{set} {id} expected FAILURE got {code}");
            }
            (Wanted::Success, Ok(())) | (Wanted::Failure, Err(_)) | (Wanted::Either, _) => {
                self.summary.agree += 1;
            }
        }
    }

    fn finish(self) -> Summary {
        let s = self.summary;
        println!(
            "{}: {} cases, {} agree, {} false accepts, {} false rejects, {} skipped",
            self.set, s.cases, s.agree, s.false_accept, s.false_reject, s.skipped
        );
        for (reason, count) in &self.skipped {
            println!("    skipped {count}: {reason}");
        }
        s
    }
}

fn add(total: &mut Summary, one: Summary) {
    total.cases += one.cases;
    total.agree += one.agree;
    total.false_accept += one.false_accept;
    total.false_reject += one.false_reject;
    total.skipped += one.skipped;
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The time now, for cases that want no particular one.
fn now() -> Result<UnixTime, String> {
    let elapsed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|e| e.to_string())?;
    i64::try_from(elapsed.as_secs())
        .map(UnixTime::new)
        .map_err(|e| e.to_string())
}
