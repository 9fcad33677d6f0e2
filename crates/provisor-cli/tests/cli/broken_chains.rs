//! Chains made by the openssl command line, one fault each: the verdict names the fault, the
//! certificate and what to do, on its first line and in JSON. `broken_chains/make.py` makes them,
//! `broken_chains/expected.txt` says what each must be told.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::{folder, provisor_in};

/// Issue 3 asks for sixty.
const AT_LEAST: usize = 60;

/// A line of the table.
struct Expected {
    id: &'static str,
    /// `None`: accepted.
    refusal: Option<Refusal>,
}

struct Refusal {
    code: &'static str,
    /// The beginning of the subject.
    about: String,
    remedy: &'static str,
}

#[test]
fn every_broken_chain_is_told_its_fault_its_certificate_and_its_remedy() {
    let Some(chains) = made() else {
        return;
    };
    let mut wrong = Vec::new();
    let table = table();
    for expected in &table {
        if let Err(why) = judge(&chains.join(expected.id), expected) {
            wrong.push(format!("{}: {why}", expected.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<_> = table.iter().map(|row| row.id.to_owned()).collect();
    let made: BTreeSet<_> = std::fs::read_dir(&chains)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "work")
        .collect();
    assert_eq!(made, listed, "cases made, and cases in the table");
    let broken = table.iter().filter(|row| row.refusal.is_some()).count();
    assert!(broken >= AT_LEAST, "only {broken} broken chains");
    eprintln!("{broken} broken chains, {} good ones", table.len() - broken);
}

fn judge(chain: &Path, expected: &Expected) -> Result<(), String> {
    let arguments = std::fs::read_to_string(chain.join("arguments")).map_err(|e| e.to_string())?;
    let arguments: Vec<&str> = std::iter::once("explain")
        .chain(arguments.lines())
        .collect();
    let text = provisor_in(chain, &arguments);
    let run = provisor_in(chain, arguments.iter().chain(&["--json"]));
    let json: serde_json::Value =
        serde_json::from_str(&run.out).map_err(|e| format!("{e}: {}{}", run.out, run.err))?;
    let first_line = text.out.lines().next().unwrap_or_default();
    let Some(refusal) = &expected.refusal else {
        return match (run.status, json["verdict"].as_str()) {
            (0, Some("accepted")) if first_line.starts_with("ACCEPTED") => Ok(()),
            _ => Err(format!("refused: {first_line}")),
        };
    };
    let rejection = &json["rejection"];
    let field = |name: &str| rejection[name].as_str().unwrap_or_default().to_owned();
    let (code, subject, remedy) = (field("code"), field("subject"), field("remedy"));
    if text.status == 0 || run.status == 0 {
        return Err("accepted".to_owned());
    }
    if code != refusal.code || !subject.starts_with(&refusal.about) {
        return Err(format!("{code} of {subject}: {rejection}"));
    }
    if !remedy.contains(refusal.remedy) {
        return Err(format!("nothing of {:?} in {remedy:?}", refusal.remedy));
    }
    let facts = format!("{}{}", field("expected"), field("found"));
    if facts.is_empty() {
        return Err(format!(
            "{code} says neither what it expected nor what it found"
        ));
    }
    if !(first_line.contains(&code) && first_line.contains(&subject)) {
        return Err(format!("the first line is {first_line:?}"));
    }
    Ok(())
}

fn table() -> Vec<Expected> {
    let text = include_str!("../broken_chains/expected.txt");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &'static str) -> Expected {
    let (id, rest) = line.split_once(' ').unwrap();
    let rest = rest.trim();
    if rest == "ok" {
        return Expected { id, refusal: None };
    }
    let (code, rest) = rest.split_once(' ').unwrap();
    let (place, remedy) = rest.trim().split_once(' ').unwrap();
    let about = match place.parse::<u8>() {
        Ok(depth) => format!("certificate {depth} ("),
        Err(_) if place == "anchor" => "trust anchor (".to_owned(),
        Err(_) => place.to_owned(),
    };
    let remedy = remedy.trim();
    let refusal = Refusal {
        code,
        about,
        remedy,
    };
    Expected {
        id,
        refusal: Some(refusal),
    }
}

/// The folder of the chains; `None`, said loudly, where the tools to make them are missing.
fn made() -> Option<std::path::PathBuf> {
    for tool in ["openssl", "python3"] {
        let argument = if tool == "openssl" {
            "version"
        } else {
            "--version"
        };
        if let Err(error) = Command::new(tool).arg(argument).output() {
            eprintln!("SKIPPED the broken chains: {tool} does not run: {error}");
            return None;
        }
    }
    let chains = folder("broken-chains");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken_chains/make.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(&chains)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "make.py: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(chains)
}
