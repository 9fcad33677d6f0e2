//! The sequences.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use provisor::allocation::AllocationPolicy;
use provisor::enrollment::{ProvisioningStatus, ReprovisionPolicy, Settings};
use provisor::{Code, HubName};

use super::actors::{Factory, Key, actors};
use super::fault::Fault;
use super::step::{Fate, Reads};
use super::world::{HUBS, World};

#[derive(Clone, Debug)]
enum Op {
    /// An operator makes an individual enrollment, or makes it anew, for that key.
    Enroll(usize, usize, Key, Choice),
    /// An operator edits it, whatever key it is for.
    Edit(usize, usize, Choice),
    /// An operator deletes it.
    Expel(usize, usize),
    /// A group is made, or made anew.
    Group(usize, bool, Factory, Choice),
    EditGroup(usize, bool, Choice),
    DeleteGroup(usize, bool),
    DeleteRecord(usize, usize),
    /// A hub is linked at that weight, or unlinked.
    Link(usize, usize, Option<u16>),
    /// A device asks, and goes through to its answer.
    Register(usize, usize, Key),
    /// The device that is enrolled by itself asks, twice if it is a TPM.
    RegisterOwn(usize, usize),
    /// A device is weighed, and decided on later.
    Admit(usize, usize, Key),
    /// A device asks; the rest comes later.
    Ask(usize, usize, Key),
    /// A device asks, and the caller does not know the record as it is.
    AskBadly(usize, usize, Key, Reads),
    /// A stranger answers a challenge that a TPM may have got.
    Wrong(usize, usize),
    /// One that is under way goes on.
    Step(usize, Fate),
    /// One that is under way stops for ever.
    Crash(usize),
    /// A late write arrives, or one that arrived arrives again.
    Arrive(usize, bool),
    Sweep(usize, bool),
}

/// What an operator chooses for an enrollment.
#[derive(Clone, Copy, Debug)]
struct Choice {
    enabled: bool,
    policy: ReprovisionPolicy,
    only: Option<usize>,
    custom: bool,
}

impl Choice {
    fn settings(self) -> Settings {
        let status = if self.enabled {
            ProvisioningStatus::Enabled
        } else {
            ProvisioningStatus::Disabled
        };
        let listed = self.only.map(|hub| HubName::parse(HUBS[hub]).unwrap());
        let settings = Settings::new()
            .with_provisioning_status(status)
            .with_reprovision_policy(self.policy)
            .with_iot_hubs(listed);
        match self.custom {
            true => settings.with_allocation_policy(AllocationPolicy::Custom),
            false => settings,
        }
    }
}

fn op() -> impl Strategy<Value = Op> {
    let scope = || prop_oneof![4 => Just(0_usize), 1 => Just(1)];
    let id = || prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    let factory = || prop_oneof![3 => Just(Factory::One), 1 => Just(Factory::Two)];
    let key = move || {
        (factory(), 0..8_u8).prop_map(|(factory, kind)| match kind {
            0..=3 => Key::Symmetric(factory),
            4..=6 => Key::Certificate(factory),
            _ => Key::Tpm(factory),
        })
    };
    let choice = || {
        let policy = prop_oneof![
            Just(ReprovisionPolicy::MigrateData),
            Just(ReprovisionPolicy::Never),
            Just(ReprovisionPolicy::ResetData),
        ];
        let only = prop::option::weighted(0.2, 0..3_usize);
        let custom = prop::bool::weighted(0.3);
        (prop::bool::weighted(0.8), policy, only, custom).prop_map(
            |(enabled, policy, only, custom)| Choice {
                enabled,
                policy,
                only,
                custom,
            },
        )
    };
    let weight = || {
        prop_oneof![
            5 => Just(Some(1)),
            3 => Just(Some(0)),
            3 => Just(Some(1000)),
            1 => Just(None),
        ]
    };
    let fate = prop_oneof![6 => Just(Fate::Done), 1 => Just(Fate::Twice), 2 => Just(Fate::Late)];
    prop_oneof![
        2 => (scope(), id(), key(), choice()).prop_map(|(s, i, k, c)| Op::Enroll(s, i, k, c)),
        1 => (scope(), id(), choice()).prop_map(|(s, i, c)| Op::Edit(s, i, c)),
        1 => (scope(), id()).prop_map(|(s, i)| Op::Expel(s, i)),
        1 => (scope(), any::<bool>(), factory(), choice())
            .prop_map(|(s, g, f, c)| Op::Group(s, g, f, c)),
        1 => (scope(), any::<bool>(), choice()).prop_map(|(s, g, c)| Op::EditGroup(s, g, c)),
        1 => (scope(), any::<bool>()).prop_map(|(s, g)| Op::DeleteGroup(s, g)),
        2 => (scope(), id()).prop_map(|(s, i)| Op::DeleteRecord(s, i)),
        4 => (scope(), 0..3_usize, weight()).prop_map(|(s, h, w)| Op::Link(s, h, w)),
        8 => (scope(), id(), key()).prop_map(|(s, i, k)| Op::Register(s, i, k)),
        4 => (scope(), id()).prop_map(|(s, i)| Op::RegisterOwn(s, i)),
        3 => (scope(), id(), key()).prop_map(|(s, i, k)| Op::Admit(s, i, k)),
        5 => (scope(), id(), key()).prop_map(|(s, i, k)| Op::Ask(s, i, k)),
        2 => (scope(), id(), key(), prop_oneof![Just(Reads::Behind), Just(Reads::Nothing)])
            .prop_map(|(s, i, k, r)| Op::AskBadly(s, i, k, r)),
        2 => (scope(), id()).prop_map(|(s, i)| Op::Wrong(s, i)),
        14 => (any::<usize>(), fate).prop_map(|(at, fate)| Op::Step(at, fate)),
        2 => any::<usize>().prop_map(Op::Crash),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(at, again)| Op::Arrive(at, again)),
        2 => (scope(), any::<bool>()).prop_map(|(s, stops)| Op::Sweep(s, stops)),
    ]
}

