//! Runs the benches that the README quotes and reads criterion's estimates.
//!
//! A ratio compares the fastest samples of two benches of one run: other load on the machine only
//! ever adds time, and it seldom adds the same to both. Rates, which promise something, are medians.

mod figures;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use self::figures::{Bench, FIGURES, Figure, OPENSSL};
use crate::command::{cargo, run as run_command};
use crate::workspace;

/// What to run.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Options {
    /// Do not run the benches, only read the estimates of the last run.
    #[arg(long)]
    no_run: bool,
}

/// Runs the benches and prints the figures; the last line is one JSON object.
///
/// # Errors
///
/// A bench fails, or left no estimate.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let home = workspace::target().join("criterion");
    let openssl = has_openssl();
    if !openssl {
        println!("SKIPPED: OpenSSL as a peer; pkg-config does not find openssl (libssl-dev)");
    }
    let graviola = has_graviola();
    if !graviola {
        println!("SKIPPED: graviola as a peer; it needs x86-64 or AArch64, and Rust 1.89");
    }
    if !options.no_run {
        forget_peers(&home)?;
        // The fastest bare operations, and the backend that uses them; the peers.
        let mut features = vec!["aws-lc-rs"];
        features.extend(openssl.then_some("openssl-peer"));
        features.extend(graviola.then_some("graviola-peer"));
        run_command(cargo().env("CRITERION_HOME", &home).args([
            "bench",
            "-p",
            "provisor-benches",
            "--benches",
            "--features",
            &features.join(","),
        ]))?;
    }
    let mut report = Map::new();
    let peers: &[Figure] = if openssl { &OPENSSL } else { &[] };
    for figure in FIGURES.iter().chain(peers).copied() {
        let (key, value) = measure(figure, &|bench| fastest(&home, bench), &|bench| {
            median(&home, bench)
        })?;
        println!("{key:<48} {value}");
        report.insert(key.to_owned(), Value::from(value));
    }
    println!("{}", Value::Object(report));
    Ok(())
}

