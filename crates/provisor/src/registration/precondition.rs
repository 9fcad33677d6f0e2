//! What must still hold when a decision is carried out.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::entry::Known;
use super::fence::Fence;
use super::owner::fenced;
use crate::attestation::EnrollmentRef;
#[cfg(feature = "x509")]
use crate::enrollment::CaReferences;
use crate::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    Mark, ProvisioningStatus, Settings, SymmetricKeys,
};
use crate::id::{GroupId, IdScope, RegistrationId};
use crate::quota::RecordQuota;

/// What a decision was made from, as far as somebody else may have changed it since. The store looks
/// twice whether it is so still: [before a hub is touched](super::Effect::Prepare), and in the step
/// that [saves the record](super::Save).
///
/// | it was decided from | else |
/// |---|---|
/// | this record or tombstone, or that there is none | [`RegSaveLost`](Code::RegSaveLost), [`RegFenced`](Code::RegFenced) |
/// | this making of the enrollment, enabled, and accepting what it accepted; for a group, that no individual enrollment goes before it | [`RegEnrollmentChanged`](Code::RegEnrollmentChanged) |
/// | that there is room for a first registration | [`ServiceQuota`](Code::ServiceQuota) |
///
/// So whoever forgets to look a record up, or looks it up in a copy that is behind, changes nothing in
/// any hub, and a device that is stolen is kept out from the moment in which its enrollment is
/// disabled, whatever is under way.
///
/// It costs a store three rows by their keys: what is known of the registration, the individual
/// enrollment, and the [group](Self::group), if there is one. What else an operator edits (hubs,
/// policies, the name of the device, the twin) is not looked at: the registration then is as if it had
/// come a moment earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    scope: IdScope,
    registration_id: RegistrationId,
    fence: Fence,
    /// Revision and fence of what was known.
    known: Option<(u64, Fence)>,
    enrollment: EnrollmentRef,
    generation: Generation,
    accepts: Accepts,
    /// Fewer than so many records are stored.
    room: Option<u64>,
}

/// The enrollment that admits a device.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Admitting<'a> {
    /// One of a group.
    Group(&'a EnrollmentGroup),
    /// Its own.
    Individual(&'a IndividualEnrollment),
}

/// What the store has at the moment in which it writes. All of it is read in the step that writes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Current<'a> {
    /// What is known of the registration.
    pub known: Option<Known<'a>>,
    /// The individual enrollment under its ID.
    pub individual: Option<&'a IndividualEnrollment>,
    /// The group that the precondition [names](Precondition::group).
    pub group: Option<&'a EnrollmentGroup>,
    /// The quota of records, and how many there are.
    pub quota: RecordQuota,
}

/// What an enrollment accepts, as far as its own row says so.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Accepts {
    Marks(Vec<Mark>),
    /// Under such a name nothing else is registered as long as an enrollment refers to it.
    #[cfg(feature = "x509")]
    Cas(CaReferences),
}

impl<'a> Current<'a> {
    /// What the store has; `None` is nothing.
    #[must_use]
    pub const fn new(
        known: Option<Known<'a>>,
        individual: Option<&'a IndividualEnrollment>,
        group: Option<&'a EnrollmentGroup>,
        quota: RecordQuota,
    ) -> Self {
        Self {
            known,
            individual,
            group,
            quota,
        }
    }
}

impl<'a> Admitting<'a> {
    fn enrollment(self) -> EnrollmentRef {
        match self {
            Self::Group(group) => EnrollmentRef::Group(group.id().clone()),
            Self::Individual(_) => EnrollmentRef::Individual,
        }
    }

    pub(super) const fn generation(self) -> Generation {
        match self {
            Self::Group(group) => group.generation(),
            Self::Individual(individual) => individual.generation(),
        }
    }

    pub(super) fn settings(self) -> &'a Settings {
        match self {
            Self::Group(group) => group.settings(),
            Self::Individual(individual) => individual.settings(),
        }
    }
}

