//! Whom the groups of a scope trust, and which of them a chain leads to.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::anchors::{Anchors, Candidates};
use super::groups::Groups;
use super::hash::Hashing;
use super::slab::Slab;
use super::slots::Place;
use crate::attestation::{FoundGroups, Issuers};
use crate::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, ProvisioningStatus,
};
use crate::id::CaName;
use crate::limits;

#[derive(Clone, Debug, Default)]
pub(super) struct Trust {
    /// Groups by their signing certificates.
    signing: Anchors,
    /// CA names by the certificates registered under them.
    registered: Anchors,
    names: Slab<Registered>,
    by_name: BTreeMap<CaName, Place>,
}

/// A name that a CA certificate is registered under, or that an enrollment refers to.
#[derive(Clone, Debug)]
struct Registered {
    name: CaName,
    ca: Option<CaCertificate>,
    enabled: Vec<Place>,
    disabled: Vec<Place>,
    individuals: usize,
}

impl Trust {
    /// False when there is no room.
    pub(super) fn add_group(
        &mut self,
        hashing: &Hashing,
        group: &EnrollmentGroup,
        place: Place,
    ) -> bool {
        match group.attestation() {
            GroupAttestation::Signing(certificates) => {
                self.signing.insert(hashing, certificates.iter(), place)
            }
            GroupAttestation::Ca(references) => references.iter().all(|name| {
                let Some(registered) = self.entry(name) else {
                    return false;
                };
                registered.of(group).push(place);
                true
            }),
            GroupAttestation::SymmetricKey(_) => true,
        }
    }

    pub(super) fn remove_group(
        &mut self,
        hashing: &Hashing,
        group: &EnrollmentGroup,
        place: Place,
    ) {
        match group.attestation() {
            GroupAttestation::Signing(certificates) => {
                self.signing.remove(hashing, certificates.iter(), place);
            }
            GroupAttestation::Ca(references) => {
                for name in references.iter() {
                    self.change(name, |registered| {
                        registered.of(group).retain(|other| *other != place);
                    });
                }
            }
            GroupAttestation::SymmetricKey(_) => {}
        }
    }

    /// False when there is no room.
    pub(super) fn add_individual(&mut self, enrollment: &IndividualEnrollment) -> bool {
        let mut names = references(enrollment)
            .into_iter()
            .flat_map(CaReferences::iter);
        names.all(|name| {
            let registered = self.entry(name);
            registered
                .map(|registered| registered.individuals += 1)
                .is_some()
        })
    }

    pub(super) fn remove_individual(&mut self, enrollment: &IndividualEnrollment) {
        for name in references(enrollment)
            .into_iter()
            .flat_map(CaReferences::iter)
        {
            self.change(name, |registered| registered.individuals -= 1);
        }
    }

    /// The certificate that was registered before; `Err` when there is no room.
    pub(super) fn put_ca(
        &mut self,
        hashing: &Hashing,
        ca: CaCertificate,
    ) -> Result<Option<CaCertificate>, super::individuals::Full> {
        use super::individuals::Full;

        let before = self.take_ca(hashing, ca.name());
        let certificate = ca.certificate().clone();
        let name = ca.name().clone();
        self.entry(&name).ok_or(Full)?.ca = Some(ca);
        let place = *self.by_name.get(&name).ok_or(Full)?;
        match self
            .registered
            .insert(hashing, core::iter::once(&certificate), place)
        {
            true => Ok(before),
            false => Err(Full),
        }
    }

    /// Takes a CA certificate out that no enrollment refers to.
    pub(super) fn remove_ca(
        &mut self,
        hashing: &Hashing,
        groups: &Groups,
        name: &CaName,
    ) -> Result<Option<CaCertificate>, Rejection> {
        let Some(registered) = self.at(name) else {
            return Ok(None);
        };
        registered.check_unused(groups)?;
        let ca = self.take_ca(hashing, name);
        self.change(name, |_| {});
        Ok(ca)
    }

    pub(super) fn ca(&self, name: &CaName) -> Option<&CaCertificate> {
        self.at(name)?.ca.as_ref()
    }

