//! The main job: it runs, comes out right, and a seed makes it the same to the byte.

use serde_json::Value;

use super::outcome::Outcome;
use crate::command::{cargo, output, program, run};
use crate::workspace;

pub(super) fn twice() -> Result<Outcome, String> {
    run(cargo().args(["build", "--release", "-p", "provisor-cli"]))?;
    let demo = |seed: &str| -> Result<String, String> {
        let binary = workspace::target().join("release/provisor");
        output(program(binary).args(["demo", "--devices", "1000", "--seed", seed, "--json"]))
    };
    let first = demo("7")?;
    if first != demo("7")? {
        return Err("two runs with one seed differ".to_owned());
    }
    let first = came_out(&first)?;
    if first == came_out(&demo("8")?)? {
        return Err("the seed changes nothing".to_owned());
    }
    println!("  1000 devices provisioned, bad ones refused; twice with one seed: the same");
    Ok(Outcome::Passed)
}

/// The digest over all decisions of a run that came out right: all good devices have a hub, and each
/// bad one was refused for its own reason.
fn came_out(text: &str) -> Result<String, String> {
    let answer: Value = serde_json::from_str(text).map_err(|e| format!("demo --json: {e}"))?;
    let list = |key: &str| {
        let list = answer.get(key).and_then(Value::as_array);
        list.ok_or_else(|| format!("demo --json has no list {key}"))
    };
    let assigned: u64 = list("hubs")?
        .iter()
        .filter_map(|hub| hub.get("devices").and_then(Value::as_u64))
        .sum();
    if assigned != 1000 || !list("wronglyRefused")?.is_empty() {
        return Err(format!("{assigned} of 1000 devices have a hub"));
    }
    let bad = list("badDevices")?;
    let right = |case: &&Value| case.get("right") == Some(&Value::Bool(true));
    if bad.is_empty() || !bad.iter().all(|case| right(&case)) {
        return Err("a bad device was not refused for its own reason".to_owned());
    }
    let digest = answer.get("decisionsSha256").and_then(Value::as_str);
    digest
        .map(str::to_owned)
        .ok_or_else(|| "demo --json has no decisionsSha256".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(devices: u32, wrongly: &[&str], right: bool) -> String {
        serde_json::json!({
            "hubs": [{"devices": 400}, {"devices": devices}], "wronglyRefused": wrongly,
            "badDevices": [{"right": right}], "decisionsSha256": "00",
        })
        .to_string()
    }

    #[test]
    fn a_lost_device_a_wrong_refusal_and_a_wrong_reason_are_noticed() {
        assert_eq!(came_out(&answer(600, &[], true)), Ok("00".to_owned()));
        assert!(came_out(&answer(599, &[], true)).is_err());
        assert!(came_out(&answer(600, &["a"], true)).is_err());
        assert!(came_out(&answer(600, &[], false)).is_err());
        assert!(came_out("{}").is_err());
    }
}
