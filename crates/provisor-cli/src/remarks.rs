//! What was done with the files of a command beside reading them: said in text and in JSON.

use std::fmt;

use provisor::Rejection;
use provisor::x509::file::ReadAs;
use serde_json::{Map, Value, json};

use crate::place::Place;

/// Lines of each kind that are shown. Files have none to a few; whoever made a file of thousands is
/// told the first ones.
const SHOWN: usize = 50;

/// Everything that was not taken as it stood.
#[derive(Default)]
pub(crate) struct Remarks {
    left_out: List,
    passed_over: List,
    read_as: List,
}

/// The first remarks of one kind, and how many there were.
#[derive(Default)]
struct List {
    shown: Vec<(String, Value)>,
    all: usize,
}

impl List {
    fn add(&mut self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) {
        self.all += 1;
        if self.shown.len() < SHOWN {
            self.shown.push((text(), json()));
        }
    }

    fn json(&self) -> Value {
        self.shown.iter().map(|(_, json)| json.clone()).collect()
    }
}

impl Remarks {
    /// A certificate that cannot be a trust anchor.
    pub(crate) fn left_out(&mut self, place: &Place, rejection: &Rejection) {
        self.left_out.add(
            || format!("left out of the anchors: {place}: {rejection}"),
            || with(place, "rejection", json!(rejection)),
        );
    }

    /// A block of another kind.
    pub(crate) fn passed_over(&mut self, place: Place, found: &str) {
        self.passed_over.add(
            || format!("passed over: {place}: {found}"),
            || with(&place, "found", json!(found)),
        );
    }

    /// A file that is not quite as it should be.
    pub(crate) fn read_as(&mut self, place: Place, how: &ReadAs) {
        self.read_as.add(
            || format!("note: {place}: {how}"),
            || with(&place, "how", json!(how.to_string())),
        );
    }

    /// The first thing that was left out, as a line.
    pub(crate) fn first_left_out(&self) -> Option<&str> {
        self.left_out.shown.first().map(|(text, _)| text.as_str())
    }

    /// As members of the object that a command prints.
    pub(crate) fn add_to(&self, object: &mut Map<String, Value>) {
        object.insert("leftOut".to_owned(), self.left_out.json());
        object.insert("passedOver".to_owned(), self.passed_over.json());
        object.insert("readAs".to_owned(), self.read_as.json());
    }
}

/// The place with one member more.
fn with(place: &Place, member: &str, value: Value) -> Value {
    let mut json = place.json();
    if let Some(object) = json.as_object_mut() {
        object.insert(member.to_owned(), value);
    }
    json
}

impl fmt::Display for Remarks {
    /// One line each; nothing where there is nothing to say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for list in [&self.left_out, &self.passed_over, &self.read_as] {
            for (text, _) in &list.shown {
                writeln!(f, "{text}")?;
            }
            if list.all > list.shown.len() {
                writeln!(f, "and {} more", list.all - list.shown.len())?;
            }
        }
        Ok(())
    }
}
