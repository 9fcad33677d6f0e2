//! The device ID: the device's name in its hub.

use alloc::sync::Arc;

use provisor_report::Rejection;

use super::RegistrationId;
use super::rule::{Rule, alphanumeric};
use super::text::text_traits;

/// The name of a device in an IoT hub's identity registry. Case is significant.
///
/// ```
/// use provisor::DeviceId;
///
/// assert_ne!(DeviceId::try_from("Press#7")?, DeviceId::try_from("press#7")?);
/// assert!(DeviceId::try_from("press/7").is_err());
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(Arc<str>);

impl DeviceId {
    /// Accepts `text` under the rules of IoT Hub's identity registry.
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong) or
    /// [`IdCharacter`](crate::Code::IdCharacter), with the position in bytes.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        RULE.check(text)?;
        Ok(Self(text.into()))
    }

    /// The ID as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&RegistrationId> for DeviceId {
    /// The device ID of a device whose enrollment desires none: the registration ID's normal form.
    /// Device IDs are case-sensitive and registration IDs are not, so any other choice would make
    /// two hub devices of one device that changes its spelling.
    fn from(id: &RegistrationId) -> Self {
        Self(id.normal_form().into())
    }
}

impl TryFrom<&str> for DeviceId {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(DeviceId);

const RULE: Rule = Rule {
    field: "deviceId",
    allowed: |c| alphanumeric(c) || "-.+%_#*?!(),:=@$'".contains(c),
    allowed_text: "letters, digits or one of - . + % _ # * ? ! ( ) , : = @ $ '",
    may_end: |_| true,
    may_end_text: "",
    longest: 128,
};

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use proptest::prelude::*;
    use provisor_report::Code;

    use super::*;

    #[test]
    fn the_special_characters_of_iot_hub() {
        assert!(DeviceId::parse("-.+%_#*?!(),:=@$'aZ9").is_ok());
        for c in [
            "/", "\\", " ", "\"", "<", "&", ";", "~", "[", "^", "`", "{", "|", "\u{e9}",
        ] {
            let rejection = DeviceId::parse(&("a".to_string() + c)).unwrap_err();
            assert_eq!(
                (rejection.code(), rejection.position()),
                (Code::IdCharacter, Some(1))
            );
        }
    }

    proptest! {
        #[test]
        fn every_registration_id_is_a_device_id(text in "[a-zA-Z0-9._:-]{0,127}[a-zA-Z0-9-]") {
            let id = RegistrationId::try_from(&*text).unwrap();
            let device = DeviceId::from(&id);
            prop_assert_eq!(DeviceId::parse(device.as_str()).unwrap(), device);
        }
    }
}
