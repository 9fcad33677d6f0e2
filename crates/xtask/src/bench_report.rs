//! Runs the benches that the README quotes and reads criterion's estimates.
//!
//! Figures are ratios of medians taken in one run on one machine, so that they mean something on
//! another one.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use crate::command::{cargo, run as run_command};
use crate::workspace;

/// What to run.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Options {
    /// Do not run the benches, only read the estimates of the last run.
    #[arg(long)]
    no_run: bool,
}

/// Where a figure comes from: criterion's group and function.
type Bench = (&'static str, &'static str);

/// A figure: its key in the report, and how it is made of benches.
#[derive(Clone, Copy, Debug)]
enum Figure {
    /// The first over the second; lower is better.
    Ratio(&'static str, Bench, Bench),
    /// In one group, a function over the fastest of others; lower is better.
    Fastest {
        key: &'static str,
        group: &'static str,
        ours: &'static str,
        others: &'static [&'static str],
    },
    /// Iterations of the bench per second; higher is better.
    PerSecond(&'static str, Bench),
}

/// The figures there are. Keys that scripts know but nothing can measure yet are left out.
const FIGURES: [Figure; 15] = [
    Figure::Ratio(
        "x509_cold_p256_vs_limit",
        ("x509_cold_p256", "provisor"),
        ("x509_cold_p256", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_p384_vs_limit",
        ("x509_cold_p384", "provisor"),
        ("x509_cold_p384", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_rsa2048_vs_limit",
        ("x509_cold_rsa2048", "provisor"),
        ("x509_cold_rsa2048", "limit"),
    ),
    Figure::Ratio(
        "x509_warm_p256_vs_one_signature",
        ("x509_warm_p256", "provisor"),
        ("x509_warm_p256", "limit"),
    ),
    Figure::Ratio(
        "x509_cold_p256_vs_webpki",
        ("x509_cold_p256", "provisor"),
        ("x509_cold_p256", "webpki"),
    ),
    Figure::Ratio(
        "x509_parse_vs_x509_parser",
        ("x509_parse", "provisor"),
        ("x509_parse", "x509_parser"),
    ),
    // The limit of the TPM figures is the fastest bare operation of any library in the run. Each
    // figure stands there twice: with the fastest backend, and with the default one.
    Figure::Fastest {
        key: "tpm_make_credential_rsa2048_vs_limit",
        group: "tpm_make_credential_rsa2048",
        ours: "provisor_aws_lc",
        others: &["limit", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_rsa2048_default_vs_limit",
        group: "tpm_make_credential_rsa2048",
        ours: "provisor",
        others: &["limit", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_vs_limit",
        group: "tpm_make_credential_p256",
        ours: "provisor_aws_lc",
        others: &["limit", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_make_credential_p256_default_vs_limit",
        group: "tpm_make_credential_p256",
        ours: "provisor",
        others: &["limit", "ring", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_vs_limit",
        group: "tpm_activation_blob",
        ours: "provisor_aws_lc",
        others: &["limit", "aws_lc"],
    },
    Figure::Fastest {
        key: "tpm_activation_blob_default_vs_limit",
        group: "tpm_activation_blob",
        ours: "provisor",
        others: &["limit", "aws_lc"],
    },
    Figure::Ratio(
        "allocation_16_vs_hash",
        ("allocation_16", "provisor"),
        ("allocation_16", "limit"),
    ),
    Figure::Ratio(
        "allocation_1024_vs_hash",
        ("allocation_1024", "provisor"),
        ("allocation_1024", "limit"),
    ),
    Figure::PerSecond("engine_decisions_per_second", ("engine", "decision")),
];

/// Runs the benches and prints the figures; the last line is one JSON object.
///
/// # Errors
///
/// A bench fails, or left no estimate.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let home = workspace::target().join("criterion");
    if !options.no_run {
        run_command(cargo().env("CRITERION_HOME", &home).args([
            "bench",
            "-p",
            "provisor-benches",
            "--benches",
            // The fastest bare operations, and the backend that uses them.
            "--features",
            "aws-lc-rs",
        ]))?;
    }
    let mut report = Map::new();
    for figure in FIGURES {
        let (key, value) = measure(figure, &|bench| median(&home, bench))?;
        println!("{key:<40} {value}");
        report.insert(key.to_owned(), Value::from(value));
    }
    println!("{}", Value::Object(report));
    Ok(())
}

fn measure(
    figure: Figure,
    median: &dyn Fn(Bench) -> Result<f64, String>,
) -> Result<(&'static str, f64), String> {
    match figure {
        Figure::Ratio(key, ours, other) => {
            // Three digits are more than a run is good for.
            let ratio = median(ours)? / median(other)?;
            Ok((key, (ratio * 1000.0).round() / 1000.0))
        }
        Figure::Fastest {
            key,
            group,
            ours,
            others,
        } => {
            let mut limit = f64::INFINITY;
            for other in others {
                limit = limit.min(median((group, other))?);
            }
            let ratio = median((group, ours))? / limit;
            Ok((key, (ratio * 1000.0).round() / 1000.0))
        }
        Figure::PerSecond(key, bench) => Ok((key, (1e9 / median(bench)?).round())),
    }
}

/// The median of a bench, in nanoseconds.
fn median(home: &Path, (group, function): Bench) -> Result<f64, String> {
    let file: PathBuf = home.join(group).join(function).join("new/estimates.json");
    let text = workspace::read(&file)?;
    let estimates: Value =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    estimates
        .pointer("/median/point_estimate")
        .and_then(Value::as_f64)
        .filter(|nanoseconds| *nanoseconds > 0.0)
        .ok_or_else(|| format!("{}: no median", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_divides_and_a_rate_counts_seconds() {
        let median = |(_, function): Bench| match function {
            "provisor" => Ok(250.0),
            "limit" => Ok(200.0),
            _ => Err("none".to_owned()),
        };
        let ratio = Figure::Ratio("a", ("g", "provisor"), ("g", "limit"));
        assert_eq!(measure(ratio, &median), Ok(("a", 1.25)));
        let fastest = |others| {
            let figure = Figure::Fastest {
                key: "a",
                group: "g",
                ours: "limit",
                others,
            };
            measure(figure, &median)
        };
        assert_eq!(fastest(&["provisor", "limit"]), Ok(("a", 1.0)));
        assert_eq!(fastest(&["provisor"]), Ok(("a", 0.8)));
        assert!(fastest(&["provisor", "missing"]).is_err());
        assert_eq!(
            measure(Figure::PerSecond("b", ("g", "limit")), &median),
            Ok(("b", 5e6))
        );
        assert!(measure(Figure::PerSecond("c", ("g", "missing")), &median).is_err());
    }
}
