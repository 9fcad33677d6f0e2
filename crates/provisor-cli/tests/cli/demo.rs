//! `provisor demo`.

use std::collections::BTreeSet;

use super::{folder, provisor_in};

#[test]
fn the_same_seed_gives_the_same_run_to_the_byte() {
    let folder = folder("demo-seed");
    let run = |seed: &str| {
        let run = provisor_in(
            &folder,
            ["demo", "--devices", "60", "--json", "--seed", seed],
        );
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        run
    };
    let (first, again, other) = (run("7"), run("7"), run("8"));
    assert_eq!(first.out, again.out);
    assert_ne!(
        first.json()["decisionsSha256"],
        other.json()["decisionsSha256"]
    );
}

#[test]
fn every_device_has_a_hub_and_every_bad_one_its_own_code() {
    let folder = folder("demo-json");
    let run = provisor_in(&folder, ["demo", "--devices", "100", "--json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let json = run.json();
    let hubs = json["hubs"].as_array().unwrap();
    let devices: u64 = hubs
        .iter()
        .map(|hub| hub["devices"].as_u64().unwrap())
        .sum();
    assert_eq!(devices, 100);
    let expected: f64 = hubs
        .iter()
        .map(|hub| hub["expectedShare"].as_f64().unwrap())
        .sum();
    assert!((expected - 1.0).abs() < 1e-9);
    assert_eq!(json["wronglyRefused"].as_array().unwrap().len(), 0);
    assert!(
        json["timings"].is_null(),
        "they would differ from run to run"
    );

    let bad = json["badDevices"].as_array().unwrap();
    assert!(bad.len() >= 16, "{}", bad.len());
    let mut codes = BTreeSet::new();
    for case in bad {
        assert_eq!(case["right"], true, "{case}");
        assert_eq!(case["expectedCode"], case["rejection"]["code"]);
        for field in ["subject", "meaning", "remedy", "spec"] {
            assert!(
                !case["rejection"][field].as_str().unwrap().is_empty(),
                "{case}"
            );
        }
        codes.insert(case["expectedCode"].as_str().unwrap());
    }
    assert_eq!(
        codes.len(),
        bad.len(),
        "distinct faults have distinct codes"
    );
}

#[test]
fn times_are_there_when_asked_for() {
    let folder = folder("demo-timings");
    let run = provisor_in(&folder, ["demo", "--devices", "20", "--json", "--timings"]);
    assert_eq!(run.status, 0);
    assert!(run.json()["timings"].as_array().unwrap().len() >= 3);
}

#[test]
fn the_text_shows_bars_times_and_explanations() {
    let folder = folder("demo-text");
    let run = provisor_in(&folder, ["demo", "--devices", "40"]);
    assert_eq!(run.status, 0, "{}", run.out);
    for part in [
        "█",
        "expected",
        "found",
        "Time, by step",
        "X509_EXPIRED",
        "to do",
        "SHA-256",
        "published primes",
    ] {
        assert!(run.out.contains(part), "{part} is missing in\n{}", run.out);
    }
    assert!(!run.out.contains("WRONG:"));
    assert!(
        run.err.is_empty(),
        "no progress bar without a terminal: {}",
        run.err
    );
}

#[test]
fn a_fleet_in_this_process_is_the_same_to_the_byte_by_any_number_of_threads() {
    let folder = folder("demo-fleet");
    let run = |seed: &str, more: &[&str]| {
        let fleet = ["demo", "--in-process", "--devices", "200", "--seed", seed];
        let run = provisor_in(&folder, fleet.iter().chain(more).copied());
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        run
    };
    let first = run("7", &["--json", "--threads", "1"]);
    assert_eq!(first.out, run("7", &["--json", "--threads", "2"]).out);
    assert_eq!(first.out, run("7", &["--json"]).out);
    let other = run("8", &["--json"]);
    let (first, other) = (first.json(), other.json());
    assert_ne!(first["fleet"]["sha256"], other["fleet"]["sha256"]);
    let text = run("7", &["--threads", "1"]);
    assert_eq!(text.out, run("7", &["--threads", "3"]).out);
    assert!(!text.out.contains("WRONG"), "{}", text.out);
    assert!(text.err.contains("The fleet took"), "{}", text.err);
}

#[test]
fn hubs_change_half_way_and_the_sums_add_up() {
    let folder = folder("demo-fleet-sums");
    let fleet = ["demo", "--in-process", "--devices", "300", "--json"];
    let run = provisor_in(&folder, fleet);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let json = run.json();
    let fleet = &json["fleet"];
    assert_eq!(fleet["kinds"]["TPM"], 3);
    assert!(
        fleet["kinds"]
            .as_object()
            .unwrap()
            .values()
            .all(|number| number.as_u64() > Some(0))
    );
    let number = |of: &serde_json::Value, name: &str| of[name].as_u64().unwrap();
    let stages = fleet["stages"].as_array().unwrap();
    let changes = ["first", "added", "reweighted", "removed"];
    assert_eq!(stages.len(), changes.len());
    for (stage, change) in stages.iter().zip(changes) {
        assert!(
            stage["change"].as_str().unwrap().contains(change),
            "{stage}"
        );
        assert_eq!(stage["moved"], stage["fewestMoves"], "{stage}");
        let (found, least) = (&stage["movedShare"], &stage["leastShareByWeights"]);
        let apart = found.as_f64().unwrap() - least.as_f64().unwrap();
        assert!(change == "first" || apart.abs() < 0.1, "{stage}");
    }
    let refused = number(&stages[3]["refused"], "ATTEST_GROUP_DISABLED");
    assert_eq!(number(&stages[3], "assigned") + refused, 300);
    assert!(refused > 0);
    assert_eq!(
        (number(fleet, "inTwoLiveHubs"), number(fleet, "astray")),
        (0, 0)
    );
    assert_eq!(fleet["meteringAddsUp"], true);
    let metered = fleet["metered"].as_array().unwrap();
    let of = |what: &str| -> u64 {
        let rows = metered.iter().filter(|row| row["instruction"] == what);
        rows.map(|row| number(row, "number")).sum()
    };
    // Six records were deleted half-way, and each of these devices was new once more.
    assert_eq!((of("recordDelete"), of("registration")), (6, 306));
    assert_eq!(of("reregistration"), 894 - refused);
    let free = &fleet["free"];
    for what in [
        "polls",
        "challenges",
        "failures",
        "refusals",
        "repeatedSaves",
    ] {
        assert!(number(free, what) > 0, "{what}: {free}");
    }
    let all: u64 = metered.iter().map(|row| number(row, "number")).sum();
    assert_eq!(all, number(fleet, "meteredInAll"));
}

#[test]
fn a_registration_that_is_not_counted_makes_the_demo_fail() {
    let folder = folder("demo-fleet-fault");
    let fleet = ["demo", "--in-process", "--devices", "40", "--lose-a-count"];
    let run = provisor_in(&folder, fleet);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let found = "WRONG: the metering does not add up: registration: 40 counted, 41 acknowledged";
    assert!(run.out.contains(found), "{}", run.out);
    assert!(!run.out.contains("It adds up"), "{}", run.out);
}
