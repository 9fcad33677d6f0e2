//! What individual enrollments and groups have in common.

use alloc::vec::Vec;

use super::custom::{Capabilities, CustomAllocation};
use super::text::InitialTwin;
use crate::allocation::AllocationPolicy;
use crate::id::HubName;

/// What a device gets that registers through an enrollment. Every combination is legal.
///
/// ```
/// use provisor::enrollment::{ProvisioningStatus, ReprovisionPolicy, Settings};
///
/// let settings = Settings::new()
///     .with_provisioning_status(ProvisioningStatus::Disabled)
///     .with_reprovision_policy(ReprovisionPolicy::Never);
/// assert!(settings.iot_hubs.is_empty());
/// ```
///
/// In serialized form a member may be missing, which says the default; one that is not known is
/// refused, so that a typing error in `provisioningStatus` does not enable what was meant to be
/// disabled. That holds in a structure that takes the settings in by serde's `flatten`, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Settings {
    /// Whether devices may register.
    pub provisioning_status: ProvisioningStatus,
    /// How a hub is chosen; `None`: as the service does by default.
    pub allocation_policy: Option<AllocationPolicy>,
    /// Whom the custom policy asks, if that is a webhook.
    #[cfg_attr(feature = "serde", serde(rename = "customAllocationDefinition"))]
    pub custom_allocation: Option<CustomAllocation>,
    /// The hubs to choose from; empty: all linked hubs.
    pub iot_hubs: Vec<HubName>,
    /// What happens when a device registers again; `None`: the default, see
    /// [`reprovision`](Self::reprovision).
    pub reprovision_policy: Option<ReprovisionPolicy>,
    /// What the device is for its hub.
    pub capabilities: Capabilities,
    /// The twin that a new device begins with.
    pub initial_twin: Option<InitialTwin>,
}

impl Settings {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another status.
    #[must_use]
    pub const fn with_provisioning_status(mut self, status: ProvisioningStatus) -> Self {
        self.provisioning_status = status;
        self
    }

    /// An allocation policy of its own.
    #[must_use]
    pub fn with_allocation_policy(mut self, policy: AllocationPolicy) -> Self {
        self.allocation_policy = Some(policy);
        self
    }

    /// The custom policy, and the webhook that it asks.
    #[must_use]
    pub fn with_custom_allocation(mut self, asked: CustomAllocation) -> Self {
        self.allocation_policy = Some(AllocationPolicy::Custom);
        self.custom_allocation = Some(asked);
        self
    }

    /// What the device is for its hub.
    #[must_use]
    pub const fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// The hubs to choose from; none: all linked hubs.
    #[must_use]
    pub fn with_iot_hubs(mut self, hubs: impl IntoIterator<Item = HubName>) -> Self {
        self.iot_hubs = hubs.into_iter().collect();
        self
    }

    /// Another re-provisioning policy.
    #[must_use]
    pub const fn with_reprovision_policy(mut self, policy: ReprovisionPolicy) -> Self {
        self.reprovision_policy = Some(policy);
        self
    }

    /// The re-provisioning policy that holds: the one that is stated, else
    /// [`MigrateData`](ReprovisionPolicy::MigrateData), and for a `sticky` client
    /// [`Never`](ReprovisionPolicy::Never). Such a client speaks an api-version from before there were
    /// policies (up to 2018-04-01), when a device stayed where it was (DPS concepts,
    /// re-provisioning).
    #[must_use]
    pub const fn reprovision(&self, sticky: bool) -> ReprovisionPolicy {
        match (self.reprovision_policy, sticky) {
            (Some(stated), _) => stated,
            (None, true) => ReprovisionPolicy::Never,
            (None, false) => ReprovisionPolicy::MigrateData,
        }
    }

    /// The twin that a new device begins with.
    #[must_use]
    pub fn with_initial_twin(mut self, twin: InitialTwin) -> Self {
        self.initial_twin = Some(twin);
        self
    }
}

/// Whether devices may register through an enrollment. Devices that have are not touched by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum ProvisioningStatus {
    /// They may not, and no other enrollment is asked in its place.
    Disabled,
    /// They may.
    #[default]
    Enabled,
}

