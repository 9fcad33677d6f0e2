//! Which hub?

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::Service;
use crate::allocation::{AllocationPolicy, Allocator};
use crate::enrollment::{ReprovisionPolicy, Settings};
use crate::id::HubName;
use crate::limits;
use crate::registration::decision::End;
use crate::registration::lineage::{self, Inheritance, LineageRow};
use crate::registration::placing::{Admission, Deferred, Destination, Hub, Placing, Standing};
use crate::registration::question::{QuestionId, Said};
use crate::registration::trail::Trail;
use crate::registration::{AllocationQuestion, Facts, Known, Payload};

/// Where a device goes.
enum Whither<'a> {
    To(Destination<'a>),
    /// The custom allocation says.
    Asked,
}

impl Service {
    /// Gives an attested device its hub, or asks for it.
    pub(super) fn assign(
        &self,
        payload: Option<&[u8]>,
        admission: &Admission<'_>,
        hub: Hub,
        facts: &Facts<'_>,
        now: UnixTime,
        trail: &mut Trail,
    ) -> Result<End, Rejection> {
        trail.lineage = self.lineage(admission, facts);
        let standing = Self::standing(admission, trail.lineage, facts)?;
        let known = facts.known;
        let room = match known.and_then(Known::record) {
            None => facts.room()?,
            Some(_) => None,
        };
        let placing = Placing {
            scope: &self.scope,
            fence: facts.fence,
            known,
            known_linked: known.is_some_and(|known| facts.hubs.contains(known.place().0)),
            admission,
            policy: admission.settings().reprovision(facts.sticky),
            room,
        };
        match self.whither(admission, &standing, facts)? {
            Whither::To(to) => {
                let said = Said {
                    initial_twin: None,
                    payload: self.said_before(admission, facts),
                };
                let response = placing.conclude(hub, &to, said, now, &mut trail.effects);
                Ok(End::Respond(response))
            }
            Whither::Asked => {
                let question = self.question(payload, admission, facts, now)?;
                let deferred = Deferred::new(question, &placing, &standing, hub);
                Ok(End::Ask(Box::new(deferred)))
            }
        }
    }

