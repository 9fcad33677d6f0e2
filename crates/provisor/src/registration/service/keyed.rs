//! A device shows a SAS token: by whose key?

use alloc::boxed::Box;
use alloc::format;

use provisor_report::{Code, Rejection, UnixTime};

use super::Service;
use super::admit::{nobody, standing};
use super::refusal::Refusal;
use crate::attestation::symmetric_key::{self, Bound, Hit, Shown, is_mistake};
use crate::enrollment::lookup::{self, Answer, Individual, NearestGroup};
use crate::enrollment::{IndividualAttestation, IndividualEnrollment, SymmetricKeys};
use crate::registration::decision::End;
use crate::registration::placing::{Admission, Hub};
use crate::registration::trail::Trail;
use crate::registration::{Admitting, Facts, RegistrationRequest};

impl Service {
    /// If the individual enrollment has the key, or a group has one that it is derived from, the device
    /// gets its hub.
    ///
    /// Whatever is found, the same work is done before a refusal: the keys of the individual enrollment
    /// are tried, or others in their place, and those of all groups. So neither the answer nor the
    /// time tells a stranger which IDs are enrolled.
    pub(super) fn keyed(
        &self,
        request: &RegistrationRequest<'_>,
        text: &str,
        facts: &Facts<'_>,
        now: UnixTime,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        let (admission, keys) = self.keyed_admission(request, text, facts, now)?;
        self.assign(
            request.payload,
            &admission,
            Hub::Keys(keys),
            facts,
            now,
            trail,
        )
        .map_err(Refusal::proved)
    }

    /// The enrollment that admits the device, and the keys that its hub has to know it by.
    pub(super) fn keyed_admission<'a>(
        &self,
        request: &RegistrationRequest<'_>,
        text: &str,
        facts: &'a Facts<'_>,
        now: UnixTime,
    ) -> Result<(Admission<'a>, SymmetricKeys), Refusal> {
        let groups = facts.symmetric_key_groups()?;
        let id = &request.registration_id;
        let token = self.read_token(request, text, now)?;
        let shown = Shown::new(token, &self.scope, id);
        let individual = standing(facts.individual, |attestation| match attestation {
            IndividualAttestation::SymmetricKey(_) => true,
            IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny => false,
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => false,
        });
        let own = Own::of(&shown, facts.individual);
        let cause = match (individual, own, facts.individual) {
            (Individual::Fits, Own::Right(bound), Some(enrollment)) => {
                let admission = Admission {
                    attested: bound.attested,
                    by: Admitting::Individual(enrollment),
                    accepted: bound.accepted,
                };
                return Ok((admission, bound.keys));
            }
            (_, own, _) => own.refusal(),
        };
        let recorded = facts.record().map(|record| &record.enrollment);
        let mut found = Some(symmetric_key::search(
            &shown,
            groups.iter().copied(),
            recorded,
        ));
        // Too many groups are the service's fault, whoever asks.
        if let Some(Err(fault)) = &found
            && fault.code().class().is_own_fault()
        {
            return Err(fault.clone().into());
        }
        let answer = lookup::answer(individual, || match &found {
            Some(Ok(hit)) => hit.group.settings().provisioning_status.into(),
            Some(Err(_)) | None => NearestGroup::Absent,
        });
        match (answer, found.take()) {
            (Answer::Group, Some(Ok(hit))) => {
                let Hit { group, bound } = hit;
                let admission = Admission {
                    attested: bound.attested,
                    by: Admitting::Group(group),
                    accepted: bound.accepted,
                };
                Ok((admission, bound.keys))
            }
            (Answer::Nobody(Code::AttestNotEnrolled), Some(Err(cause))) => Err(Refusal {
                proved: is_mistake(&cause),
                // Where no group attests so, nobody has to look for one.
                cause: match cause.code() {
                    Code::AttestNoKeyGroup
                        if groups.iter().all(|g| g.symmetric_keys().is_none()) =>
                    {
                        nobody(Code::AttestNotEnrolled)
                    }
                    _ => cause,
                },
            }),
            // Its group is disabled: the device belongs to it all the same.
            (Answer::Nobody(code), Some(Ok(_))) if individual == Individual::Absent => {
                Err(Refusal::proved(nobody(code)))
            }
            (Answer::Nobody(code), found) => Err(Refusal {
                cause: nobody(code),
                proved: cause.proved || shows_key(found.as_ref()),
            }),
            (Answer::Individual, found) => Err(beside_group(cause, found)),
            (Answer::Group, _) => Err(nobody(Code::AttestNotEnrolled).into()),
        }
    }
}

/// What the keys of the individual enrollment say.
enum Own {
    /// One of them signed the token.
    Right(Box<Bound>),
    /// None did.
    Wrong(Rejection),
    /// There are none; others were tried in their place.
    None,
}

impl Own {
    fn of(shown: &Shown<'_>, enrollment: Option<&IndividualEnrollment>) -> Self {
        let keys = enrollment.and_then(|enrollment| match enrollment.attestation() {
            IndividualAttestation::SymmetricKey(keys) => Some(keys),
            IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny => None,
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => None,
        });
        match keys {
            Some(keys) => match symmetric_key::bind_individual(shown, keys) {
                Ok(bound) => Self::Right(Box::new(bound)),
                Err(cause) => Self::Wrong(cause),
            },
            None => {
                // For the time that it takes. Whoever signs with these keys has signed with none.
                let tried = symmetric_key::bind_individual(shown, &SymmetricKeys::nobodys());
                drop(tried);
                Self::None
            }
        }
    }

    /// Why the individual enrollment does not admit, as far as its keys are concerned.
    fn refusal(self) -> Refusal {
        match self {
            // It is disabled: the caller says so.
            Self::Right(_) => Refusal::proved(nobody(Code::AttestDisabled)),
            Self::Wrong(cause) => Refusal {
                proved: is_mistake(&cause),
                cause,
            },
            Self::None => nobody(Code::AttestNotEnrolled).into(),
        }
    }
}

/// Whether whoever made the token has a key of a group.
fn shows_key(found: Option<&Result<Hit<'_>, Rejection>>) -> bool {
    match found {
        Some(Ok(_)) => true,
        Some(Err(cause)) => is_mistake(cause),
        None => false,
    }
}

/// The individual enrollment goes before a group. A device that only the group would admit has proved
/// to be one of the service's.
fn beside_group(own: Refusal, found: Option<Result<Hit<'_>, Rejection>>) -> Refusal {
    match found {
        Some(Ok(hit)) if !own.proved => Refusal::proved(own.cause.found_beside(
            "a signature by another key than the individual enrollment's",
            &format!("that of a device of the group {}", hit.group.id()),
        )),
        found => Refusal {
            proved: own.proved || shows_key(found.as_ref()),
            cause: own.cause,
        },
    }
}
