//! The core crates: no unsafe code, no outside world, no panic, no order that is not written down.

use super::source::code_only;
use super::tracked::{CORE, Tracked};

/// What the core's code must not say, and why. `.expect(` is left to clippy, which knows an
/// `Option`'s from a parser's that expects a tag; the lints below cannot be switched off.
const BANNED: [(&str, &str); 29] = [
    ("unsafe", "no unsafe code"),
    ("std::time", "time is an argument"),
    ("core::time", "time is UnixTime, in seconds"),
    ("SystemTime", "time is an argument"),
    ("Instant", "time is an argument"),
    ("std::env", "no environment"),
    ("std::fs", "no files"),
    ("std::io", "no input, no output"),
    ("std::net", "no network"),
    ("std::process", "no processes"),
    ("std::thread", "no threads"),
    ("std::sync", "no threads"),
    ("std::os", "no operating system"),
    (
        "std::collections",
        "alloc's collections have a written order",
    ),
    ("HashMap", "its order would show in results"),
    ("HashSet", "its order would show in results"),
    ("SystemRandom", "randomness is the caller's"),
    ("OsRng", "randomness is the caller's"),
    ("SysRng", "randomness is the caller's"),
    ("getrandom", "randomness is the caller's"),
    ("thread_rng", "randomness is the caller's"),
    ("println!", "no output"),
    ("eprintln!", "no output"),
    ("dbg!", "no output"),
    (".unwrap()", "nothing panics"),
    ("panic!", "nothing panics"),
    ("unreachable!", "nothing panics"),
    ("todo!", "nothing panics"),
    ("unimplemented!", "nothing panics"),
];

/// What one file may say after all: the backend whose name says that it draws for itself, and the
/// clock and the randomness that programs hand in as arguments; each behind a feature of its own, and
/// nobody's default.
const EXCEPTIONS: [(&str, &str); 5] = [
    ("crates/provisor-tpm/src/crypto/ring_own.rs", "SystemRandom"),
    ("crates/provisor/src/system.rs", "SystemRandom"),
    ("crates/provisor/src/system.rs", "getrandom"),
    ("crates/provisor/src/system.rs", "SystemTime"),
    ("crates/provisor/src/system.rs", "std::time"),
];

/// A lint that a file of the core may not switch off.
const LINTS: [&str; 8] = [
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::panic",
    "clippy::indexing_slicing",
    "clippy::string_slice",
    "clippy::unreachable",
    "clippy::todo",
    "clippy::unimplemented",
];

/// Every breach, as one line.
pub(crate) fn check(files: &[Tracked]) -> Vec<String> {
    let mut breaches = Vec::new();
    for name in CORE {
        let src = format!("crates/{name}/src/");
        let test_files = test_files(files, &src);
        for file in files
            .iter()
            .filter(|file| file.path.starts_with(&src) && file.is("rs"))
        {
            if !test_files
                .iter()
                .any(|test| file.path.starts_with(test.as_str()))
            {
                breaches.extend(in_source(&file.path, &file.text));
            }
            if file.path == format!("{src}lib.rs") {
                breaches.extend(in_root(&file.path, &file.text));
            }
        }
    }
    breaches
}

/// The files (without `.rs`) and folders of modules that are declared under `#[cfg(test)]`.
fn test_files(files: &[Tracked], src: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(src)) {
        let folder = file.path.strip_suffix("lib.rs").map_or_else(
            || format!("{}/", file.path.trim_end_matches(".rs")),
            str::to_owned,
        );
        for name in test_modules(&file.text) {
            found.extend([format!("{folder}{name}.rs"), format!("{folder}{name}/")]);
        }
    }
    found
}

/// The names of `#[cfg(test)] mod name;`, with or without a visibility.
fn test_modules(text: &str) -> Vec<&str> {
    text.split("#[cfg(test)]")
        .skip(1)
        .filter_map(|item| {
            let (declaration, _) = item.split_once([';', '{'])?;
            let ends_here = item.get(declaration.len()..)?.starts_with(';');
            let (_, name) = declaration.rsplit_once("mod ")?;
            ends_here.then_some(name.trim())
        })
        .collect()
}

