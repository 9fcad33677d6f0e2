//! Devices that are removed.

use super::story::{Script, Story, Told};
use crate::setting::Setting;

pub(super) fn is_gone(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "remove");
    let hub = setting.hub_a();
    let owner = story.owner("remove", 1)?;
    // There is nothing yet.
    story.remove(hub, &owner)?;
    story.put(hub, &owner, 1)?;
    let later = story.owner("remove", 2)?;
    story.remove(hub, &later)?;
    story.has_none(hub)?;
    story.remove(hub, &later)
}

pub(super) fn owner_is_checked(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "remove-owned");
    let hub = setting.hub_a();
    let owner = story.owner("remove-owned", 1)?;
    story.put(hub, &owner, 1)?;
    let other = story.owner("remove-other", 9)?;
    story.remove(hub, &other)?;
    let elsewhere = story.elsewhere("remove-owned", 9)?;
    story.remove(hub, &elsewhere)?;
    story.has(hub, &owner, 1)
}

pub(super) fn late_removal_loses(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "remove-late");
    let hub = setting.hub_a();
    let [early, late] = [
        story.owner("remove-late", 5)?,
        story.owner("remove-late", 6)?,
    ];
    story.put(hub, &late, 1)?;
    story.remove(hub, &early)?;
    story.has(hub, &late, 1)
}
