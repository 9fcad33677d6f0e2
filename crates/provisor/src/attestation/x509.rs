//! A certificate against an enrollment.
//!
//! Precondition of everything here: the caller's TLS stack made the device prove that it holds the
//! leaf's private key. A certificate alone proves nothing; everybody can send it.

mod group;
mod leaf;
mod told;

use alloc::vec::Vec;
use alloc::{format, vec};

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::{
    AnchorValidity, Certificate, PathVerifier, TrustAnchor, VerifiedPath, profile,
};

use super::effort::Effort;
use super::{Attested, EnrollmentRef, Proof};
use crate::enrollment::{
    CaCertificate, CaReferences, CaStatus, IndividualEnrollment, Mark, Thumbprint,
};
use crate::id::derive::common_name;
use crate::id::{CaName, IdRules, RegistrationId};
use crate::limits;

pub(crate) use group::nearest;
pub(crate) use leaf::bind_leaf;
pub(crate) use told::told;

/// What the device showed, read.
pub(crate) struct Shown<'a> {
    pub(crate) leaf: Certificate<'a>,
    pub(crate) sent: Vec<Certificate<'a>>,
}

impl<'a> Shown<'a> {
    /// Reads the leaf and the certificates sent along. One that cannot be read refuses the device,
    /// even if no path needs it: what is sent is meant.
    pub(crate) fn read(leaf: &'a [u8], sent: &[&'a [u8]]) -> Result<Self, Rejection> {
        if sent.len() > limits::CERTIFICATES_SENT {
            return Err(Rejection::new(
                Code::AttestTooManyCertificates,
                Subject::field("certificates sent"),
            )
            .expected(format!("at most {}", limits::CERTIFICATES_SENT))
            .found(format!("{}", sent.len())));
        }
        let read = |(depth, der): (u8, &&'a [u8])| Certificate::from_der_at(depth, der);
        Ok(Self {
            leaf: read((0, &leaf))?,
            sent: (1..).zip(sent).map(read).collect::<Result<_, _>>()?,
        })
    }

    fn verifier<'v>(&'v self, anchors: &'v [TrustAnchor<'a>]) -> PathVerifier<'v, 'a> {
        PathVerifier::new(&profile::DEVICE, anchors)
            .intermediates(&self.sent)
            // What operators register for devices are signing certificates with an end, and the
            // end is meant: an expired one stops devices until the renewed one is registered.
            .anchor_validity(AnchorValidity::Checked)
    }

    fn proof(&self) -> Proof {
        Proof::X509 {
            leaf: Thumbprint::of_der(self.leaf.der()),
        }
    }

    /// What the device will be known by: its certificate and its key.
    fn marks(&self) -> Vec<Mark> {
        let leaf = &self.leaf;
        vec![
            Mark::leaf(&Thumbprint::of_der(leaf.der())),
            Mark::leaf_key(leaf.public_key_info()),
        ]
    }
}

/// The CAs between a leaf and its anchor, the anchor among them.
fn issuers(path: &VerifiedPath<'_>) -> impl Iterator<Item = Mark> {
    let between = path.certificates().iter().skip(1);
    let anchor = path.anchor();
    between
        .map(|issuer| Mark::ca(issuer.subject().der(), issuer.public_key_info()))
        .chain([Mark::ca(anchor.name().der(), anchor.public_key_info())])
}

/// The device of an individual enrollment by CA references: a path to one of them, and the CN.
pub(crate) fn bind_ca<'a>(
    shown: &Shown<'a>,
    enrollment: &'a IndividualEnrollment,
    references: &CaReferences,
    cas: &'a [CaCertificate],
    rules: IdRules,
    now: UnixTime,
    effort: &mut Effort<'_>,
) -> Result<Attested, Rejection> {
    let anchors = verified_anchors(references, |name| cas.iter().find(|ca| ca.name == *name))?;
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

/// The CAs referred to whose possession was proved. None at all is a rejection; one of two is not,
/// so that a secondary can be registered before it is verified.
fn verified_anchors<'a>(
    references: &CaReferences,
    registered: impl Fn(&CaName) -> Option<&'a CaCertificate>,
) -> Result<Vec<TrustAnchor<'a>>, Rejection> {
    let mut anchors = Vec::new();
    let mut fault = Code::AttestCaUnknown;
    for ca in references.iter().filter_map(registered) {
        match ca.status {
            CaStatus::Verified => anchors.push(ca.certificate.anchor()),
            CaStatus::Unverified => fault = Code::AttestCaUnverified,
        }
    }
    if anchors.is_empty() {
        return Err(without_ca(fault, references));
    }
    Ok(anchors)
}

fn without_ca(code: Code, references: &CaReferences) -> Rejection {
    let names: Vec<_> = references.iter().map(|name| format!("{name}")).collect();
    Rejection::new(code, Subject::field("caReferences")).found(names.join(" and "))
}

/// The rule that binds a certificate to a registration ID: its subject has exactly one CN, and the
/// CN is the ID. Says nothing about who issued the certificate.
///
/// # Errors
/// [`IdNoCommonName`](Code::IdNoCommonName), [`IdSeveralCommonNames`](Code::IdSeveralCommonNames),
/// [`IdCommonName`](Code::IdCommonName) when the CN is no legal ID under the rules,
/// [`AttestIdCase`](Code::AttestIdCase) when the rules regard case and nothing else differs,
/// [`AttestIdMismatch`](Code::AttestIdMismatch) when the CN is another ID.
pub fn check_common_name(
    leaf: &Certificate<'_>,
    id: &RegistrationId,
    rules: IdRules,
) -> Result<(), Rejection> {
    let text = common_name(leaf)?;
    match RegistrationId::from_certificate(leaf, rules) {
        Ok(named) if named == *id => Ok(()),
        Ok(named) => Err(mismatch(Code::AttestIdMismatch, leaf, id, named.as_str())),
        Err(_) if text.eq_ignore_ascii_case(id.as_str()) => {
            Err(mismatch(Code::AttestIdCase, leaf, id, &text))
        }
        Err(cause) => Err(cause),
    }
}

/// `found` holds characters of legal IDs only, so nothing needs escaping.
fn mismatch(code: Code, leaf: &Certificate<'_>, id: &RegistrationId, found: &str) -> Rejection {
    let subject = Subject::certificate(0, format!("{}", leaf.subject()));
    Rejection::new(code, subject)
        .expected(format!("CN={id}"))
        .found(format!("CN={found}"))
}
