//! What is right: verdict, code, and patterns for the words.

use std::fmt;
use std::path::Path;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::workspace;

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Exit status 0; a library case that is verified.
    Accepted,
    /// Exit status 1; a library case that is refused at any step.
    Rejected,
    /// Exit status 2.
    RefusedInput,
    /// Any other end, which disagrees with everything.
    Other(String),
}

/// What is right for one run or case.
#[derive(Debug)]
pub(super) struct Expect {
    verdicts: Vec<Verdict>,
    codes: Option<Vec<String>>,
    must: Vec<Regex>,
    must_stdout: Vec<Regex>,
    stdout: Vec<Regex>,
    must_accepted: Vec<Regex>,
    must_not: Vec<Regex>,
}

/// `expect.json`, or one of its `runs`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    verdict: Option<OneOrMore>,
    #[serde(default)]
    codes: Option<Vec<CodeName>>,
    #[serde(default)]
    must: Vec<String>,
    #[serde(default)]
    must_stdout: Vec<String>,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    must_accepted: Vec<String>,
    #[serde(default)]
    must_not: Vec<String>,
    #[serde(default)]
    command: Option<String>,
    #[serde(default)]
    runs: Option<Vec<Self>>,
    #[serde(default, rename = "note")]
    _note: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum CodeName {
    Number(u16),
    Name(String),
}

impl Expect {
    /// Everything that `expect.json` asks for, each with the command that it brings along.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not of the format.
    pub(super) fn read(path: &Path) -> Result<Vec<(Option<String>, Self)>, String> {
        Self::parse(&workspace::read(path)?)
    }

    /// # Errors
    ///
    /// The text is not of the format.
    pub(super) fn parse(text: &str) -> Result<Vec<(Option<String>, Self)>, String> {
        let bad = |e: serde_json::Error| format!("expect.json: {e}");
        let mut written: Written = serde_json::from_str(text).map_err(bad)?;
        let runs = written.runs.take().unwrap_or_else(|| vec![written]);
        if runs.is_empty() {
            return Err("expect.json: no run".to_owned());
        }
        runs.into_iter()
            .map(|run| Ok((run.command.clone(), Self::compile(run)?)))
            .collect()
    }

    fn compile(written: Written) -> Result<Self, String> {
        let verdicts = match written.verdict {
            None => Vec::new(),
            Some(OneOrMore::One(verdict)) => vec![verdict],
            Some(OneOrMore::More(verdicts)) => verdicts,
        };
        let verdicts: Vec<_> = verdicts
            .iter()
            .map(|name| Verdict::parse(name))
            .collect::<Result<_, _>>()?;
        if verdicts.is_empty() {
            return Err("expect.json: no verdict".to_owned());
        }
        let codes = written.codes.map(|codes| {
            let name = |code| match code {
                CodeName::Number(number) => format!("{number}"),
                CodeName::Name(name) => name,
            };
            codes.into_iter().map(name).collect()
        });
        Ok(Self {
            verdicts,
            codes,
            must: patterns(&written.must)?,
            must_stdout: patterns(&written.must_stdout)?,
            stdout: patterns(&written.stdout)?,
            must_accepted: patterns(&written.must_accepted)?,
            must_not: patterns(&written.must_not)?,
        })
    }

    /// Whether the verdict is one of the right ones.
    pub(super) fn allows(&self, verdict: &Verdict) -> bool {
        self.verdicts.contains(verdict)
    }

    /// Every disagreement with what was answered.
    pub(super) fn judge(&self, verdict: &Verdict, out: &str, text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.allows(verdict) {
            let wanted: Vec<_> = self.verdicts.iter().map(ToString::to_string).collect();
            faults.push(format!("{verdict} in place of {}", wanted.join(" or ")));
        }
        let mut want = |patterns: &[Regex], place: &str, name: &str| {
            let missing = patterns.iter().filter(|pattern| !pattern.is_match(place));
            faults.extend(missing.map(|pattern| format!("no /{pattern}/ in {name}")));
        };
        if *verdict == Verdict::Accepted {
            want(&self.stdout, out, "stdout");
            want(&self.must_accepted, text, "the output");
        } else {
            want(&self.must, text, "the output");
            want(&self.must_stdout, out, "stdout");
        }
        if let (Verdict::Rejected, Some(codes)) = (verdict, &self.codes) {
            faults.extend(wrong_code(codes, text));
        }
        let said = self.must_not.iter().filter_map(|one| one.find(text));
        faults.extend(said.map(|found| format!("says {:?}", found.as_str().trim())));
        faults
    }
}

