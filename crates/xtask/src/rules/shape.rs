//! The shape of the source: file length, names of module files, promises of crate roots.

use super::tracked::Tracked;

/// Longest Rust file, in lines. Long files hide rules; the median should be near 200.
const LINES: usize = 800;

/// Files that are one table, rows without logic, which belongs in one place.
const TABLES: [&str; 1] = ["crates/provisor-report/src/code/table.rs"];

/// Every breach, as one line.
pub(crate) fn check(files: &[Tracked]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.is("rs")) {
        let lines = file.text.lines().count();
        if lines > LINES && !TABLES.contains(&file.path.as_str()) {
            breaches.push(format!("{}: {lines} lines, more than {LINES}", file.path));
        }
        if file.path.ends_with("/mod.rs") {
            breaches.push(format!("{}: folder-plus-file, no mod.rs", file.path));
        }
        if is_safe_root(&file.path) && !file.text.contains("#![forbid(unsafe_code)]") {
            breaches.push(format!(
                "{}: the crate root must say #![forbid(unsafe_code)]",
                file.path
            ));
        }
    }
    breaches
}

/// Roots of the edges that promise to have no unsafe code. The core's are checked with the core;
/// bindings/c argues for its blocks; PyO3's macros write unsafe code into bindings/python.
fn is_safe_root(path: &str) -> bool {
    path.starts_with("crates/") && (path.ends_with("/src/main.rs") || path.ends_with("/src/lib.rs"))
        || path == "benches/lib.rs"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Tracked {
        Tracked {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn long_files_and_mod_files_and_bare_roots_are_found() {
        let root = "#![forbid(unsafe_code)]\n";
        assert!(check(&[file("crates/a/src/lib.rs", root)]).is_empty());
        assert_eq!(check(&[file("crates/a/src/lib.rs", "")]).len(), 1);
        assert_eq!(check(&[file("crates/a/src/b/mod.rs", "")]).len(), 1);
        assert!(check(&[file("crates/a/src/b.rs", &"\n".repeat(800))]).is_empty());
        assert_eq!(
            check(&[file("crates/a/src/b.rs", &"\n".repeat(801))]).len(),
            1
        );
    }
}
