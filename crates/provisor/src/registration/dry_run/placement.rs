//! Which hub, and by which row of the table.

use provisor_report::{Code, Rejection};

use super::super::reprovision::Situation;
use super::store::DryRunStore;
use crate::allocation::{AllocationPolicy, Allocator, Trace};
use crate::enrollment::{ReprovisionPolicy, Settings};
use crate::id::RegistrationId;

/// Where the allocation would put the device, and what its record has to do with that.
#[derive(Clone, Debug)]
pub struct Placement<'a> {
    allocation: AllocationPolicy,
    trace: Option<Result<Trace<'a>, Rejection>>,
    policy: ReprovisionPolicy,
    situation: Situation,
}

impl<'a> Placement<'a> {
    pub(super) fn of(
        store: &DryRunStore<'a>,
        settings: &Settings,
        of_service: &AllocationPolicy,
        id: &RegistrationId,
    ) -> Self {
        let allocation = settings.allocation_policy.as_ref().unwrap_or(of_service);
        let trace = trace(store, settings, allocation, id);
        let record = store.known.and_then(super::super::entry::Known::record);
        let current = record.map(|record| &record.assigned_hub);
        let chosen = match &trace {
            Some(Ok(trace)) => Some(trace.chosen()),
            Some(Err(_)) | None => None,
        };
        let listed = |hub| settings.iot_hubs.is_empty() || settings.iot_hubs.contains(hub);
        let situation = match current {
            None => Situation::New,
            Some(hub) if !store.hubs.contains(hub) => Situation::HubUnlinked,
            Some(hub) if !listed(hub) => Situation::HubNotListed,
            // No hub to offer in its place.
            Some(hub) if chosen.is_none_or(|chosen| chosen == hub) => Situation::SameHub,
            Some(_) => Situation::OtherHub,
        };
        Self {
            allocation: allocation.clone(),
            trace,
            policy: settings.reprovision(store.sticky),
            situation,
        }
    }

    /// The allocation policy that holds for the device.
    #[must_use]
    pub const fn allocation(&self) -> &AllocationPolicy {
        &self.allocation
    }

    /// Every hub's part in the allocation; `None` where a custom allocation says, and a refusal where no
    /// hub can be had.
    #[must_use]
    pub const fn trace(&self) -> Option<&Result<Trace<'a>, Rejection>> {
        self.trace.as_ref()
    }

    /// The re-provisioning policy of the enrollment.
    #[must_use]
    pub const fn policy(&self) -> ReprovisionPolicy {
        self.policy
    }

    /// Where the device stands: with the policy, the row of
    /// [`reprovision::RULES`](super::super::reprovision::RULES) that a device goes by which goes on with its
    /// record. (One that does not begins again.) For a custom allocation, as if it said the hub that the
    /// device has.
    #[must_use]
    pub const fn situation(&self) -> Situation {
        self.situation
    }
}

/// As the engine allocates.
fn trace<'a>(
    store: &DryRunStore<'a>,
    settings: &Settings,
    policy: &AllocationPolicy,
    id: &RegistrationId,
) -> Option<Result<Trace<'a>, Rejection>> {
    let explain = |policy: &AllocationPolicy| {
        let allocator = Allocator::new(store.hubs, policy).latencies(store.latencies);
        match settings.iot_hubs.is_empty() {
            true => allocator.explain(id),
            false => allocator.among_linked(&settings.iot_hubs).explain(id),
        }
    };
    match policy {
        AllocationPolicy::Custom => None,
        AllocationPolicy::LowestLatency => Some(match explain(policy) {
            Err(cause) if cause.code() == Code::AllocNoLatency => {
                explain(&AllocationPolicy::Weighted)
            }
            explained => explained,
        }),
        AllocationPolicy::EvenlyWeighted
        | AllocationPolicy::Static(_)
        | AllocationPolicy::Weighted => Some(explain(policy)),
    }
}
