//! Individual enrollments that refer to CAs.

use provisor_report::{Rejection, UnixTime};

use super::anchors::{issuers, verified_anchors};
use super::common_name::check_common_name;
use super::shown::Shown;
use super::trust::Trust;
use crate::attestation::effort::Effort;
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{CaReferences, IndividualEnrollment};
use crate::id::IdRules;

/// The device of an individual enrollment by CA references: a path to one of them, and the CN.
pub(crate) fn bind_ca<'a>(
    shown: &Shown<'a>,
    enrollment: &'a IndividualEnrollment,
    references: &CaReferences,
    trust: Trust<'a>,
    rules: IdRules,
    now: UnixTime,
    effort: &mut Effort<'_>,
) -> Result<Attested, Rejection> {
    let anchors = verified_anchors(references, |name| trust.ca(name))?;
    let path = effort.verify(&shown.verifier(&anchors), &shown.leaf, now)?;
    check_common_name(&shown.leaf, enrollment.registration_id(), rules)?;
    let mut marks = shown.marks();
    marks.extend(issuers(&path));
    Ok(Attested::new(
        enrollment.registration_id().clone(),
        EnrollmentRef::Individual,
        shown.proof(),
        marks,
    ))
}
