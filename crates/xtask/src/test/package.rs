//! What is published: licences and a page about it are in every package, and nothing of the test
//! kit is.

use serde_json::Value;

use super::outcome::Outcome;
use crate::command::{cargo, output};

/// The crates that are published. Everything else says `publish = false`.
const PUBLISHED: [&str; 8] = [
    "provisor-contract",
    "provisor-device",
    "provisor-report",
    "provisor-server",
    "provisor-x509",
    "provisor-tpm",
    "provisor-wire",
    "provisor",
];

/// What every package holds beside its sources.
const WANTED: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What cargo itself adds.
const OF_CARGO: [&str; 4] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

/// The lists of files, as cargo would pack them, and who is published at all; and that the core
/// draws in nothing that needs the standard library.
pub(super) fn lists() -> Result<Outcome, String> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    check_published(&metadata)?;
    for name in PUBLISHED {
        let listed = output(cargo().args(["package", "--list", "--allow-dirty", "-p", name]))?;
        check_list(listed.lines()).map_err(|fault| format!("{name}: {fault}"))?;
        println!("  {name}: {} files", listed.lines().count());
    }
    for (name, features) in [("provisor", "x509,serde"), ("provisor-wire", "provisor")] {
        let features = output(cargo().args([
            "tree",
            "-p",
            name,
            "--no-default-features",
            "--features",
            features,
            "--edges",
            "normal,features",
            "--prefix",
            "none",
        ]))?;
        check_no_std(&features)?;
    }
    Ok(Outcome::Passed)
}

/// Who may be published is who is meant to be.
fn check_published(metadata: &str) -> Result<(), String> {
    let metadata: Value =
        serde_json::from_str(metadata).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    for package in packages.ok_or("no packages")? {
        let name = package.get("name").and_then(Value::as_str);
        let name = name.ok_or("a package without a name")?;
        // `null`: to any registry; `[]`: to none.
        let may_be = package.get("publish").is_none_or(Value::is_null);
        if may_be != PUBLISHED.contains(&name) {
            let is = if may_be { "may" } else { "may not" };
            return Err(format!("{name} {is} be published"));
        }
    }
    Ok(())
}

fn check_list<'a>(files: impl Iterator<Item = &'a str> + Clone) -> Result<(), String> {
    for wanted in WANTED {
        if !files.clone().any(|file| file == wanted) {
            return Err(format!("{wanted} is missing"));
        }
    }
    let mut files = files;
    let other = files.find(|file| {
        // Statements and pages of the server are sources, too.
        let endings = [".rs", ".sql", ".html", ".css", ".json"];
        let source = file.starts_with("src/") && endings.iter().any(|end| file.ends_with(end));
        !source && !WANTED.contains(file) && !OF_CARGO.contains(file)
    });
    other.map_or(Ok(()), |file| Err(format!("{file} is not to be published")))
}

/// No library below asks for `std` (the crates themselves say `no_std`).
fn check_no_std(tree: &str) -> Result<(), String> {
    let mut features = tree.lines().filter(|line| line.contains("feature \"std\""));
    features
        .next()
        .map_or(Ok(()), |line| Err(format!("{line} is not for the core")))
}

/// The wheel and the source archive hold both licences and the page, and nothing of the test kit.
pub(super) fn check_archive<'a>(
    files: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), String> {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        if !files.clone().any(|file| file.ends_with(licence)) {
            return Err(format!("{licence} is missing"));
        }
    }
    // What cargo reads of a path dependency, although it is not built.
    let read = ["provisor-testkit/Cargo.toml", "provisor-testkit/src/lib.rs"];
    let mut files = files;
    let other = files.find(|file| {
        file.contains("provisor-testkit/") && !read.iter().any(|read| file.ends_with(read))
    });
    other.map_or(Ok(()), |file| Err(format!("{file} is not to be published")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [&str; 5] = [
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "src/lib.rs",
    ];

    #[test]
    fn what_is_missing_and_what_is_too_much_is_named() {
        assert!(check_list(GOOD.into_iter()).is_ok());
        for wanted in WANTED {
            let fewer = GOOD.into_iter().filter(|file| *file != wanted);
            assert!(check_list(fewer).unwrap_err().contains(wanted));
        }
        for more in ["tests/key.pem", "src/key.der", "vectors/x509.json"] {
            let files = GOOD.into_iter().chain([more]);
            assert!(check_list(files).unwrap_err().contains(more));
        }
    }

    #[test]
    fn archives_have_licences_and_no_test_kit() {
        let good = [
            "provisor-0.1.0/LICENSE-APACHE",
            "provisor-0.1.0/LICENSE-MIT",
        ];
        assert!(check_archive(good.into_iter()).is_ok());
        assert!(check_archive(good.into_iter().skip(1)).is_err());
        let with = |file| check_archive(good.into_iter().chain([file]));
        assert!(with("p/crates/provisor-testkit/Cargo.toml").is_ok());
        assert!(with("p/crates/provisor-testkit/src/pki/key.rs").is_err());
        assert!(with("p/crates/provisor-testkit/vectors/tpm.json").is_err());
    }

    #[test]
    fn who_may_be_published_is_checked_both_ways() {
        let of = |name: &str, publish: &str| {
            format!("{{\"packages\":[{{\"name\":\"{name}\",\"publish\":{publish}}}]}}")
        };
        assert!(check_published(&of("provisor", "null")).is_ok());
        assert!(check_published(&of("xtask", "[]")).is_ok());
        assert!(check_published(&of("provisor", "[]")).is_err());
        assert!(check_published(&of("xtask", "null")).is_err());
    }

    #[test]
    fn a_library_that_needs_std_is_named() {
        assert!(check_no_std("nom v7.1.3\nserde feature \"alloc\"").is_ok());
        assert!(check_no_std("nom feature \"std\"").is_err());
    }
}
