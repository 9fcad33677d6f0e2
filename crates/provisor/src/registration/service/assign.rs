//! Which hub, and what has to be done to get there?

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::{EkPublic, Random, Secret, SrkPublic};

use super::Service;
use crate::allocation::{AllocationPolicy, Allocator, Latency};
use crate::attestation::{Attested, Proof};
use crate::enrollment::{Generation, Mark, ReprovisionPolicy, Settings, SymmetricKeys};
use crate::id::{DeviceId, HubName};
use crate::registration::lineage::{self, Comer, Inheritance};
use crate::registration::reprovision::{self, Action, Situation};
use crate::registration::{
    Assigned, Effect, Facts, HubAuthentication, Known, Operation, OwnerTag, RegistrationRecord,
    Removal, Response, Save, SealForm, Sealed, Substatus, TwinSource,
};

/// How the hub will know the device.
pub(super) enum Hub {
    Key(HubKey),
    Keys(SymmetricKeys),
    #[cfg(feature = "x509")]
    Leaf(crate::enrollment::Thumbprint),
}

/// The enrollment that admits a device, whatever kind it is of.
pub(super) struct Admission<'a> {
    pub(super) attested: Attested,
    pub(super) generation: Generation,
    /// What the enrollment accepts: what it is known by when it is made anew.
    pub(super) accepted: Vec<Mark>,
    pub(super) settings: &'a Settings,
    /// The device ID that it asks for.
    pub(super) device_id: Option<&'a DeviceId>,
}

/// A key for the hub, and the same key sealed to the device's TPM.
pub(super) struct HubKey {
    secret: Secret,
    sealed: Sealed,
}

/// Where the device goes, and by which row of the table.
struct Destination<'a> {
    hub: &'a HubName,
    action: Action,
}

impl HubKey {
    /// Bytes of a hub key: a full key for HMAC-SHA256 and no longer than the digest of any EK.
    const BYTES: usize = 32;

    /// A fresh key at every registration: activating the challenge cost the device the key that it
    /// had, so it has to be given one each time, and a new one needs no store of old ones.
    pub(super) fn draw(
        form: SealForm,
        ek: &EkPublic,
        srk: &SrkPublic,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let secret = Secret::random(Self::BYTES, random)?;
        Self::seal(form, ek, srk, secret, random)
    }

    /// A key that the service keyring gave for this registration.
    pub(super) fn seal(
        form: SealForm,
        ek: &EkPublic,
        srk: &SrkPublic,
        secret: Secret,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let sealed = Sealed::new(form, ek, srk, &secret, random)?;
        Ok(Self { secret, sealed })
    }
}

impl Admission<'_> {
    fn comer(&self) -> Comer<'_> {
        Comer {
            attested: &self.attested,
            generation: self.generation,
            accepted: &self.accepted,
        }
    }
}

#[cfg(feature = "x509")]
impl Hub {
    /// The hub knows an X.509 device by its leaf.
    pub(super) fn of(proof: &Proof) -> Result<Self, Rejection> {
        match proof {
            Proof::X509 { leaf } => Ok(Self::Leaf(*leaf)),
            Proof::SymmetricKey { .. } | Proof::Tpm { .. } => Err(Rejection::new(
                Code::AttestMechanism,
                Subject::field("attestation"),
            )),
        }
    }
}

impl Service {
    /// Gives an attested device its hub. The only place where an assignment is made.
    pub(super) fn assign(
        &self,
        admission: &Admission<'_>,
        hub: Hub,
        facts: &Facts<'_>,
        now: UnixTime,
        effects: &mut Vec<Effect>,
    ) -> Result<Response, Rejection> {
        let to = self.destination(admission, facts)?;
        let id = admission.attested.registration_id();
        let desired = admission.device_id.cloned();
        let device_id = desired.unwrap_or_else(|| DeviceId::from(id));
        let record = self.next_record(admission, &device_id, &to, facts, now);
        let (authentication, hub_key) = match hub {
            Hub::Key(key) => (
                HubAuthentication::SymmetricKey(key.secret),
                Some(key.sealed),
            ),
            Hub::Keys(keys) => (HubAuthentication::SymmetricKeys(keys), None),
            #[cfg(feature = "x509")]
            Hub::Leaf(thumbprint) => (HubAuthentication::X509Thumbprint(thumbprint), None),
        };
        let owner = OwnerTag::new(self.scope.clone(), id.clone(), facts.fence);
        let place = Removal::new(owner.clone(), to.hub.clone(), device_id.clone());
        if facts
            .known
            .is_none_or(|known| known.place() != place.place())
        {
            effects.push(Effect::NoteRemoval(place));
        }
        effects.push(Effect::PutDevice {
            owner,
            hub: to.hub.clone(),
            device_id,
            authentication,
            twin: twin(to.action, admission.settings, facts.record(), &record),
        });
        let removal = departure(facts, &record);
        effects.push(Effect::SaveRecord(Box::new(Save {
            record: record.clone(),
            operation: match facts.record() {
                None => Operation::Registration,
                Some(_) => Operation::Reregistration,
            },
            removal: removal.clone(),
        })));
        effects.extend(removal.map(Effect::RemoveDevice));
        Ok(Response::Assigned(Box::new(Assigned {
            record,
            action: to.action,
            proof: admission.attested.proof().clone(),
            hub_key,
        })))
    }

