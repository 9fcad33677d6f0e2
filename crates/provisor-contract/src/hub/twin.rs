//! Twins.

use provisor::enrollment::InitialTwin;
use provisor::registration::TwinSource;

use super::story::{Script, Story, Told};
use crate::setting::Setting;

fn twins() -> Told<[InitialTwin; 2]> {
    Ok([
        InitialTwin::parse("{\"tags\":{\"first\":true}}")?,
        InitialTwin::parse("{\"tags\":{\"second\":true}}")?,
    ])
}

pub(super) fn stays(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "twin-stays");
    let hub = setting.hub_a();
    let [initial, own] = twins()?;
    let owner = story.owner("twin-stays", 1)?;
    let existing = || TwinSource::Existing(Some(initial.clone()));
    // A device that is missing begins with the initial twin.
    story.put_with(hub, &owner, 1, existing())?;
    story.has_twin(hub, Some(&initial))?;
    story.change_twin(hub, &own)?;
    story.put_with(hub, &owner, 1, existing())?;
    story.has_twin(hub, Some(&own))
}

pub(super) fn begins(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "twin-begins");
    let hub = setting.hub_a();
    let [initial, own] = twins()?;
    let owner = story.owner("twin-begins", 1)?;
    story.put_with(hub, &owner, 1, TwinSource::Initial(Some(initial.clone())))?;
    story.change_twin(hub, &own)?;
    story.put_with(hub, &owner, 1, TwinSource::Initial(Some(initial.clone())))?;
    story.has_twin(hub, Some(&initial))?;
    story.put_with(hub, &owner, 1, TwinSource::Initial(None))?;
    story.has_twin(hub, None)
}

pub(super) fn moves(setting: &Setting, script: &mut Script<'_>) -> Told {
    let mut story = Story::new(setting, script, "twin-moves");
    let (hub_a, hub_b) = (setting.hub_a(), setting.hub_b());
    let [initial, own] = twins()?;
    let owner = story.owner("twin-moves", 1)?;
    let device_id = story.device_id()?;
    let overridden = |overriding| TwinSource::CopyFrom {
        hub: hub_a.clone(),
        device_id: device_id.clone(),
        otherwise: Some(initial.clone()),
        overriding,
    };
    let from_a = || overridden(None);
    story.put(hub_a, &owner, 1)?;
    story.change_twin(hub_a, &own)?;
    story.put_with(hub_b, &owner, 1, from_a())?;
    story.has_twin(hub_b, Some(&own))?;
    // What the custom allocation said counts, whatever is copied.
    let said = InitialTwin::parse("{\"tags\":{\"second\":null,\"said\":1}}")?;
    story.put_with(hub_b, &owner, 1, overridden(Some(said)))?;
    let merged = InitialTwin::parse("{\"tags\":{\"said\":1}}")?;
    story.has_twin(hub_b, Some(&merged))?;
    story.remove(hub_a, &owner)?;
    story.remove(hub_b, &owner)?;
    // There is nothing to take along.
    story.put_with(hub_b, &owner, 1, from_a())?;
    story.has_twin(hub_b, Some(&initial))
}
