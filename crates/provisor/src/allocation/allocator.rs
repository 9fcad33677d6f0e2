//! The policies applied: from linked hubs to candidates, from candidates to one hub.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use alloc::{format, vec};

use provisor_report::{Code, Rejection, Subject};

use super::hubs::{LinkedHub, LinkedHubs, Weight};
use super::policy::{AllocationPolicy, Latency};
use super::rendezvous::{self, Candidate};
use super::trace::{Standing, Trace, TraceRow};
use crate::id::{HubName, RegistrationId};
use crate::limits;

/// The hub of the device by weighted rendezvous hashing over all linked hubs.
///
/// The one function whose bytes matter: everything else in this module only decides which hubs
/// take part, and at which weight.
///
/// # Errors
/// [`AllocNoHubs`](Code::AllocNoHubs), or [`AllocNoWeight`](Code::AllocNoWeight) when every weight
/// is 0.
pub fn allocate<'h>(hubs: &'h LinkedHubs, id: &RegistrationId) -> Result<&'h HubName, Rejection> {
    Allocator::new(hubs, &AllocationPolicy::Weighted).choose(id)
}

/// One policy over the linked hubs, or over some of them.
///
/// ```
/// use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight};
/// use provisor::{HubName, IdScope, RegistrationId};
///
/// let [a, b, c] = ["a", "b", "c"].map(|name| HubName::parse(name).expect("a host name"));
/// let scope = IdScope::parse("0ne0A1B2C3D")?;
/// let hubs = LinkedHubs::new(&scope, [&a, &b, &c].map(|hub| (hub.clone(), Weight::ONE)))?;
/// let allowed = [a, b];
///
/// let allocator = Allocator::new(&hubs, &AllocationPolicy::EvenlyWeighted).among(&allowed);
/// let id = RegistrationId::try_from("line-7")?;
/// let hub = allocator.choose(&id)?;
/// assert!(allowed.contains(hub));
/// println!("{}", allocator.explain(&id)?);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Allocator<'h, 'p> {
    hubs: &'h LinkedHubs,
    policy: &'p AllocationPolicy,
    among: Option<&'p [HubName]>,
    latencies: &'p [Latency],
}

impl<'h, 'p> Allocator<'h, 'p> {
    /// The policy over all linked hubs.
    #[must_use]
    pub const fn new(hubs: &'h LinkedHubs, policy: &'p AllocationPolicy) -> Self {
        Self {
            hubs,
            policy,
            among: None,
            latencies: &[],
        }
    }

    /// Restricts the choice to these hubs, as an enrollment can. Those that are not linked are
    /// passed over, and the trace shows them: an enrollment written before a hub was unlinked is good
    /// for its other hubs.
    #[must_use]
    pub const fn among(mut self, hubs: &'p [HubName]) -> Self {
        self.among = Some(hubs);
        self
    }

    /// What [`AllocationPolicy::LowestLatency`] goes by.
    #[must_use]
    pub const fn latencies(mut self, latencies: &'p [Latency]) -> Self {
        self.latencies = latencies;
        self
    }

