//! All the enrollments of one ID scope.

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Random;

use super::groups::Groups;
use super::hash::Hashing;
use super::individuals::Individuals;
use super::share::Shared;
#[cfg(feature = "x509")]
use super::trust::Trust;
#[cfg(feature = "x509")]
use crate::attestation::{Attested, EnrollmentRef, FoundGroups, Issuers};
#[cfg(feature = "x509")]
use crate::enrollment::CaCertificate;
use crate::enrollment::{EnrollmentGroup, IndividualEnrollment};
#[cfg(feature = "x509")]
use crate::id::CaName;
use crate::id::{GroupId, RegistrationId};

/// The enrollments and CA certificates of one ID scope, owned, read once, and found by what a request
/// names. See the [module](super).
#[derive(Clone)]
pub struct EnrollmentIndex {
    hashing: Hashing,
    shared: Shared,
    individuals: Individuals,
    groups: Groups,
    #[cfg(feature = "x509")]
    trust: Trust,
}

impl EnrollmentIndex {
    /// An empty index, whose order is drawn from the caller's randomness.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn new(random: &mut dyn Random) -> Result<Self, Rejection> {
        Ok(Self {
            hashing: Hashing::draw(random)?,
            shared: Shared::default(),
            individuals: Individuals::default(),
            groups: Groups::default(),
            #[cfg(feature = "x509")]
            trust: Trust::default(),
        })
    }

    /// Adds an individual enrollment, or puts it in place of the one under its registration ID, which
    /// is given back.
    ///
    /// # Errors
    /// [`AttestIndexFull`](Code::AttestIndexFull) at some four thousand million.
    pub fn put_individual(
        &mut self,
        enrollment: IndividualEnrollment,
    ) -> Result<Option<IndividualEnrollment>, Rejection> {
        #[cfg(feature = "x509")]
        if !self.trust.add_individual(&enrollment) {
            return Err(full());
        }
        let before = self
            .individuals
            .put(&self.hashing, &mut self.shared, enrollment)
            .map_err(|_| full())?;
        #[cfg(feature = "x509")]
        if let Some(before) = &before {
            self.trust.remove_individual(before);
        }
        Ok(before)
    }

    /// Takes the individual enrollment of that registration ID out.
    pub fn remove_individual(&mut self, id: &RegistrationId) -> Option<IndividualEnrollment> {
        let removed = self.individuals.remove(&self.hashing, id)?;
        #[cfg(feature = "x509")]
        self.trust.remove_individual(&removed);
        Some(removed)
    }

    /// The individual enrollment under that registration ID, in whatever case it is written.
    #[must_use]
    pub fn individual(&self, id: &RegistrationId) -> Option<&IndividualEnrollment> {
        self.individuals.get(&self.hashing, id)
    }

    /// All individual enrollments, in no order that means anything.
    pub fn individuals(&self) -> impl Iterator<Item = &IndividualEnrollment> {
        self.individuals.iter()
    }

    /// How many individual enrollments there are.
    #[must_use]
    pub const fn individual_count(&self) -> usize {
        self.individuals.len()
    }

    /// Adds a group, or puts it in place of the one of its name, which is given back.
    ///
    /// # Errors
    /// [`AttestIndexFull`](Code::AttestIndexFull) at some four thousand million.
    pub fn put_group(
        &mut self,
        group: EnrollmentGroup,
    ) -> Result<Option<EnrollmentGroup>, Rejection> {
        let before = self.remove_group(group.id());
        let settings = self.shared.settings(&self.hashing, group.shared_settings());
        let group = group.with_settings(settings);
        let place = self.groups.insert(&self.hashing, group).ok_or_else(full)?;
        #[cfg(feature = "x509")]
        if let Some(group) = self.groups.at(place)
            && !self.trust.add_group(&self.hashing, group, place)
        {
            return Err(full());
        }
        #[cfg(not(feature = "x509"))]
        let _ = place;
        Ok(before)
    }

    /// Takes the group of that name out.
    pub fn remove_group(&mut self, id: &GroupId) -> Option<EnrollmentGroup> {
        let (place, group) = self.groups.remove(&self.hashing, id)?;
        #[cfg(feature = "x509")]
        self.trust.remove_group(&self.hashing, &group, place);
        #[cfg(not(feature = "x509"))]
        let _ = place;
        Some(group)
    }

    /// The group of that name, in whatever case it is written.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<&EnrollmentGroup> {
        self.groups.get(&self.hashing, id)
    }

    /// All groups, in no order that means anything.
    pub fn groups(&self) -> impl Iterator<Item = &EnrollmentGroup> {
        self.groups.iter()
    }

    /// How many groups there are.
    #[must_use]
    pub const fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// The groups that attest by symmetric keys, by name. A token names no group, so that a request
    /// with one is held against all of them.
    pub fn symmetric_key_groups(&self) -> impl Iterator<Item = &EnrollmentGroup> {
        self.groups.by_key()
    }

    /// The groups that may admit a device whose certificates name these issuers, and the CA
    /// certificates that they, and the device's individual enrollment, refer to.
    ///
    /// Where more than [`limits::GROUPS_TRIED`](crate::limits::GROUPS_TRIED) groups have a CA of one
    /// name, those whose key is the named one are taken, and the engine then refuses whatever leads
    /// past that name: a group that is left out may be nearer, and never is one further away asked in
    /// its place.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn find<'i>(
        &'i self,
        issuers: &Issuers<'_>,
        individual: Option<&IndividualEnrollment>,
    ) -> FoundGroups<'i> {
        self.trust
            .find(&self.hashing, &self.groups, issuers, individual)
    }

    /// The group that attested a device, if one did and is still there: enough for
    /// [`Service::decide_attested`](crate::registration::Service::decide_attested).
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn find_attested<'i>(&'i self, attested: &Attested) -> FoundGroups<'i> {
        let group = match attested.enrollment() {
            EnrollmentRef::Group(id) => self.group(id),
            EnrollmentRef::Individual => None,
        };
        let individual = match attested.enrollment() {
            EnrollmentRef::Group(_) => None,
            EnrollmentRef::Individual => self.individual(attested.registration_id()),
        };
        self.trust.for_enrollment(group, individual)
    }

    /// Adds a CA certificate, or puts it in place of the one of its name, which is given back.
    ///
    /// # Errors
    /// [`AttestIndexFull`](Code::AttestIndexFull) at some four thousand million.
    #[cfg(feature = "x509")]
    pub fn put_ca(&mut self, ca: CaCertificate) -> Result<Option<CaCertificate>, Rejection> {
        self.trust.put_ca(&self.hashing, ca).map_err(|_| full())
    }

    /// Takes the CA certificate of that name out.
    ///
    /// # Errors
    /// [`AttestCaInUse`](Code::AttestCaInUse) while an enrollment refers to it, enabled or not: see
    /// [`check_ca_unused`](crate::enrollment::check_ca_unused).
    #[cfg(feature = "x509")]
    pub fn remove_ca(&mut self, name: &CaName) -> Result<Option<CaCertificate>, Rejection> {
        self.trust.remove_ca(&self.hashing, &self.groups, name)
    }

    /// The CA certificate registered under that name.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn ca(&self, name: &CaName) -> Option<&CaCertificate> {
        self.trust.ca(name)
    }

    /// All registered CA certificates, in no order that means anything.
    #[cfg(feature = "x509")]
    pub fn cas(&self) -> impl Iterator<Item = &CaCertificate> {
        self.trust.cas()
    }
}

impl core::fmt::Debug for EnrollmentIndex {
    /// How much there is.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EnrollmentIndex")
            .field("individuals", &self.individual_count())
            .field("groups", &self.group_count())
            .finish_non_exhaustive()
    }
}

fn full() -> Rejection {
    Rejection::new(Code::AttestIndexFull, Subject::field("index"))
}
