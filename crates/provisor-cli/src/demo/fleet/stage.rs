//! The stages of the run, and what came of each.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};
use provisor::metering::Report;
use provisor::{Rejection, UnixTime};
use provisor_testkit::pki::ToyPki;
use sha2::{Digest as _, Sha256};

use super::desk::{ADDED, Desk, REMOVED, REWEIGHTED};
use super::kind::Kind;
use super::movement::{Weights, least};
use super::plant::{DISABLED, Plant};
use super::settings::Settings;
use super::shard::{Change, Places, SHARDS, Shard, Stage};
use super::sums::{self, Acknowledged, Free};
use super::workers;

const DAY: i64 = 86_400;

/// The first registration, and one after each change.
const STAGES: usize = 4;

/// Before which of them some records are deleted.
const HALF_WAY: usize = 2;

/// All that came of a run.
pub(in crate::demo) struct Outcome {
    pub(super) kinds: Vec<(Kind, usize)>,
    pub(super) pool_keys: usize,
    pub(super) stages: Vec<Told>,
    pub(super) weights: Weights,
    pub(super) places: Places,
    pub(super) report: Report,
    pub(super) free: Free,
    /// Why the metering does not add up.
    pub(super) differences: Vec<String>,
    pub(super) digest: String,
}

/// A stage, and what changed before it.
pub(super) struct Told {
    pub(super) change: String,
    /// The least share of devices that has to move, 0 to 1.
    pub(super) least: f64,
    pub(super) stage: Stage,
}

impl Outcome {
    /// What makes the run a failure, each in words.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (number, told) in self.stages.iter().enumerate() {
            let wrong = told.stage.wrong.iter();
            faults.extend(wrong.map(|(id, why)| format!("stage {number}, {id}: {why}")));
            let moves = &told.stage.moves;
            let needless = moves.moved.saturating_sub(moves.fewest());
            if needless > 0 {
                faults.push(format!("stage {number}: {needless} moves for nothing"));
            }
        }
        let Places { twice, astray, .. } = self.places;
        if twice > 0 {
            faults.push(format!("{twice} devices are in two live hubs"));
        }
        if astray > 0 {
            faults.push(format!(
                "{astray} devices are not in the hub that they were told"
            ));
        }
        let uneven = self.differences.iter();
        faults.extend(uneven.map(|line| format!("the metering does not add up: {line}")));
        faults
    }

    pub(in crate::demo) fn is_right(&self) -> bool {
        self.faults().is_empty()
    }
}

/// Every stage, one after the other: a day passes between two.
pub(super) fn all(settings: &Settings) -> Result<Outcome, Rejection> {
    let plant = Plant::new(settings.seed);
    let kinds = kinds(settings.devices as usize);
    let own = kinds.iter().filter(|(kind, _)| kind.is_individual());
    let own: usize = own.map(|(_, number)| number).sum();
    let mut desk = Desk::new(&plant, settings.seed, own as u64)?;
    let key = desk.group_key()?;
    let mut shards: Vec<Shard> = (0..SHARDS).map(|n| Shard::new(n, settings.seed)).collect();
    let progress = progress_bar();
    workers::each(&mut shards, settings.threads, |shard| {
        shard.fill(settings, &plant, &desk, &key);
        progress.inc(1);
    });
    for shard in &mut shards {
        if let Some(fault) = shard.fault.take() {
            return Err(fault);
        }
        desk.take_up(std::mem::take(&mut shard.enrolled))?;
    }

    let mut ever = desk.weights();
    let mut stages = Vec::new();
    for number in 0..STAGES {
        let before = desk.weights();
        desk.now = at(number);
        let change = change(&mut desk, &plant, number)?;
        let after = desk.weights();
        if number == HALF_WAY {
            workers::each(&mut shards, settings.threads, |shard| shard.forget(&desk));
            if let Some(fault) = shards.iter_mut().find_map(|shard| shard.fault.take()) {
                return Err(fault);
            }
        }
        ever.extend(after.iter().map(|(hub, weight)| (hub.clone(), *weight)));
        let told = Change {
            number,
            disabled: number == 3,
        };
        workers::each(&mut shards, settings.threads, |shard| {
            shard.register(settings, &plant, &desk, told);
            progress.inc(1);
        });
        let mut stage = Stage::default();
        for shard in &mut shards {
            stage.merge(std::mem::take(&mut shard.stage));
        }
        stages.push(Told {
            change,
            least: least(&before, &after),
            stage,
        });
    }
    progress.finish_and_clear();
    Ok(summed(
        desk,
        shards,
        (settings, &plant),
        (kinds, stages),
        ever,
    ))
}