impl Precondition {
    /// That a registration is decided under that lease from what is known of it and from that
    /// enrollment.
    #[must_use]
    pub fn new(
        scope: IdScope,
        registration_id: RegistrationId,
        lease: Fence,
        known: Option<Known<'_>>,
        admitting: Admitting<'_>,
    ) -> Self {
        let accepts = Accepts::of(admitting, &scope, &registration_id);
        Self {
            scope,
            registration_id,
            fence: lease,
            known: known.map(version),
            enrollment: admitting.enrollment(),
            generation: admitting.generation(),
            accepts,
            room: None,
        }
    }

    /// The same where the marks of what the enrollment accepts are at hand.
    pub(super) fn accepting(
        scope: IdScope,
        registration_id: RegistrationId,
        lease: Fence,
        known: Option<Known<'_>>,
        (admitting, accepted): (Admitting<'_>, &[Mark]),
    ) -> Self {
        Self {
            scope,
            registration_id,
            fence: lease,
            known: known.map(version),
            enrollment: admitting.enrollment(),
            generation: admitting.generation(),
            accepts: Accepts::by_reference(admitting)
                .unwrap_or_else(|| Accepts::Marks(accepted.to_vec())),
            room: None,
        }
    }

    /// The same, if fewer than so many records are stored.
    #[must_use]
    pub const fn with_room(mut self, most: u64) -> Self {
        self.room = Some(most);
        self
    }

    /// The service.
    #[must_use]
    pub const fn scope(&self) -> &IdScope {
        &self.scope
    }

    /// The registration, and its individual enrollment.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.registration_id
    }

    /// The lease that it was decided under.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        self.fence
    }

    /// The group that admits the device, if one does.
    #[must_use]
    pub const fn group(&self) -> Option<&GroupId> {
        match &self.enrollment {
            EnrollmentRef::Group(id) => Some(id),
            EnrollmentRef::Individual => None,
        }
    }

    /// Whether the records have to be counted: only for a first registration where there is a quota.
    #[must_use]
    pub const fn counts_records(&self) -> bool {
        self.room.is_some()
    }

    /// Whether it is so still.
    ///
    /// # Errors
    /// [`RegFenced`](Code::RegFenced) when a later lease registered the device in the meantime,
    /// [`RegSaveLost`](Code::RegSaveLost) when its record was saved or deleted since it was read,
    /// [`RegEnrollmentChanged`](Code::RegEnrollmentChanged) when the enrollment was deleted, made anew,
    /// disabled, or given other keys or certificates, or when an individual enrollment came to stand
    /// before a group; [`ServiceQuota`](Code::ServiceQuota) when the last free place was taken;
    /// [`RegFacts`](Code::RegFacts) when `current` is about something else, and
    /// [`ServiceFacts`](Code::ServiceFacts) when nobody counted.
    pub fn check(&self, current: &Current<'_>) -> Result<(), Rejection> {
        self.check_known(current.known)?;
        let admitting = self.admitting(current)?;
        let found = if admitting.generation() != self.generation {
            format!("generation {}", admitting.generation())
        } else if admitting.settings().provisioning_status == ProvisioningStatus::Disabled {
            String::from("a disabled one")
        } else if Accepts::of(admitting, &self.scope, &self.registration_id) != self.accepts {
            String::from("one that accepts other keys or certificates")
        } else {
            return self.check_room(&current.quota);
        };
        Err(self.changed().found(found))
    }

    fn check_known(&self, known: Option<Known<'_>>) -> Result<(), Rejection> {
        if let Some(known) = known {
            let own = (&self.scope, &self.registration_id);
            let about = (known.scope(), known.registration_id());
            if own != about {
                return Err(facts("registrationId")
                    .expected(format!("what is known of {} of the scope {}", own.1, own.0))
                    .found(format!("of {} of the scope {}", about.1, about.0)));
            }
            if self.fence < known.fence() {
                return Err(fenced(self.fence, known.fence()));
            }
        }
        let found = known.map(version);
        if found == self.known {
            return Ok(());
        }
        let words = |version: Option<(u64, Fence)>| match version {
            Some((revision, fence)) => format!("revision {revision} of the lease {fence}"),
            None => String::from("no record"),
        };
        Err(
            Rejection::new(Code::RegSaveLost, Subject::field("revision"))
                .expected(words(self.known))
                .found(words(found)),
        )
    }

    /// The enrollment as it is now.
    fn admitting<'a>(&self, current: &Current<'a>) -> Result<Admitting<'a>, Rejection> {
        if let Some(individual) = current.individual
            && *individual.registration_id() != self.registration_id
        {
            return Err(facts("individual")
                .expected(format!("the enrollment of {}", self.registration_id))
                .found(format!("that of {}", individual.registration_id())));
        }
        match (&self.enrollment, current.individual, current.group) {
            (EnrollmentRef::Individual, Some(individual), _) => {
                Ok(Admitting::Individual(individual))
            }
            (EnrollmentRef::Individual, None, _) | (EnrollmentRef::Group(_), None, None) => {
                Err(self.changed().found("none"))
            }
            (EnrollmentRef::Group(_), Some(_), _) => Err(self
                .changed()
                .found("an individual enrollment, which goes before it")),
            (EnrollmentRef::Group(id), None, Some(group)) if id == group.id() => {
                Ok(Admitting::Group(group))
            }
            (EnrollmentRef::Group(id), None, Some(group)) => Err(facts("group")
                .expected(format!("the group {id}"))
                .found(format!("the group {}", group.id()))),
        }
    }

    fn check_room(&self, quota: &RecordQuota) -> Result<(), Rejection> {
        match self.room {
            None => Ok(()),
            Some(most) => quota.or_at_most(most).check().map(|_| ()),
        }
    }

    fn changed(&self) -> Rejection {
        let (enrollment, generation) = (&self.enrollment, self.generation);
        Rejection::new(Code::RegEnrollmentChanged, Subject::field("enrollment")).expected(format!(
            "the {enrollment} as it was: generation {generation}, enabled"
        ))
    }
}

