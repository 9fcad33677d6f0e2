//! Measuring in turns: what is compared shares every moment of the machine.

use std::cell::{OnceCell, RefCell};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// Rounds, each with one batch of every function; as many samples as criterion gets.
const ROUNDS: usize = 400;
/// How long one batch takes: less than a scheduler lets a program run, so that even on a busy
/// machine some batches are not disturbed.
const BATCH: Duration = Duration::from_millis(1);
/// How long each function runs before it counts.
const WARM_UP: Duration = Duration::from_millis(300);

/// A function of a group: its name and what is measured.
pub type Turn<'t> = (&'static str, Box<dyn FnMut() + 't>);

/// Measures the functions of a group in turns and hands the samples to criterion.
///
/// Criterion measures one function after the other, each for seconds; on a machine that others use
/// or that changes its clock, the ratio of two functions then tells what the machine did in between.
/// Here each round runs a short batch of every function, and criterion does the statistics.
pub fn in_turns(c: &mut Criterion, group: &str, turns: Vec<Turn<'_>>) {
    by_clock(c, group, ROUNDS, turns, wall_time);
}

/// The same in fewer rounds and by the time that the thread had, for functions that take longer than a
/// scheduler lets a program run: on a busy machine no call of them is undisturbed.
pub fn in_rounds(c: &mut Criterion, group: &str, rounds: usize, turns: Vec<Turn<'_>>) {
    by_clock(c, group, rounds, turns, thread_time);
}

/// The time that this thread has had so far.
#[must_use]
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a clock runs forwards")
}

/// The time that passed since the first question.
fn wall_time() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

type Clock = fn() -> Duration;

fn by_clock(c: &mut Criterion, group: &str, rounds: usize, turns: Vec<Turn<'_>>, clock: Clock) {
    let names: Vec<_> = turns.iter().map(|(name, _)| *name).collect();
    let (turns, samples) = (RefCell::new(turns), OnceCell::new());
    let mut group = c.benchmark_group(group);
    // Nothing runs while criterion asks for times; they were taken before.
    group
        .sample_size(rounds)
        .warm_up_time(Duration::from_nanos(1))
        .measurement_time(Duration::from_millis(100));
    for (number, name) in names.into_iter().enumerate() {
        let mut next = 0;
        group.bench_function(name, |b| {
            // Only when the first of them was chosen on the command line.
            let samples = samples.get_or_init(|| measure(&mut turns.borrow_mut(), rounds, clock));
            let seconds = samples[next % samples.len()][number];
            next += 1;
            b.iter_custom(|iterations| Duration::from_secs_f64(seconds * iterations as f64));
        });
    }
    group.finish();
}

/// Seconds for one call of each function, round by round.
fn measure(turns: &mut [Turn<'_>], rounds: usize, clock: Clock) -> Vec<Vec<f64>> {
    if std::env::args().any(|argument| argument == "--test") {
        return vec![
            turns
                .iter_mut()
                .map(|(_, run)| timed(run, 1, clock))
                .collect(),
        ];
    }
    let batches: Vec<u32> = turns.iter_mut().map(|(_, run)| batch(run)).collect();
    (0..rounds)
        .map(|round| {
            let mut seconds = vec![0.0; turns.len()];
            for step in 0..turns.len() {
                // Another one begins each time.
                let number = (round + step) % turns.len();
                seconds[number] = timed(&mut turns[number].1, batches[number], clock);
            }
            seconds
        })
        .collect()
}

/// Warms the function up: how many calls fill a batch.
fn batch(run: &mut dyn FnMut()) -> u32 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < WARM_UP {
        run();
        calls += 1;
    }
    let share = BATCH.as_secs_f64() / WARM_UP.as_secs_f64();
    ((f64::from(calls) * share) as u32).max(1)
}

fn timed(run: &mut dyn FnMut(), calls: u32, clock: Clock) -> f64 {
    let start = clock();
    for _ in 0..calls {
        run();
    }
    clock().saturating_sub(start).as_secs_f64() / f64::from(calls)
}
