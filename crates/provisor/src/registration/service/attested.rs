//! The second half of a decision about a certificate: where the device goes that was attested.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::Service;
use super::admit::{accepted, standing};
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::IndividualAttestation;
use crate::enrollment::lookup::{self, Answer, NearestGroup};
use crate::registration::decision::End;
use crate::registration::placing::{Admission, Hub};
use crate::registration::trail::Trail;
use crate::registration::{Admitting, Decision, Facts, Response};

impl Service {
    /// Where a device goes that [was attested](crate::registration::AdmissionPass::attested) by its
    /// certificate: the second half of [`decide`](Self::decide), which judges none. `payload` is that of
    /// its request.
    ///
    /// The facts are read under the lease, and anew: an enrollment that was disabled, deleted, made
    /// anew or given other certificates in the meantime, or an individual one that came to stand before
    /// the group, refuses the device. Validity is not judged again; keep an attestation no longer than
    /// its request takes.
    ///
    /// Of groups the one that attested the device is enough
    /// ([`EnrollmentIndex::find_attested`](crate::index::EnrollmentIndex::find_attested)).
    pub fn decide_attested(
        &self,
        attested: &Attested,
        payload: Option<&[u8]>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> Decision {
        // Enough for the most that there are.
        let mut trail = Trail {
            effects: Vec::with_capacity(4),
            lineage: None,
        };
        let end = self
            .check_facts(attested.registration_id(), facts)
            .and_then(|()| self.check_hubs(facts))
            .and_then(|()| readmitted(attested, facts))
            .and_then(|admission| {
                let hub = Hub::of(attested.proof())?;
                self.assign(payload, &admission, hub, facts, now, &mut trail)
            });
        Decision::new(
            end.unwrap_or_else(|cause| End::Respond(Response::not_admitted(cause))),
            trail,
        )
    }
}

/// The enrollment that admitted the device, if it still does.
pub(super) fn readmitted<'a>(
    attested: &Attested,
    facts: &Facts<'a>,
) -> Result<Admission<'a>, Rejection> {
    let trust = facts.trust()?;
    let standing = standing(facts.individual, |attestation| match attestation {
        IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => true,
        IndividualAttestation::SymmetricKey(_)
        | IndividualAttestation::Tpm(_)
        | IndividualAttestation::TpmAny => false,
    });
    let group = match attested.enrollment() {
        EnrollmentRef::Group(id) => trust.groups().find(|group| group.id() == id),
        EnrollmentRef::Individual => None,
    };
    let answer = lookup::answer(standing, || {
        group.map_or(NearestGroup::Absent, |group| {
            group.settings().provisioning_status.into()
        })
    });
    let admission = match (answer, attested.enrollment(), facts.individual, group) {
        (Answer::Nobody(code), ..) => {
            return Err(Rejection::new(code, Subject::field("registrationId")));
        }
        (Answer::Individual, EnrollmentRef::Individual, Some(enrollment), _) => Admission {
            attested: attested.clone(),
            by: Admitting::Individual(enrollment),
            accepted: accepted(enrollment.attestation(), trust),
        },
        (Answer::Group, EnrollmentRef::Group(_), _, Some(group)) => Admission {
            attested: attested.clone(),
            by: Admitting::Group(group),
            accepted: group.marks(|name| trust.ca(name)),
        },
        // Another enrollment answers by now, and did not attest the device.
        (Answer::Individual | Answer::Group, ..) => return Err(attested_by_another()),
    };
    let same = attested.generation() == Some(admission.generation())
        && attested.is_by_accepting(&admission.accepted);
    if !same {
        return Err(attested_by_another());
    }
    Ok(admission)
}

/// Transient: the device registers again, and is judged by what is there now.
fn attested_by_another() -> Rejection {
    Rejection::new(Code::RegEnrollmentChanged, Subject::field("enrollment"))
        .expected("the enrollment that attested the device")
        .found("another one, made since")
}