/// On standard error, and only when that is a terminal: what each shard has to do in all stages.
fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent} % of the fleet, {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let steps = SHARDS.saturating_mul(STAGES.saturating_add(1));
    ProgressBar::new(steps as u64).with_style(style)
}

/// How many devices of each kind there are.
fn kinds(devices: usize) -> Vec<(Kind, usize)> {
    let mut kinds: BTreeMap<Kind, usize> = Kind::ALL.into_iter().map(|kind| (kind, 0)).collect();
    for number in 0..devices {
        *kinds.entry(Kind::of(number)).or_default() += 1;
    }
    kinds.into_iter().collect()
}

fn at(stage: usize) -> UnixTime {
    ToyPki::NOW.saturating_add(DAY.saturating_mul(i64::try_from(stage).unwrap_or_default()))
}

/// What the operator changes before that stage, in words.
fn change(desk: &mut Desk, plant: &Plant, stage: usize) -> Result<String, Rejection> {
    Ok(match stage {
        0 => "first registration".to_owned(),
        1 => {
            let (name, weight) = ADDED;
            desk.put_hub(name, weight)?;
            format!("{name} added, weight {weight}")
        }
        2 => {
            let (name, weight) = REWEIGHTED;
            let old = desk.weights().get(name).copied().unwrap_or_default();
            desk.put_hub(name, weight)?;
            format!("{name} reweighted, {old} to {weight}")
        }
        _ => {
            desk.unlink_hub(REMOVED)?;
            desk.disable_group(plant, DISABLED)?;
            format!("{REMOVED} removed, group \"{DISABLED}\" disabled")
        }
    })
}

/// Puts together what the shards have, in their order.
fn summed(
    desk: Desk,
    mut shards: Vec<Shard>,
    (settings, plant): (&Settings, &Plant),
    (kinds, stages): (Vec<(Kind, usize)>, Vec<Told>),
    ever: Weights,
) -> Outcome {
    let ever: Vec<String> = ever.into_keys().collect();
    let mut found: Vec<(&mut Shard, Places)> = shards
        .iter_mut()
        .map(|shard| (shard, Places::default()))
        .collect();
    workers::each(&mut found, settings.threads, |(shard, places)| {
        *places = shard.look_around(&desk, &ever);
    });
    let (mut places, mut free, mut stored) = (Places::default(), Free::default(), (0, 0));
    free.reads += desk.reads;
    let mut report = desk.ledger.report(desk.scope());
    let mut acknowledged: Acknowledged = desk.acknowledged.clone();
    let mut digest = Sha256::new();
    for (shard, at) in found {
        places.merge(at);
        free.merge(&shard.server.free);
        sums::merge(&mut report, &shard.server.ledger.report(desk.scope()));
        acknowledged.merge(&shard.acknowledged);
        let (first, later) = shard.stored();
        stored = (stored.0 + first, stored.1 + later);
        digest.update(shard.digest.clone().finalize());
    }
    for (day, what, number) in report.rows() {
        digest.update(format!("{day}\t{what}\t{number}\n"));
    }
    Outcome {
        kinds,
        pool_keys: plant.pool_keys(),
        stages,
        weights: desk.weights(),
        places,
        differences: sums::differences(&report, &acknowledged, stored),
        report,
        free,
        digest: digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    }
}