    pub(super) fn cas(&self) -> impl Iterator<Item = &CaCertificate> {
        self.names
            .iter()
            .filter_map(|registered| registered.ca.as_ref())
    }

    /// What the engine asks for a chain.
    pub(super) fn find<'i>(
        &'i self,
        hashing: &Hashing,
        groups: &'i Groups,
        issuers: &Issuers<'_>,
        individual: Option<&IndividualEnrollment>,
    ) -> FoundGroups<'i> {
        let mut found = FoundGroups::new(issuers);
        let mut seen = Seen::default();
        for issuer in issuers.iter() {
            let signing = self.signing.candidates(hashing, issuer);
            let registered = self.registered.candidates(hashing, issuer);
            if signing.is_narrowed() || registered.is_narrowed() {
                found.narrow(issuer.name_hash());
                self.others_with_same_key(hashing, groups, (&signing, &registered), &mut seen);
            }
            seen.groups(&signing);
            seen.names(&registered);
        }
        for place in &seen.names {
            if let Some(registered) = self.names.get(*place) {
                seen.more |= registered.candidates(&mut seen.groups);
            }
        }
        if seen.more {
            found.too_many();
        }
        for group in seen.groups.iter().filter_map(|place| groups.at(*place)) {
            found.add_group(group);
            self.answer(group_references(group), &mut found);
        }
        self.answer(individual.and_then(references), &mut found);
        found.sort();
        found
    }

    /// One enrollment, and the CA certificates that it refers to.
    pub(super) fn for_enrollment<'i>(
        &'i self,
        group: Option<&'i EnrollmentGroup>,
        individual: Option<&IndividualEnrollment>,
    ) -> FoundGroups<'i> {
        let mut found = FoundGroups::new(&Issuers::default());
        if let Some(group) = group {
            found.add_group(group);
            self.answer(group_references(group), &mut found);
        }
        self.answer(individual.and_then(references), &mut found);
        found
    }

    /// Where names are narrowed to a key, whoever else has that very CA stands beside them.
    fn others_with_same_key(
        &self,
        hashing: &Hashing,
        groups: &Groups,
        (signing, registered): (&Candidates, &Candidates),
        seen: &mut Seen,
    ) {
        let of_groups = signing.places().filter_map(|place| groups.at(place));
        let of_groups = of_groups.filter_map(|group| match group.attestation() {
            GroupAttestation::Signing(certificates) => Some(certificates.iter()),
            GroupAttestation::Ca(_) | GroupAttestation::SymmetricKey(_) => None,
        });
        let of_names = registered
            .places()
            .filter_map(|place| self.names.get(place));
        let of_names = of_names.filter_map(|registered| registered.ca.as_ref());
        let certificates = of_groups
            .flatten()
            .chain(of_names.map(CaCertificate::certificate));
        for certificate in certificates {
            seen.groups(&self.signing.same(hashing, certificate));
            seen.names(&self.registered.same(hashing, certificate));
        }
    }

    fn answer<'i>(&'i self, references: Option<&CaReferences>, found: &mut FoundGroups<'i>) {
        for name in references.into_iter().flat_map(CaReferences::iter) {
            if let Some(registered) = self.at(name) {
                found.add_ca(&registered.name, registered.ca.as_ref());
            }
        }
    }

    fn at(&self, name: &CaName) -> Option<&Registered> {
        self.names.get(*self.by_name.get(name)?)
    }

    fn entry(&mut self, name: &CaName) -> Option<&mut Registered> {
        let place = match self.by_name.get(name) {
            Some(place) => *place,
            None => {
                let place = self.names.insert(Registered::new(name.clone()))?;
                self.by_name.insert(name.clone(), place);
                place
            }
        };
        self.names.get_mut(place)
    }

    /// Changes a name, and forgets it when nothing is left of it.
    fn change(&mut self, name: &CaName, change: impl FnOnce(&mut Registered)) {
        let Some(place) = self.by_name.get(name).copied() else {
            return;
        };
        let Some(registered) = self.names.get_mut(place) else {
            return;
        };
        change(registered);
        if registered.is_nothing() {
            self.names.remove(place);
            self.by_name.remove(name);
        }
    }

    fn take_ca(&mut self, hashing: &Hashing, name: &CaName) -> Option<CaCertificate> {
        let place = *self.by_name.get(name)?;
        let ca = self.names.get_mut(place)?.ca.take()?;
        self.registered
            .remove(hashing, core::iter::once(ca.certificate()), place);
        Some(ca)
    }
}

