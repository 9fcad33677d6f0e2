//! The ground rules that no compiler lint knows, each a check over the tracked files.

mod circles;
mod doors;
mod features;
mod graph;
mod places;
mod purity;
mod shape;
mod source;
mod tracked;

use tracked::tracked;

/// Checks all rules and prints each breach.
///
/// # Errors
///
/// A rule is broken, or the files cannot be listed.
pub(crate) fn run() -> Result<(), String> {
    let files = tracked()?;
    let mut breaches = purity::check(&files);
    breaches.extend(shape::check(&files));
    breaches.extend(places::check(&files));
    breaches.extend(features::check(&files));
    breaches.extend(doors::check(&files));
    breaches.extend(graph::check()?);
    breaches.extend(circles::check(&files)?);
    if breaches.is_empty() {
        println!("  {} files keep the rules", files.len());
        return Ok(());
    }
    for breach in &breaches {
        println!("  {breach}");
    }
    Err(format!("{} breaches of the ground rules", breaches.len()))
}
