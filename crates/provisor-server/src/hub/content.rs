//! What is in a twin, wherever the device is.

use provisor::enrollment::InitialTwin;
use provisor::registration::TwinSource;
use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use serde_json::Value;

use super::merge::{self, Object};
use crate::store::{Pending, Result};

/// What is in a twin: what is carried from one hub to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Content {
    /// For services only.
    pub(crate) tags: Object,
    /// What the device is to become.
    pub(crate) desired: Object,
    /// What the device says of itself.
    pub(crate) reported: Object,
}

/// What becomes of the twin when a device is put.
#[derive(Debug)]
pub(crate) enum Plan {
    /// The twin that is there stays; a missing device begins with that.
    Keep(Content),
    /// The device begins with that.
    Begin(Content),
}

impl Content {
    /// What an enrollment or a webhook says; nothing is an empty twin.
    pub(crate) fn of_initial(twin: Option<&InitialTwin>) -> Result<Self> {
        let mut content = Self::default();
        if let Some(twin) = twin {
            content.override_by(twin)?;
        }
        Ok(content)
    }

    /// Puts members of that twin in place of those of the same names, at every depth.
    pub(crate) fn override_by(&mut self, twin: &InitialTwin) -> Result<()> {
        let twin: Object = serde_json::from_str(twin.as_str()).map_err(|_| {
            Rejection::new(Code::AttestTwin, Subject::field("initialTwin"))
                .expected("JSON that can be read again")
        })?;
        let object = |value: Option<&Value>| {
            let object = value.and_then(Value::as_object).cloned();
            merge::without_marks(object.unwrap_or_default())
        };
        merge::apply(&mut self.tags, &object(twin.get("tags")));
        let desired = twin.get("properties").and_then(|it| it.get("desired"));
        merge::apply(&mut self.desired, &object(desired));
        Ok(())
    }

    /// As an initial twin, without what the device says; nothing if it is empty.
    ///
    /// # Errors
    /// [`AttestTwin`](Code::AttestTwin) when it is longer than an initial twin may be.
    pub(crate) fn to_initial(&self) -> Result<Option<InitialTwin>> {
        let mut twin = Object::new();
        if !self.tags.is_empty() {
            twin.insert("tags".into(), Value::Object(self.tags.clone()));
        }
        if !self.desired.is_empty() {
            let properties = [("desired".into(), Value::Object(self.desired.clone()))];
            let properties = properties.into_iter().collect();
            twin.insert("properties".into(), Value::Object(properties));
        }
        if twin.is_empty() {
            return Ok(None);
        }
        let twin = InitialTwin::parse(&Value::Object(twin).to_string())?;
        Ok(Some(twin))
    }
}

/// What an effect says of the twin, with what is copied at hand.
///
/// `look` reads the twin of a device, if it belongs to the registration that is put.
pub(crate) async fn plan<'a>(
    source: TwinSource,
    look: impl FnOnce(HubName, DeviceId) -> Pending<'a, Result<Option<Content>>>,
) -> Result<Plan> {
    Ok(match source {
        TwinSource::Existing(initial) => Plan::Keep(Content::of_initial(initial.as_ref())?),
        TwinSource::Initial(initial) => Plan::Begin(Content::of_initial(initial.as_ref())?),
        TwinSource::CopyFrom {
            hub,
            device_id,
            otherwise,
            overriding,
        } => {
            let mut content = match look(hub, device_id).await? {
                Some(copied) => copied,
                None => Content::of_initial(otherwise.as_ref())?,
            };
            if let Some(said) = overriding {
                content.override_by(&said)?;
            }
            Plan::Begin(content)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_hub_added_is_left_out_and_the_rest_comes_back() {
        let text =
            r#"{"properties":{"desired":{"$version":7,"a":1}},"tags":{"b":{"c":null,"d":2}}}"#;
        let content = Content::of_initial(Some(&InitialTwin::parse(text).unwrap())).unwrap();
        let back = content.to_initial().unwrap().unwrap();
        assert_eq!(
            back.as_str(),
            r#"{"properties":{"desired":{"a":1}},"tags":{"b":{"d":2}}}"#
        );
        assert_eq!(Content::default().to_initial().unwrap(), None);
    }
}
