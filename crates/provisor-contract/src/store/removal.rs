//! Removals that are due.

use super::story::{Script, Story, Told};
use crate::setting::Setting;

pub(super) fn is_noted(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "removal-noted")?;
    let fence = story.lease(0)?;
    let [a, b] = [story.hub_a(), story.hub_b()].map(|hub| story.removal(hub, fence));
    story.note(&a, 0)?;
    story.note(&b, 0)?;
    // The same once more is one note.
    story.note(&b, 0)?;
    story.restart()?;
    story.noted(&[&a, &b])?;
    story.about("removal-other")?.noted(&[])?;
    story.forget(&a)?;
    story.forget(&a)?;
    story.noted(&[&b])?;
    story.restart()?;
    story.noted(&[&b])
}

pub(super) fn is_cancelled(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "removal-cancelled")?;
    let (hub_a, hub_b) = (story.hub_a(), story.hub_b());
    let fence = story.lease(0)?;
    // Put in A, on record in A.
    let from_a = story.removal(hub_a, fence);
    story.note(&from_a, 0)?;
    let record = story.record(hub_a, fence, 1);
    story.save(&record)?;
    story.noted(&[])?;
    // To B, and its removal from A is due.
    let from_b = story.removal(hub_b, fence);
    story.note(&from_b, 1)?;
    let record = story.record(hub_b, fence, 2);
    story.save_leaving(&record, &from_a)?;
    story.noted(&[&from_a])?;
    // Back to A before anybody got to it.
    let record = story.record(hub_a, fence, 3);
    story.save_leaving(&record, &from_b)?;
    story.noted(&[&from_b])
}

pub(super) fn late_forgetting(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "removal-late")?;
    let first = story.lease(0)?;
    let earlier = story.removal(story.hub_a(), first);
    story.note(&earlier, 0)?;
    let second = story.lease(60)?;
    let later = story.removal(story.hub_a(), second);
    story.note(&later, 0)?;
    story.noted(&[&later])?;
    story.forget(&earlier)?;
    story.noted(&[&later])?;
    story.forget(&later)?;
    story.noted(&[])
}
