//! Inputs, and what they are read from.

use std::collections::BTreeSet;
use std::path::Path;

use crate::workspace;

/// Inputs by target, each once.
#[derive(Default)]
pub(super) struct Corpora {
    pub(super) inputs: BTreeSet<(&'static str, Vec<u8>)>,
}

impl Corpora {
    pub(super) fn add(&mut self, target: &'static str, bytes: Vec<u8>) {
        self.inputs.insert((target, bytes));
    }
}

pub(super) fn json(path: &Path) -> Result<serde_json::Value, String> {
    serde_json::from_str(&workspace::read(path)?).map_err(|e| format!("{}: {e}", path.display()))
}
