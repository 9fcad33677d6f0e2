//! `provisor allocate`: which hub each device of a list goes to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use provisor::allocation::{Allocator, LinkedHubs, Weight};
use provisor::{HubName, IdScope, RegistrationId, Rejection};

use crate::answer::{Answer, Unusable, Verdict};
use crate::input;
use crate::policy::PolicyArguments;

/// The scope that keys the hashing when none is given: the same result on every run and machine.
const DEFAULT_SCOPE: &str = "0ne00000000";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The linked hubs, JSON: [{"name": "hub-a.example", "weight": 1}, ...]. Weight 0 takes no new device.
    #[arg(long, value_name = "F.json")]
    hubs: PathBuf,
    /// The registration IDs, one on a line; empty lines and lines that begin with '#' are skipped.
    #[arg(long, value_name = "F.txt")]
    ids: PathBuf,
    /// The ID scope, which keys the hashing: another scope, another allocation.
    #[arg(long, default_value = DEFAULT_SCOPE)]
    scope: String,
    #[command(flatten)]
    policy: PolicyArguments,
}

/// One element of the hubs file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct HubEntry {
    name: String,
    weight: u16,
}

/// Prints `ID<TAB>HUB` for each legal ID; the shares, and the IDs that are refused, go to standard error.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let scope = IdScope::parse(&arguments.scope).map_err(|e| Unusable::new(e.to_string()))?;
    let hubs = linked_hubs(&arguments.hubs, &scope)?;

    let allocator = Allocator::new(&hubs, &arguments.policy.policy);
    let mut answer = Answer::accepted(String::new());
    let mut counts: BTreeMap<&HubName, usize> = hubs.iter().map(|(hub, _)| (hub, 0)).collect();
    for (number, line) in input::text(&arguments.ids)?.lines().enumerate() {
        let id = line.trim();
        if id.is_empty() || id.starts_with('#') {
            continue;
        }
        match RegistrationId::try_from(id).and_then(|id| Ok((allocator.choose(&id)?, id))) {
            Ok((hub, id)) => {
                *counts.entry(hub).or_default() += 1;
                let _ = writeln!(answer.text, "{id}\t{hub}");
            }
            Err(rejection) => {
                answer.verdict = Verdict::Rejected;
                let _ = writeln!(answer.notes, "line {}: {rejection}", number + 1);
            }
        }
    }
    for (hub, weight) in hubs.iter() {
        let count = counts.get(hub).copied().unwrap_or_default();
        let _ = writeln!(answer.notes, "{count:>8}  {hub} (weight {})", weight.get());
    }
    Ok(answer)
}

/// The hubs of a file, linked to that scope.
pub(crate) fn linked_hubs(path: &Path, scope: &IdScope) -> Result<LinkedHubs, Unusable> {
    let text = input::text(path)?;
    let entries: Vec<HubEntry> = serde_json::from_str(&text).map_err(|e| {
        Unusable::file(
            path,
            format!("{e}; expected [{{\"name\": \"hub-a.example\", \"weight\": 1}}, ...]"),
        )
    })?;
    linked(scope, entries).map_err(|e| Unusable::file(path, e))
}

fn linked(scope: &IdScope, entries: Vec<HubEntry>) -> Result<LinkedHubs, Rejection> {
    let hubs = entries
        .into_iter()
        .map(|entry| Ok((HubName::parse(&entry.name)?, Weight::new(entry.weight)?)))
        .collect::<Result<Vec<_>, Rejection>>()?;
    LinkedHubs::new(scope, hubs)
}
