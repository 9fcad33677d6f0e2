//! Who connects.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::text::parameters::Parameters;
use crate::version::ApiVersion;

/// The user name of a device that connects to its hub.
///
/// ```
/// use provisor_wire::hub::HubUserName;
///
/// let name = HubUserName::parse("hub1.example.net/dev-1/?api-version=2021-04-12&DeviceClientType=x")?;
/// assert_eq!((&*name.hub, &*name.device_id), ("hub1.example.net", "dev-1"));
/// assert_eq!(HubUserName::new("hub1.example.net", "dev-1").to_string(), "hub1.example.net/dev-1/?api-version=2021-04-12");
/// // A device that is provisioned is told apart by its user name.
/// let other = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31";
/// assert!(HubUserName::parse(other).is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubUserName {
    /// The hub.
    pub hub: String,
    /// The device.
    pub device_id: String,
    /// The version, where one is named.
    pub api_version: Option<ApiVersion>,
}

impl HubUserName {
    /// The device of that name at that hub.
    #[must_use]
    pub fn new(hub: impl Into<String>, device_id: impl Into<String>) -> Self {
        Self {
            hub: hub.into(),
            device_id: device_id.into(),
            api_version: "2021-04-12".parse().ok(),
        }
    }

    /// Reads a user name: hub, device and what else is said, which may be nothing. IDs are not decoded:
    /// clients do not encode them here.
    ///
    /// # Errors
    ///
    /// `WIRE_USER_NAME`: it has another form, that of a module or of a device that is provisioned.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = |found: String| {
            Rejection::new(Code::WireUserName, Subject::field("username"))
                .expected("{hub}/{deviceId}/?api-version={version}")
                .found(found)
        };
        if text.len() > limits::USER_NAME_BYTES {
            return Err(refused(format!("{} bytes", text.len())));
        }
        let mut parts = text.splitn(3, '/');
        let (hub, device_id, rest) = (parts.next(), parts.next(), parts.next().unwrap_or(""));
        let (hub, device_id) = (hub.unwrap_or(""), device_id.unwrap_or(""));
        let query = rest.strip_prefix('?');
        let is_query = query.is_some() || rest.is_empty() || rest.starts_with("api-version=");
        if hub.is_empty() || device_id.is_empty() || !is_query {
            return Err(refused(format!("{text:?}")));
        }
        let version = Parameters::new(query.unwrap_or(rest)).and_then(Parameters::api_version);
        Ok(Self {
            hub: hub.to_owned(),
            device_id: device_id.to_owned(),
            api_version: version.ok(),
        })
    }
}

impl fmt::Display for HubUserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.hub, self.device_id)?;
        match self.api_version {
            Some(version) => write!(f, "?api-version={version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_of_all_clients_are_read_and_others_are_not() {
        for text in [
            "127.0.0.2/dev-1/?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4%20(node%20v20)",
            "127.0.0.2/dev-1/?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0%28Python%3B%29",
            "127.0.0.2/dev-1/?api-version=2020-09-30&model-id=dtmi:com:example;1",
            "127.0.0.2/dev-1/api-version=2016-11-14",
            "127.0.0.2/dev-1/",
            "127.0.0.2/dev-1",
            "127.0.0.2/dev-1/?nonsense",
        ] {
            let name = HubUserName::parse(text).unwrap();
            assert_eq!(
                (&*name.hub, &*name.device_id),
                ("127.0.0.2", "dev-1"),
                "{text}"
            );
        }
        // A hub may have a device of that name.
        let name = HubUserName::parse("h/registrations/?api-version=2021-04-12").unwrap();
        assert_eq!(name.device_id, "registrations");
        let long = format!("h/d/?{}", "x".repeat(limits::USER_NAME_BYTES));
        for text in [
            "",
            "h",
            "h/",
            "/d/?api-version=2021-04-12",
            "h/d/module/?api-version=2021-04-12",
            "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31",
            &long,
        ] {
            let refused = HubUserName::parse(text).unwrap_err();
            assert_eq!(refused.code(), Code::WireUserName, "{text}");
        }
    }
}
