//! The outcome for machines.

use serde_json::{Map, Value, json};

use super::stage::{Outcome, Told};

/// One object, the same to the byte for the same seed and number.
pub(in crate::demo) fn object(outcome: &Outcome) -> Value {
    let kinds = outcome.kinds.iter();
    let kinds: Map<String, Value> = kinds
        .map(|(kind, number)| (kind.label().to_owned(), (*number).into()))
        .collect();
    let metered = outcome.report.rows().map(|(day, what, number)| {
        json!({ "day": day.to_string(), "instruction": what.as_str(), "number": number })
    });
    let hubs = outcome.places.devices.iter().map(|(hub, devices)| {
        json!({ "name": hub, "weight": outcome.weights.get(hub), "devices": devices })
    });
    let (places, free) = (&outcome.places, &outcome.free);
    json!({
        "kinds": kinds,
        "poolKeys": outcome.pool_keys,
        "stages": outcome.stages.iter().map(stage).collect::<Vec<_>>(),
        "hubs": hubs.collect::<Vec<_>>(),
        "inTwoLiveHubs": places.twice,
        "astray": places.astray,
        "inRemovedHub": places.unlinked,
        "metered": metered.collect::<Vec<_>>(),
        "meteredInAll": outcome.report.total(),
        "free": {
            "polls": free.polls, "challenges": free.challenges, "failures": free.failures, "refusals": free.refusals,
            "reads": free.reads, "repeatedSaves": free.repeats,
        },
        "meteringAddsUp": outcome.differences.is_empty(),
        "wrong": outcome.faults(),
        "sha256": outcome.digest,
    })
}

fn stage(told: &Told) -> Value {
    let (stage, moves) = (&told.stage, &told.stage.moves);
    json!({
        "change": told.change,
        "assigned": stage.assigned,
        "refused": stage.refused,
        "byWeights": moves.devices,
        "moved": moves.moved,
        "movedShare": moves.share(),
        "fewestMoves": moves.fewest(),
        "leastShareByWeights": told.least,
    })
}
