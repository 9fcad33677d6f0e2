//! CA certificates: upload, prove possession, read, delete.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::call::{Call, Success};
use super::certificate::CertificateInfo;
use super::check;
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::resource::RegisteredCa;
use super::stored::Stored;
use super::transaction::{Change, Condition, Write};
use super::written::{self, Written};
use crate::attestation::{VerificationCode, prove_possession};
use crate::enrollment::{
    CaCertificate, CaStatus, EnrollmentGroup, Etag, IndividualEnrollment, TrustedCertificate,
    check_ca_unused,
};
use crate::id::CaName;
use crate::metering::Instruction;
use crate::quota::Counted;

const KIND: Kind = Kind::CaCertificate;

/// A CA certificate as it is shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CaView {
    /// The name that enrollments refer to it by.
    pub name: CaName,
    /// Whether possession of its key was proved.
    pub status: CaStatus,
    /// What is shown of the certificate.
    pub certificate: Option<CertificateInfo>,
    /// The code that is to be certified, if one was drawn and is not used up.
    pub code: Option<VerificationCode>,
    /// The version.
    pub etag: Etag,
    /// When it was uploaded first.
    pub created: UnixTime,
    /// When it was written last.
    pub updated: UnixTime,
}

/// Uploads a certificate, DER, or puts it in place of the stored one. It is unverified, unless it is
/// the very certificate that was verified.
///
/// A renewed certificate with the same key goes under a name of its own, and into the `secondary` of
/// the enrollments, until the old one has ended: so no device is shut out meanwhile. In place of a
/// certificate that enrollments refer to, another one is refused, as its [deletion](delete) is: the
/// enrollments would fall silent, and a disabled group would no longer bar its devices from the
/// groups further up. The transaction looks once more ([`Condition::CaUnused`]).
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`ServiceConfig`](super::Right::ServiceConfig); codes
/// of 2000 to 2999, [`AttestCaVersion`](Code::AttestCaVersion) for what is wrong with the certificate;
/// the codes of [`IfMatch`], [`ServiceQuota`](Code::ServiceQuota);
/// [`AttestCaInUse`](Code::AttestCaInUse) for another certificate than the one that is referred to.
#[expect(
    clippy::too_many_arguments,
    reason = "the certificate, its version, and all that may refer to it"
)]
pub fn put<'a>(
    call: &mut Call<'_>,
    name: &CaName,
    der: &[u8],
    if_match: &IfMatch,
    stored: Option<&Stored<RegisteredCa>>,
    individuals: impl IntoIterator<Item = &'a IndividualEnrollment>,
    groups: impl IntoIterator<Item = &'a EnrollmentGroup>,
    facts: &ServiceFacts<'_>,
) -> Outcome<CaView> {
    call.conclude((Verb::Put, KIND, name.as_str()), |call| {
        let stored = written::writable(call, name, stored)?;
        let tag = stored.map(|stored| &stored.etag);
        let expected = if_match.for_put(KIND, name.as_str(), tag)?;
        let certificate = TrustedCertificate::from_der(der)
            .map_err(|cause| cause.about(Subject::field("certificate")))?;
        let room = match stored {
            Some(_) => None,
            None => check::room(Counted::CaCertificates, facts)?,
        };
        let same = stored.filter(|stored| {
            stored.value.certificate.certificate().thumbprint() == certificate.thumbprint()
        });
        let mut conditions = Vec::from_iter(room);
        let value = match (same, stored) {
            (Some(same), _) => same.value.clone(),
            (None, None) => RegisteredCa::new(CaCertificate::new(name.clone(), certificate), None),
            (None, Some(_)) => {
                check_ca_unused(name, individuals, groups)?;
                conditions.push(Condition::CaUnused(name.clone()));
                RegisteredCa::new(CaCertificate::new(name.clone(), certificate), None)
            }
        };
        let info = CertificateInfo::of_der(der)?;
        put_value(call, expected, value, stored, conditions, info)
    })
}

/// Draws the code that the CA has to certify, in place of an older one.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound),
/// [`ServiceEtag`](Code::ServiceEtag), what the randomness refuses with.
pub fn draw_code(
    call: &mut Call<'_>,
    name: &CaName,
    if_match: &IfMatch,
    stored: Option<&Stored<RegisteredCa>>,
) -> Outcome<CaView> {
    call.conclude((Verb::DrawCode, KIND, name.as_str()), |call| {
        let stored = existing(call, name, stored)?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        let code = VerificationCode::generate(call.random)?;
        let value = RegisteredCa::new(stored.value.certificate.clone(), Some(code));
        let info = info_of(stored)?;
        put_value(call, expected, value, Some(stored), Vec::new(), info)
    })
}

