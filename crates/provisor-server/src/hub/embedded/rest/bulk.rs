//! Many devices in one request.

use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use provisor_wire::IfMatch;
use serde_json::{Value, json};

use super::super::super::content::Content;
use super::super::super::limits;
use super::super::super::merge::{self, Object};
use super::super::device::Place;
use super::super::registry::{EmbeddedHub, Step};
use super::super::twin::TwinChange;
use super::identity::{Draft, refused};
use super::reply::{Reply, word};
use super::write::{check, create, delete, missing, update};
use crate::store::Result;

/// Does to each device what its `importMode` says. Each for itself: some may be done and others not.
pub(crate) async fn answer(registry: &EmbeddedHub, hub: &HubName, body: &Value) -> Result<Reply> {
    let items = body.as_array().filter(|items| items.len() <= limits::BULK);
    let Some(items) = items else {
        return Err(refused("body", "an array of at most 100 devices"));
    };
    let mut errors = Vec::new();
    for item in items {
        let Err(refusal) = one(registry, hub, item).await else {
            continue;
        };
        if refusal.code().class().is_own_fault() {
            // The client sends all of it again; what is done already is told as such then.
            return Err(refusal);
        }
        let text = refusal.public().to_string();
        errors.push(json!({
            "deviceId": item.get("id").and_then(Value::as_str).unwrap_or_default(),
            "errorCode": word(refusal.code()),
            "errorStatus": text,
        }));
    }
    let is_successful = errors.is_empty();
    let status = if is_successful { 200 } else { 400 };
    let body = json!({ "isSuccessful": is_successful, "errors": errors, "warnings": [] });
    Ok(Reply::json(status, &body))
}

async fn one(registry: &EmbeddedHub, hub: &HubName, item: &Value) -> Result<()> {
    let text = |name| item.get(name).and_then(Value::as_str);
    let Some(id) = text("id") else {
        return Err(refused("id", "a device ID"));
    };
    let id = &DeviceId::parse(id)?;
    let mode = text("importMode")
        .unwrap_or("createOrUpdate")
        .to_ascii_lowercase();
    // A write for a version without the version is for none.
    let tag = |name: &'static str| match text(name).and_then(IfMatch::parse) {
        Some(wanted) => Ok(Some(wanted)),
        None => Err(refused(name, "the tag of the version that is meant")),
    };
    let content = content_of(item)?;
    match mode.as_str() {
        "create" => {
            create(registry, hub, id, &Draft::read(item, id)?, content).await?;
        }
        "update" | "updateifmatchetag" => {
            let wanted = if mode == "update" { None } else { tag("eTag")? };
            update(registry, hub, id, &Draft::read(item, id)?, wanted.as_ref()).await?;
        }
        "createorupdate" | "createorupdateifmatchetag" => {
            let wanted = if mode == "createorupdate" {
                None
            } else {
                tag("eTag")?
            };
            let draft = Draft::read(item, id)?;
            match create(registry, hub, id, &draft, content).await {
                Err(refusal) if refusal.code() == Code::HubExists => {
                    update(registry, hub, id, &draft, wanted.as_ref()).await?;
                }
                made => drop(made?),
            }
        }
        "delete" | "deleteifmatchetag" => {
            let wanted = if mode == "delete" { None } else { tag("eTag")? };
            delete(registry, hub, id, wanted.as_ref()).await?;
        }
        "updatetwin" | "updatetwinifmatchetag" => {
            let wanted = if mode == "updatetwin" {
                None
            } else {
                tag("twinETag")?
            };
            update_twin(registry, hub, id, item, wanted.as_ref()).await?;
        }
        _ => {
            return Err(Rejection::new(Code::HubRequest, Subject::field("importMode"))
                .expected("create, update, createOrUpdate, delete, updateTwin, or one of them with IfMatchETag")
                .into());
        }
    }
    Ok(())
}

async fn update_twin(
    registry: &EmbeddedHub,
    hub: &HubName,
    id: &DeviceId,
    item: &Value,
    wanted: Option<&IfMatch>,
) -> Result<()> {
    let Content { tags, desired, .. } = content_of(item)?;
    let now = registry.now();
    let changed = registry.change(hub, id, |place| {
        let Some((owner, mut device)) = place.and_then(|it| Some((it.owner, it.device?))) else {
            return Err(missing(hub, id));
        };
        check(wanted, &device.twin.etag())?;
        let change = TwinChange {
            tags: Some(tags.clone()),
            desired: Some(desired.clone()),
        };
        let told = device.twin.change(change, false, now)?;
        Ok(Step::Write(Box::new(Place::with(owner, device)), told))
    });
    let told = changed.await?;
    registry.tell(hub, id, told);
    Ok(())
}

fn content_of(item: &Value) -> Result<Content> {
    let object = |value: Option<&Value>, field| match value {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(merge::without_marks(object.clone())),
        Some(_) => Err(refused(field, "a JSON object")),
    };
    let desired = item.get("properties").and_then(|it| it.get("desired"));
    let content = Content {
        tags: object(item.get("tags"), "tags")?,
        desired: object(desired, "properties.desired")?,
        reported: Object::new(),
    };
    for part in [&content.tags, &content.desired] {
        if !merge::is_within(part, limits::TWIN_DEPTH) {
            return Err(refused("properties", "a twin that is nested less"));
        }
    }
    Ok(content)
}
