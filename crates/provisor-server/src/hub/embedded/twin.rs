//! The twin of a device of the embedded hub.

use data_encoding::BASE64;
use provisor::{Code, Rejection, Subject, UnixTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::content::Content;
use super::super::limits;
use super::super::merge::{self, Object};
use super::section::{Section, Side};
use crate::store::Result;

/// A twin: tags, desired and reported properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Twin {
    /// Counts every change.
    pub(crate) version: u64,
    /// Counts changes by services: what the entity tag is made of.
    writes: u64,
    /// For services only.
    pub(crate) tags: Object,
    /// What the device is to become.
    pub(crate) desired: Section,
    /// What the device says of itself.
    pub(crate) reported: Section,
}

/// What a service changes.
#[derive(Debug, Default)]
pub(crate) struct TwinChange {
    /// Of the tags.
    pub(crate) tags: Option<Object>,
    /// Of the desired properties.
    pub(crate) desired: Option<Object>,
}

/// What was changed of the desired properties.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DesiredChange {
    /// Their version now.
    pub(crate) version: u64,
    /// The patch.
    pub(crate) patch: Object,
}

impl Twin {
    /// The twin of a device that begins.
    pub(crate) fn new(content: Content, now: UnixTime) -> Self {
        let mut tags = Object::new();
        merge::apply(&mut tags, &content.tags);
        Self {
            version: 1,
            writes: 1,
            tags,
            desired: Section::new(Side::Desired, content.desired, now),
            reported: Section::new(Side::Reported, content.reported, now),
        }
    }

    /// The device begins anew with that. Versions count on, and the change is told to it.
    pub(crate) fn begin(&mut self, content: Content, now: UnixTime) -> DesiredChange {
        self.count();
        self.tags = Object::new();
        merge::apply(&mut self.tags, &content.tags);
        self.reported.replace(Side::Reported, content.reported, now);
        self.replace_desired(content.desired, now)
    }

    /// A service changes what it names, or puts it in place of what is there.
    ///
    /// # Errors
    /// [`HubTwin`](Code::HubTwin), [`HubTwinSize`](Code::HubTwinSize); nothing is changed then.
    pub(crate) fn change(
        &mut self,
        change: TwinChange,
        replace: bool,
        now: UnixTime,
    ) -> Result<Option<DesiredChange>> {
        let mut next = self.clone();
        next.count();
        let tags = change.tags.map(merge::without_marks);
        let desired = change.desired.map(merge::without_marks);
        for part in [&tags, &desired].into_iter().flatten() {
            check_depth(part)?;
        }
        let told = if replace {
            next.tags = Object::new();
            merge::apply(&mut next.tags, &tags.unwrap_or_default());
            Some(next.replace_desired(desired.unwrap_or_default(), now))
        } else {
            if let Some(tags) = tags {
                merge::apply(&mut next.tags, &tags);
            }
            desired.map(|patch| {
                next.desired.patch(Side::Desired, &patch, now);
                DesiredChange {
                    version: next.desired.version,
                    patch,
                }
            })
        };
        check_size("tags", &next.tags, limits::TAGS_BYTES)?;
        check_size("desired", &next.desired.values, limits::PROPERTIES_BYTES)?;
        *self = next;
        Ok(told)
    }

    /// The device says something of itself; answers the version of the reported properties.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) fn report(&mut self, patch: Object, now: UnixTime) -> Result<u64> {
        let patch = merge::without_marks(patch);
        check_depth(&patch)?;
        let mut reported = self.reported.clone();
        reported.patch(Side::Reported, &patch, now);
        check_size("reported", &reported.values, limits::PROPERTIES_BYTES)?;
        self.reported = reported;
        self.version = self.version.saturating_add(1);
        Ok(self.reported.version)
    }

    /// What is in it.
    pub(crate) fn content(&self) -> Content {
        Content {
            tags: self.tags.clone(),
            desired: self.desired.values.clone(),
            reported: self.reported.values.clone(),
        }
    }

    /// The entity tag: what services wrote it as.
    pub(crate) fn etag(&self) -> String {
        BASE64.encode(&self.writes.to_be_bytes())
    }

    fn count(&mut self) {
        self.version = self.version.saturating_add(1);
        self.writes = self.writes.saturating_add(1);
    }

    fn replace_desired(&mut self, desired: Object, now: UnixTime) -> DesiredChange {
        let before = self.desired.values.clone();
        self.desired.replace(Side::Desired, desired, now);
        DesiredChange {
            version: self.desired.version,
            patch: merge::difference(&before, &self.desired.values),
        }
    }
}

