//! Counting cases, with one line for each disagreement.

use provisor::x509::Rejection;

use super::exceptions::{EXCEPTIONS, Exception, Excuse, excuse};
use crate::conformance::summary::{Measured, Summary};

/// What a set wants of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Success,
    Failure,
    Either,
}

impl Wanted {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "SUCCESS" => Ok(Self::Success),
            "FAILURE" => Ok(Self::Failure),
            "EITHER" => Ok(Self::Either),
            other => Err(format!("unknown answer {other:?}")),
        }
    }
}

/// The tally of one set.
pub(super) struct Tally {
    set: String,
    summary: Summary,
    exceptions: &'static [Exception],
    /// Cases that an exception covers, each with its reason.
    skipped: Vec<String>,
    /// Cases whose exception should go.
    stale: Vec<String>,
}

impl Tally {
    pub(super) fn new(set: impl Into<String>) -> Self {
        Self {
            set: set.into(),
            summary: Summary::default(),
            exceptions: EXCEPTIONS,
            skipped: Vec::new(),
            stale: Vec::new(),
        }
    }

    pub(super) fn count(&mut self, id: &str, wanted: Wanted, got: &Result<(), Rejection>) {
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

    pub(super) fn finish(self) -> Measured {
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

pub(super) fn add(total: &mut Measured, one: Measured) {
    let (all, one_summary) = (&mut total.summary, one.summary);
    all.cases += one_summary.cases;
    all.agree += one_summary.agree;
    all.false_accept += one_summary.false_accept;
    all.false_reject += one_summary.false_reject;
    all.skipped += one_summary.skipped;
    total.stale.extend(one.stale);
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
