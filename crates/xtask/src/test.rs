//! `cargo xtask test`: every check there is, step by step, on a machine that has little.

mod benches;
mod big_endian;
mod build;
mod c;
mod conformance;
mod demo;
mod fuzz;
mod lint;
mod long;
mod npm;
mod openssl;
mod outcome;
mod package;
mod python;
mod rust;
mod sdk_server;
mod swtpm;

use std::time::{Duration, Instant};

use clap::Args;

use crate::{fleet, generate, rules};

use outcome::Outcome;

pub(crate) use c::library::ffi_library;

/// Which steps to run.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Only this step; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Not this step; may be given several times.
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
    /// Also the steps that take long: ignored tests, and properties with more cases.
    #[arg(long)]
    long: bool,
    /// Name the steps and stop.
    #[arg(long)]
    list: bool,
}

/// One check. It stops at its first failure; the other steps run all the same.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Outcome, String>,
}

/// All steps. Those that need no build come first; those that share a profile stand together, so
/// that dependencies are built once for `dev` and once for `release`.
const STEPS: [Step; 26] = [
    Step {
        name: "fmt",
        about: "the sources are formatted",
        run: lint::fmt,
    },
    Step {
        name: "rules",
        about: "the ground rules beyond the lints",
        run: || done(rules::run()),
    },
    Step {
        name: "package",
        about: "packages hold licences and a page, and no test kit; the core needs no std",
        run: package::lists,
    },
    Step {
        name: "clippy",
        about: "clippy, warnings are errors",
        run: lint::clippy,
    },
    Step {
        name: "docs",
        about: "the documentation builds, warnings are errors",
        run: lint::docs,
    },
    Step {
        name: "rust",
        about: "Rust tests and doctests, all feature sets",
        run: rust::tests,
    },
    Step {
        name: "codes",
        about: "docs/codes.md and _codes.py are fresh",
        run: codes,
    },
    Step {
        name: "header",
        about: "include/provisor.h is fresh",
        run: header,
    },
    Step {
        name: "vectors",
        about: "the shared vectors are fresh",
        run: vectors,
    },
    Step {
        name: "seeds",
        about: "the fuzz seeds are fresh",
        run: seeds,
    },
    Step {
        name: "fleet",
        about: "docs/fleet.svg is fresh: a fleet after an outage, simulated",
        run: fleet,
    },
    Step {
        name: "c",
        about: "C tests: C99, C++, sanitizers, valgrind",
        run: c::tests,
    },
    Step {
        name: "openssl",
        about: "chains made by the openssl command, explained",
        run: openssl::chains,
    },
    Step {
        name: "swtpm",
        about: "a live TPM activates our credential; its keys, attestations and duplicates are judged",
        run: swtpm::activate,
    },
    Step {
        name: "swtpm-device",
        about: "our device half drives a live TPM, alone",
        run: swtpm::device::flows,
    },
    Step {
        name: "sdk-tpm",
        about: "official clients activate our blobs, on a live TPM",
        run: swtpm::sdk::clients,
    },
    Step {
        name: "sdk-server",
        about: "official clients, unmodified, provision against our server",
        run: sdk_server::clients,
    },
    Step {
        name: "fuzz",
        about: "fuzz seeds replayed on stable",
        run: fuzz::replay,
    },
    Step {
        name: "conformance-x509",
        about: "the X.509 sets, against the baseline",
        run: conformance::x509,
    },
    Step {
        name: "conformance-tpm",
        about: "the TPM sets, against the baseline",
        run: conformance::tpm,
    },
    Step {
        name: "conformance-reports",
        about: "inputs made after bug reports, against the baseline",
        run: conformance::reports,
    },
    Step {
        name: "conformance-allocation",
        about: "the hub of every row, against the baseline",
        run: conformance::allocation,
    },
    Step {
        name: "big-endian",
        about: "the rows of allocation on an emulated s390x",
        run: big_endian::allocation,
    },
    Step {
        name: "demo",
        about: "the demo in release, twice with one seed",
        run: demo::twice,
    },
    Step {
        name: "python",
        about: "wheel, pytest, mypy --strict, stubs",
        run: python::tests,
    },
    Step {
        name: "benches",
        about: "the benches compile",
        run: benches::compile,
    },
];

/// The steps that only `--long` and `--only` choose.
const LONG: [Step; 2] = [
    Step {
        name: "long-ignored",
        about: "the ignored tests; 20,000 sequences of the model (--long)",
        run: long::ignored,
    },
    Step {
        name: "long-properties",
        about: "all properties with eight times the cases (--long)",
        run: long::properties,
    },
];

