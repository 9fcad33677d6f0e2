//! One side of a twin's properties, with its version and the times of its members.

use provisor::UnixTime;
use provisor_wire::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::merge::{self, Object};

/// Desired or reported properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Section {
    /// Counted from 1, one more with each change.
    pub(crate) version: u64,
    /// What is said.
    pub(crate) values: Object,
    /// When each member was said, in the form in which it is shown.
    metadata: Object,
}

/// Which of the two it is: only desired properties show in which version a member came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What the device is to become.
    Desired,
    /// What the device says of itself.
    Reported,
}

/// What each member of the metadata has.
struct Mark {
    time: String,
    version: Option<u64>,
}

impl Section {
    /// The properties of a device that begins.
    pub(crate) fn new(side: Side, values: Object, now: UnixTime) -> Self {
        let mut section = Self::default();
        section.replace(side, values, now);
        section
    }

    /// Changes what the patch names.
    pub(crate) fn patch(&mut self, side: Side, patch: &Object, now: UnixTime) {
        self.version = self.version.saturating_add(1);
        let mark = Mark::new(side, now, self.version);
        merge::apply(&mut self.values, patch);
        mark.touch(&mut self.metadata, patch);
    }

    /// Begins anew with these values. The version counts on, so that a device that was connected all the
    /// while sees that something changed.
    pub(crate) fn replace(&mut self, side: Side, values: Object, now: UnixTime) {
        self.version = self.version.saturating_add(1);
        let mark = Mark::new(side, now, self.version);
        self.metadata = Object::new();
        self.values = Object::new();
        merge::apply(&mut self.values, &values);
        let values = self.values.clone();
        mark.touch(&mut self.metadata, &values);
    }

    /// As a device sees it: with its version.
    pub(crate) fn for_device(&self) -> Object {
        let mut view = self.values.clone();
        view.insert("$version".into(), self.version.into());
        view
    }

    /// As a service sees it: with version and times.
    pub(crate) fn for_service(&self) -> Object {
        let mut view = self.values.clone();
        view.insert("$metadata".into(), Value::Object(self.metadata.clone()));
        view.insert("$version".into(), self.version.into());
        view
    }
}

impl Mark {
    fn new(side: Side, now: UnixTime, version: u64) -> Self {
        Self {
            time: Timestamp::from(now).to_string(),
            version: (side == Side::Desired).then_some(version),
        }
    }

    /// Marks what the patch names, and what is above it.
    fn touch(&self, metadata: &mut Object, patch: &Object) {
        metadata.insert("$lastUpdated".into(), self.time.clone().into());
        if let Some(version) = self.version {
            metadata.insert("$lastUpdatedVersion".into(), version.into());
        }
        for (name, value) in patch {
            if value.is_null() {
                metadata.remove(name);
                continue;
            }
            let mut below = match (value, metadata.remove(name)) {
                (Value::Object(_), Some(Value::Object(below))) => below,
                _ => Object::new(),
            };
            let nothing = Object::new();
            self.touch(&mut below, value.as_object().unwrap_or(&nothing));
            metadata.insert(name.clone(), Value::Object(below));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn versions_count_and_members_have_their_times() {
        let mut desired = Section::new(
            Side::Desired,
            object(json!({"a": {"b": 1}, "c": 2, "no": null})),
            UnixTime::new(0),
        );
        assert_eq!(desired.version, 1);
        desired.patch(
            Side::Desired,
            &object(json!({"a": {"d": 3}, "c": null})),
            UnixTime::new(1),
        );
        let [first, second] = [
            "1970-01-01T00:00:00.0000000Z",
            "1970-01-01T00:00:01.0000000Z",
        ];
        assert_eq!(
            Value::Object(desired.for_service()),
            json!({
                "a": {"b": 1, "d": 3},
                "$version": 2,
                "$metadata": {
                    "$lastUpdated": second, "$lastUpdatedVersion": 2,
                    "a": {
                        "$lastUpdated": second, "$lastUpdatedVersion": 2,
                        "b": {"$lastUpdated": first, "$lastUpdatedVersion": 1},
                        "d": {"$lastUpdated": second, "$lastUpdatedVersion": 2},
                    },
                },
            })
        );
        assert_eq!(
            Value::Object(desired.for_device()),
            json!({"a": {"b": 1, "d": 3}, "$version": 2})
        );
    }

    #[test]
    fn reported_properties_show_times_without_versions() {
        let reported = Section::new(Side::Reported, object(json!({"a": 1})), UnixTime::new(0));
        let view = Value::Object(reported.for_service()).to_string();
        assert!(
            view.contains("$lastUpdated\"") && !view.contains("$lastUpdatedVersion"),
            "{view}"
        );
    }
}
