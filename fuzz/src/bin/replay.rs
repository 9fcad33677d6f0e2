//! Runs files, and what the mutators make of them, through the fuzz targets, with plain cargo.
//!
//! * `replay TARGET FILE...` runs those files;
//! * `replay --seeds` runs all committed seeds, and [`MUTATIONS`] changed inputs for each target;
//! * `replay --folder DIR` does the same with the inputs in `DIR/TARGET`, where there are some.
//!
//! What the mutators make follows from the inputs and a fixed seed: it is the same everywhere. An
//! input that fails is written to `artifacts/TARGET/`.
#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use provisor_fuzz::mutate::rng::Rng;
use provisor_fuzz::{TARGETS, Target};

/// Changed inputs for each target.
const MUTATIONS: u64 = 2_000;

/// An input is changed at most so often, one change upon the other.
const GENERATIONS: usize = 6;

/// A longer input is not changed further.
const LONGEST: usize = 64 * 1024;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let ran = match arguments.as_slice() {
        [flag] if flag == "--seeds" => folder(&seeds, Missing::IsAnError),
        [flag, dir] if flag == "--folder" => folder(Path::new(dir), Missing::IsFine),
        [name, files @ ..] if !files.is_empty() => named(name, files),
        _ => Err("usage: replay TARGET FILE... | replay --seeds | replay --folder DIR".to_owned()),
    };
    match ran {
        Ok(count) => {
            println!("{count} inputs replayed");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("replay: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn named(name: &str, files: &[String]) -> Result<usize, String> {
    let target = TARGETS
        .iter()
        .find(|target| target.name == name)
        .ok_or_else(|| {
            let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            format!(
                "there is no target {name:?}; there are {}",
                known.join(", ")
            )
        })?;
    for file in files {
        // Whoever names a file wants to see where it fails.
        eprintln!("{name} {file}");
        (target.run)(&read(Path::new(file))?);
    }
    Ok(files.len())
}

/// Whether every target must have inputs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsAnError,
    IsFine,
}

/// The inputs of every target, as they are and changed.
fn folder(dir: &Path, missing: Missing) -> Result<usize, String> {
    let mut count = 0;
    let mut failures = 0;
    for target in &TARGETS {
        let inputs = inputs(&dir.join(target.name))?;
        if inputs.is_empty() {
            match missing {
                Missing::IsAnError => return Err(format!("{} has no seeds", target.name)),
                Missing::IsFine => continue,
            }
        }
        let mut run = |name: &str, data: &[u8]| {
            count += 1;
            failures += usize::from(!passes(target, name, data));
        };
        for (path, data) in &inputs {
            run(&path.to_string_lossy(), data);
        }
        for number in 0..MUTATIONS {
            let (name, data) = changed(target, &inputs, number);
            run(&name, &data);
        }
        println!(
            "{:<16} {} inputs, {MUTATIONS} changed ones",
            target.name,
            inputs.len()
        );
    }
    match failures {
        0 => Ok(count),
        _ => Err(format!("{failures} of {count} inputs failed")),
    }
}

/// The files of a folder, by name; none where there is no folder.
fn inputs(dir: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    let load = |path: PathBuf| read(&path).map(|data| (path, data));
    paths.into_iter().map(load).collect()
}

/// The changed input of that number: one of the inputs, changed a few times.
fn changed(target: &Target, inputs: &[(PathBuf, Vec<u8>)], number: u64) -> (String, Vec<u8>) {
    let mut rng = Rng::new(number);
    let (path, start) = &inputs[rng.below(inputs.len())];
    let mut data = start.clone();
    for _ in 0..=rng.below(GENERATIONS) {
        if data.len() <= LONGEST {
            data = (target.mutate)(&data, rng.next());
        }
    }
    (format!("{}, change {number}", path.display()), data)
}

/// Whether the target takes the input; if not, the input is kept.
fn passes(target: &Target, name: &str, data: &[u8]) -> bool {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(data))).is_ok() {
        return true;
    }
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("artifacts")
        .join(target.name);
    let sum = data
        .iter()
        .fold(7_u32, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
    let path = dir.join(format!("replay-{sum:08x}"));
    let kept = fs::create_dir_all(&dir).and_then(|()| fs::write(&path, data));
    match kept {
        Ok(()) => eprintln!("FAILED: {} {name}: {}", target.name, path.display()),
        Err(e) => eprintln!("FAILED: {} {name} (not kept: {e})", target.name),
    }
    false
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