/// Runs the steps that `options` choose. The last line is `N passed, M failed`, in steps.
///
/// # Errors
///
/// A step failed, or an option names a step that does not exist.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    if options.list {
        for step in STEPS.iter().chain(&LONG) {
            println!("{:<22} {}", step.name, step.about);
        }
        return Ok(());
    }
    let chosen = choose(options)?;
    let mut results = Vec::new();
    for step in chosen {
        println!("\n=== {}: {}", step.name, step.about);
        let start = Instant::now();
        let result = (step.run)();
        let took = start.elapsed();
        match &result {
            Ok(Outcome::Passed) => println!("--- {} passed in {}", step.name, seconds(took)),
            Ok(Outcome::Skipped(reason)) => println!("!!! {} SKIPPED: {reason}", step.name),
            Err(reason) => println!("!!! {} FAILED: {reason}", step.name),
        }
        results.push((step.name, took, result));
    }
    report(&results)
}

fn choose(options: &Options) -> Result<Vec<&'static Step>, String> {
    let all = || STEPS.iter().chain(&LONG);
    let known = |name: &String| all().any(|step| step.name == name);
    if let Some(name) = options
        .only
        .iter()
        .chain(&options.skip)
        .find(|name| !known(name))
    {
        return Err(format!(
            "there is no step {name:?}; `cargo xtask test --list` names them"
        ));
    }
    let named = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    let usual = |step: &Step| options.long || STEPS.iter().any(|other| other.name == step.name);
    Ok(all()
        .filter(|step| match options.only.is_empty() {
            true => usual(step),
            false => named(&options.only, step),
        })
        .filter(|step| !named(&options.skip, step))
        .collect())
}

fn report(results: &[(&str, Duration, Result<Outcome, String>)]) -> Result<(), String> {
    println!("\n{:<22} {:>8}  result", "step", "time");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, took, result) in results {
        let text = match result {
            Ok(Outcome::Passed) => {
                passed += 1;
                "passed".to_owned()
            }
            Ok(Outcome::Skipped(reason)) => {
                skipped += 1;
                format!("SKIPPED: {reason}")
            }
            Err(reason) => {
                failed += 1;
                format!("FAILED: {reason}")
            }
        };
        println!("{name:<22} {:>8}  {text}", seconds(*took));
    }
    let total = results.iter().map(|(_, took, _)| *took).sum();
    println!("{:<22} {:>8}  {skipped} skipped", "all", seconds(total));
    println!("{passed} passed, {failed} failed");
    match (passed, failed) {
        (_, 1..) => Err(format!("{failed} steps failed")),
        (0, 0) if skipped == 0 => Err("no step was chosen".to_owned()),
        _ => Ok(()),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn done(result: Result<(), String>) -> Result<Outcome, String> {
    result.map(|()| Outcome::Passed)
}

fn codes() -> Result<Outcome, String> {
    done(generate::codes::generate().and_then(|files| generate::check(&files)))
}

fn header() -> Result<Outcome, String> {
    done(generate::header::generate().and_then(|files| generate::check(&files)))
}

fn vectors() -> Result<Outcome, String> {
    done(generate::vectors::generate().and_then(|files| generate::check(&files)))
}

fn seeds() -> Result<Outcome, String> {
    done(generate::seeds::generate().and_then(|files| generate::check(&files)))
}

fn fleet() -> Result<Outcome, String> {
    done(fleet::generate().and_then(|files| generate::check(&files)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(only: &[&str], skip: &[&str]) -> Options {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Options {
            only: owned(only),
            skip: owned(skip),
            long: false,
            list: false,
        }
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let names = |options: &Options| {
            choose(options).map(|steps| steps.iter().map(|step| step.name).collect::<Vec<_>>())
        };
        assert_eq!(
            names(&options(&["rust", "fmt"], &[])),
            Ok(vec!["fmt", "rust"])
        );
        assert_eq!(
            names(&options(&[], &["fmt"])).map(|n| n.len()),
            Ok(STEPS.len() - 1)
        );
        assert!(names(&options(&["nonsense"], &[])).is_err());
        let long = Options {
            long: true,
            ..options(&[], &["fmt"])
        };
        assert_eq!(
            names(&long).map(|n| n.len()),
            Ok(STEPS.len() + LONG.len() - 1)
        );
        assert_eq!(
            names(&options(&["long-ignored"], &[])),
            Ok(vec!["long-ignored"])
        );
    }

    #[test]
    fn one_failure_fails_the_run_and_nothing_run_is_no_success() {
        let passed = ("a", Duration::ZERO, Ok(Outcome::Passed));
        let failed = ("b", Duration::ZERO, Err("no".to_owned()));
        assert!(report(std::slice::from_ref(&passed)).is_ok());
        assert!(report(&[passed, failed]).is_err());
        assert!(report(&[]).is_err());
    }
}
