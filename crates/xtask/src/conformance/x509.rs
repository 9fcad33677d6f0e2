//! The x509 set: x509-limbo in three files read through its overlay, PKITS in three readings, and
//! the chains of real devices.

mod exceptions;
mod limbo;
mod pkits;
mod tiers;

use std::path::Path;

use provisor::x509::{
    Certificate, Crl, Oid, PathVerifier, PolicyInputs, Profile, Rejection, RevocationPolicy,
    TrustAnchor, UnixTime,
};

use super::{Measured, Summary};
use exceptions::{EXCEPTIONS, Exception, Excuse, excuse};

/// Runs every file there is in `dir`, one line for each disagreement and one for each set.
///
/// # Errors
///
/// A file cannot be read.
pub(crate) fn run(dir: &Path) -> Result<Measured, String> {
    let overlay = limbo::Overlay::read(&dir.join("attest.json"))?;
    let mut total = Measured::default();
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
    exceptions: &'static [Exception],
    /// Cases that an exception covers, each with its reason.
    skipped: Vec<String>,
    /// Cases whose exception should go.
    stale: Vec<String>,
}

impl Tally {
    fn new(set: impl Into<String>) -> Self {
        Self {
            set: set.into(),
            summary: Summary::default(),
            exceptions: EXCEPTIONS,
            skipped: Vec::new(),
            stale: Vec::new(),
        }
    }

    fn count(&mut self, id: &str, wanted: Wanted, got: &Result<(), Rejection>) {
        self.summary.cases += 1;
        // Only what a set accepts can be excused: a false accept is a defect whatever the reason.
        let excuse = match wanted {
            Wanted::Success => excuse(self.exceptions, &self.set, id, got),
            Wanted::Failure | Wanted::Either => Excuse::None,
        };
        match excuse {
            Excuse::None => {}
            Excuse::Stale => self.stale.push(format!("{} {id}", self.set)),
            Excuse::Reason(reason) => {
                self.summary.skipped += 1;
                self.skipped.push(format!("{id}: {reason}"));
                return;
            }
        }
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

    fn finish(self) -> Measured {
        let s = self.summary;
        println!(
            "{}: {} cases, {} agree, {} false accepts, {} false rejects, {} skipped",
            self.set, s.cases, s.agree, s.false_accept, s.false_reject, s.skipped
        );
        for case in &self.skipped {
            println!("    skipped {case}");
        }
        for case in &self.stale {
            println!("    !!! the exception for {case} is stale: take it away");
        }
        Measured {
            summary: s,
            stale: self.stale,
        }
    }
}

fn add(total: &mut Measured, one: Measured) {
    let (all, one_summary) = (&mut total.summary, one.summary);
    all.cases += one_summary.cases;
    all.agree += one_summary.agree;
    all.false_accept += one_summary.false_accept;
    all.false_reject += one_summary.false_reject;
    all.skipped += one_summary.skipped;
    total.stale.extend(one.stale);
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

#[cfg(test)]
mod tests {
    use provisor::{Code, Subject};

    use super::*;

    fn refused(code: Code) -> Result<(), Rejection> {
        Err(Rejection::new(code, Subject::field("test")))
    }

    #[test]
    fn an_excused_case_is_skipped_and_nothing_else_is() {
        let mut tally = Tally::new("pkits/valid");
        tally.count("4.1.5", Wanted::Success, &refused(Code::X509KeyDsa));
        tally.count("4.1.6", Wanted::Success, &refused(Code::X509KeyDsa));
        tally.count("4.1.5", Wanted::Failure, &Ok(()));
        tally.count("4.1.1", Wanted::Success, &Ok(()));
        let Measured { summary, stale } = tally.finish();
        let Summary {
            cases,
            agree,
            false_accept,
            false_reject,
            skipped,
        } = summary;
        assert_eq!(
            [cases, agree, false_accept, false_reject, skipped],
            [4, 1, 1, 1, 1]
        );
        assert!(stale.is_empty());
    }

    #[test]
    fn a_stale_exception_is_named_and_its_case_scored() {
        let mut tally = Tally::new("pkits/valid");
        tally.count("4.1.5", Wanted::Success, &Ok(()));
        tally.count("4.1.4", Wanted::Success, &refused(Code::X509Expired));
        let mut total = Measured::default();
        add(&mut total, tally.finish());
        assert_eq!(total.stale, ["pkits/valid 4.1.5", "pkits/valid 4.1.4"]);
        assert_eq!((total.summary.agree, total.summary.false_reject), (1, 1));
        assert!(total.verdict().is_err());
    }
}
