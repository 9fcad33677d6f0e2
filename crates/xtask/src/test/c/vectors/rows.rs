//! The rows of the allocation's conformance set as a C header.

use std::fmt::Write as _;
use std::path::Path;

use xtask_allocation::rows::{self, Answer, Policy, Row};

use super::literal::literal;
use crate::workspace;

/// Writes `vectors/allocation_rows.h` under `folder`: without the set, one that holds no row and says so.
///
/// # Errors
///
/// The set is there and cannot be read.
pub(super) fn write(folder: &Path) -> Result<(), String> {
    let path = folder.join("vectors/allocation_rows.h");
    let set = workspace::shared().map(|shared| shared.join("allocation"));
    let header = match set.filter(|set| set.join(rows::FILE).is_file()) {
        Some(set) => header(&rows::read(&set)?)?,
        None => {
            println!("!!! the allocation's conformance set is SKIPPED in C: there is no ../shared");
            "#define ALLOCATION_ROWS 0\n".to_owned()
        }
    };
    workspace::write(&path, header.as_bytes())
}

fn header(rows: &[Row]) -> Result<String, String> {
    let (mut lists, mut cases) = (String::new(), String::new());
    for row in rows {
        let line = row.line;
        let names = |(name, number): &(String, u32)| element(name, Some(*number));
        let hubs = list(
            &mut lists,
            "provisor_hub",
            &format!("row_{line}_hubs"),
            row.hubs.iter().map(names),
        );
        let subset = row.subset.iter().flatten().map(|name| element(name, None));
        let subset = list(
            &mut lists,
            "provisor_hub_name",
            &format!("row_{line}_subset"),
            subset,
        );
        let latencies = row.latencies.iter().map(names);
        let latencies = list(
            &mut lists,
            "provisor_latency",
            &format!("row_{line}_latencies"),
            latencies,
        );
        let (policy, fixed) = match &row.policy {
            Policy::Weighted => ("PROVISOR_POLICY_WEIGHTED", ""),
            Policy::EvenlyWeighted => ("PROVISOR_POLICY_EVENLY_WEIGHTED", ""),
            Policy::LowestLatency => ("PROVISOR_POLICY_LOWEST_LATENCY", ""),
            Policy::Static(hub) => ("PROVISOR_POLICY_STATIC", hub.as_str()),
        };
        let restricted = u8::from(row.subset.is_some());
        let answer = match &row.answer {
            Answer::Hub { hub, .. } => hub,
            Answer::Code(code) => code,
        };
        let [scope, salt, fixed_hub, id, answer] = [
            row.scope.as_bytes(),
            &row.salt,
            fixed.as_bytes(),
            row.id.as_bytes(),
            answer.as_bytes(),
        ]
        .map(literal);
        writeln!(
            cases,
            "    {{{line}, {scope}, {{{salt}, {}}}, {hubs}, {{{policy}, {restricted}, {fixed_hub}, {}, {subset}, {latencies}}}, {id}, {answer}}},",
            row.salt.len(),
            fixed.len(),
        )
        .map_err(|e| e.to_string())?;
    }
    Ok(format!(
        "#define ALLOCATION_ROWS {}\n\
         struct allocation_row {{\n    unsigned line;\n    const char *scope;\n    struct octets salt;\n    \
         const provisor_hub *hubs;\n    size_t hubs_len;\n    provisor_allocation allocation;\n    \
         const char *id;\n    /* Or the name of the code. */\n    const char *hub;\n}};\n\n\
         {lists}\nstatic const struct allocation_row allocation_rows[] = {{\n{cases}}};\n",
        rows.len()
    ))
}

/// A name, its length, and a number where there is one.
fn element(name: &str, number: Option<u32>) -> String {
    let text = literal(name.as_bytes());
    let number = number.map_or_else(String::new, |number| format!(", {number}"));
    format!("{{{text}, {}{number}}}", name.len())
}

/// An array in front of the cases, and how a case refers to it.
fn list(
    lists: &mut String,
    kind: &str,
    name: &str,
    elements: impl Iterator<Item = String>,
) -> String {
    let elements: Vec<String> = elements.collect();
    if elements.is_empty() {
        return "NULL, 0".to_owned();
    }
    let length = elements.len();
    lists.push_str(&format!(
        "static const {kind} {name}[] = {{{}}};\n",
        elements.join(", ")
    ));
    format!("{name}, {length}")
}