    fn standing<'a>(
        admission: &Admission<'_>,
        lineage: Option<LineageRow>,
        facts: &Facts<'a>,
    ) -> Result<Standing<'a>, Rejection> {
        // Before any hub is asked for: what is refused is refused whatever the hubs are.
        let goes_on = match lineage.map(|row| row.inheritance) {
            None | Some(Inheritance::GoOn) => true,
            Some(Inheritance::BeginAgain) => false,
            Some(Inheritance::Refused(code)) => return Err(taken(code, admission, facts)),
        };
        let current = facts.record().map(|record| &record.assigned_hub);
        let linked = current.is_some_and(|hub| facts.hubs.contains(hub));
        let is_listed = |hub: &HubName| is_listed(admission.settings(), hub);
        Ok(Standing {
            current,
            linked,
            listed: linked && current.is_some_and(is_listed),
            goes_on,
        })
    }

    fn whither<'a>(
        &self,
        admission: &Admission<'_>,
        standing: &Standing<'a>,
        facts: &Facts<'a>,
    ) -> Result<Whither<'a>, Rejection> {
        let settings = admission.settings();
        let policy = settings.reprovision(facts.sticky);
        let listed = standing.current.filter(|_| standing.listed);
        // A device that stays in any case does not depend on what allocation would say now.
        if let (Some(hub), ReprovisionPolicy::Never, true) = (listed, policy, standing.goes_on) {
            let action = standing.action(policy, hub);
            return Ok(Whither::To(Destination { hub, action }));
        }
        let allocation = self.policy(settings);
        if *allocation == AllocationPolicy::Custom {
            return Ok(Whither::Asked);
        }
        // What allocation has against every hub, it has against them for new devices, and the hub
        // of this one is linked and listed: it keeps it. That latencies were not looked up is no such
        // reason.
        let hub = match self.allocate(admission, allocation, facts) {
            Ok(hub) => hub,
            Err(cause) if cause.code() == Code::RegFacts => return Err(cause),
            Err(cause) => listed.ok_or(cause)?,
        };
        let action = standing.action(policy, hub);
        Ok(Whither::To(Destination { hub, action }))
    }

    fn policy<'a>(&'a self, settings: &'a Settings) -> &'a AllocationPolicy {
        let own = settings.allocation_policy.as_ref();
        own.unwrap_or(&self.allocation)
    }

    /// A device that the custom allocation is not asked about, since it stays, is told again what it was
    /// told then.
    fn said_before(&self, admission: &Admission<'_>, facts: &Facts<'_>) -> Option<Payload> {
        match self.policy(admission.settings()) {
            AllocationPolicy::Custom => facts.record()?.payload.clone(),
            AllocationPolicy::EvenlyWeighted
            | AllocationPolicy::LowestLatency
            | AllocationPolicy::Static(_)
            | AllocationPolicy::Weighted => None,
        }
    }

    /// What the device has to do with the one on record; `None` when there is none.
    fn lineage(&self, admission: &Admission<'_>, facts: &Facts<'_>) -> Option<LineageRow> {
        let before = facts.record()?;
        let lineage = admission.comer().lineage(before, &self.successions);
        Some(lineage::row_of(
            admission.settings().reprovision(facts.sticky),
            lineage,
        ))
    }

    fn allocate<'a>(
        &self,
        admission: &Admission<'_>,
        policy: &AllocationPolicy,
        facts: &Facts<'a>,
    ) -> Result<&'a HubName, Rejection> {
        let id = admission.attested.registration_id();
        let listed = &admission.settings().iot_hubs;
        let among = |policy| {
            let allocator = Allocator::new(facts.hubs, policy);
            match listed.is_empty() {
                true => allocator,
                false => allocator.among_linked(listed),
            }
        };
        match policy {
            AllocationPolicy::LowestLatency => {
                let nearest = among(policy).latencies(facts.latencies()?).choose(id);
                match nearest {
                    // Nothing is known of any hub to choose from: they are equally near.
                    Err(cause) if cause.code() == Code::AllocNoLatency => {
                        among(&AllocationPolicy::Weighted).choose(id)
                    }
                    nearest => nearest,
                }
            }
            AllocationPolicy::Custom
            | AllocationPolicy::EvenlyWeighted
            | AllocationPolicy::Static(_)
            | AllocationPolicy::Weighted => among(policy).choose(id),
        }
    }

    fn question(
        &self,
        payload: Option<&[u8]>,
        admission: &Admission<'_>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> Result<AllocationQuestion, Rejection> {
        let settings = admission.settings();
        let attested = &admission.attested;
        let id = attested.registration_id();
        let offered = facts.hubs.iter().map(|(hub, _)| hub);
        // Looked up, not gone through: both lists can be as long as a service has hubs.
        let listed: BTreeSet<&HubName> = settings.iot_hubs.iter().collect();
        let offered = offered.filter(|hub| listed.is_empty() || listed.contains(hub));
        let linked_hubs: Vec<HubName> = offered.cloned().collect();
        if linked_hubs.is_empty() {
            // Nobody could answer it.
            return Err(match settings.iot_hubs.first() {
                Some(listed) => Rejection::new(Code::AllocHubNotLinked, Subject::field("iotHubs"))
                    .expected("a linked hub")
                    .found(format!("{listed}")),
                None => Rejection::new(Code::AllocNoHubs, Subject::field("linkedHubs")),
            });
        }
        let payload = match payload {
            None => None,
            Some(bytes) => Payload::from_utf8(bytes)?,
        };
        let record = facts.record();
        Ok(AllocationQuestion {
            id: QuestionId::new(self.scope.clone(), id.clone(), facts.fence),
            registration_id: id.clone(),
            enrollment: attested.enrollment().clone(),
            generation: admission.generation(),
            webhook: settings.custom_allocation.clone(),
            proof: attested.proof().clone(),
            current_hub: record.map(|record| record.assigned_hub.clone()),
            current_device_id: record.map(|record| record.device_id.clone()),
            payload,
            linked_hubs,
            answer_by: now.saturating_add(limits::CUSTOM_ALLOCATION_SECONDS),
        })
    }
}

/// The refusal of a device whose registration ID another one has. Names both enrollments: for the
/// operator's log, not for the device.
fn taken(code: Code, admission: &Admission<'_>, facts: &Facts<'_>) -> Rejection {
    let before = facts.record().map_or_else(String::new, |before| {
        format!(
            "a device of the {}, generation {}",
            before.enrollment, before.generation
        )
    });
    Rejection::new(code, Subject::field("registrationId"))
        .expected(before)
        .found(format!(
            "a device of the {}, generation {}",
            admission.attested.enrollment(),
            admission.generation()
        ))
}

/// An empty list means all linked hubs.
fn is_listed(settings: &Settings, hub: &HubName) -> bool {
    settings.iot_hubs.is_empty() || settings.iot_hubs.contains(hub)
}
