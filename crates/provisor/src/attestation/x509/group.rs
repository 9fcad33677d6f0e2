//! Which group's trust is nearest to a device.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::{NearestAnchors, TrustAnchor};

use super::anchors::{verified_anchors, without_ca};
use super::common_name::check_common_name;
use super::shown::Shown;
use super::trust::Trust;
use crate::attestation::effort::Effort;
use crate::attestation::{Attested, EnrollmentRef};
use crate::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation, ProvisioningStatus,
    TrustedCertificate,
};
use crate::id::{CaName, IdRules, RegistrationId};
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

/// Finds the nearest group: one search over the anchors of all that may be it, so that many groups
/// cost no more than one.
///
/// A device that no group admits is a rejection that says which issuers were looked for.
pub(crate) fn nearest<'a>(
    shown: &Shown<'a>,
    id: &RegistrationId,
    trust: Trust<'a>,
    rules: IdRules,
    now: UnixTime,
    effort: &mut Effort<'_>,
) -> Result<Nearest<'a>, Rejection> {
    let candidates = Candidates::among(shown, trust)?;
    if candidates.anchors.is_empty() {
        return Err(candidates.unusable.unwrap_or_else(|| no_group(shown)));
    }
    let verifier = shown.verifier(&candidates.anchors);
    let found = effort.nearest(&verifier, &shown.leaf, now)?;
    let group = candidates.decide(&found).ok_or_else(|| no_group(shown))??;
    check_passed_names(&found, trust)?;
    check_common_name(&shown.leaf, id, rules)?;
    let enrollment = EnrollmentRef::Group(group.id().clone());
    Ok(Nearest {
        group,
        attested: Attested::new(id.clone(), enrollment, shown.proof(), shown.marks()),
    })
}

/// The groups that trust an issuer of the device by its name.
#[derive(Default)]
struct Candidates<'a> {
    anchors: Vec<TrustAnchor<'a>>,
    /// Whose anchors they are, in the same order.
    owners: Vec<&'a EnrollmentGroup>,
    /// Why the first group without usable CAs could not be asked, although one of its CAs is among
    /// the device's issuers.
    unusable: Option<Rejection>,
}

impl<'a> Candidates<'a> {
    /// A cheap look before any signature: names are compared, and nothing is read.
    fn among(shown: &Shown<'_>, trust: Trust<'a>) -> Result<Self, Rejection> {
        check_number("enrollmentGroups", trust.groups().count(), limits::GROUPS)?;
        check_number("certificateAuthorities", trust.cas().count(), limits::CAS)?;
        if trust.has_too_many() {
            return Err(too_many());
        }
        let is_named = |ca: &TrustedCertificate| {
            let issuers = &shown.issuers;
            issuers.name(|name, hash| ca.is_named(name, hash))
        };
        let named = Register::of(trust.cas().filter(|ca| is_named(ca.certificate())));
        let mut candidates = Self::default();
        let mut found = Vec::new();
        for group in trust.groups() {
            match group.attestation() {
                GroupAttestation::Signing(certificates) => {
                    if !certificates.iter().any(is_named) {
                        continue;
                    }
                }
                GroupAttestation::SymmetricKey(_) => continue,
                // What is wrong with another group's CAs would send the technician to the wrong
                // place, and tell a stranger their names.
                GroupAttestation::Ca(references) => match named.usable(group, references) {
                    None => continue,
                    Some(true) => {}
                    Some(false) => {
                        candidates.unusable.get_or_insert_with(|| {
                            without_ca(Code::AttestCaUnverified, references)
                        });
                        continue;
                    }
                },
            }
            if found.len() == limits::GROUPS_TRIED {
                return Err(too_many());
            }
            found.push(group);
        }
        candidates.add(&found, trust);
        Ok(candidates)
    }

