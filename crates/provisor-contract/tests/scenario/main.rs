//! The scenario that every language runs with the same result: a service through its days, by the
//! public interface alone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod runner;

use provisor_testkit::vectors::cases;
use runner::Scene;
use serde_json::Value;

#[test]
fn every_step_ends_as_the_file_says() {
    for case in cases("scenario") {
        let mut scene = Scene::new(&case).unwrap();
        let steps = case.get("steps").and_then(Value::as_array).unwrap();
        assert!(steps.len() > 20, "{} steps", steps.len());
        for (number, step) in steps.iter().enumerate() {
            let came = scene.step(step).unwrap();
            let expected = step.get("expect").unwrap_or(&Value::Null);
            assert_eq!(
                &came,
                expected,
                "step {number}: {}",
                step.get("note").unwrap()
            );
        }
    }
}

#[test]
fn a_step_that_is_changed_ends_otherwise() {
    let case = cases("scenario").remove(0);
    let steps = case.get("steps").and_then(Value::as_array).unwrap();
    let mut scene = Scene::new(&case).unwrap();
    let mut found = false;
    for step in steps {
        let mut step = step.clone();
        if step.get("register").is_some() {
            // A minute later in the token's life nothing changes; in a hundred years it does.
            let late = step.get("at").and_then(Value::as_i64).unwrap() + 3_000_000_000;
            step["at"] = late.into();
        }
        let came = scene.step(&step).unwrap();
        found |= came != *step.get("expect").unwrap_or(&Value::Null);
    }
    assert!(found, "the file says the same of everything");
}
