//! The caller's lists, looked up once.

use alloc::vec;
use alloc::vec::Vec;

use super::hubs::{LinkedHub, LinkedHubs};
use super::policy::{AllocationPolicy, Latency};
use super::trace::Standing;
use crate::id::HubName;

/// The caller's lists by the positions of the linked hubs, so that no list is searched for each hub.
pub(super) struct Resolved<'p> {
    policy: &'p AllocationPolicy,
    /// Whether the enrollment lists the hub; `None`: it lists none, which means all.
    listed: Option<Vec<bool>>,
    /// The lowest that was measured; empty where the policy does not ask.
    latencies: Vec<Option<u32>>,
    /// The lowest of a hub that may take devices.
    best: Option<u32>,
}

impl<'p> Resolved<'p> {
    pub(super) fn new(
        hubs: &LinkedHubs,
        policy: &'p AllocationPolicy,
        among: Option<&[HubName]>,
        measured: &[Latency],
    ) -> Self {
        let listed = among.map(|among| {
            let mut listed = vec![false; hubs.len()];
            for name in among {
                if let Some(slot) = hubs.position(name).and_then(|at| listed.get_mut(at)) {
                    *slot = true;
                }
            }
            listed
        });
        let mut resolved = Self {
            policy,
            listed,
            latencies: Vec::new(),
            best: None,
        };
        if *policy == AllocationPolicy::LowestLatency {
            resolved.measure(hubs, measured);
        }
        resolved
    }

    fn measure(&mut self, hubs: &LinkedHubs, measured: &[Latency]) {
        let mut latencies: Vec<Option<u32>> = vec![None; hubs.len()];
        for latency in measured {
            if let Some(slot) = hubs
                .position(&latency.hub)
                .and_then(|at| latencies.get_mut(at))
            {
                let before = slot.unwrap_or(u32::MAX);
                *slot = Some(before.min(latency.milliseconds));
            }
        }
        let open = hubs.hubs.iter().enumerate();
        let open = open.filter(|(at, hub)| hub.weight.get() > 0 && self.is_listed(*at));
        self.best = open
            .filter_map(|(at, _)| latencies.get(at).copied().flatten())
            .min();
        self.latencies = latencies;
    }

    fn is_listed(&self, at: usize) -> bool {
        let listed = self.listed.as_ref();
        listed.is_none_or(|listed| listed.get(at).copied().unwrap_or(false))
    }

    /// The weight at which the hub at that position takes part, or why it does not.
    pub(super) fn standing(&self, at: usize, hub: &LinkedHub) -> (u16, Standing) {
        let weight = hub.weight.get();
        if !self.is_listed(at) {
            return (weight, Standing::NotInSubset);
        }
        match self.policy {
            AllocationPolicy::Static(name) if *name == hub.name => (1, Standing::Candidate),
            AllocationPolicy::Static(_) => (weight, Standing::NotTheStaticHub),
            // Nothing is computed for it.
            AllocationPolicy::Custom => (weight, Standing::NotInSubset),
            _ if weight == 0 => (weight, Standing::WeightZero),
            AllocationPolicy::EvenlyWeighted => (1, Standing::Candidate),
            AllocationPolicy::Weighted => (weight, Standing::Candidate),
            AllocationPolicy::LowestLatency => match self.latencies.get(at).copied().flatten() {
                None => (weight, Standing::NoLatency),
                mine if mine == self.best => (weight, Standing::Candidate),
                Some(_) => (weight, Standing::Slower),
            },
        }
    }
}
