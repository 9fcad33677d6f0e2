//! Leases.

use super::story::{Script, Stop, Story, Told};
use crate::setting::Setting;

pub(super) fn one_at_a_time(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "lease-one")?;
    story.lease(0)?;
    for second in [0, 30, 59] {
        if story.try_lease(second)?.is_some() {
            return Stop::broken(format!(
                "a second lease {second} seconds after one that has sixty"
            ));
        }
    }
    if story.shouted()?.try_lease(30)?.is_some() {
        return Stop::broken("a second lease under the same ID in another case");
    }
    story.about("lease-other")?.lease(30)?;
    // Its holder is gone.
    story.lease(60)?;
    Ok(())
}

pub(super) fn grows(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "lease-grows")?;
    let first = story.lease(0)?;
    story.release(first)?;
    let given_back = story.lease(1)?;
    let ran_out = story.lease(61)?;
    story.restart()?;
    let restarted = story.lease(200)?;
    match first < given_back && given_back < ran_out && ran_out < restarted {
        true => Ok(()),
        false => Stop::broken(format!(
            "leases of the numbers {first}, {given_back}, {ran_out}, {restarted}"
        )),
    }
}

pub(super) fn outlives_the_record(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "lease-outlives")?;
    let first = story.lease(0)?;
    let record = story.record(story.hub_a(), first, 1);
    story.save(&record)?;
    story.release(first)?;
    story.delete()?;
    let next = story.lease(10)?;
    match first < next {
        true => Ok(()),
        false => Stop::broken(format!("{first} before the deletion, {next} after it")),
    }
}

pub(super) fn late_release(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "lease-late")?;
    let first = story.lease(0)?;
    story.lease(60)?;
    story.release(first)?;
    match story.try_lease(70)? {
        None => Ok(()),
        Some(_) => Stop::broken("the lease of another was given back"),
    }
}
