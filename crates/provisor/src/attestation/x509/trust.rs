//! The groups and CA certificates that a request is held against.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::issuers::Issuers;
use crate::enrollment::{
    CaCertificate, CaReferences, EnrollmentGroup, GroupAttestation, IndividualAttestation,
    IndividualEnrollment,
};
use crate::id::CaName;

/// What a store found for the [`Issuers`] of one request.
///
/// It is complete when it has every group, disabled or not, that holds a signing certificate of the
/// name of one of the issuers or refers to a registered CA of such a name, and has an answer for every CA
/// that one of these groups, or the individual enrollment, refers to. What is not asked for does no harm.
/// **A group that is left out is not known to exist**: of two that may admit the device, the one further
/// from it would.
///
/// [`EnrollmentIndex`](crate::index::EnrollmentIndex) makes it. A store of another kind looks for
/// [`Issuer::name_hash`](super::Issuer::name_hash):
///
/// ```
/// # use provisor::enrollment::{CaCertificate, EnrollmentGroup, GroupAttestation};
/// use provisor::attestation::{FoundGroups, Issuers};
///
/// fn look_up<'a>(issuers: &Issuers<'_>, groups: &'a [EnrollmentGroup]) -> FoundGroups<'a> {
///     let mut found = FoundGroups::new(issuers);
///     for group in groups {
///         let GroupAttestation::Signing(signing) = group.attestation() else { continue };
///         let named = signing.iter().any(|ca| {
///             issuers.iter().any(|issuer| issuer.name_hash() == ca.name_hash())
///         });
///         if named {
///             found = found.with_group(group);
///         }
///     }
///     found
/// }
/// ```
#[derive(Clone, Debug)]
pub struct FoundGroups<'a> {
    groups: Vec<&'a EnrollmentGroup>,
    cas: BTreeMap<&'a CaName, Option<&'a CaCertificate>>,
    /// What was looked for: the names and key identifiers.
    asked: Vec<(u64, Option<u64>)>,
    /// Hashes of names of which only the groups are here whose key fits.
    narrowed: Vec<u64>,
    /// That there are more than may be tried.
    too_many: bool,
}

impl<'a> FoundGroups<'a> {
    /// Nothing found yet for these.
    #[must_use]
    pub fn new(issuers: &Issuers<'_>) -> Self {
        Self {
            groups: Vec::new(),
            cas: BTreeMap::new(),
            asked: asked(issuers),
            narrowed: Vec::new(),
            too_many: false,
        }
    }

    /// One more group.
    #[must_use]
    pub fn with_group(mut self, group: &'a EnrollmentGroup) -> Self {
        if !self.groups.iter().any(|other| core::ptr::eq(*other, group)) {
            self.add_group(group);
        }
        self
    }

    /// What is registered under a name that a group or the individual enrollment refers to.
    #[must_use]
    pub fn with_ca(mut self, name: &'a CaName, found: Option<&'a CaCertificate>) -> Self {
        self.add_ca(name, found);
        self
    }

    /// One that is not there yet.
    pub(crate) fn add_group(&mut self, group: &'a EnrollmentGroup) {
        self.groups.push(group);
    }

    pub(crate) fn add_ca(&mut self, name: &'a CaName, found: Option<&'a CaCertificate>) {
        self.cas.insert(name, found);
    }

    /// Of the groups with a CA of this name only those are here whose key is the one named.
    pub(crate) fn narrow(&mut self, name_hash: u64) {
        self.narrowed.push(name_hash);
    }

    /// More groups may admit the device than may be tried: none is.
    pub(crate) const fn too_many(&mut self) {
        self.too_many = true;
    }

    pub(crate) fn groups(&self) -> &[&'a EnrollmentGroup] {
        &self.groups
    }

    /// In the order of their names, so that no answer depends on how they were found.
    pub(crate) fn sort(&mut self) {
        self.groups.sort_by_key(|group| group.id());
    }
}