impl Registered {
    const fn new(name: CaName) -> Self {
        Self {
            name,
            ca: None,
            enabled: Vec::new(),
            disabled: Vec::new(),
            individuals: 0,
        }
    }

    fn of(&mut self, group: &EnrollmentGroup) -> &mut Vec<Place> {
        match group.settings().provisioning_status {
            ProvisioningStatus::Enabled => &mut self.enabled,
            ProvisioningStatus::Disabled => &mut self.disabled,
        }
    }

    const fn is_nothing(&self) -> bool {
        self.ca.is_none()
            && self.enabled.is_empty()
            && self.disabled.is_empty()
            && self.individuals == 0
    }

    /// The groups that a device of this CA may belong to; true when there are more than may be tried.
    /// A CA whose possession nobody proved bars for disabled groups and admits for none: one enabled
    /// group is enough to say so.
    fn candidates(&self, into: &mut BTreeSet<Place>) -> bool {
        let verified = self
            .ca
            .as_ref()
            .is_some_and(|ca| ca.status() == CaStatus::Verified);
        let enabled = if verified { limits::GROUPS_TRIED } else { 1 };
        into.extend(self.enabled.iter().take(enabled).copied());
        into.extend(self.disabled.iter().take(limits::GROUPS_TRIED).copied());
        verified && self.enabled.len() > limits::GROUPS_TRIED
            || self.disabled.len() > limits::GROUPS_TRIED
    }

    fn check_unused(&self, groups: &Groups) -> Result<(), Rejection> {
        let of_groups = self.enabled.iter().chain(&self.disabled);
        if self.enabled.is_empty() && self.disabled.is_empty() && self.individuals == 0 {
            return Ok(());
        }
        let mut named: Vec<String> = of_groups
            .take(limits::ENROLLMENTS_NAMED)
            .filter_map(|place| groups.at(*place))
            .map(|group| format!("group {}", group.id()))
            .collect();
        let more = self.enabled.len() + self.disabled.len() - named.len();
        if more > 0 {
            named.push(format!("{more} more groups"));
        }
        match self.individuals {
            0 => {}
            1 => named.push("one individual enrollment".into()),
            many => named.push(format!("{many} individual enrollments")),
        }
        Err(
            Rejection::new(Code::AttestCaInUse, Subject::field("caCertificate"))
                .expected(format!("no enrollment that refers to {}", self.name))
                .found(named.join(", ")),
        )
    }
}

/// What was found so far, each once.
#[derive(Default)]
struct Seen {
    groups: BTreeSet<Place>,
    names: BTreeSet<Place>,
    /// That there is more than may be tried.
    more: bool,
}

impl Seen {
    fn groups(&mut self, found: &Candidates) {
        self.more |= found.more();
        self.groups.extend(found.places());
    }

    fn names(&mut self, found: &Candidates) {
        self.more |= found.more();
        self.names.extend(found.places());
    }
}

const fn references(enrollment: &IndividualEnrollment) -> Option<&CaReferences> {
    match enrollment.attestation() {
        IndividualAttestation::X509Ca(references) => Some(references),
        IndividualAttestation::SymmetricKey(_)
        | IndividualAttestation::Tpm(_)
        | IndividualAttestation::TpmAny
        | IndividualAttestation::X509Leaf(_) => None,
    }
}

const fn group_references(group: &EnrollmentGroup) -> Option<&CaReferences> {
    match group.attestation() {
        GroupAttestation::Ca(references) => Some(references),
        GroupAttestation::Signing(_) | GroupAttestation::SymmetricKey(_) => None,
    }
}