    /// The anchors of these few groups: their CAs are looked up now, all in one walk.
    fn add(&mut self, groups: &[&'a EnrollmentGroup], trust: Trust<'a>) {
        let wanted: BTreeSet<&CaName> = groups
            .iter()
            .filter_map(|group| match group.attestation() {
                GroupAttestation::Signing(_) | GroupAttestation::SymmetricKey(_) => None,
                GroupAttestation::Ca(references) => Some(references.iter()),
            })
            .flatten()
            .collect();
        let register = match wanted.is_empty() {
            true => Register::default(),
            false => Register::of(trust.cas().filter(|ca| wanted.contains(ca.name()))),
        };
        for group in groups {
            let anchors = match group.attestation() {
                GroupAttestation::Signing(certificates) => {
                    Ok(certificates.iter().map(|ca| ca.anchor()).collect())
                }
                GroupAttestation::Ca(references) => register.anchors(group, references),
                GroupAttestation::SymmetricKey(_) => Ok(Vec::new()),
            };
            match anchors {
                Ok(anchors) => {
                    self.owners.extend(anchors.iter().map(|_| *group));
                    self.anchors.extend(anchors);
                }
                Err(cause) => _ = self.unusable.get_or_insert(cause),
            }
        }
    }

    /// The group at the end of the shortest path. `None` only where no anchor accepted.
    fn decide(&self, found: &NearestAnchors<'_>) -> Option<Result<&'a EnrollmentGroup, Rejection>> {
        let mut accepting = found
            .accepted()
            .filter_map(|(anchor, _)| self.owners.get(anchor).copied());
        let group = accepting.next()?;
        if let Some(rival) = accepting.find(|rival| !core::ptr::eq(*rival, group)) {
            let both = format!("{} and {}", group.id(), rival.id());
            return Some(Err(refused(Code::AttestGroupAmbiguous).found(both)));
        }
        // A nearer group that refuses the device has decided, even if its CA was certified anew
        // with fewer constraints and the path through the new certificate is good.
        let mut passed = found.passed();
        let nearer = passed.find(|(anchor, _)| {
            let owner = self.owners.get(*anchor);
            owner.is_none_or(|owner| !core::ptr::eq(*owner, group))
        });
        Some(match nearer {
            Some((_, cause)) => Err(cause.clone()),
            None => Ok(group),
        })
    }
}

/// Where a store left groups out whose CA has the same name as an issuer on the path, but another key
/// than the one that is named, one of them may be nearer than the group that was found: a path does not
/// lead past such a name. The issuer that is the anchor itself is as near as any of them.
fn check_passed_names(found: &NearestAnchors<'_>, trust: Trust<'_>) -> Result<(), Rejection> {
    // All but the topmost.
    let passed = found
        .accepted()
        .flat_map(|(_, path)| path.certificates().take(path.issuers().len()));
    for certificate in passed {
        if trust.is_narrowed(certificate.issuer().lookup_hash()) {
            return Err(too_many());
        }
    }
    Ok(())
}

/// Some of the registered CAs, by the names that groups refer to them by. Of all of them a map would
/// cost each request more than everything else.
#[derive(Default)]
struct Register<'a>(BTreeMap<&'a CaName, &'a CaCertificate>);

impl<'a> Register<'a> {
    fn of(cas: impl Iterator<Item = &'a CaCertificate>) -> Self {
        let mut register = BTreeMap::new();
        for ca in cas {
            // The first of a name counts, as in a search from the front.
            register.entry(ca.name()).or_insert(ca);
        }
        Self(register)
    }

    /// Of a register of the device's issuers: whether one of these CAs is among them (`None`: no),
    /// and whether the group can be asked by it. A disabled group keeps its devices out by all of its
    /// CAs: those whose possession nobody proved admit nobody, and bar whom they name.
    fn usable(&self, group: &EnrollmentGroup, references: &CaReferences) -> Option<bool> {
        if self.0.is_empty() {
            return None;
        }
        let mut found = references
            .iter()
            .filter_map(|name| self.0.get(name))
            .peekable();
        found.peek()?;
        Some(match group.settings().provisioning_status {
            ProvisioningStatus::Enabled => found.any(|ca| ca.status() == CaStatus::Verified),
            ProvisioningStatus::Disabled => true,
        })
    }

    fn anchors(
        &self,
        group: &EnrollmentGroup,
        references: &CaReferences,
    ) -> Result<Vec<TrustAnchor<'a>>, Rejection> {
        let registered = |name: &CaName| self.0.get(name).copied();
        match group.settings().provisioning_status {
            ProvisioningStatus::Enabled => verified_anchors(references, registered),
            ProvisioningStatus::Disabled => Ok(references
                .iter()
                .filter_map(registered)
                .map(|ca| ca.certificate().anchor())
                .collect()),
        }
    }
}

fn check_number(field: &'static str, found: usize, limit: usize) -> Result<(), Rejection> {
    if found <= limit {
        return Ok(());
    }
    Err(
        Rejection::new(Code::AttestTooManyFacts, Subject::field(field))
            .expected(format!("at most {limit}"))
            .found(format!("{found}")),
    )
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

fn too_many() -> Rejection {
    let limit = format!("at most {}", limits::GROUPS_TRIED);
    refused(Code::AttestTooManyGroups).expected(limit)
}

fn refused(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("enrollmentGroups"))
}
