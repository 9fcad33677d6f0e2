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
