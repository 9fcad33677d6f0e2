//! What one decision of the engine would come to.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::super::challenge::OpenChallenge;
use super::super::decision::Decision;
use super::super::facts::Facts;
use super::super::request::RegistrationRequest;
use super::super::save::Operation;
use super::super::service::Service;
use super::course::{self, Course, DryRunStep, Steps};
use super::heritage::Heritage;
use super::placement::Placement;
use super::store::DryRunStore;
use crate::attestation::EnrollmentRef;
use crate::enrollment::{Generation, Settings};

/// What one decision would come to: who admits the device, who goes on with the record, which hub,
/// what would be done, what would be counted, and the end.
#[derive(Clone, Debug)]
pub struct Consequences<'a> {
    admitted: Option<EnrollmentRef>,
    heritage: Option<Heritage<'a>>,
    placement: Option<Placement<'a>>,
    steps: Vec<DryRunStep>,
    counted: Option<Operation>,
    quota: Option<Result<(), Rejection>>,
    course: Course,
}

impl<'a> Consequences<'a> {
    /// What the decision comes to. Where that is a refusal for want of room, a decision without the quota says
    /// who admits the device and where it would go, which is asked before.
    pub(super) fn within_quota(
        service: &Service,
        request: &RegistrationRequest<'_>,
        store: &DryRunStore<'a>,
        mut decide: impl FnMut(Facts<'a>) -> Decision,
    ) -> (Self, Option<OpenChallenge>) {
        let (then, open) = Self::of(service, request, store, decide(store.facts()));
        let full = match &then.course {
            Course::Refused(cause) if cause.code() == Code::ServiceQuota => cause.clone(),
            _ => return (then, open),
        };
        let roomy = decide(store.facts_without_quota());
        let (then, _) = Self::of(service, request, store, roomy);
        let then = Self {
            steps: Vec::new(),
            counted: None,
            quota: Some(Err(full.clone())),
            course: Course::Refused(full),
            ..then
        };
        (then, None)
    }

    /// With the challenge that would be stored, if one would.
    fn of(
        service: &Service,
        request: &RegistrationRequest<'_>,
        store: &DryRunStore<'a>,
        decision: Decision,
    ) -> (Self, Option<OpenChallenge>) {
        let asked = decision.enrollment().cloned();
        let lineage = decision.lineage().copied();
        let Steps {
            steps,
            counted,
            open,
            course,
        } = course::of(decision);
        let admitted = match &course {
            Course::Assigned { record, .. } => Some(record.enrollment.clone()),
            Course::Asked { .. } => asked,
            Course::Challenged => Some(EnrollmentRef::Individual),
            Course::Refused(_) | Course::Failed(_) => None,
        };
        // A challenge comes before any record and any hub.
        let placed = admitted
            .as_ref()
            .filter(|_| !matches!(course, Course::Challenged));
        let found = placed.and_then(|admitted| settings(store, admitted));
        let placement = found.map(|(settings, _)| {
            Placement::of(
                store,
                settings,
                service.allocation_policy(),
                &request.registration_id,
            )
        });
        let now = placed.zip(found.map(|(_, generation)| generation));
        let heritage = store
            .known
            .and_then(|known| Heritage::of(known, lineage, now, service.successions()));
        let first = counted == Some(Operation::Registration);
        let quota = (first && store.has_quota()).then_some(Ok(()));
        let consequences = Self {
            admitted,
            heritage,
            placement,
            steps,
            counted,
            quota,
            course,
        };
        (consequences, open)
    }

    /// The enrollment that admits the device, if one does.
    #[must_use]
    pub const fn admitted(&self) -> Option<&EnrollmentRef> {
        self.admitted.as_ref()
    }

    /// Whose record there is, and whether the device goes on with it; `None` where nothing is on record,
    /// and for a device that is not admitted or challenged first. A device that is refused since the
    /// record is another's has it.
    #[must_use]
    pub const fn heritage(&self) -> Option<&Heritage<'a>> {
        self.heritage.as_ref()
    }

    /// Which hub, and by which row of the table; `None` for a device that is not admitted.
    #[must_use]
    pub const fn placement(&self) -> Option<&Placement<'a>> {
        self.placement.as_ref()
    }

    /// What would be done, in order.
    #[must_use]
    pub fn steps(&self) -> &[DryRunStep] {
        &self.steps
    }

    /// What would be counted for the bill.
    #[must_use]
    pub const fn counted(&self) -> Option<Operation> {
        self.counted
    }

    /// Whether there is room for one more record, where a quota was stated and one is needed. If not, the
    /// device is refused.
    #[must_use]
    pub const fn quota(&self) -> Option<&Result<(), Rejection>> {
        self.quota.as_ref()
    }

    /// What the request comes to: the engine's own decision.
    #[must_use]
    pub const fn course(&self) -> &Course {
        &self.course
    }
}

/// Of the enrollment that admits, whether it is among the candidates that were asked or not.
fn settings<'a>(
    store: &DryRunStore<'a>,
    admitted: &EnrollmentRef,
) -> Option<(&'a Settings, Generation)> {
    match admitted {
        EnrollmentRef::Individual => store
            .individual
            .map(|found| (found.settings(), found.generation())),
        EnrollmentRef::Group(id) => {
            let mut groups = store.groups.iter();
            groups
                .find(|group| group.id() == id)
                .map(|found| (found.settings(), found.generation()))
        }
    }
}