/// Where groups and CA certificates come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trust<'a> {
    /// All that there are.
    All {
        groups: &'a [EnrollmentGroup],
        cas: &'a [CaCertificate],
    },
    Found(&'a FoundGroups<'a>),
}

impl<'a> Trust<'a> {
    pub(crate) fn groups(self) -> impl Iterator<Item = &'a EnrollmentGroup> {
        let (all, found) = match self {
            Self::All { groups, .. } => (groups, &[][..]),
            Self::Found(found) => (&[][..], found.groups()),
        };
        all.iter().chain(found.iter().copied())
    }

    pub(crate) fn cas(self) -> impl Iterator<Item = &'a CaCertificate> {
        let (all, found) = match self {
            Self::All { cas, .. } => (cas, None),
            Self::Found(found) => (&[][..], Some(&found.cas)),
        };
        let found = found.into_iter().flat_map(BTreeMap::values);
        all.iter().chain(found.filter_map(|found| *found))
    }

    /// The first of that name.
    pub(crate) fn ca(self, name: &CaName) -> Option<&'a CaCertificate> {
        match self {
            Self::All { cas, .. } => cas.iter().find(|ca| ca.name() == name),
            Self::Found(found) => found.cas.get(name).copied().flatten(),
        }
    }

    /// True when groups with a CA of this name are left out: their key is another one than the
    /// certificates name, and they were too many.
    pub(crate) fn is_narrowed(self, name_hash: u64) -> bool {
        match self {
            Self::All { .. } => false,
            Self::Found(found) => found.narrowed.contains(&name_hash),
        }
    }

    pub(crate) const fn has_too_many(self) -> bool {
        match self {
            Self::All { .. } => false,
            Self::Found(found) => found.too_many,
        }
    }

    /// Whether it answers what was asked for this request, all of it.
    pub(crate) fn check(
        self,
        issuers: &Issuers<'_>,
        individual: Option<&IndividualEnrollment>,
    ) -> Result<(), Rejection> {
        let Self::Found(found) = self else {
            return Ok(());
        };
        if found.asked != asked(issuers) {
            return Err(incomplete("enrollmentGroups")
                .expected("the groups for the issuers that this request names")
                .found("groups that were looked up for others"));
        }
        let of_groups = found
            .groups
            .iter()
            .filter_map(|group| match group.attestation() {
                GroupAttestation::Ca(references) => Some(references),
                GroupAttestation::Signing(_) | GroupAttestation::SymmetricKey(_) => None,
            });
        let of_individual = individual.and_then(|found| match found.attestation() {
            IndividualAttestation::X509Ca(references) => Some(references),
            IndividualAttestation::SymmetricKey(_)
            | IndividualAttestation::Tpm(_)
            | IndividualAttestation::TpmAny
            | IndividualAttestation::X509Leaf(_) => None,
        });
        let mut names = of_groups.chain(of_individual).flat_map(CaReferences::iter);
        match names.find(|name| !found.cas.contains_key(name)) {
            None => Ok(()),
            Some(name) => Err(incomplete("certificateAuthorities")
                .expected(alloc::format!("what is registered as {name}"))
                .found("a fact that was not looked up")),
        }
    }
}

fn asked(issuers: &Issuers<'_>) -> Vec<(u64, Option<u64>)> {
    let asked = |issuer: &super::Issuer<'_>| {
        // Whatever differs here is another request; that it is the same is the caller's to see to.
        let key_id = issuer.key_id().map(|id| {
            id.iter().fold(0_u64, |sum, byte| {
                sum.rotate_left(8).wrapping_mul(31) ^ u64::from(*byte)
            })
        });
        (issuer.name_hash(), key_id)
    };
    issuers.iter().map(asked).collect()
}

fn incomplete(field: &'static str) -> Rejection {
    Rejection::new(Code::RegFacts, Subject::field(field))
}