/// Reads a patch, or a collection, of a device or a service.
///
/// # Errors
/// [`HubTwin`](Code::HubTwin), [`HubTwinSize`](Code::HubTwinSize).
pub(crate) fn read_object(body: &[u8], field: &'static str, most: usize) -> Result<Object> {
    if body.len() > most {
        return Err(too_large(field, body.len(), most));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(refused(field).expected("a JSON object").into()),
        Err(fault) => Err(refused(field)
            .expected("a JSON object")
            .found(format!("{fault}"))
            .into()),
    }
}

fn check_depth(part: &Object) -> Result<()> {
    if merge::is_within(part, limits::TWIN_DEPTH) {
        return Ok(());
    }
    Err(refused("properties")
        .expected(format!("at most {} levels", limits::TWIN_DEPTH))
        .into())
}

fn check_size(field: &'static str, values: &Object, most: usize) -> Result<()> {
    let bytes = serde_json::to_vec(values).map_or(usize::MAX, |bytes| bytes.len());
    if bytes <= most {
        return Ok(());
    }
    Err(too_large(field, bytes, most))
}

fn too_large(field: &'static str, bytes: usize, most: usize) -> Box<Rejection> {
    Rejection::new(Code::HubTwinSize, Subject::field(field))
        .expected(format!("at most {most} bytes"))
        .found(format!("{bytes} bytes"))
        .into()
}

fn refused(field: &'static str) -> Rejection {
    Rejection::new(Code::HubTwin, Subject::field(field))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixTime = UnixTime::new(1_790_000_000);

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    fn desired(value: Value) -> TwinChange {
        TwinChange {
            tags: None,
            desired: Some(object(value)),
        }
    }

    #[test]
    fn desired_and_reported_count_apart() {
        let mut twin = Twin::new(Content::default(), NOW);
        let first = twin.etag();
        let told = twin
            .change(desired(json!({"a": 1, "$version": 9})), false, NOW)
            .unwrap();
        assert_eq!(
            told,
            Some(DesiredChange {
                version: 2,
                patch: object(json!({"a": 1}))
            })
        );
        assert_ne!(twin.etag(), first);
        let second = twin.etag();
        assert_eq!(twin.report(object(json!({"b": 1})), NOW).unwrap(), 2);
        assert_eq!(
            (twin.desired.version, twin.etag(), twin.version),
            (2, second, 3)
        );
    }

    #[test]
    fn what_is_put_in_place_is_told_as_a_patch() {
        let mut twin = Twin::new(Content::default(), NOW);
        twin.change(desired(json!({"a": 1, "b": {"c": 1}})), false, NOW)
            .unwrap();
        let told = twin
            .change(desired(json!({"b": {"d": 2}})), true, NOW)
            .unwrap()
            .unwrap();
        assert_eq!(
            told.patch,
            object(json!({"a": null, "b": {"c": null, "d": 2}}))
        );
        let content = Content {
            desired: object(json!({"z": 1})),
            ..Content::default()
        };
        twin.report(object(json!({"old": true})), NOW).unwrap();
        let told = twin.begin(content, NOW);
        assert_eq!(
            (told.version, told.patch),
            (4, object(json!({"b": null, "z": 1})))
        );
        assert!(twin.reported.values.is_empty() && twin.reported.version == 3);
    }

    #[test]
    fn what_is_too_large_or_too_deep_changes_nothing() {
        let mut twin = Twin::new(Content::default(), NOW);
        let before = twin.clone();
        let long = "x".repeat(limits::PROPERTIES_BYTES);
        let refused = twin
            .change(desired(json!({"a": long})), false, NOW)
            .unwrap_err();
        assert_eq!(refused.code(), Code::HubTwinSize);
        let refused = twin.report(object(json!({"a": long})), NOW).unwrap_err();
        assert_eq!(refused.code(), Code::HubTwinSize);
        let mut deep = json!(1);
        for _ in 0..limits::TWIN_DEPTH {
            deep = json!({"a": deep});
        }
        let refused = twin.report(object(json!({"a": deep})), NOW).unwrap_err();
        assert_eq!(refused.code(), Code::HubTwin);
        assert_eq!(twin, before);
        for bad in ["", "[]", "null", "{\"a\":}", "\u{feff}{}"] {
            let refused = read_object(bad.as_bytes(), "reported", 100).unwrap_err();
            assert_eq!(refused.code(), Code::HubTwin, "{bad}");
        }
    }
}
