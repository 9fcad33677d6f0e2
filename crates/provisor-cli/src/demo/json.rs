//! The outcome for machines.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::clock::Timing;
use super::factory::Make;
use super::fleet;
use super::refused::Refused;
use super::run::Outcome;

/// One object. Without `--timings` two runs of the same seed and number are the same to the byte.
pub(super) fn object(
    arguments: &Arguments,
    outcome: &Outcome,
    fleet: &fleet::Outcome,
    refused: &[Refused],
) -> String {
    let makes: serde_json::Map<String, Value> = Make::ALL
        .into_iter()
        .map(|make| (make.label().to_owned(), outcome.made(make).into()))
        .collect();
    let hubs: Vec<Value> = outcome
        .hubs
        .iter()
        .map(|hub| {
            json!({
                "name": hub.name, "weight": hub.weight, "devices": hub.devices,
                "expectedShare": hub.expected, "foundShare": hub.found,
            })
        })
        .collect();
    let wrongly: Vec<Value> = outcome
        .refused
        .iter()
        .map(|(id, rejection)| json!({ "registrationId": id, "rejection": rejection }))
        .collect();
    let object = json!({
        "devices": arguments.devices,
        "seed": arguments.seed,
        "makes": makes,
        "hubs": hubs,
        "wronglyRefused": wrongly,
        "badDevices": cases(refused),
        "fleet": fleet::object(fleet),
        "decisionsSha256": outcome.digest(refused),
        "timings": arguments.timings.then(|| timings(outcome)),
    });
    format!("{object}\n")
}

/// The same for a fleet.
pub(super) fn of_fleet(
    arguments: &Arguments,
    outcome: &fleet::Outcome,
    refused: &[Refused],
) -> String {
    let object = json!({
        "devices": arguments.devices,
        "seed": arguments.seed,
        "fleet": fleet::object(outcome),
        "badDevices": cases(refused),
    });
    format!("{object}\n")
}

fn cases(refused: &[Refused]) -> Vec<Value> {
    let case = |case: &Refused| {
        json!({
            "case": case.case, "expectedCode": case.expected, "right": case.is_right(),
            "rejection": case.rejection,
        })
    };
    refused.iter().map(case).collect()
}

fn timings(outcome: &Outcome) -> Vec<Value> {
    let step = |Timing { step, spent, times }: &Timing| json!({ "step": step, "seconds": spent.as_secs_f64(), "times": times });
    outcome.timings.iter().map(step).collect()
}
