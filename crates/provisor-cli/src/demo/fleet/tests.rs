//! The outcome follows from seed and number, and faults are seen.

use std::num::NonZeroUsize;

use super::{Outcome, Settings, object, report, run};

fn fleet(devices: u32, seed: u64, threads: usize, lose_a_count: bool) -> Outcome {
    let threads = NonZeroUsize::new(threads).expect("not zero");
    run(&Settings {
        devices,
        seed,
        threads,
        lose_a_count,
    })
    .expect("the service operates")
}

fn shown(outcome: &Outcome) -> String {
    let mut out = object(outcome).to_string();
    report(&mut out, outcome);
    out
}

#[test]
fn the_outcome_does_not_know_of_threads_and_follows_from_the_seed() {
    let one = fleet(200, 7, 1, false);
    assert_eq!(one.faults(), [""; 0]);
    assert_eq!(shown(&one), shown(&fleet(200, 7, 2, false)));
    assert_eq!(shown(&one), shown(&fleet(200, 7, 5, false)));
    let other = fleet(200, 8, 2, false);
    assert!(other.is_right());
    assert_ne!(one.digest, other.digest);
}

#[test]
fn a_registration_that_is_not_counted_is_seen() {
    let outcome = fleet(60, 7, 2, true);
    assert!(!outcome.is_right());
    let faults = outcome.faults();
    let missing = "the metering does not add up: registration: 59 counted, 60 acknowledged";
    assert!(faults.iter().any(|fault| fault == missing), "{faults:?}");
    assert!(shown(&outcome).contains("WRONG: the metering does not add up"));
}
