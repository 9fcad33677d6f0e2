//! One list for every door that chooses a hub: Rust, the command line, C and Python.

use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight};
use provisor::{HubName, IdScope, RegistrationId, Rejection};
use serde::Serialize;

use super::form::unexpected;

pub(super) const ABOUT: &str = "Every door that chooses a hub, asked for the same devices and the same two hubs, of weights 999 and 1: where \
nobody says how (no policy), by weights; and by the policy that is said.";

const SCOPE: &str = "0ne0A1B2C3D";
const HUBS: [Hub; 2] = [
    Hub {
        name: "hub-heavy.example",
        weight: 999,
    },
    Hub {
        name: "hub-light.example",
        weight: 1,
    },
];

/// A door that spreads evenly sends half of these to the light hub.
const FIRST: u32 = 10;

/// Devices that the light hub gets by weights, so that a door which always takes the heavy one is seen.
const LIGHT: usize = 2;

#[derive(Debug, Serialize)]
pub(super) struct Case {
    scope: &'static str,
    hubs: &'static [Hub],
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    hub: String,
}

#[derive(Clone, Debug, Serialize)]
struct Hub {
    name: &'static str,
    weight: u16,
}

pub(super) fn cases() -> Result<Vec<Case>, String> {
    made().map_err(|e| unexpected(&e))
}

fn made() -> Result<Vec<Case>, Rejection> {
    let linked = HUBS
        .iter()
        .map(|hub| Ok((HubName::parse(hub.name)?, Weight::new(hub.weight)?)))
        .collect::<Result<Vec<_>, Rejection>>()?;
    let linked = LinkedHubs::new(&IdScope::parse(SCOPE)?, linked)?;
    let devices = devices(&linked)?;
    let [heavy, light] = [HUBS[0].name, HUBS[1].name];
    let even = AllocationPolicy::EvenlyWeighted;
    let mut cases = Vec::new();
    for (word, policy) in [
        (None, AllocationPolicy::Weighted),
        (Some("hashed".to_owned()), AllocationPolicy::Weighted),
        (Some(even.word().to_owned()), even),
        (
            Some(format!("static:{light}")),
            AllocationPolicy::Static(HubName::parse(light)?),
        ),
        (
            Some(format!("static:{heavy}")),
            AllocationPolicy::Static(HubName::parse(heavy)?),
        ),
    ] {
        for device in &devices {
            let id = RegistrationId::try_from(device.as_str())?;
            let hub = Allocator::new(&linked, &policy).choose(&id)?;
            cases.push(Case {
                scope: SCOPE,
                hubs: &HUBS,
                device: device.clone(),
                policy: word.clone(),
                hub: hub.to_string(),
            });
        }
    }
    Ok(cases)
}

/// The first ones, one of them in other letters, and the first ones of the light hub.
fn devices(linked: &LinkedHubs) -> Result<Vec<String>, Rejection> {
    let mut devices: Vec<String> = (0..FIRST)
        .map(|number| format!("line-7-{number}"))
        .collect();
    devices.push("LINE-7-0".to_owned());
    let mut light = 0;
    for number in FIRST..100_000 {
        let device = format!("line-7-{number}");
        let id = RegistrationId::try_from(device.as_str())?;
        let policy = AllocationPolicy::default();
        if Allocator::new(linked, &policy).choose(&id)?.as_str() == HUBS[1].name {
            devices.push(device);
            light += 1;
        }
        if light == LIGHT {
            break;
        }
    }
    Ok(devices)
}