impl Accepts {
    fn of(admitting: Admitting<'_>, scope: &IdScope, id: &RegistrationId) -> Self {
        if let Some(references) = Self::by_reference(admitting) {
            return references;
        }
        let keys = |keys: &SymmetricKeys| {
            let both = [keys.primary(), keys.secondary()];
            both.map(|key| Mark::symmetric_key(key, scope, id)).to_vec()
        };
        Self::Marks(match admitting {
            Admitting::Group(group) => match group.attestation() {
                GroupAttestation::SymmetricKey(own) => keys(&own.derive(id)),
                #[cfg(feature = "x509")]
                GroupAttestation::Ca(_) | GroupAttestation::Signing(_) => group.marks(|_| None),
            },
            Admitting::Individual(individual) => match individual.attestation() {
                IndividualAttestation::SymmetricKey(own) => keys(own),
                IndividualAttestation::Tpm(ek) => vec![Mark::endorsement_key(ek.name())],
                IndividualAttestation::TpmAny => Vec::new(),
                #[cfg(feature = "x509")]
                IndividualAttestation::X509Leaf(leaves) => leaves.marks(),
                // By reference: above.
                #[cfg(feature = "x509")]
                IndividualAttestation::X509Ca(_) => Vec::new(),
            },
        })
    }

    /// What refers to CAs that are registered elsewhere.
    #[cfg(feature = "x509")]
    fn by_reference(admitting: Admitting<'_>) -> Option<Self> {
        let references = match admitting {
            Admitting::Group(group) => match group.attestation() {
                GroupAttestation::Ca(references) => references,
                GroupAttestation::Signing(_) | GroupAttestation::SymmetricKey(_) => return None,
            },
            Admitting::Individual(individual) => match individual.attestation() {
                IndividualAttestation::X509Ca(references) => references,
                IndividualAttestation::SymmetricKey(_)
                | IndividualAttestation::Tpm(_)
                | IndividualAttestation::TpmAny
                | IndividualAttestation::X509Leaf(_) => return None,
            },
        };
        Some(Self::Cas(references.clone()))
    }

    #[cfg(not(feature = "x509"))]
    const fn by_reference(_: Admitting<'_>) -> Option<Self> {
        None
    }
}

fn version(known: Known<'_>) -> (u64, Fence) {
    (known.revision(), known.fence())
}

fn facts(fact: &'static str) -> Rejection {
    Rejection::new(Code::RegFacts, Subject::field(fact))
}