    fn destination<'a>(
        &self,
        admission: &Admission<'_>,
        facts: &Facts<'a>,
    ) -> Result<Destination<'a>, Rejection> {
        let settings = admission.settings;
        let policy = settings.reprovision_policy;
        // Before any hub is asked for: what is refused is refused whatever the hubs are.
        let goes_on = match self.inheritance(admission, facts.record()) {
            None | Some(Inheritance::GoOn) => true,
            Some(Inheritance::BeginAgain) => false,
            Some(Inheritance::Refused(code)) => return Err(taken(code, admission, facts)),
        };
        let current = facts.record().map(|record| &record.assigned_hub);
        let linked = current.filter(|hub| facts.hubs.contains(hub));
        let listed = linked.filter(|hub| is_listed(settings, hub));
        // A device that stays in any case does not depend on what allocation would say now.
        if let (Some(hub), ReprovisionPolicy::Never, true) = (listed, policy, goes_on) {
            let action = reprovision::action(policy, Situation::SameHub);
            return Ok(Destination { hub, action });
        }
        let allocation = settings.allocation_policy.as_ref();
        let allocation = allocation.unwrap_or(&self.allocation);
        // Latencies that were not looked up are no reason to keep a device where it is.
        let latencies = match allocation {
            AllocationPolicy::LowestLatency => facts.latencies()?,
            AllocationPolicy::Custom
            | AllocationPolicy::EvenlyWeighted
            | AllocationPolicy::Static(_)
            | AllocationPolicy::Weighted => &[],
        };
        // What allocation has against every hub, it has against them for new devices, and the hub
        // of this one is linked and listed: it keeps it.
        let hub = match self.allocate(&admission.attested, settings, allocation, latencies, facts) {
            Ok(hub) => hub,
            Err(cause) => listed.ok_or(cause)?,
        };
        let situation = match (current, linked, listed) {
            (None, _, _) => Situation::New,
            (Some(_), None, _) => Situation::HubUnlinked,
            (Some(_), Some(_), None) => Situation::HubNotListed,
            (Some(_), Some(_), Some(listed)) if listed == hub => Situation::SameHub,
            (Some(_), Some(_), Some(_)) => Situation::OtherHub,
        };
        let action = if goes_on {
            reprovision::action(policy, situation)
        } else {
            Action::MoveResettingData
        };
        Ok(Destination { hub, action })
    }

    /// What the device on record leaves to this one; `None` when there is none.
    fn inheritance(
        &self,
        admission: &Admission<'_>,
        before: Option<&RegistrationRecord>,
    ) -> Option<Inheritance> {
        let lineage = admission.comer().lineage(before?, &self.successions);
        let policy = admission.settings.reprovision_policy;
        Some(lineage::inheritance(policy, lineage))
    }

    fn allocate<'a>(
        &self,
        attested: &Attested,
        settings: &Settings,
        policy: &AllocationPolicy,
        latencies: &[Latency],
        facts: &Facts<'a>,
    ) -> Result<&'a HubName, Rejection> {
        let mut allocator = Allocator::new(facts.hubs, policy).latencies(latencies);
        if !settings.iot_hubs.is_empty() {
            allocator = allocator.among_linked(&settings.iot_hubs);
        }
        allocator.choose(attested.registration_id())
    }

    fn next_record(
        &self,
        admission: &Admission<'_>,
        device_id: &DeviceId,
        to: &Destination<'_>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> RegistrationRecord {
        let before = facts.record();
        let returns = before
            .is_some_and(|before| before.initial_hub == *to.hub && before.assigned_hub != *to.hub);
        let substatus: Option<Substatus> = before.map(|before| before.substatus);
        let attested = &admission.attested;
        RegistrationRecord {
            scope: self.scope.clone(),
            registration_id: attested.registration_id().clone(),
            device_id: device_id.clone(),
            assigned_hub: to.hub.clone(),
            initial_hub: before.map_or(to.hub, |before| &before.initial_hub).clone(),
            substatus: reprovision::substatus(to.action, returns, substatus),
            enrollment: attested.enrollment().clone(),
            generation: admission.generation,
            marks: admission.comer().marks(),
            endorsement_key: match attested.proof() {
                Proof::Tpm { ek, .. } => Some(*ek),
                Proof::SymmetricKey { .. } | Proof::X509 { .. } => None,
            },
            created: before.map_or(now, |before| before.created),
            updated: now,
            revision: facts.known.map_or(0, Known::revision).saturating_add(1),
            fence: facts.fence,
        }
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
            admission.generation
        ))
}

/// An empty list means all linked hubs.
fn is_listed(settings: &Settings, hub: &HubName) -> bool {
    settings.iot_hubs.is_empty() || settings.iot_hubs.contains(hub)
}

/// Where the twin comes from. A device that stays but was renamed takes its twin along.
fn twin(
    action: Action,
    settings: &Settings,
    before: Option<&RegistrationRecord>,
    record: &RegistrationRecord,
) -> TwinSource {
    let initial = settings.initial_twin.clone();
    match (action, before) {
        (Action::Keep, Some(before)) if before.device_id == record.device_id => {
            TwinSource::Existing(initial)
        }
        (Action::Keep | Action::MoveKeepingData, Some(before)) => TwinSource::CopyFrom {
            hub: before.assigned_hub.clone(),
            device_id: before.device_id.clone(),
            otherwise: initial,
        },
        (Action::Create | Action::MoveResettingData, _)
        | (Action::Keep | Action::MoveKeepingData, None) => TwinSource::Initial(initial),
    }
}

/// The device in the hub it left, if the service can still reach that hub. Where its record was
/// deleted, that is where the one before it still is.
fn departure(facts: &Facts<'_>, record: &RegistrationRecord) -> Option<Removal> {
    let known = facts.known?;
    let (hub, device_id) = known.place();
    let moved = known.place() != (&record.assigned_hub, &record.device_id);
    (moved && facts.hubs.contains(hub)).then(|| {
        let owner = OwnerTag::new(
            record.scope.clone(),
            record.registration_id.clone(),
            facts.fence,
        );
        Removal::new(owner, hub.clone(), device_id.clone())
    })
}
