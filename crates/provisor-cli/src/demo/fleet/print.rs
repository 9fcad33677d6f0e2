//! The outcome for people.

use std::fmt::Write as _;

use provisor::metering::Instruction;

use super::shard::{Places, SHARDS};
use super::stage::{Outcome, Told};
use super::sums::Free;

/// As many faults as a person reads.
const FAULTS: usize = 10;

/// The text; it says nothing of threads and times, and is the same for the same seed and number.
pub(in crate::demo) fn report(out: &mut String, outcome: &Outcome) {
    kinds(out, outcome);
    let deleted = outcome.report.of(Instruction::RecordDelete);
    stages(out, &outcome.stages, deleted);
    places(out, outcome);
    metering(out, outcome);
    let faults = outcome.faults();
    for fault in faults.iter().take(FAULTS) {
        let _ = writeln!(out, "WRONG: {fault}");
    }
    if let Some(more @ 1..) = faults.len().checked_sub(FAULTS) {
        let _ = writeln!(out, "WRONG: and {more} more");
    }
    let _ = writeln!(
        out,
        "\nAll decisions and counts of the fleet, SHA-256: {}",
        outcome.digest
    );
}

fn kinds(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        out,
        "{:<46} {:>9}",
        "The fleet, by what it shows", "devices"
    );
    for (kind, number) in &outcome.kinds {
        let _ = writeln!(out, "  {:<44} {number:>9}", kind.label());
    }
    let _ = writeln!(
        out,
        "  The certificates share a pool of {} keys, so that the time goes into the service and not into making\n\
         \x20 them. Each device is a state machine without heap and speaks HTTP or MQTT, in {SHARDS} shards.",
        outcome.pool_keys
    );
}

fn stages(out: &mut String, stages: &[Told], deleted: u64) {
    let _ = writeln!(
        out,
        "\n{:<59} {:>8} {:>7} {:>7} {:>7} {:>8} {:>8}",
        "All devices register after each change",
        "assigned",
        "refused",
        "moved",
        "fewest",
        "share",
        "weights"
    );
    for Told {
        change,
        least,
        stage,
    } in stages
    {
        let refused: u64 = stage.refused.values().sum();
        let _ = write!(out, "  {change:<57} {:>8} {refused:>7}", stage.assigned);
        let moves = &stage.moves;
        if moves.devices > 0 {
            let (moved, fewest) = (moves.moved, moves.fewest());
            let (share, least) = (moves.share() * 100.0, least * 100.0);
            let _ = write!(out, " {moved:>7} {fewest:>7} {share:>6.2} % {least:>6.2} %");
        }
        out.push('\n');
    }
    out.push_str(
        "  Fewest: the moves without which the hubs would not have these numbers of devices. Weights: the\n\
         \x20 share that has to move by the weights. Devices whose group asks a webhook are not in it.\n",
    );
    let _ = writeln!(
        out,
        "  Before the third round {deleted} records were deleted: these devices were counted as new."
    );
    for told in stages {
        for (code, number) in &told.stage.refused {
            let _ = writeln!(
                out,
                "  {number} devices of the disabled group were refused: {code}."
            );
        }
    }
}

fn places(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        out,
        "\n{:<34} {:>6} {:>9}",
        "In the hubs at the end", "weight", "devices"
    );
    for (hub, number) in &outcome.places.devices {
        let weight = outcome.weights.get(hub);
        let weight = weight.map_or_else(|| "-".to_owned(), ToString::to_string);
        let _ = writeln!(out, "  {hub:<32} {weight:>6} {number:>9}");
    }
    let Places {
        twice,
        astray,
        unlinked,
        ..
    } = outcome.places;
    let _ = writeln!(
        out,
        "  In two live hubs: {twice}. Not where they were told: {astray}. {unlinked} are left in the hub \
         that was\n  removed: the service has no more to say there, and those that may have registered elsewhere."
    );
}

fn metering(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(out, "\n{:<46} {:>9}", "Metered", "number");
    for what in Instruction::ALL {
        let number = outcome.report.of(what);
        if number > 0 {
            let _ = writeln!(out, "  {:<44} {number:>9}", what.as_str());
        }
    }
    let _ = writeln!(out, "  {:<44} {:>9}", "all", outcome.report.total());
    let Free {
        challenges,
        failures,
        polls,
        reads,
        refusals,
        repeats,
    } = outcome.free;
    let _ = writeln!(
        out,
        "  Free: {polls} polls, {challenges} challenges, {refusals} refusals, {reads} reads, \
         {failures} failures of hubs,\n  {repeats} saves that came twice."
    );
    if outcome.differences.is_empty() {
        out.push_str(
            "  It adds up: by kinds, by days, to what devices and operators were told, and to what \
             the stores saved.\n",
        );
    }
}