/// Judges the verification certificate, DER: issued by that very CA over the code that was drawn for it.
/// The code is used up by it.
///
/// # Errors
/// As [`draw_code`]; [`ServiceCodeMissing`](Code::ServiceCodeMissing); those of [`prove_possession`].
pub fn verify(
    call: &mut Call<'_>,
    name: &CaName,
    certificate: &[u8],
    if_match: &IfMatch,
    stored: Option<&Stored<RegisteredCa>>,
) -> Outcome<CaView> {
    call.conclude((Verb::Verify, KIND, name.as_str()), |call| {
        let stored = existing(call, name, stored)?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        let ca = &stored.value.certificate;
        let code = stored.value.code.as_ref().ok_or_else(|| {
            Rejection::new(Code::ServiceCodeMissing, Subject::field("verificationCode"))
        })?;
        let proof = prove_possession(ca.certificate(), code, certificate, call.now)?;
        let value = RegisteredCa::new(ca.clone().verified_by(&proof)?, None);
        let info = info_of(stored)?;
        put_value(call, expected, value, Some(stored), Vec::new(), info)
    })
}

/// Reads a certificate.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound).
pub fn read(
    call: &mut Call<'_>,
    name: &CaName,
    stored: Option<&Stored<RegisteredCa>>,
) -> Outcome<CaView> {
    call.conclude((Verb::Read, KIND, name.as_str()), |call| {
        let stored = written::read(call, name, stored)?;
        Ok(Success::read(view(stored)))
    })
}

/// Lists all of them, in the order that they are handed in.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight).
pub fn list(call: &mut Call<'_>, stored: &[&Stored<RegisteredCa>]) -> Outcome<Vec<CaView>> {
    call.conclude((Verb::Query, KIND, ""), |call| {
        call.caller.permit(KIND.read_right())?;
        Ok(Success::read(stored.iter().map(|ca| view(ca)).collect()))
    })
}

/// Deletes a certificate that no enrollment refers to: a disabled one keeps devices out by it, and
/// would fall silent. `individuals` and `groups` are those that name it, or more.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound),
/// [`ServiceEtag`](Code::ServiceEtag), [`AttestCaInUse`](Code::AttestCaInUse).
pub fn delete<'a>(
    call: &mut Call<'_>,
    name: &CaName,
    if_match: &IfMatch,
    stored: Option<&Stored<RegisteredCa>>,
    individuals: impl IntoIterator<Item = &'a IndividualEnrollment>,
    groups: impl IntoIterator<Item = &'a EnrollmentGroup>,
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, name.as_str()), |call| {
        let stored = existing(call, name, stored)?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        check_ca_unused(name, individuals, groups)?;
        let unused = Condition::CaUnused(name.clone());
        Ok(written::delete(stored, expected, Vec::from([unused])))
    })
}

fn existing<'a>(
    call: &Call<'_>,
    name: &CaName,
    stored: Option<&'a Stored<RegisteredCa>>,
) -> Result<&'a Stored<RegisteredCa>, Rejection> {
    written::writable(call, name, stored)?.ok_or_else(|| check::not_found(KIND, name.as_str()))
}

fn put_value(
    call: &mut Call<'_>,
    expected: super::transaction::Expected,
    value: RegisteredCa,
    stored: Option<&Stored<RegisteredCa>>,
    conditions: Vec<Condition>,
    info: CertificateInfo,
) -> Result<Success<CaView>, Rejection> {
    written::put(call, expected, value, stored, conditions, |next| {
        let next = next.with_certificates(Vec::from([info]));
        let view = view(&next);
        (next, view)
    })
}

/// What is shown of a stored certificate: it is read again, for a store that was filled otherwise.
fn info_of(stored: &Stored<RegisteredCa>) -> Result<CertificateInfo, Rejection> {
    CertificateInfo::of_der(stored.value.certificate.certificate().der())
}

fn view(stored: &Stored<RegisteredCa>) -> CaView {
    CaView {
        name: stored.value.certificate.name().clone(),
        status: stored.value.certificate.status(),
        certificate: stored.certificates.first().cloned(),
        code: stored.value.code.clone(),
        etag: stored.etag.clone(),
        created: stored.created,
        updated: stored.updated,
    }
}

impl Written for RegisteredCa {
    const WRITE: Instruction = Instruction::CaWrite;
    const DELETE: Instruction = Instruction::CaDelete;

    fn write(change: Change<Self>) -> Write {
        Write::Ca(change)
    }
}
