//! What was verified, and what was only reported, as text and as JSON.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::place::Place;

/// Everything there is to say of an attestation that was accepted.
#[derive(Default)]
pub(in crate::tpm) struct Findings {
    verified: Vec<(&'static str, String)>,
    reported: Vec<(&'static str, String)>,
    not_verified: Vec<String>,
    dangers: Vec<&'static str>,
    read_as: Vec<(Place, String)>,
    /// What programs want to have apart.
    members: Map<String, Value>,
}

impl Findings {
    pub(in crate::tpm) fn verified(&mut self, what: &'static str, how: impl Into<String>) {
        self.verified.push((what, how.into()));
    }

    pub(in crate::tpm) fn not_verified(&mut self, what: impl Into<String>) {
        self.not_verified.push(what.into());
    }

    pub(in crate::tpm) fn reported(&mut self, what: &'static str, how: impl Into<String>) {
        self.reported.push((what, how.into()));
    }

    pub(in crate::tpm) fn member(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }

    pub(in crate::tpm) fn read_as(&mut self, path: &Path, how: String) {
        self.read_as.push((Place::file(path), how));
    }

    pub(in crate::tpm) fn danger(&mut self, what: &'static str) {
        self.dangers.push(what);
    }

    pub(in crate::tpm) fn answer(mut self, about: &str, json: bool) -> Answer {
        let text = if json {
            self.object()
        } else {
            self.text(about)
        };
        Answer::accepted(text)
    }

    fn text(&self, about: &str) -> String {
        let mut out = format!("ACCEPTED  {about}\n");
        for (title, lines) in [
            ("verified", &self.verified),
            ("only reported by the TPM", &self.reported),
        ] {
            let _ = writeln!(out, "\n{title}:");
            for (what, how) in lines {
                let _ = writeln!(out, "  {what:<9} {how}");
            }
        }
        if !self.not_verified.is_empty() || !self.dangers.is_empty() {
            out.push_str("\nnot verified:\n");
        }
        for what in &self.not_verified {
            let _ = writeln!(out, "  {what}");
        }
        for danger in &self.dangers {
            let _ = writeln!(out, "  danger: {danger}");
        }
        if !self.read_as.is_empty() {
            out.push_str("\nfiles:\n");
        }
        for (place, how) in &self.read_as {
            let _ = writeln!(out, "  note: {place}: {how}");
        }
        out
    }

    fn object(&mut self) -> String {
        let mut object = Map::new();
        object.insert("verdict".to_owned(), json!("accepted"));
        object.insert("rejection".to_owned(), Value::Null);
        object.append(&mut self.members);
        let lines = |lines: &[(&'static str, String)]| -> Value {
            lines.iter().map(|(what, _)| json!(what)).collect()
        };
        object.insert("verified".to_owned(), lines(&self.verified));
        object.insert("notVerified".to_owned(), json!(self.not_verified));
        object.insert("dangers".to_owned(), json!(self.dangers));
        let read_as = self.read_as.iter().map(|(place, how)| {
            let mut json = place.json();
            if let Some(object) = json.as_object_mut() {
                object.insert("how".to_owned(), json!(how));
            }
            json
        });
        object.insert("readAs".to_owned(), read_as.collect());
        format!("{}\n", Value::Object(object))
    }
}
