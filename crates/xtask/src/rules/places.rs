//! No tracked file may depend on one machine: its folders, its package sources.

use super::tracked::Tracked;

/// Folders of one machine. Put together here, so that this file keeps its own rule.
const FOLDERS: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
];

/// Where a lock file's packages may come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Settings that send a package client elsewhere.
const SETTINGS: [&str; 5] = [
    concat!("index", "-url"),
    concat!("trusted", "-host"),
    concat!("replace", "-with"),
    concat!("[source", "."),
    concat!("[registries", "."),
];

/// Every breach, as one line.
pub(crate) fn check(files: &[Tracked]) -> Vec<String> {
    files
        .iter()
        .flat_map(|file| in_file(&file.path, &file.text))
        .collect()
}

fn in_file(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{path}:{}", number + 1);
        for folder in FOLDERS
            .into_iter()
            .filter(|folder| starts_a_path(line, folder))
        {
            breaches.push(format!("{place}: `{folder}` is a folder of one machine"));
        }
        for setting in SETTINGS
            .into_iter()
            .filter(|setting| line.contains(*setting))
        {
            breaches.push(format!("{place}: `{setting}` chooses a package source"));
        }
        if let Some(source) = line.strip_prefix("source = ")
            && path.ends_with(".lock")
            && source.trim_matches('"') != REGISTRY
        {
            breaches.push(format!("{place}: {source} is not crates.io"));
        }
    }
    breaches
}

/// `folder` stands in `line` as the beginning of a path, not inside one or in a URL.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-~})*".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_machine_are_found_and_parts_of_other_paths_are_not() {
        let bad = format!("cp {}x .", FOLDERS[3]);
        assert_eq!(in_file("a.md", &bad).len(), 1);
        for good in [
            "https://example.com/work/x",
            "crates/home/x",
            "./tmp/x",
            "$dir/root",
        ] {
            assert!(in_file("a.md", good).is_empty(), "{good}");
        }
    }

    #[test]
    fn a_lock_file_knows_one_registry() {
        assert!(in_file("Cargo.lock", &format!("source = \"{REGISTRY}\"")).is_empty());
        assert_eq!(
            in_file("Cargo.lock", "source = \"registry+https://mirror.example\"").len(),
            1
        );
    }
}