impl World {
    /// Both services have both groups, for the devices of one factory.
    fn begin(&mut self) {
        let choice = Choice {
            enabled: true,
            policy: ReprovisionPolicy::MigrateData,
            only: None,
            custom: false,
        };
        for (scope, certified) in [(0, true), (0, false), (1, true), (1, false)] {
            self.apply(Op::Group(scope, certified, Factory::One, choice));
        }
    }

    fn register_whole(&mut self, scope: usize, id: usize, key: Key) {
        self.register(scope, id, key);
        let mut next = self.flights.pop();
        while let Some(flight) = next {
            next = self.step(flight, Fate::Done);
            self.check();
        }
    }

    fn apply(&mut self, op: Op) {
        let all = actors();
        match op {
            Op::Enroll(scope, id, key, choice) => {
                // Making it anew is deleting it first, with all that goes along.
                self.stores[scope].expel(Self::id(id));
                let generation = self.generation(key);
                let made = all.individual(id, key, generation, choice.settings());
                self.stores[scope]
                    .individuals
                    .insert(Self::id(id).clone(), made);
            }
            Op::Edit(scope, id, choice) => {
                let found = self.stores[scope].individuals.get_mut(Self::id(id));
                if let Some(enrollment) = found {
                    *enrollment = enrollment.clone().with_settings(choice.settings());
                }
            }
            Op::Expel(scope, id) => self.stores[scope].expel(Self::id(id)),
            Op::Group(scope, certified, factory, choice) => {
                let key = if certified {
                    Key::Certificate(factory)
                } else {
                    Key::Symmetric(factory)
                };
                let generation = self.generation(key);
                let made = all.group(certified, factory, generation, choice.settings());
                let name = made.id().as_str().to_owned();
                self.stores[scope].groups.insert(name, made);
            }
            Op::EditGroup(scope, certified, choice) => {
                if let Some(group) = self.stores[scope].groups.get_mut(name(certified)) {
                    *group = group.clone().with_settings(choice.settings());
                }
            }
            Op::DeleteGroup(scope, certified) => {
                self.stores[scope].groups.remove(name(certified));
            }
            Op::DeleteRecord(scope, id) => self.stores[scope].delete_record(Self::id(id)),
            Op::Link(scope, hub, weight) => {
                self.linked[scope][hub] = weight;
                if weight.is_none() {
                    self.unlinked.insert((scope, HUBS[hub].to_owned()));
                }
            }
            Op::Register(scope, id, key) => self.register_whole(scope, id, key),
            Op::RegisterOwn(scope, id) => {
                let enrolled = self.stores[scope].individuals.get(Self::id(id));
                if let Some(enrolled) = enrolled {
                    let key = self.meant[&enrolled.generation()];
                    self.register_whole(scope, id, key);
                    if self.secrets.contains_key(&(scope, id, key)) {
                        self.answer_wrongly(scope, id);
                        self.register_whole(scope, id, key);
                    }
                }
            }
            Op::Admit(scope, id, key) => self.admit(scope, id, key),
            Op::Ask(scope, id, key) => self.register(scope, id, key),
            Op::AskBadly(scope, id, key, reads) => self.register_badly(scope, id, key, reads),
            Op::Wrong(scope, id) => self.answer_wrongly(scope, id),
            Op::Step(at, fate) => {
                if !self.flights.is_empty() {
                    let at = at % self.flights.len();
                    let flight = self.flights.swap_remove(at);
                    let next = self.step(flight, fate);
                    self.flights.extend(next);
                }
            }
            Op::Crash(at) => {
                if !self.flights.is_empty() {
                    let at = at % self.flights.len();
                    drop(self.flights.swap_remove(at));
                }
            }
            Op::Arrive(at, again) => {
                if !self.network.is_empty() {
                    let at = at % self.network.len();
                    let write = self.network.swap_remove(at);
                    self.hubs.arrive(&write);
                    if again {
                        self.network.push(write);
                    }
                }
            }
            Op::Sweep(scope, stops) => self.sweep(scope, stops),
        }
        self.time += 1;
        self.check();
    }
}

