//! Counting cases, with one line for each disagreement.

use std::collections::BTreeMap;

use crate::conformance::entry::Entry;
use crate::conformance::summary::Summary;

/// What our code said of an entry: accepted, or why not.
pub(super) type Verdict = Result<(), String>;

/// The counts so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    summary: Summary,
    skipped: BTreeMap<&'static str, u32>,
}

impl Tally {
    /// An entry that must be accepted.
    pub(super) fn positive(&mut self, id: &str, verdict: &Verdict) {
        self.summary.cases += 1;
        match verdict {
            Ok(()) => self.summary.agree += 1,
            Err(reason) => {
                self.summary.false_reject += 1;
                println!("false reject  {id}: {reason}");
            }
        }
    }

    /// An entry that must be refused; `reason` is the set's.
    pub(super) fn negative(&mut self, id: &str, reason: &str, verdict: &Verdict) {
        self.summary.cases += 1;
        match verdict {
            Ok(()) => {
                self.summary.false_accept += 1;
                println!("false accept  {id}: {reason}");
            }
            Err(_) => self.summary.agree += 1,
        }
    }

    /// Judges one entry. One that lacks what its kind must have is a fault of the set: it is
    /// printed and counted as skipped, never as a verdict.
    pub(super) fn entry(
        &mut self,
        entry: &Entry,
        judge: impl FnOnce(&mut Self) -> Result<(), String>,
    ) {
        if let Err(reason) = judge(self) {
            println!("unreadable    {}: {reason}", entry.id());
            self.skip("unreadable entries");
        }
    }

    /// An entry of a kind that is not asked.
    pub(super) fn skip(&mut self, kind: &'static str) {
        self.summary.cases += 1;
        self.summary.skipped += 1;
        *self.skipped.entry(kind).or_default() += 1;
    }

    pub(super) fn report_skipped(&self) {
        for (kind, count) in &self.skipped {
            println!("skipped       {kind}: {count}");
        }
    }

    pub(super) const fn summary(&self) -> Summary {
        self.summary
    }
}

/// A rejection as a verdict's reason.
pub(super) fn said<T>(result: Result<T, provisor_tpm::Rejection>) -> Result<T, String> {
    result.map_err(|rejection| rejection.to_string())
}

/// Insists on the same bytes.
pub(super) fn same(what: &str, ours: &[u8], theirs: &[u8]) -> Verdict {
    if ours == theirs {
        return Ok(());
    }
    let first = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    Err(format!(
        "{what} differs at byte {first}: ours {} bytes, theirs {}",
        ours.len(),
        theirs.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_outcome_is_counted_once() {
        let (yes, no) = (Ok(()), Err("no".to_owned()));
        let mut tally = Tally::default();
        tally.positive("a", &yes);
        tally.positive("b", &no);
        tally.negative("c", "reason", &yes);
        tally.negative("d", "reason", &no);
        tally.skip("kind");
        let expected = Summary {
            cases: 5,
            agree: 2,
            false_accept: 1,
            false_reject: 1,
            skipped: 1,
        };
        assert_eq!(tally.summary(), expected);
    }

    #[test]
    fn bytes_of_another_length_are_not_the_same() {
        assert!(same("x", &[1, 2], &[1, 2]).is_ok());
        assert!(same("x", &[1, 2], &[1]).is_err());
        assert!(same("x", &[1, 2], &[1, 3]).unwrap_err().contains("byte 1"));
    }
}
