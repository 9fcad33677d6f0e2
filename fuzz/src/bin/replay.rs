//! Replays seeds and crash files through a fuzz target, with plain cargo.
//!
//! `replay TARGET FILE...` runs those files; `replay --seeds` runs all committed seeds.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use provisor_fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let ran = match arguments.as_slice() {
        [flag] if flag == "--seeds" => seeds(),
        [name, files @ ..] if !files.is_empty() => named(name, files),
        _ => Err("usage: replay TARGET FILE... | replay --seeds".to_owned()),
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
        .find(|(known, _)| *known == name)
        .ok_or_else(|| {
            let known: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
            format!(
                "there is no target {name:?}; there are {}",
                known.join(", ")
            )
        })?;
    for file in files {
        one(target, Path::new(file))?;
    }
    Ok(files.len())
}

/// The seeds of every target; a target without seeds is an error.
fn seeds() -> Result<usize, String> {
    let mut count = 0;
    for target in &TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(target.0);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .map_err(|e| format!("{}: {e}", folder.display()))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        files.sort();
        if files.is_empty() {
            return Err(format!("{} has no seeds", target.0));
        }
        for file in &files {
            one(target, file)?;
        }
        println!("{:<16} {} seeds", target.0, files.len());
        count += files.len();
    }
    Ok(count)
}

/// A panic ends the program; the file that caused it was named before.
fn one((name, run): &Target, file: &Path) -> Result<(), String> {
    let data = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    eprintln!("{name} {}", file.display());
    run(&data);
    Ok(())
}
