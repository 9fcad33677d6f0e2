//! Individual enrollments that name the leaf certificate itself.

use alloc::format;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::Certificate;

use super::{Shown, check_common_name};
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{IndividualEnrollment, Leaves, Sha1Thumbprint, Thumbprint};
use crate::id::IdRules;

/// The device of an individual enrollment by leaf certificate.
///
/// The operator enrolled these very bytes, so no issuer has to vouch for them and a self-signed
/// leaf is as good as any. What remains is that they are still valid and name the device.
pub(crate) fn bind_leaf(
    shown: &Shown<'_>,
    enrollment: &IndividualEnrollment,
    leaves: &Leaves,
    rules: IdRules,
    now: UnixTime,
) -> Result<Attested, Rejection> {
    let leaf = &shown.leaf;
    check_thumbprint(leaf, leaves)?;
    check_validity(leaf, now)?;
    check_common_name(leaf, enrollment.registration_id(), rules)?;
    Ok(Attested::new(
        enrollment.registration_id().clone(),
        EnrollmentRef::Individual,
        shown.proof(),
    ))
}

fn check_thumbprint(leaf: &Certificate<'_>, leaves: &Leaves) -> Result<(), Rejection> {
    let thumbprint = Thumbprint::of_der(leaf.der());
    if leaves.contains(&thumbprint) {
        return check_sha1(leaf, leaves.sha1_of(&thumbprint));
    }
    let expected = match leaves.secondary() {
        None => format!("{}", leaves.primary()),
        Some(secondary) => format!("{} or {secondary}", leaves.primary()),
    };
    Err(Rejection::new(Code::AttestLeafUnknown, subject(leaf))
        .expected(expected)
        .found(format!("{thumbprint}")))
}

/// A SHA-1 thumbprint never admits anybody: whoever has certificates issued can make two with the
/// same one. Where it is stated it must be right, or the enrollment was put together of two devices.
fn check_sha1(leaf: &Certificate<'_>, stated: Option<&Sha1Thumbprint>) -> Result<(), Rejection> {
    let found = Sha1Thumbprint::of_der(leaf.der());
    match stated {
        Some(stated) if *stated != found => Err(Rejection::new(
            Code::AttestThumbprintsDisagree,
            subject(leaf),
        )
        .expected(format!("{stated}"))
        .found(format!("{found}"))),
        Some(_) | None => Ok(()),
    }
}

/// RFC 5280 section 4.1.2.5: both ends belong to the validity period.
fn check_validity(leaf: &Certificate<'_>, now: UnixTime) -> Result<(), Rejection> {
    let (start, end) = (leaf.not_before(), leaf.not_after());
    if now < start {
        return Err(Rejection::new(Code::X509NotYetValid, subject(leaf))
            .expected(format!("notBefore at or before {now}"))
            .found(format!("{start}")));
    }
    if now > end {
        return Err(Rejection::new(Code::X509Expired, subject(leaf))
            .expected(format!("notAfter at or after {now}"))
            .found(format!("{end}")));
    }
    Ok(())
}

fn subject(leaf: &Certificate<'_>) -> Subject {
    Subject::certificate(0, format!("{}", leaf.subject()))
}
