//! The conformance sets, against the committed figures, which must not get worse unseen.

use serde::Deserialize;

use super::outcome::Outcome;
use crate::conformance::{Set, Summary, measure};
use crate::workspace;

const BASELINE: &str = "crates/xtask/conformance-baseline.json";

#[derive(Clone, Copy, Debug, Deserialize)]
struct Baseline {
    x509: Summary,
    tpm: Summary,
    reports: Summary,
    allocation: Summary,
}

pub(super) fn x509() -> Result<Outcome, String> {
    compare(Set::X509, "x509")
}

pub(super) fn tpm() -> Result<Outcome, String> {
    compare(Set::Tpm, "tpm")
}

pub(super) fn reports() -> Result<Outcome, String> {
    compare(Set::Reports, "reports")
}

pub(super) fn allocation() -> Result<Outcome, String> {
    compare(Set::Allocation, "allocation")
}

fn compare(set: Set, folder: &str) -> Result<Outcome, String> {
    let Some(shared) = workspace::shared() else {
        return Ok(Outcome::Skipped(
            "the conformance sets are not here (PROVISOR_SHARED, or a folder `shared` beside the clone)"
                .to_owned(),
        ));
    };
    let dir = shared.join(folder);
    if !dir.is_dir() {
        return Ok(Outcome::Skipped(format!("{} is not here", dir.display())));
    }
    let text = workspace::read(&workspace::root().join(BASELINE))?;
    let baseline: Baseline = serde_json::from_str(&text).map_err(|e| format!("{BASELINE}: {e}"))?;
    let expected = match set {
        Set::X509 => baseline.x509,
        Set::Tpm => baseline.tpm,
        Set::Reports => baseline.reports,
        Set::Allocation => baseline.allocation,
    };
    let measured = measure(set, &dir)?;
    measured.verdict()?;
    let found = measured.summary;
    println!("  expected {expected:?}\n  found    {found:?}");
    judge(expected, found)?;
    if found != expected {
        println!("  !!! the figures differ, and are no worse: write them into {BASELINE}");
    }
    Ok(Outcome::Passed)
}

/// Worse is: more false accepts; and over the same set, more false rejects, more skipped, or fewer
/// agreed.
fn judge(expected: Summary, found: Summary) -> Result<(), String> {
    if found.cases == 0 {
        return Err("the set holds no case".to_owned());
    }
    if found.false_accept > expected.false_accept {
        return Err(format!(
            "{} false accepts, more than {}",
            found.false_accept, expected.false_accept
        ));
    }
    let same_set = found.cases == expected.cases;
    if same_set
        && (found.false_reject > expected.false_reject
            || found.skipped > expected.skipped
            || found.agree < expected.agree)
    {
        return Err("worse than the baseline".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Summary = Summary {
        cases: 10,
        agree: 7,
        false_accept: 0,
        false_reject: 2,
        skipped: 1,
    };

    #[test]
    fn equal_and_better_pass_and_each_kind_of_worse_fails() {
        assert!(judge(BASE, BASE).is_ok());
        assert!(
            judge(
                BASE,
                Summary {
                    agree: 9,
                    false_reject: 0,
                    ..BASE
                }
            )
            .is_ok()
        );
        for worse in [
            Summary {
                agree: 6,
                false_accept: 1,
                ..BASE
            },
            Summary {
                agree: 6,
                false_reject: 3,
                ..BASE
            },
            Summary {
                agree: 6,
                skipped: 2,
                ..BASE
            },
            Summary { agree: 6, ..BASE },
            Summary {
                cases: 11,
                false_accept: 1,
                ..BASE
            },
            Summary::default(),
        ] {
            assert!(judge(BASE, worse).is_err(), "{worse:?}");
        }
    }

    #[test]
    fn another_set_is_judged_by_its_false_accepts_alone() {
        assert!(
            judge(
                BASE,
                Summary {
                    cases: 20,
                    agree: 5,
                    false_reject: 14,
                    ..BASE
                }
            )
            .is_ok()
        );
    }
}
