//! The outcome for people.

use std::fmt::Write as _;

use super::run::{HubShare, Timing};
use super::{Arguments, Make, Outcome, Refused};
use crate::answer::rejection_block;

/// The longest bar, in characters.
const BAR: usize = 40;

pub(super) fn report(arguments: &Arguments, outcome: &Outcome, refused: &[Refused]) -> String {
    let mut out = format!(
        "provisor demo: {} devices, seed {}\n\n",
        arguments.devices, arguments.seed
    );
    makes(&mut out, outcome);
    hubs(&mut out, outcome);
    times(&mut out, &outcome.timings);
    bad(&mut out, refused);
    for (id, rejection) in &outcome.refused {
        let _ = write!(
            out,
            "\nWRONG: the good device {id} was refused\n{}",
            rejection_block(rejection, "  ")
        );
    }
    let _ = writeln!(
        out,
        "\nAll decisions, SHA-256: {} (the same for the same seed and number)",
        outcome.digest(refused)
    );
    out
}

fn makes(out: &mut String, outcome: &Outcome) {
    out.push_str("Devices provisioned, by what they prove themselves with\n");
    for make in Make::ALL {
        let _ = writeln!(out, "  {:<30} {:>7}", make.label(), outcome.made(make));
    }
    out.push_str(
        "  (RSA keys are products of published primes: made at once, and good for nothing else)\n",
    );
}

fn hubs(out: &mut String, outcome: &Outcome) {
    out.push_str("\nDevices per hub                                              devices  expected     found\n");
    let most = outcome
        .hubs
        .iter()
        .map(|hub| hub.devices)
        .max()
        .unwrap_or_default();
    for hub in &outcome.hubs {
        let HubShare {
            name,
            weight,
            devices,
            expected,
            found,
        } = hub;
        let bar = bar(*devices as f64, most as f64, 28);
        let _ = writeln!(
            out,
            "  {name:<22} weight {weight}  {bar:<28} {devices:>7}  {:>6.1} %  {:>6.1} %",
            expected * 100.0,
            found * 100.0
        );
    }
}

fn times(out: &mut String, timings: &[Timing]) {
    let total: f64 = timings
        .iter()
        .map(|timing| timing.spent.as_secs_f64())
        .sum();
    let most = timings
        .iter()
        .map(|timing| timing.spent.as_secs_f64())
        .fold(0.0, f64::max);
    let _ = writeln!(
        out,
        "\nTime by step, {total:.2} s in all                                      in all   each"
    );
    for Timing { step, spent, times } in timings {
        let seconds = spent.as_secs_f64();
        let each = if *times == 0 {
            0.0
        } else {
            seconds * 1e6 / f64::from(*times)
        };
        let bar = bar(seconds, most, 20);
        let _ = writeln!(
            out,
            "  {step:<38} {bar:<20} {:>7.0} ms {each:>7.0} us",
            seconds * 1e3
        );
    }
}

fn bad(out: &mut String, refused: &[Refused]) {
    let right = refused.iter().filter(|case| case.is_right()).count();
    let _ = writeln!(
        out,
        "\nBad devices: {right} of {} refused with the code that is theirs",
        refused.len()
    );
    for (number, case) in refused.iter().enumerate() {
        let _ = writeln!(out, "\n  {:>2}. {}", number + 1, case.case);
        match &case.rejection {
            Some(rejection) => out.push_str(&rejection_block(rejection, "      ")),
            None => out.push_str("      ACCEPTED\n"),
        }
        if !case.is_right() {
            let _ = writeln!(out, "      WRONG: {} was expected", case.expected);
        }
    }
}

/// `value` of `most` as blocks, `width` at most; something that is not nothing shows.
fn bar(value: f64, most: f64, width: usize) -> String {
    if value <= 0.0 || most <= 0.0 {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to BAR"
    )]
    let blocks = (value / most * width.min(BAR) as f64).round() as usize;
    "█".repeat(blocks.clamp(1, width))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(bar(10.0, 10.0, 4).chars().count(), 4);
        assert_eq!(bar(5.0, 10.0, 4).chars().count(), 2);
        assert_eq!(bar(0.01, 10.0, 4).chars().count(), 1);
        assert_eq!(bar(0.0, 10.0, 4), "");
        assert_eq!(bar(1.0, 0.0, 4), "");
    }
}
