//! The files of a crate: arrows in one direction, no circles.

mod modules;
mod reading;
mod tokens;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use modules::{Arrows, Modules};
use serde_json::Value;

use super::graph;
use super::source::code_only;
use super::tracked::Tracked;
use crate::workspace;

/// Every breach, as one line.
///
/// # Errors
///
/// cargo cannot read the manifests.
pub(crate) fn check(files: &[Tracked]) -> Result<Vec<String>, String> {
    let metadata = graph::metadata()?;
    let root = workspace::root();
    let files: BTreeMap<&str, &str> = files
        .iter()
        .filter(|file| file.is("rs"))
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    let mut breaches = Vec::new();
    for source in sources(&metadata) {
        let Ok(path) = std::path::Path::new(source).strip_prefix(&root) else {
            return Err(format!("{source} lies outside of the workspace"));
        };
        let path = path.to_string_lossy().replace('\\', "/");
        breaches.extend(in_crate(&path, &files));
    }
    breaches.sort();
    breaches.dedup();
    Ok(breaches)
}

/// The root files of everything that is built but tests.
fn sources(metadata: &Value) -> Vec<&str> {
    graph::list(metadata, "packages")
        .iter()
        .flat_map(|package| graph::list(package, "targets"))
        .filter(|target| {
            !graph::list(target, "kind")
                .iter()
                .any(|kind| kind == "test")
        })
        .map(|target| graph::text(target, "src_path"))
        .collect()
}

fn in_crate(root: &str, files: &BTreeMap<&str, &str>) -> Vec<String> {
    let read = |path: &str| files.get(path).map(|text| reading::read(&code_only(text)));
    let arrows = Modules::of(root, &read).arrows();
    circles(&arrows)
        .iter()
        .map(|circle| message(circle, &arrows))
        .collect()
}

fn message(circle: &Circle, arrows: &Arrows) -> String {
    let mut line = String::from("files import each other in a circle: ");
    let order = &circle.order;
    for (file, next) in order.iter().zip(order.iter().cycle().skip(1)) {
        let names = arrows
            .get(file)
            .and_then(|arrows| arrows.get(next))
            .map(|names| names.iter().map(String::as_str).collect::<Vec<_>>())
            .unwrap_or_default();
        line += &format!("{file} takes {} from ", names.join(", "));
    }
    line += order.first().map_or("", String::as_str);
    if circle.size > order.len() {
        line += &format!(" ({} files hang together so)", circle.size);
    }
    line + ": move what both need into a file below both, or the calls into one above"
}

/// Files each of which reaches all the others.
#[derive(Debug, PartialEq, Eq)]
struct Circle {
    /// The shortest way around, from the first file in the alphabet that is on one so short.
    order: Vec<String>,
    /// How many files reach each other, those beside this way included.
    size: usize,
}

fn circles(arrows: &Arrows) -> Vec<Circle> {
    let reach: BTreeMap<&str, BTreeSet<&str>> = arrows
        .keys()
        .map(|file| (file.as_str(), reached(file, arrows)))
        .collect();
    let reaches = |a: &str, b: &str| reach.get(a).is_some_and(|files| files.contains(b));
    let mut done = BTreeSet::new();
    let mut circles = Vec::new();
    for file in reach.keys().copied() {
        if !reaches(file, file) || done.contains(file) {
            continue;
        }
        let together: Vec<&str> = reach
            .keys()
            .copied()
            .filter(|other| reaches(file, other) && reaches(other, file))
            .collect();
        done.extend(together.iter().copied());
        let order = together
            .iter()
            .filter_map(|start| shortest(start, arrows))
            .min_by_key(Vec::len)
            .unwrap_or_default();
        circles.push(Circle {
            order,
            size: together.len(),
        });
    }
    circles
}

/// All files that `file` reaches; itself only on a circle.
fn reached<'a>(file: &str, arrows: &'a Arrows) -> BTreeSet<&'a str> {
    let next = |file: &str| arrows.get(file).into_iter().flat_map(BTreeMap::keys);
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = next(file).map(String::as_str).collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(next(file).map(String::as_str));
        }
    }
    found
}

/// The shortest way from `start` back to it.
fn shortest(start: &str, arrows: &Arrows) -> Option<Vec<String>> {
    let mut open = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop_front() {
        for next in way.last().and_then(|last| arrows.get(last))?.keys() {
            if next == start {
                return Some(way);
            }
            if arrows.contains_key(next) && seen.insert(next) {
                let mut longer = way.clone();
                longer.push(next.clone());
                open.push_back(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
