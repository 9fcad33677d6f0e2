//! Identities that services write.

use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use provisor_wire::{EntityTag, IfMatch};

use super::super::super::content::Content;
use super::super::device::{Device, Place};
use super::super::live::Closed;
use super::super::registry::{EmbeddedHub, Step, generation};
use super::super::twin::Twin;
use super::identity::Draft;
use crate::store::Result;

/// Makes a device that belongs to no registration.
pub(super) async fn create(
    registry: &EmbeddedHub,
    hub: &HubName,
    id: &DeviceId,
    draft: &Draft,
    content: Content,
) -> Result<Device> {
    let now = registry.now();
    let device = draft.begin(generation()?, Twin::new(content, now), now)?;
    let made = registry.change(hub, id, |place| {
        if place.is_some_and(|place| place.device.is_some()) {
            return Err(Rejection::new(Code::HubExists, Subject::field("deviceId"))
                .found(format!("{id} in {hub}"))
                .into());
        }
        let place = Place::with(None, device.clone());
        Ok(Step::Write(Box::new(place), device.clone()))
    });
    made.await
}

/// Changes the identity of a device.
pub(super) async fn update(
    registry: &EmbeddedHub,
    hub: &HubName,
    id: &DeviceId,
    draft: &Draft,
    wanted: Option<&IfMatch>,
) -> Result<Device> {
    let now = registry.now();
    let changed = registry.change(hub, id, |place| {
        let Some((owner, mut device)) = place.and_then(|it| Some((it.owner, it.device?))) else {
            return Err(missing(hub, id));
        };
        check(wanted, &device.etag())?;
        draft.update(&mut device, now)?;
        let place = Place::with(owner, device.clone());
        Ok(Step::Write(Box::new(place), device))
    });
    let device = changed.await?;
    if !device.enabled {
        registry.live().close(hub, id, Closed::Disabled);
    }
    Ok(device)
}

/// Removes a device. The tag of its owner stays, so that a put which comes late loses.
pub(super) async fn delete(
    registry: &EmbeddedHub,
    hub: &HubName,
    id: &DeviceId,
    wanted: Option<&IfMatch>,
) -> Result<()> {
    let now = registry.now();
    let removed = registry.change(hub, id, |place| {
        let Some((owner, device)) = place.and_then(|it| Some((it.owner, it.device?))) else {
            return Err(missing(hub, id));
        };
        check(wanted, &device.etag())?;
        Ok(Step::Write(Box::new(Place::without(owner, now)), ()))
    });
    removed.await?;
    registry.live().close(hub, id, Closed::Removed);
    Ok(())
}

/// RFC 9110 section 13.1.1.
pub(super) fn check(wanted: Option<&IfMatch>, etag: &str) -> Result<()> {
    if wanted.is_none_or(|wanted| wanted.allows(&EntityTag::from(etag))) {
        return Ok(());
    }
    Err(Rejection::new(Code::HubEtag, Subject::field("if-match"))
        .expected(etag.to_owned())
        .into())
}

pub(super) fn missing(hub: &HubName, id: &DeviceId) -> Box<Rejection> {
    Rejection::new(Code::HubDeviceUnknown, Subject::field("deviceId"))
        .expected(format!("a device of {hub}"))
        .found(format!("{id}"))
        .into()
}
