//! From what an operator sent to the settings of an enrollment.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::draft::{PolicyDraft, ReprovisionDraft, SettingsDraft};
use super::facts::ServiceFacts;
use super::members::Members;
use super::transaction::Condition;
use crate::allocation::AllocationPolicy;
use crate::enrollment::{CustomAllocation, ReprovisionPolicy, Settings};
use crate::id::HubName;
use crate::limits;

/// The settings, and what must hold when they are stored.
pub(super) fn settings(
    draft: SettingsDraft,
    stored: Option<&Settings>,
    facts: &ServiceFacts<'_>,
) -> Result<(Settings, Vec<Condition>), Rejection> {
    let hubs = hubs(&draft)?;
    let conditions = linked(&hubs, stored, facts)?;
    let mut settings = Settings::new();
    settings.provisioning_status = draft.provisioning_status.unwrap_or_default();
    settings.allocation_policy = draft
        .allocation_policy
        .map(|policy| self::policy(policy, &hubs, stored))
        .transpose()?;
    settings.custom_allocation = custom(
        draft.allocation_policy,
        draft.custom_allocation,
        facts.own_allocation || stored.is_some_and(asks_the_service),
    )?;
    settings.iot_hubs = hubs;
    settings.reprovision_policy = draft.reprovision_policy.map(reprovision).transpose()?;
    settings.capabilities = draft.capabilities.unwrap_or_default();
    settings.initial_twin = draft.initial_twin;
    Ok((settings, conditions))
}

/// Nothing among what is kept unread may say more than the service does.
pub(super) fn check_members(members: &Members) -> Result<(), Rejection> {
    match members.get(CREDENTIAL_POLICY) {
        None | Some("null") => Ok(()),
        Some(_) => Err(Rejection::new(
            Code::ServiceCredentialPolicy,
            Subject::field(CREDENTIAL_POLICY),
        )),
    }
}

/// Kept and not done would let an operator believe that devices get certificates.
const CREDENTIAL_POLICY: &str = "credentialPolicyName";

/// The list of hubs, in either of its two forms.
fn hubs(draft: &SettingsDraft) -> Result<Vec<HubName>, Rejection> {
    let refused = |found| Err(hubs_refused(Code::ServiceHubs).found(found));
    let mut hubs = draft.iot_hubs.clone();
    if hubs.len() > limits::HUBS_LISTED {
        return refused(format!("{} hubs", hubs.len()));
    }
    if let Some(one) = &draft.iot_hub_host_name {
        if hubs.is_empty() {
            hubs.push(one.clone());
        } else if !hubs.contains(one) {
            return refused(format!("{one} as iotHubHostName, which iotHubs lacks"));
        }
    }
    let mut sorted: Vec<&HubName> = hubs.iter().collect();
    sorted.sort_unstable();
    let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
    match neighbours.find(|(a, b)| a == b) {
        Some((twice, _)) => refused(format!("{twice} twice")),
        None => Ok(hubs),
    }
}

/// Each hub is linked: the list is a subset of the service's. One that the stored enrollment lists
/// already passes: whoever disables an enrollment must not be kept from it because somebody unlinked
/// a hub.
fn linked(
    hubs: &[HubName],
    stored: Option<&Settings>,
    facts: &ServiceFacts<'_>,
) -> Result<Vec<Condition>, Rejection> {
    let mut conditions = Vec::new();
    // Looked up, not gone through: both lists can be as long as a service has hubs.
    let before: BTreeSet<&HubName> = stored.iter().flat_map(|stored| &stored.iot_hubs).collect();
    for hub in hubs {
        if before.contains(hub) {
            continue;
        }
        if !facts.hubs.contains(hub) {
            return Err(hubs_refused(Code::ServiceHubNotLinked).found(format!("{hub}")));
        }
        conditions.push(Condition::HubLinked(hub.clone()));
    }
    Ok(conditions)
}

/// Whether its custom policy is the service's own function, since it names none.
fn asks_the_service(stored: &Settings) -> bool {
    stored.allocation_policy == Some(AllocationPolicy::Custom) && stored.custom_allocation.is_none()
}

fn policy(
    draft: PolicyDraft,
    hubs: &[HubName],
    stored: Option<&Settings>,
) -> Result<AllocationPolicy, Rejection> {
    let word = match draft {
        PolicyDraft::Custom => "custom",
        PolicyDraft::EvenlyWeighted => {
            let even = AllocationPolicy::EvenlyWeighted;
            // What the stored version has passes; else it is refused as any word that the wire lacks.
            if stored.and_then(|stored| stored.allocation_policy.as_ref()) == Some(&even) {
                return Ok(even);
            }
            even.word()
        }
        PolicyDraft::GeoLatency => "geoLatency",
        PolicyDraft::Hashed => "hashed",
        PolicyDraft::Static => "static",
    };
    AllocationPolicy::parse(word, hubs)
}

/// Whom the custom policy asks. Without it the definition would be kept and never asked; it without
/// the definition would ask nobody, unless the service asks a function of its own.
fn custom(
    policy: Option<PolicyDraft>,
    definition: Option<CustomAllocation>,
    own_allocation: bool,
) -> Result<Option<CustomAllocation>, Rejection> {
    let refused = |found| {
        let subject = Subject::field("customAllocationDefinition");
        Err(Rejection::new(Code::ServiceCustom, subject).found(found))
    };
    match (policy, definition) {
        (Some(PolicyDraft::Custom), None) if !own_allocation => refused("the policy alone"),
        (Some(PolicyDraft::Custom), definition) => Ok(definition),
        (_, Some(_)) => refused("the definition, with another policy"),
        (_, None) => Ok(None),
    }
}

/// | updateHubAssignment | migrateDeviceData | |
/// |---|---|---|
/// | true | true | migrate |
/// | true | false | reset |
/// | false | any | never |
fn reprovision(draft: ReprovisionDraft) -> Result<ReprovisionPolicy, Rejection> {
    match (draft.update_hub_assignment, draft.migrate_device_data) {
        (Some(true), Some(true)) => Ok(ReprovisionPolicy::MigrateData),
        (Some(true), Some(false)) => Ok(ReprovisionPolicy::ResetData),
        (Some(false), Some(_)) => Ok(ReprovisionPolicy::Never),
        (None, _) => Err(incomplete("updateHubAssignment")),
        (_, None) => Err(incomplete("migrateDeviceData")),
    }
}

fn incomplete(member: &str) -> Rejection {
    Rejection::new(
        Code::ServiceReprovision,
        Subject::field("reprovisionPolicy"),
    )
    .expected(format!("{member}, true or false"))
    .found("nothing")
}

fn hubs_refused(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("iotHubs"))
}
