//! Allocation: which hub, for some scopes, hub lists and devices.

use provisor::allocation::{LinkedHubs, Weight, allocate};
use provisor::{HubName, IdScope, RegistrationId, Rejection};
use serde::Serialize;

use super::form::{Refusal, unexpected};

pub(super) const ABOUT: &str = "Weighted rendezvous hashing over the hubs, keyed by the ID scope: the hub of \
each device, or why there is none.";

#[derive(Debug, Serialize)]
pub(super) struct Case {
    scope: &'static str,
    hubs: Vec<Hub>,
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hub: Option<String>,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

#[derive(Clone, Debug, Serialize)]
struct Hub {
    name: String,
    weight: u16,
}

const SCOPES: [&str; 2] = ["0ne0A1B2C3D", "0neFFFFFFFF"];

pub(super) fn cases() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for scope in SCOPES {
        for weights in weight_lists() {
            for number in 0..6 {
                // The case of the letters must not matter.
                let device = if number == 5 {
                    "LINE-7-0000".to_owned()
                } else {
                    format!("line-7-{number:04}")
                };
                cases.push(case(scope, &weights, device).map_err(|e| unexpected(&e))?);
            }
        }
    }
    Ok(cases)
}

/// No hub, one, even, uneven, closed ones, the extremes of the weights, and many.
fn weight_lists() -> Vec<Vec<u16>> {
    vec![
        vec![],
        vec![0, 0],
        vec![1],
        vec![1, 1],
        vec![1, 2, 3],
        vec![3, 2, 1],
        vec![0, 1, 0, 1],
        vec![1000, 1, 1, 1],
        // As `doors` has it.
        vec![999, 1],
        (1..=16).collect(),
        vec![1; 64],
    ]
}

fn case(scope: &'static str, weights: &[u16], device: String) -> Result<Case, Rejection> {
    let hubs: Vec<Hub> = (0..)
        .zip(weights)
        .map(|(number, weight)| Hub {
            name: format!("hub-{number}.example.net"),
            weight: *weight,
        })
        .collect();
    let linked = hubs
        .iter()
        .map(|hub| Ok((HubName::parse(&hub.name)?, Weight::new(hub.weight)?)))
        .collect::<Result<Vec<_>, Rejection>>()?;
    let linked = LinkedHubs::new(&IdScope::parse(scope)?, linked)?;
    let id = RegistrationId::try_from(device.as_str())?;
    let answer = allocate(&linked, &id).map(ToString::to_string);
    Ok(Case {
        scope,
        hubs,
        device,
        hub: answer.as_ref().ok().cloned(),
        refusal: answer.as_ref().err().map(Refusal::from),
    })
}
