//! Certificates.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::resolved::Resolved;
use crate::enrollment::{
    CaReferences, CaStatus, EnrollmentGroup, GroupAttestation, IndividualAttestation,
    IndividualEnrollment, Leaves, SigningCertificates, Thumbprint, TrustedCertificate,
};
use crate::id::CaName;
use crate::operations::certificate::CertificateInfo;
use crate::operations::draft::{CertificateDraft, Pair, X509Draft};
use crate::operations::facts::ServiceFacts;
use crate::operations::stored::Stored;
use crate::operations::transaction::Condition;

/// The one member of an X.509 attestation.
enum Member<'a> {
    Clients(&'a Pair<CertificateDraft>),
    Signing(&'a Pair<CertificateDraft>),
    Cas(&'a Pair<CaName>),
}

/// One device by its certificates, or by a CA.
pub(super) fn individual(
    draft: Option<&X509Draft>,
    stored: Option<&Stored<IndividualEnrollment>>,
    facts: &ServiceFacts<'_>,
) -> Result<Resolved<IndividualAttestation>, Rejection> {
    match member(draft)? {
        Member::Clients(pair) => {
            let certificates = in_order(pair, "clientCertificates", |draft, field| {
                client(draft, field, stored)
            })?;
            let leaves = leaves(&certificates)?;
            Ok(Resolved {
                attestation: IndividualAttestation::X509Leaf(leaves),
                certificates: certificates
                    .into_iter()
                    .filter_map(|leaf| leaf.info)
                    .collect(),
                conditions: Vec::new(),
            })
        }
        Member::Cas(pair) => {
            let before = stored.map(|stored| stored.value.attestation());
            let known = |name: &CaName| match before {
                Some(IndividualAttestation::X509Ca(before)) => before.iter().any(|n| n == name),
                _ => false,
            };
            let (references, conditions) = references(pair, facts, known)?;
            Ok(Resolved {
                attestation: IndividualAttestation::X509Ca(references),
                certificates: Vec::new(),
                conditions,
            })
        }
        Member::Signing(_) => Err(Rejection::new(
            Code::ServiceAttestationPlace,
            Subject::field("signingCertificates"),
        )
        .expected("clientCertificates or caReferences in an individual enrollment")),
    }
}

/// A group, by who signs its devices' certificates.
pub(super) fn group(
    draft: Option<&X509Draft>,
    stored: Option<&Stored<EnrollmentGroup>>,
    facts: &ServiceFacts<'_>,
) -> Result<Resolved<GroupAttestation>, Rejection> {
    let before = stored.map(|stored| stored.value.attestation());
    match member(draft)? {
        Member::Signing(pair) => {
            let certificates = in_order(pair, "signingCertificates", |draft, field| {
                signing(draft, field, before)
            })?;
            let infos = certificates
                .iter()
                .map(|ca| CertificateInfo::of_der(ca.der()));
            let infos = infos.collect::<Result<Vec<_>, _>>()?;
            let mut certificates = certificates.into_iter();
            let Some(primary) = certificates.next() else {
                return Err(no_primary("signingCertificates"));
            };
            let certificates = SigningCertificates::new(primary, certificates.next())?;
            Ok(Resolved {
                attestation: GroupAttestation::Signing(certificates),
                certificates: infos,
                conditions: Vec::new(),
            })
        }
        Member::Cas(pair) => {
            let known = |name: &CaName| match before {
                Some(GroupAttestation::Ca(before)) => before.iter().any(|n| n == name),
                _ => false,
            };
            let (references, conditions) = references(pair, facts, known)?;
            Ok(Resolved {
                attestation: GroupAttestation::Ca(references),
                certificates: Vec::new(),
                conditions,
            })
        }
        Member::Clients(_) => Err(Rejection::new(
            Code::ServiceAttestationPlace,
            Subject::field("clientCertificates"),
        )
        .expected("signingCertificates or caReferences in a group")),
    }
}

fn member(draft: Option<&X509Draft>) -> Result<Member<'_>, Rejection> {
    let refused = || Rejection::new(Code::ServiceX509Member, Subject::field("x509"));
    let Some(draft) = draft else {
        return Err(refused().found("none"));
    };
    match (
        &draft.client_certificates,
        &draft.signing_certificates,
        &draft.ca_references,
    ) {
        (Some(pair), None, None) => Ok(Member::Clients(pair)),
        (None, Some(pair), None) => Ok(Member::Signing(pair)),
        (None, None, Some(pair)) => Ok(Member::Cas(pair)),
        (None, None, None) => Err(refused().found("none")),
        _ => Err(refused().found("several")),
    }
}

/// The primary, which must be there, then the secondary.
fn in_order<T, R>(
    pair: &Pair<T>,
    field: &'static str,
    read: impl Fn(&T, Subject) -> Result<R, Rejection>,
) -> Result<Vec<R>, Rejection> {
    let subject = |slot| Subject::field(format!("{field}.{slot}"));
    let Some(primary) = &pair.primary else {
        return Err(Rejection::new(
            Code::ServicePrimaryMissing,
            subject("primary"),
        ));
    };
    let mut read_in_order = Vec::from([read(primary, subject("primary"))?]);
    if let Some(secondary) = &pair.secondary {
        read_in_order.push(read(secondary, subject("secondary"))?);
    }
    Ok(read_in_order)
}

/// One device certificate, and what is shown of it. A store that was filled otherwise may have a
/// thumbprint and nothing to show.
struct Leaf {
    thumbprint: Thumbprint,
    info: Option<CertificateInfo>,
}

fn client(
    draft: &CertificateDraft,
    field: Subject,
    stored: Option<&Stored<IndividualEnrollment>>,
) -> Result<Leaf, Rejection> {
    if let Some(der) = &draft.der {
        let info = CertificateInfo::of_der(der).map_err(|cause| cause.about(field))?;
        return Ok(Leaf {
            thumbprint: info.sha256,
            info: Some(info),
        });
    }
    let kept =
        draft
            .shown
            .zip(stored)
            .filter(|(thumbprint, stored)| match stored.value.attestation() {
                IndividualAttestation::X509Leaf(leaves) => leaves.contains(thumbprint),
                _ => false,
            });
    match kept {
        Some((thumbprint, stored)) => Ok(Leaf {
            thumbprint,
            info: shown(&stored.certificates, &thumbprint).cloned(),
        }),
        None => Err(left_out(field, draft)),
    }
}

/// A signing certificate that was sent, or the stored one that was shown by that thumbprint.
fn signing(
    draft: &CertificateDraft,
    field: Subject,
    before: Option<&GroupAttestation>,
) -> Result<TrustedCertificate, Rejection> {
    if let Some(der) = &draft.der {
        return TrustedCertificate::from_der(der).map_err(|cause| cause.about(field));
    }
    let kept = match (draft.shown, before) {
        (Some(shown), Some(GroupAttestation::Signing(certificates))) => certificates
            .iter()
            .find(|certificate| *certificate.thumbprint() == shown),
        _ => None,
    };
    kept.cloned().ok_or_else(|| left_out(field, draft))
}

fn leaves(certificates: &[Leaf]) -> Result<Leaves, Rejection> {
    let sha1 = |leaf: &Leaf| leaf.info.as_ref().map(|info| info.sha1);
    match certificates {
        [primary] => Ok(Leaves::new(primary.thumbprint, None)?.with_sha1(sha1(primary), None)),
        [primary, secondary, ..] => {
            let leaves = Leaves::new(primary.thumbprint, Some(secondary.thumbprint))?;
            Ok(leaves.with_sha1(sha1(primary), sha1(secondary)))
        }
        [] => Err(no_primary("clientCertificates")),
    }
}

/// The names of CAs that are registered and verified. One that the stored enrollment names already
/// passes: whoever disables an enrollment must not be kept from it by what became of its CA.
fn references(
    pair: &Pair<CaName>,
    facts: &ServiceFacts<'_>,
    known: impl Fn(&CaName) -> bool,
) -> Result<(CaReferences, Vec<Condition>), Rejection> {
    let mut conditions = Vec::new();
    let names = in_order(pair, "caReferences", |name, field| {
        let ca = facts.cas.iter().find(|ca| ca.name() == name);
        match ca.map(|ca| ca.status()) {
            _ if known(name) => Ok((name.clone(), false)),
            Some(CaStatus::Verified) => Ok((name.clone(), true)),
            Some(CaStatus::Unverified) => {
                Err(Rejection::new(Code::ServiceCaUnverified, field).found(format!("{name}")))
            }
            None => Err(Rejection::new(Code::ServiceCaUnknown, field).found(format!("{name}"))),
        }
    })?;
    for (name, new) in &names {
        if *new {
            conditions.push(Condition::CaVerified(name.clone()));
        }
    }
    let mut names = names.into_iter().map(|(name, _)| name);
    match names.next() {
        Some(primary) => Ok((CaReferences::new(primary, names.next())?, conditions)),
        None => Err(no_primary("caReferences")),
    }
}

fn shown<'a>(infos: &'a [CertificateInfo], thumbprint: &Thumbprint) -> Option<&'a CertificateInfo> {
    infos.iter().find(|info| info.sha256 == *thumbprint)
}

fn no_primary(field: &'static str) -> Rejection {
    Rejection::new(Code::ServicePrimaryMissing, Subject::field(field))
}

fn left_out(field: Subject, draft: &CertificateDraft) -> Rejection {
    let rejection = Rejection::new(Code::ServiceCertificateMissing, field);
    match draft.shown {
        Some(thumbprint) => rejection.found(format!(
            "the info of {thumbprint}, which is not stored here"
        )),
        None => rejection.found("neither the certificate nor an info"),
    }
}
