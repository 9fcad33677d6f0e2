//! Inputs made after bug reports: one folder each, with what is right in its `expect.json`.
//!
//! A folder holds a `command` (or `runs`, each with one), which the built `provisor` answers, or a
//! `case.json`, which the library answers. The format is described at the end of the `INDEX.md` of
//! such a set. A disagreement is a wrong verdict, code or wording.

mod answer;
mod expect;
mod library;
mod program;

use std::fs;
use std::path::{Path, PathBuf};

use self::answer::Answer;
use self::expect::{Expect, Verdict};
use self::program::Program;
use super::entry::Entry;
use super::summary::Summary;

/// Runs every folder of `dir`, one line for each disagreement.
///
/// # Errors
///
/// The folder cannot be read, or `provisor` cannot be built.
pub(super) fn run(dir: &Path) -> Result<Summary, String> {
    let folders = folders(dir)?;
    let program = Program::build()?;
    let mut summary = Summary::default();
    for folder in &folders {
        let outcome = judge(folder, &program).unwrap_or_else(|reason| {
            let mut outcome = Outcome::default();
            outcome.disagreements.push(reason);
            outcome
        });
        summary.cases += 1;
        summary.agree += u32::from(outcome.disagreements.is_empty());
        summary.false_accept += u32::from(outcome.false_accept);
        summary.false_reject += u32::from(outcome.false_reject && !outcome.false_accept);
        if !outcome.disagreements.is_empty() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            println!("{name}: {}", outcome.disagreements.join("; "));
        }
    }
    Ok(summary)
}

/// How a folder went.
#[derive(Debug, Default)]
struct Outcome {
    disagreements: Vec<String>,
    false_accept: bool,
    false_reject: bool,
}

impl Outcome {
    /// `name` stands before what is said of one run of several.
    fn add(&mut self, name: &str, expect: &Expect, answer: &Answer) {
        let found = expect.judge(&answer.verdict, &answer.out, &answer.text);
        let accepted = answer.verdict == Verdict::Accepted;
        if !expect.allows(&answer.verdict) {
            self.false_accept |= accepted;
            self.false_reject |= expect.allows(&Verdict::Accepted);
        }
        let named = found.into_iter().map(|fault| format!("{name}{fault}"));
        self.disagreements.extend(named);
    }
}

/// The folders of the set in the order of their names.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let no = |e: std::io::Error| format!("{}: {e}", dir.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(dir).map_err(no)? {
        let path = entry.map_err(no)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    if folders.is_empty() {
        return Err(format!("{} holds no folder", dir.display()));
    }
    Ok(folders)
}

/// # Errors
///
/// The folder is not of the format.
fn judge(folder: &Path, program: &Program) -> Result<Outcome, String> {
    let expected = Expect::read(&folder.join("expect.json"))?;
    let mut outcome = Outcome::default();
    let case = folder.join("case.json");
    if case.is_file() {
        let answer = library::answer(&Entry::read(&case)?)?;
        for (_, expect) in &expected {
            outcome.add("", expect, &answer);
        }
        return Ok(outcome);
    }
    let several = expected.len() > 1;
    for (command, expect) in &expected {
        let file = || fs::read_to_string(folder.join("command"));
        let command = match command {
            Some(command) => command.clone(),
            None => file().map_err(|_| "neither command nor case.json nor runs")?,
        };
        let command = command.trim();
        let name = if several {
            format!("{command}: ")
        } else {
            String::new()
        };
        outcome.add(&name, expect, &program.answer(command, folder)?);
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(expect: &str, verdict: Verdict) -> [bool; 3] {
        let expect = Expect::parse(expect).unwrap();
        let answer = Answer {
            verdict,
            out: String::new(),
            text: String::new(),
        };
        let mut outcome = Outcome::default();
        outcome.add("", &expect[0].1, &answer);
        [
            outcome.disagreements.is_empty(),
            outcome.false_accept,
            outcome.false_reject,
        ]
    }

    #[test]
    fn a_wrong_verdict_is_counted_by_its_direction_and_wrong_words_by_none() {
        for (expect, verdict, counted) in [
            ("accepted", Verdict::Accepted, [true, false, false]),
            ("accepted", Verdict::Rejected, [false, false, true]),
            ("rejected", Verdict::Accepted, [false, true, false]),
            ("rejected", Verdict::RefusedInput, [false, false, false]),
        ] {
            let expect = format!(r#"{{"verdict": "{expect}"}}"#);
            assert_eq!(outcome(&expect, verdict), counted, "{expect}");
        }
        let words = r#"{"verdict": "rejected", "must": ["why"]}"#;
        assert_eq!(outcome(words, Verdict::Rejected), [false, false, false]);
    }
}