impl Verdict {
    fn parse(name: &str) -> Result<Self, String> {
        match name {
            "accepted" => Ok(Self::Accepted),
            "rejected" => Ok(Self::Rejected),
            "refused-input" => Ok(Self::RefusedInput),
            other => Err(format!("expect.json: no verdict {other:?}")),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::RefusedInput => "refused-input",
            Self::Other(end) => end,
        })
    }
}

/// The first code that was shown is none of these.
fn wrong_code(codes: &[String], text: &str) -> Option<String> {
    let shown = first_code(text);
    let right = shown.is_some_and(|(name, number)| codes.iter().any(|c| c == name || c == number));
    (!right).then(|| {
        let shown = shown.map_or("none", |(name, _)| name);
        format!("code {shown} in place of {}", codes.join(" or "))
    })
}

/// The first `NAME (number)` of a text.
fn first_code(text: &str) -> Option<(&str, &str)> {
    text.match_indices(" (").find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let (number, _) = rest.strip_prefix(" (")?.split_once(')')?;
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let name = before.rsplit(|c| !is_name(c)).next()?;
        let code = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
        let named = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains('_');
        (code && named).then_some((name, number))
    })
}

/// Searched for anywhere, case ignored, `^` and `$` at lines.
fn patterns(texts: &[String]) -> Result<Vec<Regex>, String> {
    let compile = |text: &String| {
        RegexBuilder::new(text)
            .case_insensitive(true)
            .multi_line(true)
            .build()
            .map_err(|e| format!("expect.json: {e}"))
    };
    texts.iter().map(compile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REJECTED: &str = "X509_EXPIRED (2103): the leaf\nSAS_KEY (3513)";

    fn judge(expect: &str, verdict: &Verdict, out: &str, text: &str) -> usize {
        let [(_, expect)] = &Expect::parse(expect).unwrap()[..] else {
            panic!("one run");
        };
        expect.judge(verdict, out, text).len()
    }

    #[test]
    fn each_kind_of_pattern_is_asked_where_the_format_says() {
        use Verdict::{Accepted, Rejected};
        for (expect, verdict, faults) in [
            (r#""must": ["LEAF$"]"#, Rejected, 0),
            (r#""must": ["root"]"#, Rejected, 1),
            (r#""must": ["root"]"#, Accepted, 0),
            (r#""must_stdout": ["^out$"]"#, Rejected, 0),
            (r#""must_stdout": ["leaf"]"#, Rejected, 1),
            (r#""stdout": ["leaf"]"#, Accepted, 1),
            (r#""stdout": ["leaf"]"#, Rejected, 0),
            (r#""must_accepted": ["leaf", "root"]"#, Accepted, 1),
            (r#""must_not": ["leaf"]"#, Accepted, 1),
            (r#""must_not": ["leaf"]"#, Rejected, 1),
            (r#""codes": ["X509_EXPIRED"]"#, Rejected, 0),
            (r#""codes": [2103]"#, Rejected, 0),
            (r#""codes": ["SAS_KEY"]"#, Rejected, 1),
            (r#""codes": ["SAS_KEY"]"#, Accepted, 0),
        ] {
            let text = format!(r#"{{"verdict": ["accepted", "rejected"], {expect}}}"#);
            let found = judge(&text, &verdict, "out", REJECTED);
            assert_eq!(found, faults, "{expect} {verdict}");
        }
    }

    #[test]
    fn another_end_disagrees_and_another_form_is_the_sets_fault() {
        let other = Verdict::Other("exit status 101".to_owned());
        assert_eq!(judge(r#"{"verdict": "rejected"}"#, &other, "", ""), 1);
        for bad in [
            "",
            "{}",
            r#"{"verdict": "maybe"}"#,
            r#"{"verdict": "accepted", "surprise": 1}"#,
            r#"{"verdict": "accepted", "must": ["("]}"#,
            r#"{"runs": []}"#,
        ] {
            assert!(Expect::parse(bad).is_err(), "{bad}");
        }
        let runs = r#"{"note": "n", "runs": [{"command": "a", "verdict": "accepted"}]}"#;
        assert_eq!(
            Expect::parse(runs).unwrap()[0].0.as_deref(),
            Some("a"),
            "a run brings its command"
        );
    }

    #[test]
    fn the_first_code_is_found() {
        assert_eq!(first_code(REJECTED), Some(("X509_EXPIRED", "2103")));
        assert_eq!(
            first_code("É (2103) A_B (12) (A_B (1234))"),
            Some(("A_B", "1234"))
        );
        assert_eq!(first_code("PEM (2103)"), None);
        assert_eq!(first_code(""), None);
    }
}
