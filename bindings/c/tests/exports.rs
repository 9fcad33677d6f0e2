//! Every exported function keeps the crate's one form. Macros could enforce it, but cbindgen reads
//! sources without expanding macros; so the sources are read here, too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the sources are not as they should be"
)]

use std::fs;
use std::path::Path;

/// What the body of an exported function that can fail has to reach: the panic boundary, or a function of
/// this crate that does nothing but reach it, for several exports that differ in their arguments.
const FALLIBLE: [&str; 4] = [
    "boundary::run(",
    "asked.place(",
    "asked.explain(",
    "provisor_hubs_new_salted(\n",
];

/// The same of one that cannot fail.
const INFALLIBLE: [&str; 4] = ["boundary::answer(", "input::free(", " lend(", "NUMBER"];

#[test]
fn every_export_goes_through_the_boundary() {
    let mut exports = 0;
    for (path, text) in sources() {
        let items: Vec<_> = text.split("#[unsafe(no_mangle)]").skip(1).collect();
        exports += items.len();
        for item in items {
            let body = item.split("\n}\n").next().unwrap();
            let name = name(body);
            assert!(name.starts_with("provisor_"), "{path}: {name}");
            assert!(
                FALLIBLE
                    .iter()
                    .chain(&INFALLIBLE)
                    .any(|way| body.contains(way)),
                "{path}: {name} does not go through the boundary"
            );
            // Outside of the promises at its beginning, a body is safe code.
            assert!(
                body.matches("unsafe {").count() <= 1,
                "{path}: {name} has more than one unsafe block"
            );
        }
    }
    assert!(exports > 40, "only {exports} exports were found");
}

#[test]
fn every_fallible_export_ends_with_the_rejection() {
    for (path, text) in sources() {
        for item in text.split("#[unsafe(no_mangle)]").skip(1) {
            let body = item.split("\n}\n").next().unwrap();
            let (signature, body) = body.split_once(" {\n").unwrap();
            let fallible = FALLIBLE.iter().any(|way| body.contains(way));
            let last = signature.rsplit(',').find(|part| part.contains(':'));
            assert_eq!(
                fallible,
                last.is_some_and(|last| last.trim() == "rejection: *mut *mut provisor_rejection"),
                "{path}: {}",
                name(signature)
            );
        }
    }
}

/// The name of the function that an item is.
fn name(item: &str) -> &str {
    let (_, rest) = item.split_once("fn ").unwrap();
    rest.split('(').next().unwrap()
}

/// All sources of the crate, with their paths.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    assert!(found.len() > 10, "the sources are not where they were");
    found
}
