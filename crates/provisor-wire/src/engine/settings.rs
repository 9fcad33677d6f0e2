//! What individual enrollments and groups have in common.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor::HubName;
use provisor::allocation::AllocationPolicy;
use provisor::enrollment::{self, Capabilities, CustomAllocation, Settings};
use provisor::operations::{PolicyDraft, ReprovisionDraft, SettingsDraft};
use provisor_report::{Rejection, Subject};

use super::place::{about, missing, word};
use crate::json::{self, Value};
use crate::service::{
    AllocationWord, CustomAllocationDefinition, DeviceCapabilities, InitialTwin,
    ProvisioningStatus, ReprovisionPolicy,
};
use crate::shape::{At, Shape as _, Side, Word};

/// The members of a body that are settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'a> {
    pub(super) status: Option<&'a Word<ProvisioningStatus>>,
    pub(super) policy: Option<&'a Word<AllocationWord>>,
    pub(super) hubs: Option<&'a [String]>,
    pub(super) hub: Option<&'a str>,
    pub(super) reprovision: Option<&'a ReprovisionPolicy>,
    pub(super) custom: Option<&'a CustomAllocationDefinition>,
    pub(super) capabilities: Option<&'a DeviceCapabilities>,
    pub(super) twin: Option<&'a InitialTwin>,
}

impl Sent<'_> {
    pub(super) fn to_draft(self) -> Result<SettingsDraft, Rejection> {
        let mut draft = SettingsDraft::default();
        draft.provisioning_status = self.status.map(status).transpose()?;
        draft.allocation_policy = self.policy.map(policy).transpose()?;
        draft.iot_hubs = hubs(self.hubs.unwrap_or_default())?;
        draft.iot_hub_host_name = self
            .hub
            .map(|name| HubName::parse(name).map_err(about("/iotHubHostName")))
            .transpose()?;
        draft.reprovision_policy = self.reprovision.map(|policy| {
            ReprovisionDraft::new(policy.update_hub_assignment, policy.migrate_device_data)
        });
        draft.custom_allocation = self.custom.map(custom).transpose()?;
        draft.capabilities = self
            .capabilities
            .map(|capabilities| Capabilities::new(capabilities.iot_edge.unwrap_or_default()));
        draft.initial_twin = self.twin.map(twin).transpose()?;
        Ok(draft)
    }
}

fn status(sent: &Word<ProvisioningStatus>) -> Result<enrollment::ProvisioningStatus, Rejection> {
    match sent {
        Word::Known(ProvisioningStatus::Enabled) => Ok(enrollment::ProvisioningStatus::Enabled),
        Word::Known(ProvisioningStatus::Disabled) => Ok(enrollment::ProvisioningStatus::Disabled),
        Word::Other(other) => Err(word("/provisioningStatus", "enabled or disabled", other)),
    }
}

fn policy(sent: &Word<AllocationWord>) -> Result<PolicyDraft, Rejection> {
    match sent {
        Word::Known(AllocationWord::Hashed) => Ok(PolicyDraft::Hashed),
        Word::Known(AllocationWord::GeoLatency) => Ok(PolicyDraft::GeoLatency),
        Word::Known(AllocationWord::Static) => Ok(PolicyDraft::Static),
        Word::Known(AllocationWord::Custom) => Ok(PolicyDraft::Custom),
        Word::Known(AllocationWord::EvenlyWeighted) => Ok(PolicyDraft::EvenlyWeighted),
        Word::Other(other) => Err(word(
            "/allocationPolicy",
            "hashed, geoLatency, static or custom",
            other,
        )),
    }
}

fn hubs(names: &[String]) -> Result<Vec<HubName>, Rejection> {
    let named = names.iter().enumerate();
    named
        .map(|(index, name)| HubName::parse(name).map_err(about(format!("/iotHubs/{index}"))))
        .collect()
}