/// What happens to a device that has a hub and registers again; see
/// [`reprovision`](crate::registration::reprovision) for the whole table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum ReprovisionPolicy {
    /// It goes where allocation says and takes its twin along (DPS `updateHubAssignment` and
    /// `migrateDeviceData`); the default.
    #[default]
    MigrateData,
    /// It stays where it is (neither of the two).
    Never,
    /// It goes where allocation says and begins there with the initial twin
    /// (`updateHubAssignment` only).
    ResetData,
}

#[cfg(feature = "serde")]
mod wire {
    use alloc::vec::Vec;

    use serde::de::{Deserializer, Visitor};
    use serde::{Deserialize, forward_to_deserialize_any};

    use super::{
        AllocationPolicy, Capabilities, CustomAllocation, HubName, InitialTwin, ProvisioningStatus,
        ReprovisionPolicy, Settings,
    };

    /// What is read.
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase", deny_unknown_fields)]
    struct Read {
        provisioning_status: ProvisioningStatus,
        allocation_policy: Option<AllocationPolicy>,
        #[serde(rename = "customAllocationDefinition")]
        custom_allocation: Option<CustomAllocation>,
        iot_hubs: Vec<HubName>,
        reprovision_policy: Option<ReprovisionPolicy>,
        capabilities: Capabilities,
        initial_twin: Option<InitialTwin>,
    }

    impl<'de> Deserialize<'de> for Settings {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let read = if from.is_human_readable() {
                Read::deserialize(AsMap(from))?
            } else {
                Read::deserialize(from)?
            };
            Ok(Self {
                provisioning_status: read.provisioning_status,
                allocation_policy: read.allocation_policy,
                custom_allocation: read.custom_allocation,
                iot_hubs: read.iot_hubs,
                reprovision_policy: read.reprovision_policy,
                capabilities: read.capabilities,
                initial_twin: read.initial_twin,
            })
        }
    }

    /// Asks for a map where a structure is wanted. Under `flatten` a structure is shown the members
    /// that it names and a map all that are left: only so the unknown one is seen.
    struct AsMap<D>(D);

    impl<'de, D: Deserializer<'de>> Deserializer<'de> for AsMap<D> {
        type Error = D::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(visitor)
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            _: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.0.deserialize_map(visitor)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
            ignored_any
        }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Stored {
        registration_id: alloc::string::String,
        #[serde(flatten)]
        settings: Settings,
    }

    #[test]
    fn settings_come_back_from_json() {
        let settings = Settings::new()
            .with_provisioning_status(ProvisioningStatus::Disabled)
            .with_allocation_policy(AllocationPolicy::Static(HubName::parse("hub-a").unwrap()))
            .with_iot_hubs([HubName::parse("hub-a").unwrap()])
            .with_reprovision_policy(ReprovisionPolicy::Never)
            .with_initial_twin(InitialTwin::parse("{}").unwrap())
            .with_capabilities(Capabilities::new(true));
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
        assert_eq!(
            serde_json::from_str::<Settings>("{}").unwrap(),
            Settings::new()
        );
        let flat = json.replacen('{', "{\"registrationId\":\"line-7\",", 1);
        let stored: Stored = serde_json::from_str(&flat).unwrap();
        assert_eq!(
            (&*stored.registration_id, stored.settings),
            ("line-7", settings)
        );
    }

    #[test]
    fn a_typing_error_does_not_enable_what_was_disabled() {
        for typed in [
            r#"{"provisioningstatus":"disabled"}"#,
            r#"{"provisioning_status":"disabled"}"#,
            r#"{"provisioningStatus":"Disabled"}"#,
            r#"{"provisioningStatus":"off"}"#,
            r#"{"provisioningStatus":null}"#,
            r#"{"provisioningStatus":"disabled","provisioningStatus":"enabled"}"#,
            r#"{"status":"disabled"}"#,
            r#"{"iotHub":["hub-a"]}"#,
            r#"{"capabilities":{"iotedge":true}}"#,
            r#"{"allocationPolicy":"weighted"}"#,
            r#"{"customAllocationDefinition":{"webhookUrl":"https://h/"}}"#,
            r#"{"reprovisionPolicy":"resetdata"}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(typed).is_err(), "{typed}");
            let flat = typed.replacen('{', "{\"registrationId\":\"line-7\",", 1);
            let refused = serde_json::from_str::<Stored>(&flat).unwrap_err();
            assert!(!refused.to_string().is_empty(), "{flat}");
        }
    }
}
