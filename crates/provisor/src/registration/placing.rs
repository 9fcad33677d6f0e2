//! A device that was admitted is put where it goes.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "x509")]
use provisor_report::{Code, Subject};
use provisor_report::{Rejection, UnixTime};
use provisor_tpm::{EkPublic, Random, Secret, SrkPublic};

use super::challenge::{SealForm, Sealed};
use super::effects::{Effect, HubAuthentication, TwinSource};
use super::entry::{Entry, Known};
use super::fence::Fence;
use super::lineage::Comer;
use super::owner::OwnerTag;
use super::precondition::{Admitting, Precondition};
use super::preparation::Preparation;
use super::question::{AllocationAnswer, AllocationQuestion, Said};
use super::record::{RegistrationRecord, Substatus};
use super::removal::Removal;
use super::reprovision::{self, Action, Situation};
use super::response::{Assigned, Response};
use super::save::{Operation, Save};
use crate::attestation::{Attested, Proof};
use crate::enrollment::{
    EnrollmentGroup, Generation, IndividualEnrollment, InitialTwin, Mark, ReprovisionPolicy,
    Settings, SymmetricKeys,
};
use crate::id::{DeviceId, HubName, IdScope};

/// How the hub will know the device.
pub(in crate::registration) enum Hub {
    Key(HubKey),
    Keys(SymmetricKeys),
    #[cfg(feature = "x509")]
    Leaf(crate::enrollment::Thumbprint),
}

/// The enrollment that admits a device, whatever kind it is of.
pub(in crate::registration) struct Admission<'a> {
    pub(in crate::registration) attested: Attested,
    pub(in crate::registration) by: Admitting<'a>,
    /// What the enrollment accepts: what it is known by when it is made anew.
    pub(in crate::registration) accepted: Vec<Mark>,
}

/// A key for the hub, and the same key sealed to the device's TPM.
pub(in crate::registration) struct HubKey {
    secret: Secret,
    sealed: Sealed,
}

/// What is known of the place that the device has.
#[derive(Clone, Copy, Debug)]
pub(in crate::registration) struct Standing<'a> {
    /// The hub on record.
    pub(in crate::registration) current: Option<&'a HubName>,
    /// Whether that is linked still.
    pub(in crate::registration) linked: bool,
    /// Whether it is linked, and the enrollment lists it.
    pub(in crate::registration) listed: bool,
    /// Whether the device goes on with what is on record.
    pub(in crate::registration) goes_on: bool,
}

/// Where the device goes, and by which row of the table.
pub(in crate::registration) struct Destination<'a> {
    pub(in crate::registration) hub: &'a HubName,
    pub(in crate::registration) action: Action,
}

/// All that putting a device into its place depends on.
pub(in crate::registration) struct Placing<'a> {
    pub(in crate::registration) scope: &'a IdScope,
    pub(in crate::registration) fence: Fence,
    pub(in crate::registration) known: Option<Known<'a>>,
    /// Whether the hub that it may leave can still be reached.
    pub(in crate::registration) known_linked: bool,
    pub(in crate::registration) admission: &'a Admission<'a>,
    /// What happens when the device registers again.
    pub(in crate::registration) policy: ReprovisionPolicy,
    /// Fewer than so many records have to be stored.
    pub(in crate::registration) room: Option<u64>,
}

/// A device that is admitted and waits for the custom allocation to say where it goes: the same,
/// without what was borrowed.
pub(in crate::registration) struct Deferred {
    question: AllocationQuestion,
    scope: IdScope,
    fence: Fence,
    known: Option<Entry>,
    known_linked: bool,
    linked: bool,
    listed: bool,
    goes_on: bool,
    policy: ReprovisionPolicy,
    room: Option<u64>,
    attested: Attested,
    by: Admitted,
    accepted: Vec<Mark>,
    hub: Hub,
}

/// The enrollment that admits a device, owned.
enum Admitted {
    Group(Box<EnrollmentGroup>),
    Individual(Box<IndividualEnrollment>),
}

impl HubKey {
    /// Bytes of a hub key: a full key for HMAC-SHA256 and no longer than the digest of any EK.
    const BYTES: usize = 32;

    /// A fresh key at every registration: activating the challenge cost the device the key that it
    /// had, so it has to be given one each time, and a new one needs no store of old ones.
    pub(in crate::registration) fn draw(
        form: SealForm,
        ek: &EkPublic,
        srk: &SrkPublic,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let secret = Secret::random(Self::BYTES, random)?;
        Self::seal(form, ek, srk, secret, random)
    }

    /// A key that the service keyring gave for this registration.
    pub(in crate::registration) fn seal(
        form: SealForm,
        ek: &EkPublic,
        srk: &SrkPublic,
        secret: Secret,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        let sealed = Sealed::new(form, ek, srk, &secret, random)?;
        Ok(Self { secret, sealed })
    }

    /// For the device alone.
    pub(in crate::registration) fn into_sealed(self) -> Sealed {
        self.sealed
    }
}

