//! What a device subscribes to.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::message::is_device;

/// What a device wants to be told.
///
/// ```
/// use provisor_wire::hub::HubSubscription;
///
/// let desired = HubSubscription::parse("dev-1", "$iothub/twin/PATCH/properties/desired/#");
/// assert_eq!(desired, Some(HubSubscription::Desired));
/// assert_eq!(HubSubscription::parse("dev-1", "devices/dev-2/messages/devicebound/#"), None);
/// assert_eq!(HubSubscription::Messages.filter("dev-1"), "devices/dev-1/messages/devicebound/#");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HubSubscription {
    /// Answers about its twin.
    TwinAnswers,
    /// Changes of its desired properties.
    Desired,
    /// Calls of its methods.
    Methods,
    /// Messages from the cloud.
    Messages,
}

impl HubSubscription {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::TwinAnswers,
        Self::Desired,
        Self::Methods,
        Self::Messages,
    ];

    /// Reads a topic filter of that device. There are these four; no other can be subscribed to.
    #[must_use]
    pub fn parse(device_id: &str, filter: &str) -> Option<Self> {
        match filter {
            "$iothub/twin/res/#" => Some(Self::TwinAnswers),
            "$iothub/twin/PATCH/properties/desired/#" => Some(Self::Desired),
            "$iothub/methods/POST/#" => Some(Self::Methods),
            other => {
                let of = other.strip_prefix("devices/")?;
                let of = of.strip_suffix("/messages/devicebound/#")?;
                is_device(of, device_id).then_some(Self::Messages)
            }
        }
    }

    /// The topic filter.
    #[must_use]
    pub fn filter(self, device_id: &str) -> String {
        match self {
            Self::TwinAnswers => "$iothub/twin/res/#".to_string(),
            Self::Desired => "$iothub/twin/PATCH/properties/desired/#".to_string(),
            Self::Methods => "$iothub/methods/POST/#".to_string(),
            Self::Messages => format!("devices/{device_id}/messages/devicebound/#"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_four_filters_and_no_other_is_one() {
        for subscription in HubSubscription::ALL {
            let filter = subscription.filter("dev-1");
            assert_eq!(HubSubscription::parse("dev-1", &filter), Some(subscription));
        }
        let escaped = "devices/a%3Ab/messages/devicebound/#";
        let messages = Some(HubSubscription::Messages);
        assert_eq!(HubSubscription::parse("a:b", escaped), messages);
        for filter in [
            "",
            "#",
            "$iothub/#",
            "$iothub/twin/#",
            "$iothub/twin/res/200/#",
            "$iothub/twin/PATCH/properties/reported/#",
            "devices/#",
            "devices/+/messages/devicebound/#",
            "devices/dev-2/messages/devicebound/#",
            "devices/DEV-1/messages/devicebound/#",
            "devices/dev-1/messages/events/#",
            "$dps/registrations/res/#",
        ] {
            assert_eq!(HubSubscription::parse("dev-1", filter), None, "{filter}");
        }
    }
}
