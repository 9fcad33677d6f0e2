//! Records, and what is saved with them.

use provisor::Code;
use provisor::registration::Entry;

use super::story::{Script, Stop, Story, Told};
use crate::setting::Setting;

/// A stale save may be refused for either reason, where both are there.
const STALE: [Code; 2] = [Code::RegFenced, Code::RegSaveLost];

pub(super) fn is_there(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-there")?;
    if story.known()?.is_some() {
        return Stop::broken("something is known of a registration that never was");
    }
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    story.save(&record)?;
    story.has(&record)?;
    story.shouted()?.has(&record)?;
    story.restart()?;
    story.has(&record)?;
    match story.about("save-elsewhere")?.known()? {
        None => Ok(()),
        Some(other) => Stop::broken(format!("another registration has {other:?}")),
    }
}

pub(super) fn must_follow(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-follows")?;
    let fence = story.lease(0)?;
    let [first, second] = [1, 2].map(|revision| story.record(story.hub_a(), fence, revision));
    let lost = [Code::RegSaveLost];
    story.refuses(&second, None, &lost)?;
    story.save(&first)?;
    let other = story.record(story.hub_b(), fence, 1);
    story.refuses(&other, None, &lost)?;
    let third = story.record(story.hub_b(), fence, 3);
    story.refuses(&third, None, &lost)?;
    story.has(&first)?;
    story.save(&second)?;
    story.has(&second)
}

pub(super) fn must_not_be_overtaken(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-overtaken")?;
    let first = story.lease(0)?;
    let second = story.lease(60)?;
    let record = story.record(story.hub_a(), second, 1);
    story.save(&record)?;
    // The revision fits; the lease is over.
    let late = story.record(story.hub_b(), first, 2);
    story.refuses(&late, None, &[Code::RegFenced])?;
    story.has(&record)
}

pub(super) fn must_not_undo_a_deletion(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-deleted")?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    story.save(&record)?;
    // Decided upon the record, and under the lease still.
    let next = story.record(story.hub_b(), fence, 2);
    story.delete()?;
    story.refuses(&next, None, &STALE)?;
    story.refuses(&record, None, &STALE)
}

pub(super) fn is_one_step(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-one")?;
    let before = story.counted()?;
    let fence = story.lease(0)?;
    let first = story.record(story.hub_a(), fence, 1);
    story.save(&first)?;
    story.counts(before, 1, 0)?;
    let second = story.record(story.hub_b(), fence, 2);
    let leaves = story.removal(story.hub_a(), fence);
    story.save_leaving(&second, &leaves)?;
    story.restart()?;
    story.has(&second)?;
    story.noted(&[&leaves])?;
    story.counts(before, 1, 1)?;
    // Refused: nothing of it is there.
    let stale = story.record(story.hub_a(), fence, 2);
    let removal = story.removal(story.hub_b(), fence);
    story.refuses(&stale, Some(&removal), &[Code::RegSaveLost])?;
    story.has(&second)?;
    story.noted(&[&leaves])?;
    story.counts(before, 1, 1)
}

pub(super) fn counts_once(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-again")?;
    let before = story.counted()?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    story.save(&record)?;
    // The answer was lost on its way.
    story.save(&record)?;
    story.has(&record)?;
    story.counts(before, 1, 0)
}

pub(super) fn deletion_leaves_a_tombstone(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "save-tombstone")?;
    let fence = story.lease(0)?;
    let record = story.record(story.hub_a(), fence, 1);
    story.save(&record)?;
    story.delete()?;
    story.restart()?;
    match story.known()? {
        Some(Entry::Tombstone(left))
            if left.hub == record.assigned_hub
                && left.device_id == record.device_id
                && left.revision == 2
                && left.fence == fence => {}
        found => {
            return Stop::broken(format!(
                "expected the tombstone of {record:?}, found {found:?}"
            ));
        }
    }
    let next = story.record(story.hub_b(), fence, 3);
    story.save(&next)?;
    story.has(&next)
}