    /// The device's hub.
    ///
    /// # Errors
    /// [`AllocNoHubs`](Code::AllocNoHubs), [`AllocNoWeight`](Code::AllocNoWeight),
    /// [`AllocHubNotLinked`](Code::AllocHubNotLinked) (the static hub, or every hub of the list) or
    /// [`AllocNoLatency`](Code::AllocNoLatency); [`AttestTooManyFacts`](Code::AttestTooManyFacts)
    /// above [`limits::HUBS_LISTED`] or [`limits::LATENCIES`].
    pub fn choose(&self, id: &RegistrationId) -> Result<&'h HubName, Rejection> {
        self.check()?;
        let key = &self.hubs.key;
        let resolved = Resolved::new(self);
        let hubs = self.hubs.hubs.iter().enumerate();
        let candidates = hubs.filter_map(|(at, hub)| {
            let (weight, standing) = resolved.standing(at, hub);
            (standing == Standing::Candidate).then_some(Candidate { hub, weight })
        });
        rendezvous::choose(key, key.device(id), candidates)
            .map(|hub| &hub.name)
            .ok_or_else(|| self.nothing_left(&resolved))
    }

    /// Why this hub: every linked hub with its draw and its score, best first; then the listed ones
    /// that are not linked.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    pub fn explain(&self, id: &RegistrationId) -> Result<Trace<'h>, Rejection> {
        let chosen = self.choose(id)?;
        let key = &self.hubs.key;
        let resolved = Resolved::new(self);
        let rows = self.hubs.hubs.iter().enumerate().map(|(at, hub)| {
            let (weight, standing) = resolved.standing(at, hub);
            let (draw, score) = rendezvous::score(key, key.device(id), Candidate { hub, weight });
            TraceRow::new(Cow::Borrowed(&hub.name), standing, draw, score)
        });
        let unlinked = self.unlinked().into_iter().map(|name| {
            let hub = &LinkedHub {
                name: name.clone(),
                weight: Weight::ZERO,
                digest: key.hub(name),
            };
            let nothing = Candidate { hub, weight: 0 };
            let (draw, score) = rendezvous::score(key, key.device(id), nothing);
            TraceRow::new(Cow::Owned(name.clone()), Standing::NotLinked, draw, score)
        });
        Ok(Trace::new(chosen, rows.chain(unlinked).collect::<Vec<_>>()))
    }

    /// The listed hubs that are not linked, each once and in the order of their names.
    fn unlinked(&self) -> BTreeSet<&'p HubName> {
        let listed = self.among.unwrap_or_default().iter();
        listed.filter(|hub| !self.hubs.contains(hub)).collect()
    }

    /// Refuses what no device could be allocated with, before any device is looked at.
    fn check(&self) -> Result<(), Rejection> {
        check_number(
            "iotHubs",
            self.among.map_or(0, <[HubName]>::len),
            limits::HUBS_LISTED,
        )?;
        check_number("latencies", self.latencies.len(), limits::LATENCIES)?;
        if self.hubs.is_empty() || self.among.is_some_and(<[HubName]>::is_empty) {
            return Err(Rejection::new(
                Code::AllocNoHubs,
                Subject::field("linkedHubs"),
            ));
        }
        if let AllocationPolicy::Static(hub) = self.policy {
            self.check_linked(hub, "iotHubHostName")?;
            if self.among.is_some_and(|among| !among.contains(hub)) {
                return Err(Rejection::new(Code::AllocNoHubs, Subject::field("iotHubs"))
                    .expected(format!("{hub}, which the static policy names"))
                    .found("a list without it"));
            }
        }
        // One that is linked is enough.
        match self.among {
            Some([first, rest @ ..]) if !rest.iter().any(|hub| self.hubs.contains(hub)) => {
                self.check_linked(first, "iotHubs")
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_linked(&self, hub: &HubName, field: &'static str) -> Result<(), Rejection> {
        if self.hubs.contains(hub) {
            return Ok(());
        }
        Err(
            Rejection::new(Code::AllocHubNotLinked, Subject::field(field))
                .expected("a linked hub")
                .found(format!("{hub}")),
        )
    }

    fn nothing_left(&self, resolved: &Resolved<'_>) -> Rejection {
        let subject = Subject::field("linkedHubs");
        let mut hubs = self.hubs.hubs.iter().enumerate();
        if hubs.any(|(at, hub)| resolved.standing(at, hub).1 == Standing::NoLatency) {
            Rejection::new(Code::AllocNoLatency, subject)
        } else {
            Rejection::new(Code::AllocNoWeight, subject)
        }
    }
}

/// The caller's lists by the positions of the linked hubs, so that no list is searched for each hub.
struct Resolved<'p> {
    policy: &'p AllocationPolicy,
    /// Whether the enrollment lists the hub; `None`: it lists none, which means all.
    listed: Option<Vec<bool>>,
    /// The lowest that was measured; empty where the policy does not ask.
    latencies: Vec<Option<u32>>,
    /// The lowest of a hub that may take devices.
    best: Option<u32>,
}

impl<'p> Resolved<'p> {
    fn new(allocator: &Allocator<'_, 'p>) -> Self {
        let hubs = &allocator.hubs;
        let listed = allocator.among.map(|among| {
            let mut listed = vec![false; hubs.len()];
            for name in among {
                if let Some(slot) = hubs.position(name).and_then(|at| listed.get_mut(at)) {
                    *slot = true;
                }
            }
            listed
        });
        let mut resolved = Self {
            policy: allocator.policy,
            listed,
            latencies: Vec::new(),
            best: None,
        };
        if *allocator.policy == AllocationPolicy::LowestLatency {
            resolved.measure(hubs, allocator.latencies);
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
    fn standing(&self, at: usize, hub: &LinkedHub) -> (u16, Standing) {
        let weight = hub.weight.get();
        if !self.is_listed(at) {
            return (weight, Standing::NotInSubset);
        }
        match self.policy {
            AllocationPolicy::Static(name) if *name == hub.name => (1, Standing::Candidate),
            AllocationPolicy::Static(_) => (weight, Standing::NotTheStaticHub),
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

fn check_number(field: &'static str, found: usize, limit: usize) -> Result<(), Rejection> {
    if found <= limit {
        return Ok(());
    }
    Err(
        Rejection::new(Code::AttestTooManyFacts, Subject::field(field))
            .expected(format!("at most {limit}"))
            .found(format!("{found}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Weight;
    use crate::id::IdScope;

    fn name(text: &str) -> HubName {
        HubName::parse(text).unwrap()
    }

    fn hubs(weights: &[(&str, u16)]) -> LinkedHubs {
        let hubs = weights
            .iter()
            .map(|(hub, weight)| (name(hub), Weight::new(*weight).unwrap()));
        LinkedHubs::new(&IdScope::parse("0ne00000001").unwrap(), hubs).unwrap()
    }

    fn ids() -> impl Iterator<Item = RegistrationId> {
        (0..200).map(|i| RegistrationId::try_from(&*format!("device-{i}")).unwrap())
    }

    fn chosen<'h>(allocator: Allocator<'h, '_>) -> BTreeSet<&'h str> {
        ids()
            .map(|id| allocator.choose(&id).unwrap().as_str())
            .collect()
    }

    fn refused(allocator: Allocator<'_, '_>) -> Code {
        let id = ids().next().unwrap();
        assert_eq!(
            allocator.choose(&id).unwrap_err(),
            allocator.explain(&id).unwrap_err()
        );
        allocator.choose(&id).unwrap_err().code()
    }

    #[test]
    fn nothing_to_choose_from() {
        let (none, zero) = (hubs(&[]), hubs(&[("a", 0), ("b", 0)]));
        for policy in [AllocationPolicy::Weighted, AllocationPolicy::EvenlyWeighted] {
            assert_eq!(refused(Allocator::new(&none, &policy)), Code::AllocNoHubs);
            assert_eq!(refused(Allocator::new(&zero, &policy)), Code::AllocNoWeight);
            assert_eq!(
                refused(Allocator::new(&zero, &policy).among(&[])),
                Code::AllocNoHubs
            );
        }
    }

    #[test]
    fn weight_zero_takes_no_device_but_the_static_policy_may_name_it() {
        let hubs = hubs(&[("a", 0), ("b", 1), ("c", 500)]);
        assert_eq!(
            chosen(Allocator::new(&hubs, &AllocationPolicy::EvenlyWeighted)),
            ["b", "c"].into()
        );
        let fixed = AllocationPolicy::Static(name("A"));
        assert_eq!(chosen(Allocator::new(&hubs, &fixed)), ["a"].into());
        let elsewhere = AllocationPolicy::Static(name("x"));
        assert_eq!(
            refused(Allocator::new(&hubs, &elsewhere)),
            Code::AllocHubNotLinked
        );
        assert_eq!(
            refused(Allocator::new(&hubs, &fixed).among(&[name("b")])),
            Code::AllocNoHubs
        );
    }

    #[test]
    fn a_subset_is_obeyed() {
        let hubs = hubs(&[("a", 1), ("b", 1), ("c", 1)]);
        let policy = AllocationPolicy::Weighted;
        let allocator = Allocator::new(&hubs, &policy);
        assert_eq!(chosen(allocator), ["a", "b", "c"].into());
        assert_eq!(
            chosen(allocator.among(&[name("c"), name("a")])),
            ["a", "c"].into()
        );
    }

    #[test]
    fn listed_hubs_that_are_not_linked_are_passed_over_and_shown() {
        let hubs = hubs(&[("a", 1), ("b", 1)]);
        let policy = AllocationPolicy::Weighted;
        let allocator = Allocator::new(&hubs, &policy);
        let id = ids().next().unwrap();
        for listed in [["x", "a", "y", "X"], ["a", "X", "y", "x"]] {
            let listed = listed.map(name);
            let allocator = allocator.among(&listed);
            assert_eq!(chosen(allocator), ["a"].into());
            let trace = allocator.explain(&id).unwrap();
            let standings: Vec<_> = trace
                .rows()
                .iter()
                .map(|row| (row.hub().normal_form(), row.standing()))
                .collect();
            assert_eq!(standings[0], ("a", Standing::Candidate));
            assert_eq!(standings.len(), 4);
            for other in [
                ("b", Standing::NotInSubset),
                ("x", Standing::NotLinked),
                ("y", Standing::NotLinked),
            ] {
                assert!(standings.contains(&other), "{standings:?}");
            }
            assert!(alloc::format!("{trace}").contains("not linked"));
        }
        assert_eq!(
            refused(allocator.among(&[name("x"), name("y")])),
            Code::AllocHubNotLinked
        );
    }

    #[test]
    fn the_lowest_latency_wins_and_ties_are_hashed() {
        let hubs = hubs(&[("a", 1), ("b", 1), ("c", 1), ("far", 1), ("closed", 0)]);
        let policy = AllocationPolicy::LowestLatency;
        let at = |hub, milliseconds| Latency::new(name(hub), milliseconds);
        let measured = [at("a", 20), at("b", 10), at("c", 10), at("closed", 1)];
        let allocator = Allocator::new(&hubs, &policy).latencies(&measured);
        assert_eq!(chosen(allocator), ["b", "c"].into());
        assert_eq!(
            chosen(allocator.among(&[name("a"), name("far")])),
            ["a"].into()
        );
        assert_eq!(
            refused(allocator.among(&[name("far")])),
            Code::AllocNoLatency
        );
        assert_eq!(
            refused(allocator.among(&[name("closed")])),
            Code::AllocNoWeight
        );
        assert_eq!(
            refused(Allocator::new(&hubs, &policy)),
            Code::AllocNoLatency
        );
    }

    /// The positions say what a search of the lists said.
    #[test]
    fn lists_of_any_order_and_length_mean_the_same() {
        let hubs = hubs(&[("a", 1), ("b", 2), ("c", 3), ("d", 0)]);
        let at = |hub, milliseconds| Latency {
            hub: name(hub),
            milliseconds,
        };
        let mut measured = vec![at("x", 1), at("c", 9), at("b", 7), at("c", 7), at("d", 1)];
        let mut listed = ["d", "C", "x", "b", "c"].map(name);
        for _ in 0..measured.len() {
            measured.rotate_left(1);
            listed.rotate_left(1);
            let allocator = Allocator::new(&hubs, &AllocationPolicy::LowestLatency)
                .latencies(&measured)
                .among(&listed);
            assert_eq!(chosen(allocator), ["b", "c"].into());
            let trace = allocator.explain(&ids().next().unwrap()).unwrap();
            let standing = |hub| {
                let mut rows = trace.rows().iter();
                rows.find(|row| *row.hub() == name(hub)).unwrap().standing()
            };
            assert_eq!(standing("a"), Standing::NotInSubset);
            assert_eq!(standing("d"), Standing::WeightZero);
        }
    }

    #[test]
    fn lists_from_outside_are_limited() {
        let hubs = hubs(&[("a", 1)]);
        let many = vec![name("a"); limits::HUBS_LISTED + 1];
        let policy = AllocationPolicy::Weighted;
        let allocator = Allocator::new(&hubs, &policy);
        assert_eq!(refused(allocator.among(&many)), Code::AttestTooManyFacts);
        assert_eq!(chosen(allocator.among(&many[1..])), ["a"].into());
        let latency = Latency {
            hub: name("a"),
            milliseconds: 1,
        };
        let many = vec![latency; limits::LATENCIES + 1];
        assert_eq!(
            refused(allocator.latencies(&many)),
            Code::AttestTooManyFacts
        );
        assert_eq!(chosen(allocator.latencies(&many[1..])), ["a"].into());
    }

    #[test]
    fn the_trace_begins_with_the_choice() {
        let hubs = hubs(&[("a", 5), ("b", 0), ("c", 1), ("d", 300)]);
        for policy in [
            AllocationPolicy::Weighted,
            AllocationPolicy::Static(name("b")),
        ] {
            let allocator = Allocator::new(&hubs, &policy);
            for id in ids() {
                let trace = allocator.explain(&id).unwrap();
                assert_eq!(trace.chosen(), allocator.choose(&id).unwrap());
                assert_eq!(trace.rows().len(), 4);
                let first = &trace.rows()[0];
                assert_eq!(
                    (first.hub(), first.standing()),
                    (trace.chosen(), Standing::Candidate)
                );
            }
        }
    }
}