fn custom(sent: &CustomAllocationDefinition) -> Result<CustomAllocation, Rejection> {
    let url = sent.webhook_url.as_deref();
    let url = url.ok_or_else(|| missing("/customAllocationDefinition/webhookUrl"))?;
    let version = sent.api_version.as_deref();
    let version = version.ok_or_else(|| missing("/customAllocationDefinition/apiVersion"))?;
    CustomAllocation::new(url, version).map_err(|rejection| {
        // It names its member itself.
        let place = format!("/customAllocationDefinition/{}", last(rejection.subject()));
        rejection.about(Subject::field(place))
    })
}

/// The last name of a place that the engine has with dots.
fn last(subject: &Subject) -> String {
    let place = subject.to_string();
    place.rsplit('.').next().unwrap_or_default().into()
}

fn twin(sent: &InitialTwin) -> Result<enrollment::InitialTwin, Rejection> {
    enrollment::InitialTwin::parse(&sent.write().to_string()).map_err(about("/initialTwin"))
}

/// The settings of a view, as members of a body.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) status: Word<ProvisioningStatus>,
    pub(super) policy: Option<Word<AllocationWord>>,
    pub(super) hubs: Option<Vec<String>>,
    /// Left out where it is not stated: that is another thing than the default, as clients from before there
    /// were policies stay in their hub.
    pub(super) reprovision: Option<ReprovisionPolicy>,
    pub(super) custom: Option<CustomAllocationDefinition>,
    pub(super) capabilities: DeviceCapabilities,
    pub(super) twin: Option<InitialTwin>,
}

impl Shown {
    pub(super) fn of(settings: &Settings) -> Result<Self, Rejection> {
        let listed = listed(settings);
        Ok(Self {
            status: match settings.provisioning_status {
                enrollment::ProvisioningStatus::Enabled => ProvisioningStatus::Enabled,
                enrollment::ProvisioningStatus::Disabled => ProvisioningStatus::Disabled,
            }
            .into(),
            policy: settings.allocation_policy.as_ref().map(|policy| {
                let word = policy.word();
                AllocationWord::from_word(word)
                    .map_or_else(|| Word::Other(word.into()), Word::Known)
            }),
            hubs: (!listed.is_empty()).then_some(listed),
            reprovision: settings.reprovision_policy.map(reprovision),
            custom: settings.custom_allocation.as_ref().map(|custom| {
                CustomAllocationDefinition::default()
                    .webhook_url(custom.webhook_url())
                    .api_version(custom.api_version())
            }),
            capabilities: DeviceCapabilities::default().iot_edge(settings.capabilities.iot_edge),
            twin: settings.initial_twin.as_ref().map(twin_of).transpose()?,
        })
    }
}

/// The hubs of the list; the one of the policy `static` is in it, first.
fn listed(settings: &Settings) -> Vec<String> {
    let first = match &settings.allocation_policy {
        Some(AllocationPolicy::Static(hub)) => Some(hub),
        _ => None,
    };
    let rest = settings.iot_hubs.iter().filter(|hub| Some(*hub) != first);
    first
        .into_iter()
        .chain(rest)
        .map(|name| name.to_string())
        .collect()
}

fn reprovision(policy: enrollment::ReprovisionPolicy) -> ReprovisionPolicy {
    let (update, migrate) = match policy {
        enrollment::ReprovisionPolicy::MigrateData => (true, true),
        enrollment::ReprovisionPolicy::ResetData => (true, false),
        enrollment::ReprovisionPolicy::Never => (false, false),
    };
    ReprovisionPolicy::default()
        .update_hub_assignment(update)
        .migrate_device_data(migrate)
}

fn twin_of(twin: &enrollment::InitialTwin) -> Result<InitialTwin, Rejection> {
    let value: Value = json::parse(twin.as_str().as_bytes(), crate::limits::ANSWER_BYTES)?;
    InitialTwin::read(value, &At::root(Side::Client))
}
