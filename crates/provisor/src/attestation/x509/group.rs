//! Which group's trust is nearest to a device.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::{Name, TrustAnchor, VerifiedPath};

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
/// A device that no group admits is a rejection that says which issuers were looked for.
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
                if is_concerned(shown, group, cas) {
                    search.unusable.get_or_insert(cause);
                }
                continue;
            }
        };
        if anchors.iter().any(|anchor| is_issuer(shown, anchor.name())) {
            search.judge(shown, group, anchors, now)?;
        }
    }
    let group = search.finish(shown)?;
    check_common_name(&shown.leaf, id, rules)?;
    let enrollment = EnrollmentRef::Group(group.id().clone());
    Ok(Nearest {
        group,
        attested: Attested::new(id.clone(), enrollment, shown.proof(), shown.marks()),
    })
}

#[derive(Default)]
struct Search<'a> {
    tried: usize,
    best: Option<(&'a EnrollmentGroup, VerifiedPath<'a>)>,
    /// Another group that is as near as the best.
    rival: Option<&'a EnrollmentGroup>,
    /// The groups whose CA names fit and that did not admit the device.
    refused: Vec<(Vec<TrustAnchor<'a>>, Rejection)>,
    /// Why the first group without usable CAs could not be asked, although one of its CAs is among
    /// the device's issuers.
    unusable: Option<Rejection>,
}

impl<'a> Search<'a> {
    fn judge(
        &mut self,
        shown: &Shown<'a>,
        group: &'a EnrollmentGroup,
        anchors: Vec<TrustAnchor<'a>>,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        if self.tried == limits::GROUPS_TRIED {
            let limit = format!("at most {}", limits::GROUPS_TRIED);
            return Err(refused(Code::AttestTooManyGroups).expected(limit));
        }
        self.tried += 1;
        match shown.verifier(&anchors).verify(&shown.leaf, now) {
            Ok(path) => self.admit(group, path),
            Err(cause) => self.refused.push((anchors, cause)),
        }
        Ok(())
    }

    fn admit(&mut self, group: &'a EnrollmentGroup, path: VerifiedPath<'a>) {
        let length = |path: &VerifiedPath<'_>| path.certificates().len();
        let best = self.best.as_ref().map(|(_, best)| length(best));
        match best.map(|best| length(&path).cmp(&best)) {
            None | Some(Ordering::Less) => {
                self.best = Some((group, path));
                self.rival = None;
            }
            Some(Ordering::Equal) => self.rival = Some(group),
            Some(Ordering::Greater) => {}
        }
    }

    fn finish(self, shown: &Shown<'_>) -> Result<&'a EnrollmentGroup, Rejection> {
        let Some((group, path)) = self.best else {
            let first = self.refused.into_iter().next().map(|(_, cause)| cause);
            return Err(first.or(self.unusable).unwrap_or_else(|| no_group(shown)));
        };
        if let Some(rival) = self.rival {
            let both = format!("{} and {}", group.id(), rival.id());
            return Err(refused(Code::AttestGroupAmbiguous).found(both));
        }
        // A nearer group that refuses the device has decided, even if its CA was certified anew
        // with fewer constraints and the path through the new certificate is good.
        let mut nearer = self.refused.into_iter();
        match nearer.find(|(anchors, _)| anchors.iter().any(|anchor| is_on(&path, anchor))) {
            Some((_, cause)) => Err(cause),
            None => Ok(group),
        }
    }
}

/// True when the path leads through the anchor's name and key, by whatever certificate.
fn is_on(path: &VerifiedPath<'_>, anchor: &TrustAnchor<'_>) -> bool {
    let mut issuers = path.certificates().iter().skip(1);
    issuers.any(|issuer| {
        issuer.subject() == anchor.name() && issuer.public_key_info() == anchor.public_key_info()
    })
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

/// A cheap look before any signature: does a certificate that was sent name it as its issuer?
fn is_issuer(shown: &Shown<'_>, name: Name<'_>) -> bool {
    core::iter::once(&shown.leaf)
        .chain(&shown.sent)
        .any(|certificate| certificate.issuer() == name)
}

/// True when a CA of this group, usable or not, is among the issuers shown. What is wrong with
/// another group's CAs would send the technician to the wrong place, and tell a stranger their
/// names.
fn is_concerned(shown: &Shown<'_>, group: &EnrollmentGroup, cas: &[CaCertificate]) -> bool {
    match group.attestation() {
        // These cannot be unusable: they were read when the operator handed them in.
        GroupAttestation::Signing(_) => true,
        GroupAttestation::Ca(references) => references
            .iter()
            .filter_map(|name| cas.iter().find(|ca| ca.name == *name))
            .filter_map(|ca| ca.certificate.anchor().ok())
            .any(|anchor| is_issuer(shown, anchor.name())),
    }
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

fn refused(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("enrollmentGroups"))
}
