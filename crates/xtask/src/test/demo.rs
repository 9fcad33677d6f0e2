//! The main job: it runs, and a seed makes it the same to the byte.

use super::Outcome;
use crate::command::{cargo, output, program, run};
use crate::workspace;

pub(super) fn twice() -> Result<Outcome, String> {
    run(cargo().args(["build", "--release", "-p", "provisor-cli"]))?;
    let demo = |seed: &str| -> Result<String, String> {
        let binary = workspace::target().join("release/provisor");
        output(program(binary).args(["demo", "--devices", "1000", "--seed", seed, "--json"]))
    };
    let first = outcome(&demo("7")?)?;
    if first != outcome(&demo("7")?)? {
        return Err("two runs with one seed differ".to_owned());
    }
    if first == outcome(&demo("8")?)? {
        return Err("the seed changes nothing".to_owned());
    }
    println!("  1000 devices, twice with one seed: the same");
    Ok(Outcome::Passed)
}

/// The demo's answer without the times, which belong to the machine.
fn outcome(text: &str) -> Result<serde_json::Value, String> {
    let mut answer: serde_json::Value =
        serde_json::from_str(text).map_err(|e| format!("demo --json: {e}"))?;
    if let Some(fields) = answer.as_object_mut() {
        fields.remove("timing");
    }
    Ok(answer)
}
