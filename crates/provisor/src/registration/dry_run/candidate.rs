//! Each enrollment that might admit the device, asked by itself.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, UnixTime};
use provisor_tpm::Random;
#[cfg(feature = "x509")]
use provisor_x509::{Report, TrustAnchor};

use super::super::fence::Fence;
use super::super::request::{Evidence, RegistrationRequest};
use super::super::service::Service;
use super::store::DryRunStore;
#[cfg(feature = "x509")]
use crate::attestation::EkPolicy;
use crate::attestation::EnrollmentRef;
#[cfg(feature = "x509")]
use crate::attestation::x509::Shown;
#[cfg(feature = "x509")]
use crate::enrollment::{CaReferences, CaStatus};
use crate::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    Settings,
};
use crate::limits;
use crate::quota::RecordQuota;

/// An enrollment that might admit the device, and what it says if it were the only one.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    enrollment: EnrollmentRef,
    generation: Generation,
    settings: &'a Settings,
    mechanism: &'static str,
    verdict: Result<(), Rejection>,
    #[cfg(feature = "x509")]
    report: Option<Report>,
}

impl<'a> Candidate<'a> {
    /// Which enrollment.
    #[must_use]
    pub const fn enrollment(&self) -> &EnrollmentRef {
        &self.enrollment
    }

    /// Its generation.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// Its settings: its status, its hubs, its policies.
    #[must_use]
    pub const fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// What it attests by, in words.
    #[must_use]
    pub const fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// Whether it would admit the device if there were no other enrollment and no record; why not. An
    /// individual enrollment goes before groups, and of groups the nearest one decides.
    ///
    /// # Errors
    /// The refusal of the engine.
    pub const fn verdict(&self) -> Result<(), &Rejection> {
        match &self.verdict {
            Ok(()) => Ok(()),
            Err(cause) => Err(cause),
        }
    }

    /// Every rule that was tried on the paths to its CAs; for a TPM, on those of the certificate of its
    /// endorsement key, where the service requires one.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn report(&self) -> Option<&Report> {
        self.report.as_ref()
    }
}

/// All candidates, and how many groups there are beyond those that are asked.
pub(super) fn of<'a>(
    service: &Service,
    request: &RegistrationRequest<'_>,
    store: &DryRunStore<'a>,
    now: UnixTime,
    random: &mut dyn Random,
) -> (Vec<Candidate<'a>>, usize) {
    let mut candidates = Vec::new();
    if let Some(enrollment) = store.individual {
        candidates.push(individual(service, request, store, enrollment, now, random));
    }
    let fitting = || {
        let groups = store.groups.iter();
        groups.filter(|group| fits(group.attestation(), &request.evidence))
    };
    for group in fitting().take(limits::DRY_RUN_GROUPS) {
        candidates.push(of_group(service, request, store, group, now, random));
    }
    let beyond = fitting().count().saturating_sub(limits::DRY_RUN_GROUPS);
    (candidates, beyond)
}

fn individual<'a>(
    service: &Service,
    request: &RegistrationRequest<'_>,
    store: &DryRunStore<'a>,
    enrollment: &'a IndividualEnrollment,
    now: UnixTime,
    random: &mut dyn Random,
) -> Candidate<'a> {
    let facts = store.facts_about(
        Some(enrollment),
        &[],
        None,
        Fence::new(1),
        RecordQuota::NONE,
    );
    Candidate {
        enrollment: EnrollmentRef::Individual,
        generation: enrollment.generation(),
        settings: enrollment.settings(),
        mechanism: match enrollment.attestation() {
            IndividualAttestation::SymmetricKey(_) => "symmetric keys",
            IndividualAttestation::Tpm(_) => "a TPM",
            IndividualAttestation::TpmAny => "any TPM",
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Ca(_) => "a CA",
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Leaf(_) => "leaf certificates",
        },
        verdict: verdict(service.decide(request, facts, now, random)),
        #[cfg(feature = "x509")]
        report: match enrollment.attestation() {
            IndividualAttestation::X509Ca(references) => {
                report(&request.evidence, &referred(references, store), now)
            }
            IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny => {
                report_of_vendors(service, &request.evidence, store, now)
            }
            IndividualAttestation::X509Leaf(_) | IndividualAttestation::SymmetricKey(_) => None,
        },
    }
}

