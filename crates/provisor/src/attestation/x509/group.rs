//! Which group's trust is nearest to a device.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::TrustAnchor;

use super::{Shown, check_common_name, verified_anchors};
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{CaCertificate, EnrollmentGroup, GroupAttestation};
use crate::id::{IdRules, RegistrationId};
use crate::limits;

/// The group that trusts the issuer closest to the leaf, and proof that the leaf leads there.
///
/// Disabled groups take part: the nearest one decides, and if it is disabled, none further up is
/// asked in its place. The caller looks at its status.
pub(crate) struct Nearest<'a> {
    pub(crate) group: &'a EnrollmentGroup,
    attested: Attested,
}

impl Nearest<'_> {
    pub(crate) fn into_attested(self) -> Attested {
        self.attested
    }
}

/// Finds the nearest group.
///
/// `Ok(None)` never happens for want of trust: a device that no group admits is a rejection that
/// says which issuer was looked for.
pub(crate) fn nearest<'a>(
    shown: &Shown<'a>,
    id: &RegistrationId,
    groups: &'a [EnrollmentGroup],
    cas: &'a [CaCertificate],
    rules: IdRules,
    now: UnixTime,
) -> Result<Nearest<'a>, Rejection> {
    let mut search = Search::default();
    for group in groups {
        let anchors = match anchors(group, cas) {
            Ok(anchors) => anchors,
            Err(cause) => {
                search.unusable.get_or_insert(cause);
                continue;
            }
        };
        if anchors.iter().any(|anchor| is_named(shown, anchor)) {
            search.judge(shown, group, &anchors, now)?;
        }
    }
    let group = search.finish(shown)?;
    check_common_name(&shown.leaf, id, rules)?;
    let enrollment = EnrollmentRef::Group(group.id().clone());
    Ok(Nearest {
        group,
        attested: Attested::new(id.clone(), enrollment, shown.proof()),
    })
}

#[derive(Default)]
struct Search<'a> {
    tried: usize,
    /// The group, the length of the path to it, and whether another is as near.
    best: Option<(&'a EnrollmentGroup, usize)>,
    rival: Option<&'a EnrollmentGroup>,
    /// Why the first group whose CA names fit did not admit the device.
    refused: Option<Rejection>,
    /// Why the first group without usable CAs could not be asked.
    unusable: Option<Rejection>,
}

impl<'a> Search<'a> {
    fn judge(
        &mut self,
        shown: &Shown<'a>,
        group: &'a EnrollmentGroup,
        anchors: &[TrustAnchor<'a>],
        now: UnixTime,
    ) -> Result<(), Rejection> {
        if self.tried == limits::GROUPS_TRIED {
            let limit = format!("at most {}", limits::GROUPS_TRIED);
            return Err(Rejection::new(
                Code::AttestTooManyGroups,
                Subject::field("enrollmentGroups"),
            )
            .expected(limit));
        }
        self.tried += 1;
        match shown.verifier(anchors).verify(&shown.leaf, now) {
            Ok(path) => self.admit(group, path.certificates().len()),
            Err(cause) => {
                self.refused.get_or_insert(cause);
            }
        }
        Ok(())
    }

    fn admit(&mut self, group: &'a EnrollmentGroup, length: usize) {
        match self.best.map(|(_, best)| length.cmp(&best)) {
            None | Some(Ordering::Less) => {
                self.best = Some((group, length));
                self.rival = None;
            }
            Some(Ordering::Equal) => self.rival = Some(group),
            Some(Ordering::Greater) => {}
        }
    }

    fn finish(self, shown: &Shown<'_>) -> Result<&'a EnrollmentGroup, Rejection> {
        match (self.best, self.rival) {
            (Some((group, _)), None) => Ok(group),
            (Some((group, _)), Some(rival)) => Err(Rejection::new(
                Code::AttestGroupAmbiguous,
                Subject::field("enrollmentGroups"),
            )
            .found(format!("{} and {}", group.id(), rival.id()))),
            (None, _) => Err(self
                .refused
                .or(self.unusable)
                .unwrap_or_else(|| no_group(shown))),
        }
    }
}

fn anchors<'a>(
    group: &'a EnrollmentGroup,
    cas: &'a [CaCertificate],
) -> Result<Vec<TrustAnchor<'a>>, Rejection> {
    match group.attestation() {
        GroupAttestation::Ca(references) => verified_anchors(references, cas),
        GroupAttestation::Signing(certificates) => certificates
            .iter()
            .map(|certificate| certificate.anchor())
            .collect(),
    }
}

/// A cheap look before any signature: does a certificate that was sent name the anchor as its
/// issuer?
fn is_named(shown: &Shown<'_>, anchor: &TrustAnchor<'_>) -> bool {
    core::iter::once(&shown.leaf)
        .chain(&shown.sent)
        .any(|certificate| certificate.issuer() == anchor.name())
}

/// Names the issuers that were looked for: that is what the technician has to find.
fn no_group(shown: &Shown<'_>) -> Rejection {
    let subject = Subject::certificate(0, format!("{}", shown.leaf.subject()));
    let issuers: Vec<String> = core::iter::once(&shown.leaf)
        .chain(&shown.sent)
        .map(|certificate| format!("{}", certificate.issuer()))
        .collect();
    Rejection::new(Code::AttestNoGroup, subject)
        .expected("a group that trusts one of the issuers")
        .found(format!("issuers {}", issuers.join("; ")))
}
