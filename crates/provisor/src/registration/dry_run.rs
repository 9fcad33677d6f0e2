//! What a request would come to, and why: everything in one value, and nothing done.

mod answered;
mod candidate;
mod consequences;
mod course;
mod heritage;
mod placement;
mod store;

use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};
use provisor_tpm::Random;

pub use candidate::Candidate;
pub use consequences::Consequences;
pub use course::{Course, DryRunStep};
pub use heritage::Heritage;
pub use placement::Placement;
pub use store::DryRunStore;

use super::request::RegistrationRequest;
use super::save::Operation;
use super::service::Service;
use crate::attestation::EnrollmentRef;

/// What would happen, and why.
///
/// ```
/// # use provisor::allocation::{LinkedHubs, Weight};
/// # use provisor::enrollment::{Generation, IndividualAttestation, IndividualEnrollment, SymmetricKeys};
/// # use provisor::registration::{Evidence, RegistrationRequest, SasText, Service};
/// # use provisor::sas::{Resource, SasKey};
/// # use provisor::{HubName, IdScope, RegistrationId, UnixTime};
/// # use provisor_testkit::random::SeededRandom;
/// use provisor::registration::dry_run::{Course, DryRunStore};
/// # let mut random = SeededRandom::new(1, "dry run");
/// # let scope = IdScope::parse("0ne0A1B2C3D")?;
/// # let hubs = LinkedHubs::new(&scope, [(HubName::parse("hub-a.example")?, Weight::new(1)?)])?;
/// # let (service, now) = (Service::new(scope.clone()), UnixTime::new(1_790_000_000));
/// # let id = RegistrationId::try_from("line-7")?;
/// # let key = || SasKey::from_bytes(&[7; 32]);
/// # let keys = SymmetricKeys::new(key()?, key()?);
/// # let enrollment = IndividualEnrollment::new(
/// #     id.clone(), IndividualAttestation::SymmetricKey(keys), Generation::draw(&mut random)?);
/// # let token = key()?.sign(&Resource::registration(&scope, &id), now.saturating_add(60)).to_string();
/// # let request = RegistrationRequest::new(scope, id, Evidence::Sas(SasText::new(&token)));
///
/// let store = DryRunStore::new(&hubs).with_individual(Some(&enrollment));
/// let run = service.dry_run(&request, &store, now, &mut random);
/// assert!(matches!(run.course(), Course::Assigned { .. }));
/// assert!(run.candidates()[0].verdict().is_ok());
/// assert_eq!(run.placement().unwrap().trace().unwrap().as_ref().unwrap().rows().len(), 1);
///
/// let run = service.dry_run(&request, &DryRunStore::new(&hubs), now, &mut random);
/// let Course::Refused(cause) = run.course() else { panic!("nobody is enrolled") };
/// assert_eq!(cause.code().name(), "ATTEST_NOT_ENROLLED");
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct DryRun<'a> {
    candidates: Vec<Candidate<'a>>,
    beyond: usize,
    then: Consequences<'a>,
    if_answered: Option<Consequences<'a>>,
}

impl<'a> DryRun<'a> {
    /// The enrollments that might admit the device: the individual one, and the groups that attest by what the
    /// device shows.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate<'a>] {
        &self.candidates
    }

    /// How many groups there are beyond those that were asked one by one
    /// ([`limits::DRY_RUN_GROUPS`](crate::limits::DRY_RUN_GROUPS)). The course counts all.
    #[must_use]
    pub const fn groups_beyond(&self) -> usize {
        self.beyond
    }

    /// What the request comes to: all that follows stands there.
    #[must_use]
    pub const fn consequences(&self) -> &Consequences<'a> {
        &self.then
    }

    /// What would follow **if** the TPM answered its challenge, and answered it rightly, before anything
    /// else has changed; `None` where no challenge would be sent. It is the engine's decision upon such an
    /// answer. Whether the TPM can give it, only the TPM shows.
    #[must_use]
    pub const fn if_answered(&self) -> Option<&Consequences<'a>> {
        self.if_answered.as_ref()
    }

    /// The enrollment that admits the device, if one does; one that would challenge it first, too.
    #[must_use]
    pub const fn admitted(&self) -> Option<&EnrollmentRef> {
        self.then.admitted()
    }

    /// Whose record there is, and whether the device goes on with it ([`Consequences::heritage`]).
    #[must_use]
    pub const fn heritage(&self) -> Option<&Heritage<'a>> {
        self.then.heritage()
    }

    /// Which hub, and by which row of the table; `None` for a device that is not admitted, or challenged
    /// first.
    #[must_use]
    pub const fn placement(&self) -> Option<&Placement<'a>> {
        self.then.placement()
    }

    /// What would be done, in order.
    #[must_use]
    pub fn steps(&self) -> &[DryRunStep] {
        self.then.steps()
    }

    /// What would be counted for the bill.
    #[must_use]
    pub const fn counted(&self) -> Option<Operation> {
        self.then.counted()
    }

    /// Whether there is room for one more record, where a quota was stated and one is needed. If not, the
    /// device is refused.
    #[must_use]
    pub const fn quota(&self) -> Option<&Result<(), Rejection>> {
        self.then.quota()
    }

    /// What the request comes to: the engine's own decision.
    #[must_use]
    pub const fn course(&self) -> &Course {
        self.then.course()
    }
}

impl Service {
    /// What would happen with the request at a service that has what `store` says, and why. The
    /// [course](DryRun::course) is what [`decide`](Self::decide) decides; the rest is asked beside it.
    /// For the keys of a TPM, what would follow its answer stands in [`if_answered`](DryRun::if_answered).
    ///
    /// For an operator: the answer holds what no device may be told.
    pub fn dry_run<'a>(
        &self,
        request: &RegistrationRequest<'_>,
        store: &DryRunStore<'a>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> DryRun<'a> {
        // First, so that the same randomness gives the same decision.
        let (then, open) = Consequences::within_quota(self, request, store, |facts| {
            self.decide(request, facts, now, random)
        });
        let if_answered = match then.course() {
            Course::Challenged => answered::of(self, request, store, open, now, random),
            Course::Assigned { .. }
            | Course::Asked { .. }
            | Course::Refused(_)
            | Course::Failed(_) => None,
        };
        let (candidates, beyond) = candidate::of(self, request, store, now, random);
        DryRun {
            candidates,
            beyond,
            then,
            if_answered,
        }
    }
}
