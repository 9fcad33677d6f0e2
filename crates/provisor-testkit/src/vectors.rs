//! The shared vectors: one set of JSON files that Rust, C and Python run.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of the vectors.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The content of `vectors/{name}.json`.
///
/// # Panics
/// When there is no such file, or it is no JSON.
#[must_use]
pub fn load(name: &str) -> Value {
    let path = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The cases of `vectors/{name}.json`: its member `cases`, an array that is not empty.
///
/// # Panics
/// As [`load`], and when there are no cases: a test over no case could not fail.
#[must_use]
pub fn cases(name: &str) -> Vec<Value> {
    match load(name).get("cases").and_then(Value::as_array) {
        Some(cases) if !cases.is_empty() => cases.clone(),
        _ => panic!("vectors/{name}.json has no cases"),
    }
}

/// The names of all vector files there are, sorted.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            (path.extension()? == "json").then(|| path.file_stem()?.to_str().map(String::from))?
        })
        .collect();
    names.sort();
    names
}

/// The bytes that hexadecimal text stands for.
///
/// # Panics
/// When it is not hexadecimal.
#[must_use]
pub fn hex(text: &str) -> Vec<u8> {
    assert!(
        text.len().is_multiple_of(2) && text.is_ascii(),
        "{text:?} is not hexadecimal"
    );
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(expected = "no-such-file.json")]
    fn a_missing_file_stops_the_test() {
        let _ = super::cases("no-such-file");
    }

    #[test]
    fn every_file_has_cases() {
        let names = super::names();
        assert!(names.contains(&"ids".to_string()), "{names:?}");
        for name in names {
            let _ = super::cases(&name);
        }
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(super::hex("00fF10"), [0, 0xff, 0x10]);
    }
}
