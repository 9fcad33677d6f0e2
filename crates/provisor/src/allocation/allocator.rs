//! The policies applied: from linked hubs to candidates, from candidates to one hub.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::hubs::LinkedHubs;
use super::policy::{AllocationPolicy, Latency};
use super::prepared::{Field, Prepared};
use super::rendezvous::{Candidates, Shares};
use super::resolved::Resolved;
use super::score::Score;
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
    among: Option<Among<'p>>,
    latencies: &'p [Latency],
}

/// The hubs that the choice is restricted to.
#[derive(Clone, Copy, Debug)]
struct Among<'p> {
    hubs: &'p [HubName],
    /// Whether one that is not linked is passed over, as long as another is.
    passing: bool,
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

    /// Restricts the choice to these hubs. One that is not linked is refused.
    #[must_use]
    pub const fn among(mut self, hubs: &'p [HubName]) -> Self {
        let passing = false;
        self.among = Some(Among { hubs, passing });
        self
    }

    /// Restricts the choice to those of these hubs that are linked, as an enrollment does: one
    /// written before a hub was unlinked is good for its other hubs. The trace shows those that are
    /// passed over. When none is linked, the first is refused as [`among`](Self::among) does.
    #[must_use]
    pub const fn among_linked(mut self, hubs: &'p [HubName]) -> Self {
        let passing = true;
        self.among = Some(Among { hubs, passing });
        self
    }

    /// What [`AllocationPolicy::LowestLatency`] goes by.
    #[must_use]
    pub const fn latencies(mut self, latencies: &'p [Latency]) -> Self {
        self.latencies = latencies;
        self
    }

    /// The device's hub. For many devices [`prepare`](Self::prepare) once.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn choose(&self, id: &RegistrationId) -> Result<&'h HubName, Rejection> {
        let by_all = self.open().and_then(|shares| self.hubs.choose(id, shares));
        match by_all {
            Some(hub) => Ok(hub),
            None => Ok(self.prepare()?.choose(id)),
        }
    }

    /// Looks up the listed hubs and the latencies once; what comes back answers for any device.
    ///
    /// # Errors
    /// [`AllocNoHubs`](Code::AllocNoHubs), [`AllocHubNotLinked`](Code::AllocHubNotLinked) (the static
    /// hub, or one of the list), [`AllocNoLatency`](Code::AllocNoLatency) or
    /// [`AllocNoWeight`](Code::AllocNoWeight); [`AllocCustom`](Code::AllocCustom) for the policy whose
    /// answer [`custom`](Self::custom) judges; [`AttestTooManyFacts`](Code::AttestTooManyFacts)
    /// above [`limits::HUBS_LISTED`] or [`limits::LATENCIES`].
    pub fn prepare(&self) -> Result<Prepared<'h>, Rejection> {
        self.check()?;
        let shares = match self.policy {
            AllocationPolicy::Custom => return Err(asked()),
            AllocationPolicy::Static(hub) => return self.only(hub),
            AllocationPolicy::EvenlyWeighted => Shares::Even,
            AllocationPolicy::Weighted | AllocationPolicy::LowestLatency => Shares::ByWeight,
        };
        let field = if let Some(shares) = self.open() {
            Field::Open(shares)
        } else {
            let resolved = self.resolved();
            let mut some = Candidates::default();
            for (place, hub) in self.hubs.hubs.iter().enumerate() {
                let (weight, standing) = resolved.standing(place, hub);
                if standing == Standing::Candidate {
                    some.push(place, hub.digest, weight);
                }
            }
            Field::Some(some, shares)
        };
        Prepared::new(self.hubs, field).ok_or_else(|| self.nothing_left())
    }

    /// Judges the hub that custom allocation answered with: linked, and among those that the choice
    /// is restricted to. The policy has no say in it.
    ///
    /// # Errors
    /// [`AllocHubNotLinked`](Code::AllocHubNotLinked) or [`AllocNoHubs`](Code::AllocNoHubs).
    pub fn custom(&self, answer: &HubName) -> Result<&'h HubName, Rejection> {
        let policy = AllocationPolicy::Static(answer.clone());
        let judged = Allocator {
            hubs: self.hubs,
            policy: &policy,
            among: self.among,
            latencies: &[],
        };
        Ok(judged.prepare()?.first())
    }

    /// Why this hub: every linked hub with its cost and its score, best first; then the listed ones
    /// that are not linked.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn explain(&self, id: &RegistrationId) -> Result<Trace<'h>, Rejection> {
        let chosen = self.choose(id)?;
        let key = &self.hubs.key;
        let device = key.device(id);
        let resolved = self.resolved();
        let rows = self.hubs.hubs.iter().enumerate().map(|(place, hub)| {
            let (weight, standing) = resolved.standing(place, hub);
            let cost = device.cost(hub.digest);
            let name = Cow::Borrowed(&hub.name);
            TraceRow::new(name, standing, hub.digest, Score { cost, weight })
        });
        let unlinked = self.unlinked().into_iter().map(|name| {
            let digest = key.hub(name);
            let cost = device.cost(digest);
            let name = Cow::Owned(name.clone());
            TraceRow::new(name, Standing::NotLinked, digest, Score { cost, weight: 0 })
        });
        let rows = rows.chain(unlinked).collect::<Vec<_>>();
        Ok(Trace::new(chosen, device, rows))
    }

    /// How all linked hubs of a weight above 0 share the devices, where nothing but their weights
    /// decides who takes part: then there is nothing to look up.
    fn open(&self) -> Option<Shares> {
        if self.among.is_some() || self.latencies.len() > limits::LATENCIES {
            return None;
        }
        match self.policy {
            AllocationPolicy::Weighted => Some(Shares::ByWeight),
            AllocationPolicy::EvenlyWeighted => Some(Shares::Even),
            AllocationPolicy::Custom
            | AllocationPolicy::LowestLatency
            | AllocationPolicy::Static(_) => None,
        }
    }

    fn resolved(&self) -> Resolved<'p> {
        let listed = self.among.map(|among| among.hubs);
        Resolved::new(self.hubs, self.policy, listed, self.latencies)
    }

    /// The listed hubs that are not linked, each once and in the order of their names.
    fn unlinked(&self) -> BTreeSet<&'p HubName> {
        let listed = self.among.into_iter().flat_map(|among| among.hubs);
        listed.filter(|hub| !self.hubs.contains(hub)).collect()
    }

    fn only(&self, hub: &HubName) -> Result<Prepared<'h>, Rejection> {
        let place = self.hubs.position(hub);
        place
            .and_then(|place| Prepared::only(self.hubs, place))
            .ok_or_else(|| not_linked(hub, "iotHubHostName"))
    }

    /// Refuses what no device could be allocated with, before any device is looked at.
    fn check(&self) -> Result<(), Rejection> {
        let listed = self.among.map(|among| among.hubs);
        check_number("iotHubs", listed.map_or(0, <[_]>::len), limits::HUBS_LISTED)?;
        check_number("latencies", self.latencies.len(), limits::LATENCIES)?;
        if self.hubs.is_empty() || listed.is_some_and(<[_]>::is_empty) {
            return Err(Rejection::new(
                Code::AllocNoHubs,
                Subject::field("linkedHubs"),
            ));
        }
        if let AllocationPolicy::Static(hub) = self.policy {
            if !self.hubs.contains(hub) {
                return Err(not_linked(hub, "iotHubHostName"));
            }
            if listed.is_some_and(|listed| !listed.contains(hub)) {
                return Err(Rejection::new(Code::AllocNoHubs, Subject::field("iotHubs"))
                    .expected(format!("{hub}, which the policy names"))
                    .found("a list without it"));
            }
        }
        let Some(Among { hubs, passing }) = self.among else {
            return Ok(());
        };
        let linked = |hub: &&HubName| self.hubs.contains(hub);
        let bad = hubs.iter().find(|hub| !linked(hub));
        match bad {
            Some(hub) if !passing || !hubs.iter().any(|hub| linked(&hub)) => {
                Err(not_linked(hub, "iotHubs"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn nothing_left(&self) -> Rejection {
        let resolved = self.resolved();
        let subject = Subject::field("linkedHubs");
        let mut hubs = self.hubs.hubs.iter().enumerate();
        if hubs.any(|(place, hub)| resolved.standing(place, hub).1 == Standing::NoLatency) {
            Rejection::new(Code::AllocNoLatency, subject)
        } else {
            Rejection::new(Code::AllocNoWeight, subject)
        }
    }
}

/// Where a device of the custom policy goes is the caller's to say.
fn asked() -> Rejection {
    Rejection::new(Code::AllocCustom, Subject::field("allocationPolicy"))
        .expected("a policy that can be computed")
        .found("custom")
}

fn not_linked(hub: &HubName, field: &'static str) -> Rejection {
    Rejection::new(Code::AllocHubNotLinked, Subject::field(field))
        .expected("a linked hub")
        .found(format!("{hub}"))
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
    use alloc::string::ToString as _;
    use alloc::vec;

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
            assert_eq!(refused(allocator.among(&listed)), Code::AllocHubNotLinked);
            let allocator = allocator.among_linked(&listed);
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
            refused(allocator.among_linked(&[name("x"), name("y")])),
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
                .among_linked(&listed);
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

    #[test]
    fn refusals_come_in_the_order_of_the_specification() {
        let (none, hubs) = (hubs(&[]), hubs(&[("a", 0), ("b", 1)]));
        let (x, b) = (
            AllocationPolicy::Static(name("x")),
            AllocationPolicy::Static(name("b")),
        );
        let weighted = AllocationPolicy::Weighted;
        for (allocator, code) in [
            (
                Allocator::new(&none, &x).among(&[name("x")]),
                Code::AllocNoHubs,
            ),
            (Allocator::new(&hubs, &x).among(&[]), Code::AllocNoHubs),
            (
                Allocator::new(&hubs, &x).among(&[name("y")]),
                Code::AllocHubNotLinked,
            ),
            (
                Allocator::new(&hubs, &b).among(&[name("y")]),
                Code::AllocNoHubs,
            ),
            (
                Allocator::new(&hubs, &b).among(&[name("b"), name("y")]),
                Code::AllocHubNotLinked,
            ),
            (
                Allocator::new(&hubs, &weighted).among(&[name("a"), name("y")]),
                Code::AllocHubNotLinked,
            ),
            (
                Allocator::new(&hubs, &weighted).among(&[name("a")]),
                Code::AllocNoWeight,
            ),
        ] {
            assert_eq!(refused(allocator), code);
        }
    }

    #[test]
    fn a_custom_answer_is_linked_and_listed_whatever_its_weight() {
        let hubs = hubs(&[("a", 0), ("b", 1)]);
        let allocator = Allocator::new(&hubs, &AllocationPolicy::LowestLatency);
        let listed = [name("a")];
        let answer = |allocator: Allocator<'_, '_>, hub| {
            let hub = allocator.custom(&name(hub));
            hub.map(|hub| hub.to_string()).map_err(|e| e.code())
        };
        assert_eq!(answer(allocator, "A"), Ok("a".into()));
        assert_eq!(answer(allocator, "b"), Ok("b".into()));
        assert_eq!(answer(allocator, "x"), Err(Code::AllocHubNotLinked));
        assert_eq!(answer(allocator.among(&listed), "a"), Ok("a".into()));
        assert_eq!(
            answer(allocator.among(&listed), "b"),
            Err(Code::AllocNoHubs)
        );
        assert_eq!(
            answer(allocator.among_linked(&[name("x"), name("a")]), "x"),
            Err(Code::AllocHubNotLinked)
        );
    }

    #[test]
    fn the_custom_policy_is_asked_and_not_computed() {
        let hubs = hubs(&[("a", 1)]);
        let policy = AllocationPolicy::Custom;
        assert_eq!(refused(Allocator::new(&hubs, &policy)), Code::AllocCustom);
        let allocator = Allocator::new(&hubs, &policy);
        assert_eq!(allocator.custom(&name("A")).unwrap().as_str(), "a");
    }

    #[test]
    fn what_was_prepared_answers_for_every_device_alike() {
        let hubs = hubs(&[("a", 1), ("b", 2), ("c", 3), ("d", 0)]);
        let listed = ["a", "c", "d"].map(name);
        let measured = [Latency::new(name("a"), 3), Latency::new(name("c"), 3)];
        for policy in [
            AllocationPolicy::Weighted,
            AllocationPolicy::EvenlyWeighted,
            AllocationPolicy::LowestLatency,
            AllocationPolicy::Static(name("d")),
        ] {
            let all = Allocator::new(&hubs, &policy).latencies(&measured);
            for allocator in [all, all.among(&listed)] {
                let prepared = allocator.prepare().unwrap();
                for id in ids() {
                    assert_eq!(prepared.choose(&id), allocator.choose(&id).unwrap());
                }
            }
        }
    }
}
