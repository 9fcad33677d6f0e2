//! The outcome for people.

use std::fmt::Write as _;

use super::arguments::Arguments;
use super::clock::Timing;
use super::factory::Make;
use super::fleet;
use super::refused::Refused;
use super::run::Outcome;
use crate::answer::rejection_block;

/// The longest bar, in characters: what is beside it fits into 100 columns.
const BAR: usize = 30;

pub(super) fn report(
    arguments: &Arguments,
    outcome: &Outcome,
    fleet: &fleet::Outcome,
    refused: &[Refused],
) -> String {
    let Arguments { devices, seed, .. } = arguments;
    let mut out = format!("provisor demo: {devices} devices, seed {seed}\n\n");
    makes(&mut out, outcome);
    hubs(&mut out, outcome);
    times(&mut out, &outcome.timings);
    let _ = writeln!(
        out,
        "\nAnother {devices} devices register again and again while hubs and groups change\n"
    );
    fleet::report(&mut out, fleet);
    bad_devices(&mut out, refused);
    wrongly_refused(&mut out, outcome);
    summary(&mut out, outcome, refused);
    out
}

/// The same for a fleet: no times, so that two runs are the same to the byte.
pub(super) fn of_fleet(
    arguments: &Arguments,
    outcome: &fleet::Outcome,
    refused: &[Refused],
) -> String {
    let Arguments { devices, seed, .. } = arguments;
    let mut out = format!("provisor demo --in-process: {devices} devices, seed {seed}\n\n");
    fleet::report(&mut out, outcome);
    for case in refused.iter().filter(|case| !case.is_right()) {
        let _ = writeln!(out, "WRONG: {}: {} was expected", case.case, case.expected);
    }
    let right = refused.iter().filter(|case| case.is_right()).count();
    let _ = writeln!(
        out,
        "{right} of {} bad devices refused with the code that is theirs; without --in-process they are \
         explained.",
        refused.len()
    );
    out
}

fn makes(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        out,
        "{:<38} {:>7}",
        "Provisioned, by what they show", "devices"
    );
    for make in Make::ALL {
        let _ = writeln!(out, "  {:<36} {:>7}", make.label(), outcome.made(make));
    }
    out.push_str(
        "  RSA keys are products of published primes: made at once, and good for nothing else.\n",
    );
}

fn hubs(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        out,
        "\n{:<32} {:<BAR$} {:>7} {:>9} {:>8}",
        "Allocated, by weight", "", "devices", "expected", "found"
    );
    let most = outcome
        .hubs
        .iter()
        .map(|hub| hub.devices)
        .max()
        .unwrap_or_default();
    for hub in &outcome.hubs {
        let _ = writeln!(
            out,
            "  {:<24} {:>4}  {:<BAR$} {:>7} {:>7.1} % {:>6.1} %",
            hub.name,
            hub.weight,
            bar(hub.devices as f64, most as f64),
            hub.devices,
            hub.expected * 100.0,
            hub.found * 100.0
        );
    }
}

fn times(out: &mut String, timings: &[Timing]) {
    let _ = writeln!(
        out,
        "\n{:<40} {:<BAR$} {:>8} {:>10}",
        "Time, by step", "", "in all", "each"
    );
    let most = timings
        .iter()
        .map(|timing| timing.spent.as_secs_f64())
        .fold(0.0, f64::max);
    for Timing { step, spent, times } in timings {
        let seconds = spent.as_secs_f64();
        let each = seconds * 1e6 / f64::from((*times).max(1));
        let bar = bar(seconds, most);
        let _ = writeln!(
            out,
            "  {step:<38} {bar:<BAR$} {:>5.0} ms {each:>7.0} us",
            seconds * 1e3
        );
    }
}

fn bad_devices(out: &mut String, refused: &[Refused]) {
    out.push_str("\nRefused, as they should be\n");
    for (number, case) in refused.iter().enumerate() {
        let _ = writeln!(out, "\n{:>4}. {}", number + 1, case.case);
        match &case.rejection {
            Some(rejection) => out.push_str(&rejection_block(rejection, "      ")),
            None => out.push_str("      accepted\n"),
        }
        if !case.is_right() {
            let _ = writeln!(out, "      WRONG: {} was expected", case.expected);
        }
    }
}

fn wrongly_refused(out: &mut String, outcome: &Outcome) {
    for (id, rejection) in &outcome.refused {
        let _ = writeln!(out, "\nWRONG: the good device {id} was refused");
        out.push_str(&rejection_block(rejection, "      "));
    }
}

/// The last lines, which stay on the screen.
fn summary(out: &mut String, outcome: &Outcome, refused: &[Refused]) {
    let seconds: f64 = outcome
        .timings
        .iter()
        .map(|timing| timing.spent.as_secs_f64())
        .sum();
    let right = refused.iter().filter(|case| case.is_right()).count();
    let _ = writeln!(
        out,
        "\n{} devices provisioned in {seconds:.2} s; {right} of {} bad devices refused with the code that is theirs.\n\
         All decisions, SHA-256: {} (the same for the same seed and number)",
        outcome.assigned.len(),
        refused.len(),
        outcome.digest(refused)
    );
}

/// `value` of `most` as blocks; something that is not nothing shows.
fn bar(value: f64, most: f64) -> String {
    if value <= 0.0 || most <= 0.0 {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to BAR"
    )]
    let blocks = (value / most * BAR as f64).round() as usize;
    "█".repeat(blocks.clamp(1, BAR))
}

#[cfg(test)]
mod tests {
    use super::{BAR, bar};

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(bar(10.0, 10.0).chars().count(), BAR);
        assert_eq!(bar(5.0, 10.0).chars().count(), BAR / 2);
        assert_eq!(bar(0.01, 10.0).chars().count(), 1);
        assert_eq!(bar(0.0, 10.0), "");
        assert_eq!(bar(1.0, 0.0), "");
    }
}