impl<'a> Admission<'a> {
    pub(in crate::registration) fn comer(&self) -> Comer<'_> {
        Comer {
            attested: &self.attested,
            generation: self.generation(),
            accepted: &self.accepted,
        }
    }

    pub(in crate::registration) const fn generation(&self) -> Generation {
        self.by.generation()
    }

    pub(in crate::registration) fn settings(&self) -> &'a Settings {
        self.by.settings()
    }

    /// The device ID that the enrollment asks for. A group is for many devices, and asks for none.
    const fn device_id(&self) -> Option<&'a DeviceId> {
        match self.by {
            Admitting::Group(_) => None,
            Admitting::Individual(individual) => individual.device_id(),
        }
    }
}

impl Admitted {
    fn of(by: Admitting<'_>) -> Self {
        match by {
            Admitting::Group(group) => Self::Group(Box::new(group.clone())),
            Admitting::Individual(individual) => Self::Individual(Box::new(individual.clone())),
        }
    }

    fn by(&self) -> Admitting<'_> {
        match self {
            Self::Group(group) => Admitting::Group(group),
            Self::Individual(individual) => Admitting::Individual(individual),
        }
    }
}

#[cfg(feature = "x509")]
impl Hub {
    /// The hub knows an X.509 device by its leaf.
    pub(in crate::registration) fn of(proof: &Proof) -> Result<Self, Rejection> {
        match proof {
            Proof::X509 { leaf } => Ok(Self::Leaf(*leaf)),
            Proof::SymmetricKey { .. } | Proof::Tpm { .. } => Err(Rejection::new(
                Code::AttestMechanism,
                Subject::field("attestation"),
            )),
        }
    }
}

impl Standing<'_> {
    /// What to do when that hub is the one.
    pub(in crate::registration) fn action(
        &self,
        policy: ReprovisionPolicy,
        hub: &HubName,
    ) -> Action {
        if !self.goes_on {
            return Action::MoveResettingData;
        }
        let situation = match (self.current, self.linked, self.listed) {
            (None, _, _) => Situation::New,
            (Some(_), false, _) => Situation::HubUnlinked,
            (Some(_), true, false) => Situation::HubNotListed,
            (Some(current), true, true) if current == hub => Situation::SameHub,
            (Some(_), true, true) => Situation::OtherHub,
        };
        reprovision::action(policy, situation)
    }
}

