//! Runs the rows of a folder, on whatever processor this was built for.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("the folder of a vectors.csv is wanted");
        return ExitCode::FAILURE;
    };
    match xtask_allocation::run(&dir) {
        Ok(figures) => {
            let order = if cfg!(target_endian = "big") {
                "big"
            } else {
                "little"
            };
            println!(
                "{} of {} rows agree, {order}-endian",
                figures.agree, figures.cases
            );
            // A set without rows was refused.
            if figures.agree == figures.cases {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