/// Whether OpenSSL's headers and library are here.
fn has_openssl() -> bool {
    std::process::Command::new("pkg-config")
        .args(["--exists", "openssl"])
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether graviola builds here. Whether the processor is one that it knows is asked by the bench.
fn has_graviola() -> bool {
    let known = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    let version = std::process::Command::new("rustc")
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let minor = version.and_then(|text| {
        let number = text.strip_prefix("rustc 1.")?.split('.').next()?;
        number.parse::<u32>().ok()
    });
    known && minor.is_some_and(|minor| minor >= 89)
}

/// Takes away what an earlier run measured of peers that this one may not have.
fn forget_peers(home: &Path) -> Result<(), String> {
    for figure in FIGURES {
        if let Figure::FastestPeer { group, peers, .. } = figure {
            for peer in peers {
                let folder = home.join(group).join(peer);
                if folder.exists() {
                    std::fs::remove_dir_all(&folder)
                        .map_err(|e| format!("{}: {e}", folder.display()))?;
                }
            }
        }
    }
    Ok(())
}

fn measure(
    figure: Figure,
    fastest: &dyn Fn(Bench) -> Result<f64, String>,
    median: &dyn Fn(Bench) -> Result<f64, String>,
) -> Result<(&'static str, f64), String> {
    match figure {
        Figure::Ratio(key, ours, other) => {
            // Three digits are more than a run is good for.
            let ratio = fastest(ours)? / fastest(other)?;
            Ok((key, (ratio * 1000.0).round() / 1000.0))
        }
        Figure::Fastest {
            key,
            group,
            ours,
            others,
        } => {
            let best = |functions: &[&'static str]| {
                functions.iter().try_fold(f64::INFINITY, |best, function| {
                    Ok::<f64, String>(best.min(fastest((group, function))?))
                })
            };
            let ratio = best(ours)? / best(others)?;
            Ok((key, (ratio * 1000.0).round() / 1000.0))
        }
        Figure::FastestPeer {
            key,
            group,
            ours,
            others,
            peers,
        } => {
            let mut best = f64::INFINITY;
            for other in others {
                best = best.min(fastest((group, other))?);
            }
            // A peer that was not measured is none.
            for peer in peers {
                best = best.min(fastest((group, peer)).unwrap_or(f64::INFINITY));
            }
            let ratio = fastest((group, ours))? / best;
            Ok((key, (ratio * 1000.0).round() / 1000.0))
        }
        Figure::PerSecond(key, bench) => Ok((key, (1e9 / median(bench)?).round())),
        Figure::Amount(key, bench) => Ok((key, median(bench)?.round())),
    }
}

/// The fastest sample of a bench, in nanoseconds for one iteration.
fn fastest(home: &Path, bench: Bench) -> Result<f64, String> {
    let (file, sample) = read(home, bench, "sample.json")?;
    let list = |key: &str| {
        sample
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    list("times")
        .zip(list("iters"))
        .filter_map(|(time, iterations)| Some(time.as_f64()? / iterations.as_f64()?))
        .filter(|nanoseconds| nanoseconds.is_finite() && *nanoseconds > 0.0)
        .min_by(f64::total_cmp)
        .ok_or_else(|| format!("{}: no sample", file.display()))
}

/// The median of a bench, in nanoseconds for one iteration.
fn median(home: &Path, bench: Bench) -> Result<f64, String> {
    let (file, estimates) = read(home, bench, "estimates.json")?;
    estimates
        .pointer("/median/point_estimate")
        .and_then(Value::as_f64)
        .filter(|nanoseconds| *nanoseconds > 0.0)
        .ok_or_else(|| format!("{}: no median", file.display()))
}

/// One of the files that criterion leaves for the last run of a bench.
fn read(home: &Path, (group, function): Bench, name: &str) -> Result<(PathBuf, Value), String> {
    let file = home.join(group).join(function).join("new").join(name);
    let text = workspace::read(&file)?;
    let value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok((file, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_divides_and_a_rate_counts_seconds() {
        let fastest = |(_, function): Bench| match function {
            "provisor" => Ok(250.0),
            "limit" => Ok(200.0),
            _ => Err("none".to_owned()),
        };
        let median = |bench| fastest(bench).map(|nanoseconds| nanoseconds * 2.0);
        let measure = |figure| measure(figure, &fastest, &median);
        let ratio = Figure::Ratio("a", ("g", "provisor"), ("g", "limit"));
        assert_eq!(measure(ratio), Ok(("a", 1.25)));
        let over = |ours, others| {
            measure(Figure::Fastest {
                key: "a",
                group: "g",
                ours,
                others,
            })
        };
        assert_eq!(over(&["limit"], &["provisor", "limit"]), Ok(("a", 1.0)));
        assert_eq!(over(&["limit"], &["provisor"]), Ok(("a", 0.8)));
        assert_eq!(over(&["provisor", "limit"], &["provisor"]), Ok(("a", 0.8)));
        assert!(over(&["limit"], &["provisor", "missing"]).is_err());
        assert!(over(&["limit", "missing"], &["provisor"]).is_err());
        let beside = |ours, others, peers| {
            measure(Figure::FastestPeer {
                key: "a",
                group: "g",
                ours,
                others,
                peers,
            })
        };
        assert_eq!(beside("provisor", &["provisor"], &[]), Ok(("a", 1.0)));
        assert_eq!(
            beside("provisor", &["provisor"], &["missing", "limit"]),
            Ok(("a", 1.25))
        );
        assert!(beside("provisor", &["missing"], &["limit"]).is_err());
        assert!(beside("missing", &["limit"], &[]).is_err());
        assert_eq!(
            measure(Figure::PerSecond("b", ("g", "limit"))),
            Ok(("b", 2.5e6))
        );
        assert!(measure(Figure::PerSecond("c", ("g", "missing"))).is_err());
        let amount = measure(Figure::Amount("d", ("g", "limit")));
        assert_eq!(amount, Ok(("d", 400.0)));
    }
}