fn of_group<'a>(
    service: &Service,
    request: &RegistrationRequest<'_>,
    store: &DryRunStore<'a>,
    group: &'a EnrollmentGroup,
    now: UnixTime,
    random: &mut dyn Random,
) -> Candidate<'a> {
    let facts = store.facts_about(
        None,
        core::slice::from_ref(group),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    );
    Candidate {
        enrollment: EnrollmentRef::Group(group.id().clone()),
        generation: group.generation(),
        settings: group.settings(),
        mechanism: match group.attestation() {
            GroupAttestation::SymmetricKey(_) => "symmetric keys",
            #[cfg(feature = "x509")]
            GroupAttestation::Ca(_) => "CAs",
            #[cfg(feature = "x509")]
            GroupAttestation::Signing(_) => "signing certificates",
        },
        verdict: verdict(service.decide(request, facts, now, random)),
        #[cfg(feature = "x509")]
        report: match group.attestation() {
            GroupAttestation::SymmetricKey(_) => None,
            GroupAttestation::Ca(references) => {
                report(&request.evidence, &referred(references, store), now)
            }
            GroupAttestation::Signing(certificates) => {
                let anchors: Vec<_> = certificates.iter().map(|ca| ca.anchor()).collect();
                report(&request.evidence, &anchors, now)
            }
        },
    }
}

/// Groups are asked by what comes.
const fn fits(attestation: &GroupAttestation, evidence: &Evidence<'_>) -> bool {
    match (attestation, evidence) {
        (GroupAttestation::SymmetricKey(_), Evidence::Sas(_)) => true,
        #[cfg(feature = "x509")]
        (GroupAttestation::Ca(_) | GroupAttestation::Signing(_), Evidence::X509 { .. }) => true,
        _ => false,
    }
}

/// What the engine says about the device. Which hub it would get is another question, and what is wrong
/// with the hubs is nothing against it.
fn verdict(decision: super::super::decision::Decision) -> Result<(), Rejection> {
    let response = decision.carry_out(|_| Ok(()));
    match response.cause() {
        None => Ok(()),
        Some(cause) if is_admitted(cause.code()) => Ok(()),
        Some(cause) => Err(cause.clone()),
    }
}

/// The codes of allocation, and the custom allocation that nobody asks here.
const fn is_admitted(code: Code) -> bool {
    matches!(code.number(), 5000..6000) || matches!(code, Code::RegAnswerLost)
}

/// The CAs that are referred to and verified, as the engine takes them.
#[cfg(feature = "x509")]
fn referred<'a>(references: &CaReferences, store: &DryRunStore<'a>) -> Vec<TrustAnchor<'a>> {
    let names = references.iter();
    names
        .filter_map(|name| store.cas.iter().find(|ca| ca.name() == name))
        .filter(|ca| ca.status() == CaStatus::Verified)
        .map(|ca| ca.certificate().anchor())
        .collect()
}

/// The vendors are asked where their word counts.
#[cfg(feature = "x509")]
fn report_of_vendors(
    service: &Service,
    evidence: &Evidence<'_>,
    store: &DryRunStore<'_>,
    now: UnixTime,
) -> Option<Report> {
    let keys = match evidence {
        Evidence::TpmKeys(keys) => Some(*keys),
        Evidence::TpmAnswer { keys, .. } => *keys,
        Evidence::Sas(_) | Evidence::X509 { .. } => None,
    };
    let certificate = keys?.certificate?;
    match *service.ek_policy() {
        EkPolicy::CertificateRequired => {
            let explained = store
                .vendors?
                .explain(certificate.der, certificate.sent, now);
            explained.ok()
        }
        EkPolicy::AllowList | EkPolicy::DangerFirstUse => None,
    }
}

#[cfg(feature = "x509")]
fn report(evidence: &Evidence<'_>, anchors: &[TrustAnchor<'_>], now: UnixTime) -> Option<Report> {
    let Evidence::X509 { leaf, sent } = evidence else {
        return None;
    };
    Some(Shown::read(leaf, sent).ok()?.explain(anchors, now))
}
