//! A fleet of registration machines after an outage: how many requests a second the service sees.

mod plot;
mod simulation;

use std::fmt::Write as _;

use crate::generate::Generated;

use simulation::{Client, Run, Scenario};

/// Devices of the plot.
const DEVICES: u32 = 100_000;

/// Where the plot is.
const PLOT: &str = "docs/fleet.svg";

/// The power comes back to the whole fleet, and the service is there.
const POWER: Scenario = Scenario {
    name: "the power comes back to all devices at once; the service is up",
    devices: DEVICES,
    service_up_ms: 0,
    capacity: 2_000,
    seed: 1,
};

/// The power comes back, and ten minutes later the service.
const SERVICE: Scenario = Scenario {
    name: "the power comes back to all devices at once; the service after ten minutes",
    service_up_ms: 600_000,
    ..POWER
};

/// Simulates both outages, prints a table, and draws the plot.
///
/// # Errors
///
/// A machine does what it must not.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    let mut panels = Vec::new();
    for scenario in [POWER, SERVICE] {
        let machine = scenario.run(Client::Machine)?;
        let fixed = scenario.run(Client::FixedWait)?;
        print!(
            "{}",
            table(
                &scenario,
                &[("provisor-device", &machine), ("fixed wait of 2 s", &fixed)]
            )
        );
        panels.push((scenario, machine, fixed));
    }
    Ok(vec![Generated::text(PLOT, plot::draw(&panels))])
}

fn table(scenario: &Scenario, runs: &[(&str, &Run)]) -> String {
    let mut out = format!(
        "{} devices, {} requests a second served: {}\n",
        scenario.devices, scenario.capacity, scenario.name
    );
    let up = scenario.service_up_ms / 1000;
    for (name, run) in runs {
        let _ = writeln!(
            out,
            "  {name:<18} peak {:>6}/s at {:>3} s; after the service is up {:>6}/s; {:>9} requests; half done {:>4} s, all {:>4} s after it is up",
            run.peak(0).1,
            run.peak(0).0,
            run.peak(up).1,
            run.requests(),
            run.done_after(50) - up.min(run.done_after(50)),
            run.done_after(100) - up.min(run.done_after(100)),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fleet of one fiftieth, served in proportion. What is asserted is the number of requests in the worst second, with
    /// no time measured: the same on every machine.
    #[test]
    fn there_is_no_herd() {
        for scenario in [POWER, SERVICE] {
            let small = Scenario {
                devices: DEVICES / 50,
                capacity: scenario.capacity / 50,
                ..scenario
            };
            let machine = small.run(Client::Machine).unwrap();
            let fixed = small.run(Client::FixedWait).unwrap();
            let up = small.service_up_ms / 1000;
            // Of 2,000 devices: a twentieth would be 100, and chance has its say.
            assert!(machine.peak(0).1 <= 130, "{:?}", machine.peak(0));
            assert!(machine.peak(up).1 <= 130, "{:?}", machine.peak(up));
            // That the count can fail: the clients that wait as long as each other.
            assert!(
                fixed.peak(0).1 >= 1_000 && fixed.peak(up).1 >= 500,
                "{:?}",
                fixed.peak(up)
            );
            assert!(machine.done_after(100) >= up);
            assert_eq!(small.run(Client::Machine).unwrap(), machine);
        }
    }
}
