//! The enrollments of one ID scope in memory, found by what a request names.
//!
//! [`EnrollmentIndex`] holds individual enrollments, groups and registered CA certificates, reads each
//! certificate once, and answers what the engine asks ([`Needs`](crate::registration::Needs)): the
//! individual enrollment under a registration ID, the groups whose CAs a chain names, the groups that
//! attest by symmetric keys. None of the answers costs more when there are more enrollments.
//!
//! A service that keeps its enrollments elsewhere answers the same questions by a query; the index is
//! what every other service would write.
//!
#![cfg_attr(feature = "x509", doc = "```")]
#![cfg_attr(not(feature = "x509"), doc = "```ignore")]
//! # use provisor::enrollment::{Leaves, Thumbprint};
//! use provisor::RegistrationId;
//! use provisor::enrollment::{Generation, IndividualAttestation, IndividualEnrollment};
//! use provisor::index::EnrollmentIndex;
//!
//! # let mut random = provisor_testkit::random::SeededRandom::new(1, "");
//! # let leaf = IndividualAttestation::X509Leaf(Leaves::new(Thumbprint::of_der(b""), None)?);
//! let mut index = EnrollmentIndex::new(&mut random)?;
//! let id = RegistrationId::try_from("line-7-0001")?;
//! let enrollment = IndividualEnrollment::new(id.clone(), leaf, Generation::draw(&mut random)?);
//! assert!(index.put_individual(enrollment)?.is_none());
//!
//! assert!(index.individual(&RegistrationId::try_from("LINE-7-0001")?).is_some());
//! assert!(index.remove_individual(&id).is_some());
//! # Ok::<(), provisor::Rejection>(())
//! ```
//!
//! # For a request
//!
#![cfg_attr(feature = "x509", doc = "```")]
#![cfg_attr(not(feature = "x509"), doc = "```ignore")]
//! # use provisor::allocation::LinkedHubs;
//! use provisor::index::EnrollmentIndex;
//! use provisor::quota::RecordQuota;
//! use provisor::registration::{
//!     Decision, Facts, Fence, RegistrationRecord, Known, RegistrationRequest, Service,
//! };
//! # use provisor::{Rejection, UnixTime, tpm::Random};
//!
//! fn decide(
//!     service: &Service, index: &EnrollmentIndex, hubs: &LinkedHubs, record: Option<&RegistrationRecord>,
//!     request: &RegistrationRequest<'_>, lease: Fence, now: UnixTime, random: &mut dyn Random,
//! ) -> Result<Decision, Rejection> {
//!     let needs = service.needs(request)?;
//!     let individual = index.individual(needs.registration_id);
//!     let groups = index.find(&needs.issuers, individual);
//!     let known = record.map(Known::Record);
//!     let facts = Facts::new(hubs, individual, known, lease, RecordQuota::NONE)
//!         .with_found_groups(&groups);
//!     Ok(service.decide(request, facts, now, random))
//! }
//! ```
//!
//! # What it costs
//!
//! A million enrollments by a leaf certificate take about 170 bytes each: enrollments whose
//! [`Settings`](crate::enrollment::Settings) are equal share them. A group takes about 1.4 kilobytes,
//! most of it the certificate and what was read of it.
//!
//! The order of the hash tables is keyed by random bits, so that nobody who chooses registration IDs or
//! names of CAs can choose where they collide.

#[cfg(feature = "x509")]
mod anchors;
mod enrollments;
mod groups;
mod hash;
mod individuals;
#[cfg(feature = "x509")]
mod lists;
mod share;
mod slab;
mod slots;
#[cfg(feature = "x509")]
mod trust;

#[cfg(test)]
#[cfg(feature = "x509")]
mod tests;

pub use enrollments::EnrollmentIndex;
