//! Devices that are put.

use provisor::Code;

use super::story::{Script, Story, Told};
use crate::setting::Setting;

pub(super) fn is_there(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "put");
    let hub = setting.hub_a();
    story.has_none(hub)?;
    let owner = story.owner("put", 1)?;
    story.put(hub, &owner, 1)?;
    story.has(hub, &owner, 1)?;
    // The same lease once more, as after an answer that was lost; and the next one with another key.
    story.put(hub, &owner, 1)?;
    let next = story.owner("put", 2)?;
    story.put(hub, &next, 2)?;
    story.has(hub, &next, 2)
}

pub(super) fn owner_is_checked(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "put-owned");
    let hub = setting.hub_a();
    let owner = story.owner("put-owned", 5)?;
    story.put(hub, &owner, 1)?;
    let other = story.owner("put-other", 9)?;
    story.refuses(hub, &other, 2, Code::RegDeviceOwned)?;
    let elsewhere = story.elsewhere("put-owned", 9)?;
    story.refuses(hub, &elsewhere, 3, Code::RegDeviceOwned)?;
    story.has(hub, &owner, 1)
}

pub(super) fn late_put_loses(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "put-late");
    let hub = setting.hub_a();
    let [early, late] = [story.owner("put-late", 5)?, story.owner("put-late", 6)?];
    story.put(hub, &late, 2)?;
    story.refuses(hub, &early, 1, Code::RegFenced)?;
    story.has(hub, &late, 2)
}

pub(super) fn late_put_after_a_removal_loses(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "put-removed");
    let hub = setting.hub_a();
    let [early, late] = [
        story.owner("put-removed", 5)?,
        story.owner("put-removed", 6)?,
    ];
    story.put(hub, &early, 1)?;
    story.remove(hub, &late)?;
    story.has_none(hub)?;
    story.refuses(hub, &early, 1, Code::RegFenced)?;
    story.has_none(hub)?;
    // Whoever comes next is welcome.
    let next = story.owner("put-removed", 7)?;
    story.put(hub, &next, 3)?;
    story.has(hub, &next, 3)
}

pub(super) fn places_are_apart(setting: &Setting, script: &mut Script<'_>) -> Told {
    let (hub_a, hub_b) = (setting.hub_a(), setting.hub_b());
    let mut story = Story::new(setting, script, "put-apart");
    let owner = story.owner("put-apart", 1)?;
    story.put(hub_a, &owner, 1)?;
    story.has_none(hub_b)?;
    let mut other = Story::new(setting, script, "PUT-APART");
    other.has_none(hub_a)?;
    let another = other.owner("put-another", 1)?;
    other.put(hub_a, &another, 2)?;
    Story::new(setting, script, "put-apart").has(hub_a, &owner, 1)
}
