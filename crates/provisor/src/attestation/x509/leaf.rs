//! Individual enrollments that name the leaf certificate itself.

use alloc::format;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::profile::LeafKind;
use provisor_x509::{Certificate, PathVerifier, Profile};

use super::common_name::check_common_name;
use super::shown::Shown;
use crate::attestation::effort::Effort;
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{IndividualEnrollment, Leaves, Sha1Thumbprint, Thumbprint};
use crate::id::IdRules;

/// The device of an individual enrollment by leaf certificate.
///
/// The operator enrolled these very bytes, so no issuer has to vouch for them and a self-signed
/// leaf is as good as any. What remains is that they are still valid, hold a key that is the
/// device's alone, and name the device.
pub(crate) fn bind_leaf(
    shown: &Shown<'_>,
    enrollment: &IndividualEnrollment,
    leaves: &Leaves,
    rules: IdRules,
    now: UnixTime,
    effort: &mut Effort<'_>,
) -> Result<Attested, Rejection> {
    let leaf = &shown.leaf;
    check_thumbprint(leaf, leaves)?;
    check_own_rules(leaf, now, effort)?;
    check_common_name(leaf, enrollment.registration_id(), rules)?;
    Ok(Attested::new(
        enrollment.registration_id().clone(),
        EnrollmentRef::Individual,
        shown.proof(),
        shown.marks(),
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

/// What a leaf has to be by itself: valid now, its key strong, no critical extension that nobody
/// understands. It may be a CA, as self-signed certificates of common tools are.
const ENROLLED_LEAF: Profile = Profile::new("enrolled leaf")
    .with_leaf_kind(LeafKind::EndEntityOrCa)
    .lenient_key_usage_bits();

/// A verifier judges the leaf before it looks for issuers. Without anchors that is all it does, and
/// a leaf that keeps the rules fails for their want.
fn check_own_rules(
    leaf: &Certificate<'_>,
    now: UnixTime,
    effort: &mut Effort<'_>,
) -> Result<(), Rejection> {
    match effort.verify(&PathVerifier::new(&ENROLLED_LEAF, &[]), leaf, now) {
        Err(cause) if cause.code() != Code::X509NoAnchors => Err(cause),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn subject(leaf: &Certificate<'_>) -> Subject {
    Subject::certificate(0, format!("{}", leaf.subject()))
}
