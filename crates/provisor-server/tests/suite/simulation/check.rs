//! What must hold.

use std::collections::BTreeMap;

use provisor::registration::{Entry, RegistrationRecord};
use provisor::{DeviceId, HubName};
use provisor_server::store::{Device, Store as _};
use provisor_wire::Body as _;
use provisor_wire::device::DeviceRegistrationState;

use super::client::{Client, Kind, NAMES};
use super::world::World;
use crate::kit::hubs::Known;
use crate::kit::service::id;

/// A device that was told "assigned" is in that hub, with what it has, as long as the record that it was told
/// of stands.
pub(super) fn told(
    world: &World,
    client: &Client,
    state: &DeviceRegistrationState,
) -> Result<(), String> {
    let device = world.read(client.name);
    let Some(record) = device.entry.as_deref().and_then(Entry::record) else {
        return Ok(());
    };
    let now = DeviceRegistrationState::of_record(record);
    if now.etag != state.etag {
        // It was deleted or registered since.
        return Ok(());
    }
    let hub = state.assigned_hub.clone().unwrap_or_default();
    let device_id = state.device_id.clone().unwrap_or_default();
    let places = world.hubs.find(&device_id);
    let Some((_, known)) = places.iter().find(|(at, _)| *at == hub) else {
        return Err(format!("{device_id} was told {hub}, and is in {places:?}"));
    };
    matches(client, state, known).map_err(|fault| format!("{device_id} in {hub}: {fault}"))
}

/// Whether the hub knows the device by what it has.
fn matches(client: &Client, state: &DeviceRegistrationState, known: &Known) -> Result<(), String> {
    match (&client.kind, known) {
        (Kind::Certificate, Known::Thumbprint(_)) => Ok(()),
        (Kind::Key(key), Known::Keys(primary, secondary)) => {
            let own = key.expose();
            let fits = primary == own || secondary == own;
            fits.then_some(()).ok_or_else(|| "another key".to_owned())
        }
        (Kind::Tpm(tpm), Known::Key(secret)) => {
            let sealed = state
                .tpm
                .as_ref()
                .and_then(|tpm| tpm.authentication_key.as_ref());
            let Some(sealed) = sealed else {
                return Err(format!("the TPM was told no key: {}", state.to_json()));
            };
            let mut tpm = tpm.clone();
            let blob = data_encoding::BASE64.decode(sealed.as_bytes()).unwrap();
            tpm.import_activation_blob(&blob)
                .map_err(|fault| format!("{fault:?}"))?;
            let signed = tpm.sign_with_identity(b"text").unwrap();
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
            let expected = aws_lc_rs::hmac::sign(&key, b"text");
            (expected.as_ref() == signed)
                .then_some(())
                .ok_or_else(|| "another key than the TPM was given".to_owned())
        }
        (_, known) => Err(format!("known by {known:?}")),
    }
}

/// What was seen of each device.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<&'static str, (u64, u64)>);

/// At every moment: nobody is in a hub whom no record, tombstone or noted removal names; fences and revisions
/// only grow.
pub(super) async fn always(world: &World, seen: &mut Seen) -> Result<(), String> {
    let mut named: Vec<(HubName, DeviceId)> = Vec::new();
    for name in NAMES {
        let device = world.read(name);
        if let Some(entry) = &device.entry {
            let known = entry.known();
            let (hub, device_id) = known.place();
            named.push((hub.clone(), device_id.clone()));
            let now = (known.fence().number(), known.revision());
            let before = seen.0.insert(name, now).unwrap_or_default();
            if now.0 < before.0 || now.1 < before.1 {
                return Err(format!("{name} goes back from {before:?} to {now:?}"));
            }
        }
        for removal in world.store.removals(&id(name)).await.unwrap() {
            named.push((removal.hub, removal.device_id));
        }
    }
    for (hub, device_id, owner) in world.hubs.all() {
        if !named.contains(&(hub.clone(), device_id.clone())) {
            return Err(format!(
                "nothing names {device_id} in {hub}, put by {owner:?}"
            ));
        }
    }
    Ok(())
}

/// When all is quiet: each device is in the hub of its record and nowhere else, and nothing was counted twice.
pub(super) async fn finally(world: &World) -> Result<(), String> {
    let (mut counted, mut deletions) = (0, 0);
    for name in NAMES {
        let device = world.read(name);
        let record = record(&device).ok_or_else(|| format!("{name} has no record"))?;
        let places: Vec<String> = world
            .hubs
            .find(record.device_id.as_str())
            .into_iter()
            .map(|(hub, _)| hub)
            .collect();
        if places != [record.assigned_hub.to_string()] {
            return Err(format!(
                "{name} is in {places:?}, and its record says {}",
                record.assigned_hub
            ));
        }
        let noted = world.store.removals(&id(name)).await.unwrap();
        if !noted.is_empty() {
            return Err(format!("{name} has still {noted:?}"));
        }
        // Each save and each deletion counts one.
        counted += record.revision - world.tally.deletions(name);
        deletions += world.tally.deletions(name);
    }
    let day = |time| provisor::metering::Day::of(time);
    let report = world
        .store
        .metering(day(world.begins), day(world.clock.now()));
    let report = report.await.unwrap();
    let billed = report.of(provisor::metering::Instruction::Registration)
        + report.of(provisor::metering::Instruction::Reregistration);
    if billed != counted {
        return Err(format!("{billed} are billed, and {counted} were saved"));
    }
    // A device whose record was deleted before it heard of it is new again.
    let requests = world.tally.requests() + deletions;
    if billed > requests {
        return Err(format!(
            "{billed} are billed, and {requests} were asked for"
        ));
    }
    Ok(())
}

fn record(device: &Device) -> Option<&RegistrationRecord> {
    device.entry.as_deref().and_then(Entry::record)
}