fn in_source(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, line) in code_only(text).lines().enumerate() {
        let place = format!("{path}:{}", number + 1);
        for (word, reason) in BANNED {
            if says(line, word) && !EXCEPTIONS.contains(&(path, word)) {
                breaches.push(format!("{place}: `{word}`: {reason}"));
            }
        }
        for lint in LINTS {
            if line.contains(lint) && !is_compile_time(text, number) {
                breaches.push(format!("{place}: `{lint}` is not for the core to switch"));
            }
        }
    }
    breaches
}

/// A `const fn` that only the compiler runs may index: its panic is a build error. Its attribute has
/// to say so, on its first three lines.
fn is_compile_time(text: &str, line: usize) -> bool {
    let mut attribute = text.lines().skip(line).take(3);
    attribute.any(|line| line.contains("reason = \"evaluated by the compiler\""))
}

fn in_root(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let code = code_only(text);
    if !code.contains("#![no_std]") {
        breaches.push(format!("{path}: the crate root must say #![no_std]"));
    }
    breaches
}

/// `word` stands in `line` and is not a part of a longer name.
fn says(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|tail| tail.chars().next());
        let opens = word.starts_with(part) && before.is_some_and(part);
        let closes = word.ends_with(part) && after.is_some_and(part);
        !opens && !closes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_names_file_line_and_reason() {
        let found = in_source(
            "crates/provisor/src/a.rs",
            "fn f() {\n  let m = HashMap::new();\n}\n",
        );
        assert_eq!(
            found,
            ["crates/provisor/src/a.rs:2: `HashMap`: its order would show in results"]
        );
    }

    #[test]
    fn every_banned_word_is_found_in_code_and_nowhere_else() {
        for (word, _) in BANNED {
            assert_eq!(in_source("x", &format!("a {word} b")).len(), 1, "{word}");
            assert!(
                in_source("x", &format!("// {word}\n\"{word}\"")).is_empty(),
                "{word}"
            );
            assert!(
                in_source("x", &format!("#[cfg(test)] mod t {{ {word} }}")).is_empty(),
                "{word}"
            );
        }
    }

    #[test]
    fn an_exception_is_one_word_in_one_file() {
        for (path, word) in EXCEPTIONS {
            assert!(in_source(path, word).is_empty());
            assert_eq!(in_source("crates/provisor/src/a.rs", word).len(), 1);
            assert_eq!(in_source(path, "OsRng").len(), 1);
            assert_eq!(in_source(path, "std::fs").len(), 1);
        }
    }

    #[test]
    fn a_lint_is_switched_by_nothing_but_the_compiler() {
        let attribute = "#[expect(clippy::indexing_slicing, reason = \"it is fine\")]";
        assert_eq!(in_source("x", attribute).len(), 1);
        let reason = attribute.replace("it is fine", "evaluated by the compiler");
        assert!(in_source("x", &reason).is_empty());
    }

    #[test]
    fn longer_names_are_other_names() {
        assert!(!says("forbid(unsafe_code)", "unsafe"));
        assert!(!says("Instantiated", "Instant"));
        assert!(says("x.unwrap()", ".unwrap()"));
        assert!(!says("x.unwrap_or(0)", ".unwrap()"));
    }

    #[test]
    fn files_of_test_modules_are_tests() {
        let text =
            "mod a;\n#[cfg(test)]\nmod testing;\n#[cfg(test)]\nmod tests { mod no; }\nmod b;";
        assert_eq!(test_modules(text), ["testing"]);
        let file = |path: &str, text: &str| Tracked {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            file(
                "crates/provisor/src/lib.rs",
                "#![no_std]\n#[cfg(test)]\npub(crate) mod testing;",
            ),
            file("crates/provisor/src/testing.rs", "fn f() { x.unwrap() }"),
            file("crates/provisor/src/other.rs", "fn f() { x.unwrap() }"),
        ];
        let found = check(&files);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("other.rs:1"));
    }

    #[test]
    fn a_root_without_its_promises_is_found() {
        assert_eq!(in_root("lib.rs", "//! #![no_std]\n").len(), 1);
        assert!(in_root("lib.rs", "#![no_std]\n").is_empty());
    }
}