impl Placing<'_> {
    /// The effects that put the device there, and the response. The only place where an assignment is
    /// made.
    pub(in crate::registration) fn conclude(
        &self,
        hub: Hub,
        to: &Destination<'_>,
        said: Said,
        now: UnixTime,
        effects: &mut Vec<Effect>,
    ) -> Response {
        let admission = self.admission;
        let id = admission.attested.registration_id();
        let desired = admission.device_id().cloned();
        let device_id = desired.unwrap_or_else(|| DeviceId::from(id));
        let Said {
            initial_twin,
            payload,
        } = said;
        let mut record = self.next_record(&device_id, to, now);
        record.payload = payload;
        let (authentication, hub_key) = match hub {
            Hub::Key(key) => (
                HubAuthentication::SymmetricKey(key.secret),
                Some(key.sealed),
            ),
            Hub::Keys(keys) => (HubAuthentication::SymmetricKeys(keys), None),
            #[cfg(feature = "x509")]
            Hub::Leaf(thumbprint) => (HubAuthentication::X509Thumbprint(thumbprint), None),
        };
        let owner = OwnerTag::new(self.scope.clone(), id.clone(), self.fence);
        let precondition = Arc::new(self.precondition());
        let place = Removal::new(owner.clone(), to.hub.clone(), device_id.clone());
        let is_noted = self
            .known
            .is_none_or(|known| known.place() != place.place());
        effects.push(Effect::Prepare(Box::new(Preparation {
            precondition: Arc::clone(&precondition),
            removal: is_noted.then_some(place),
        })));
        effects.push(Effect::PutDevice {
            owner,
            hub: to.hub.clone(),
            device_id,
            authentication,
            capabilities: admission.settings().capabilities,
            twin: self.twin(to.action, initial_twin, &record),
        });
        let removal = self.departure(&record);
        effects.push(Effect::SaveRecord(Box::new(Save {
            record: record.clone(),
            operation: match self.record() {
                None => Operation::Registration,
                Some(_) => Operation::Reregistration,
            },
            removal: removal.clone(),
            precondition,
        })));
        effects.extend(removal.map(Effect::RemoveDevice));
        Response::Assigned(Box::new(Assigned {
            record,
            action: to.action,
            proof: admission.attested.proof().clone(),
            hub_key,
        }))
    }

    /// What has to be so still when it is carried out.
    fn precondition(&self) -> Precondition {
        let admission = self.admission;
        let decided = Precondition::accepting(
            self.scope.clone(),
            admission.attested.registration_id().clone(),
            self.fence,
            self.known,
            (admission.by, &admission.accepted),
        );
        match self.room {
            Some(most) => decided.with_room(most),
            None => decided,
        }
    }

    fn record(&self) -> Option<&RegistrationRecord> {
        self.known.and_then(Known::record)
    }

    fn next_record(
        &self,
        device_id: &DeviceId,
        to: &Destination<'_>,
        now: UnixTime,
    ) -> RegistrationRecord {
        let before = self.record();
        let returns = before
            .is_some_and(|before| before.initial_hub == *to.hub && before.assigned_hub != *to.hub);
        let substatus: Option<Substatus> = before.map(|before| before.substatus);
        let attested = &self.admission.attested;
        RegistrationRecord {
            scope: self.scope.clone(),
            registration_id: attested.registration_id().clone(),
            device_id: device_id.clone(),
            assigned_hub: to.hub.clone(),
            initial_hub: before.map_or(to.hub, |before| &before.initial_hub).clone(),
            substatus: reprovision::substatus(to.action, returns, substatus),
            enrollment: attested.enrollment().clone(),
            generation: self.admission.generation(),
            marks: self.admission.comer().marks(),
            endorsement_key: match attested.proof() {
                Proof::Tpm { ek, .. } => Some(*ek),
                Proof::SymmetricKey { .. } | Proof::X509 { .. } => None,
            },
            payload: None,
            created: before.map_or(now, |before| before.created),
            updated: now,
            revision: self.known.map_or(0, Known::revision).saturating_add(1),
            fence: self.fence,
        }
    }

    /// Where the twin comes from. A device that stays but was renamed takes its twin along. What the
    /// custom allocation said takes the place of the enrollment's initial twin.
    fn twin(
        &self,
        action: Action,
        said: Option<InitialTwin>,
        record: &RegistrationRecord,
    ) -> TwinSource {
        let enrolled = &self.admission.settings().initial_twin;
        let initial = said.as_ref().or(enrolled.as_ref()).cloned();
        match (action, self.record()) {
            (Action::Keep, Some(before)) if before.device_id == record.device_id => {
                TwinSource::Existing(initial)
            }
            (Action::Keep | Action::MoveKeepingData, Some(before)) => TwinSource::CopyFrom {
                hub: before.assigned_hub.clone(),
                device_id: before.device_id.clone(),
                otherwise: initial,
                overriding: said,
            },
            (Action::Create | Action::MoveResettingData, _)
            | (Action::Keep | Action::MoveKeepingData, None) => TwinSource::Initial(initial),
        }
    }

    /// The device in the hub it left, if the service can still reach that hub. Where its record was
    /// deleted, that is where the one before it still is.
    fn departure(&self, record: &RegistrationRecord) -> Option<Removal> {
        let (hub, device_id) = self.known?.place();
        let moved = (hub, device_id) != (&record.assigned_hub, &record.device_id);
        (moved && self.known_linked).then(|| {
            let owner = OwnerTag::new(
                record.scope.clone(),
                record.registration_id.clone(),
                self.fence,
            );
            Removal::new(owner, hub.clone(), device_id.clone())
        })
    }
}

impl Deferred {
    /// The device of that placing, until the question is answered.
    pub(in crate::registration) fn new(
        question: AllocationQuestion,
        placing: &Placing<'_>,
        standing: &Standing<'_>,
        hub: Hub,
    ) -> Self {
        let admission = placing.admission;
        Self {
            question,
            scope: placing.scope.clone(),
            fence: placing.fence,
            known: placing.known.map(|known| match known {
                Known::Record(record) => Entry::Record(record.clone()),
                Known::Tombstone(tombstone) => Entry::Tombstone(tombstone.clone()),
            }),
            known_linked: placing.known_linked,
            linked: standing.linked,
            listed: standing.listed,
            goes_on: standing.goes_on,
            policy: placing.policy,
            room: placing.room,
            attested: admission.attested.clone(),
            by: Admitted::of(admission.by),
            accepted: admission.accepted.clone(),
            hub,
        }
    }

    pub(in crate::registration) const fn question(&self) -> &AllocationQuestion {
        &self.question
    }

    /// Judges the answer; a good one leads to the effects that put the device there.
    pub(in crate::registration) fn answered(
        self,
        answer: &AllocationAnswer,
        now: UnixTime,
        effects: &mut Vec<Effect>,
    ) -> Result<Response, Rejection> {
        let (hub, said) = answer.judge(&self.question, now)?;
        let known = self.known.as_ref().map(Entry::known);
        let standing = Standing {
            current: known
                .and_then(Known::record)
                .map(|record| &record.assigned_hub),
            linked: self.linked,
            listed: self.listed,
            goes_on: self.goes_on,
        };
        let action = standing.action(self.policy, &hub);
        let admission = Admission {
            attested: self.attested,
            by: self.by.by(),
            accepted: self.accepted,
        };
        let placing = Placing {
            scope: &self.scope,
            fence: self.fence,
            known,
            known_linked: self.known_linked,
            admission: &admission,
            policy: self.policy,
            room: self.room,
        };
        let to = Destination { hub: &hub, action };
        Ok(placing.conclude(self.hub, &to, said, now, effects))
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred")
            .field("question", &self.question)
            .finish_non_exhaustive()
    }
}