const fn name(certified: bool) -> &'static str {
    if certified { "certified" } else { "keyed" }
}

/// How much happened in all sequences together.
#[derive(Debug, Default)]
struct Reached {
    saves: usize,
    failures: usize,
    by_tpm: usize,
    by_pass: usize,
    moved: usize,
    asked: usize,
    /// Enrollments that were changed, and records, while somebody registered.
    changed: usize,
    lost: usize,
    stopped: usize,
    strangers: usize,
    full: usize,
}

fn run(cases: u32, rng: Option<TestRng>) -> Reached {
    attempt(cases, rng, None).unwrap_or_else(|failure| panic!("{failure}"))
}

/// What the sequences reached, or the one that broke something.
fn attempt(cases: u32, rng: Option<TestRng>, fault: Option<Fault>) -> Result<Reached, String> {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        // A planted fault need not be made small.
        max_shrink_iters: if fault.is_none() { 20_000 } else { 0 },
        ..ProptestConfig::default()
    };
    let reached = RefCell::new(Reached::default());
    let mut runner = match rng {
        Some(rng) => TestRunner::new_with_rng(config, rng),
        None => TestRunner::new(config),
    };
    runner
        .run(&prop::collection::vec(op(), 10..80), |ops| {
            let mut world = World::new(fault);
            world.begin();
            for op in ops {
                world.apply(op);
            }
            world.finish();
            world.check_at_rest();
            let mut reached = reached.borrow_mut();
            reached.saves += world.saves;
            reached.failures += world.failures.len();
            reached.by_tpm += world.by_tpm;
            reached.by_pass += world.by_pass;
            reached.moved += world.moved;
            reached.asked += world.asked;
            let failures = |code| {
                world
                    .failures
                    .iter()
                    .filter(|found| **found == code)
                    .count()
            };
            reached.changed += failures(Code::RegEnrollmentChanged);
            reached.lost += failures(Code::RegSaveLost);
            reached.stopped += world.stopped;
            reached.strangers += world.strangers;
            reached.full += world.full;
            Ok(())
        })
        .map_err(|failure| failure.to_string())?;
    Ok(reached.into_inner())
}

#[test]
fn whatever_happens_in_whatever_order() {
    // The same ones every time, so that what they reach can be told.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let reached = run(300, Some(rng));
    // A model in which nothing happens holds everything.
    let Reached {
        saves,
        failures,
        by_tpm,
        by_pass,
        moved,
        asked,
        changed,
        lost,
        stopped,
        strangers,
        full,
    } = reached;
    assert!(
        saves > 500 && failures > 50 && by_tpm > 5 && by_pass > 50 && moved > 20 && asked > 50,
        "{reached:?}"
    );
    assert!(
        changed > 5 && lost > 20 && stopped > 20 && strangers > 5 && full > 5,
        "{reached:?}"
    );
}

#[test]
fn whatever_is_done_wrong_is_found() {
    for fault in Fault::ALL {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let found = attempt(3_000, Some(rng), Some(fault));
        assert!(found.is_err(), "{fault:?} is not found");
    }
}

#[test]
#[ignore = "minutes"]
fn whatever_happens_in_whatever_order_at_length() {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let cases = asked.and_then(|text| text.parse().ok()).unwrap_or(20_000);
    println!("{cases} sequences: {:?}", run(cases, None));
}
