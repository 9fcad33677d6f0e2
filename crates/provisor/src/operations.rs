//! The service's own operations: what operators do with enrollments, records, CAs, hubs and keys.
//!
//! Each is a function like a [registration](crate::registration): from what is stored, the request,
//! the caller, the time and randomness to an [`Outcome`]. It has one [`Transaction`], which the
//! caller commits as a whole, and after that the answer:
//!
//! ```
//! # use provisor::allocation::LinkedHubs;
//! # use provisor::attestation::EkPolicy;
//! # use provisor::enrollment::Thumbprint;
//! # use provisor::quota::{Counts, Quotas};
//! # use provisor::{Code, IdScope, RegistrationId, UnixTime};
//! # use provisor_testkit::{pki::{KeyKind, ToyPki}, random::SeededRandom, soft_tpm::{SoftTpm, TpmKind}};
//! use provisor::operations::{
//!     individual, AttestationDraft, Call, Caller, IfMatch, IndividualDraft, Rights, ServiceFacts,
//!     Write,
//! };
//! # let ek = SoftTpm::new(TpmKind::P256, 1, 1).ek_public().to_vec();
//! # let scope = IdScope::parse("0ne0A1B2C3D")?;
//! # let hubs = LinkedHubs::new(&scope, [])?;
//! # let (quotas, counts) = (Quotas::NONE, Counts::NOT_COUNTED);
//! # let mut random = SeededRandom::new(1, "");
//! # let now = UnixTime::new(1_790_000_000);
//!
//! let caller = Caller::new("provisioningserviceowner", Rights::ALL);
//! let facts = ServiceFacts::new(&hubs, &EkPolicy::AllowList, &quotas, &counts);
//! let mut call = Call::new(&scope, &caller, now, &mut random);
//!
//! let id = RegistrationId::try_from("line-7")?;
//! let draft = IndividualDraft::new(id.clone(), AttestationDraft::tpm(ek));
//! let outcome = individual::put(&mut call, &id, draft, &IfMatch::Any, None, &facts);
//! let (transaction, pending) = outcome.begin();
//! // All of it in one step: the enrollment, what it counts, and the entry of the audit log.
//! assert!(matches!(&*transaction.writes, [Write::Individual(change)] if change.id == id));
//! assert!(transaction.count.is_some());
//! let view = pending.committed()?;
//! assert_eq!(view.registration_id, id);
//! # Ok::<(), provisor::Rejection>(())
//! ```
//!
//! | operation | right | counts as |
//! |---|---|---|
//! | [`individual::put`], [`individual::bulk`] | `EnrollmentWrite` | `enrollmentWrite`, each item |
//! | [`individual::delete`] | `EnrollmentWrite` | `enrollmentDelete` |
//! | [`individual::read`], [`query`](individual::query) and [`page`](individual::page) | `EnrollmentRead` | - |
//! | [`individual::mechanism`] | `EnrollmentRead` and `EnrollmentWrite` | - |
//! | [`group`]: the same | the same | `groupWrite`, `groupDelete` |
//! | [`record::read`], [`query`](record::query) and [`page`](record::page) | `RegistrationStatusRead` | - |
//! | [`record::delete`] | `RegistrationStatusWrite` | `recordDelete` |
#![cfg_attr(
    feature = "x509",
    doc = "| [`ca`]: put, draw_code, verify, delete | `ServiceConfig` | `caWrite`, `caDelete` |"
)]
//! | [`hub`]: put, unlink | `ServiceConfig` | `hubWrite`, `hubDelete` |
//! | [`policy`]: put, rotate | `ServiceConfig`, and the rights of the policy | `policyWrite` |
//! | [`policy::delete`] | `ServiceConfig` | `policyDelete` |
//! | [`policy::keys`] | `ServiceConfig`, and the rights of the policy | - |
//! | [`service::put`] | `ServiceConfig` | `serviceWrite` |
//! | reading and listing of these | `ServiceConfig` | - |
//! | [`restore`]: what was stored elsewhere, put as it was | whoever may write the store | - |
//!
//! # What is looked up
//!
//! Every function says in its arguments what it needs; `None` there means that the store was asked and
//! has nothing. A store that finds on commit that something changed meanwhile (an [`Expected`]
//! version, a [`Condition`]) commits nothing; look up again and call again.
//!
//! # Who may
//!
//! A [`Caller`] has [`Rights`]; each operation asks for one of the five of the service that is
//! modelled. Nothing is said about what is stored before the right was found. [`authorize`] makes a caller of
//! a shared access signature.
//!
//! # What a deletion leaves
//!
//! | deleted | its record | generation |
//! |---|---|---|
//! | an individual enrollment | goes, if the device registered through it, and leaves a tombstone | one that is made anew draws another |
//! | a group | all stay, and bar their IDs for strangers | one that is made anew draws another |
//! | a record | leaves a tombstone: the device is new the next time | - |
//!
//! No deletion touches a hub; the next registration of the ID puts away what is left there.

mod access;
mod attest;
mod audit;
mod bulk;
#[cfg(feature = "x509")]
pub mod ca;
mod call;
mod certificate;
mod check;
mod draft;
mod enroll;
mod etag;
mod facts;
pub mod group;
pub mod hub;
pub mod individual;
mod kind;
mod members;
mod outcome;
pub mod policy;
mod query;
pub mod record;
mod resource;
pub mod restore;
mod searched;
#[cfg(feature = "serde")]
mod serial;
pub mod service;
mod settle;
mod stored;
mod token;
mod transaction;
mod view;
mod warn;
mod written;

pub use access::{Caller, Right, Rights, Target};
pub use audit::{AuditEntry, Finding};
pub use bulk::{Bulk, BulkAnswer, BulkItem, BulkMode};
pub use call::Call;
pub use certificate::CertificateInfo;
pub use draft::{
    AttestationDraft, CertificateDraft, GroupDraft, IndividualDraft, KeysDraft, MechanismKind,
    Pair, PolicyDraft, ReprovisionDraft, SettingsDraft, TpmDraft, X509Draft,
};
pub use etag::IfMatch;
pub use facts::ServiceFacts;
pub use kind::{Kind, Verb};
pub use members::Members;
pub use outcome::{Outcome, Pending};
pub use query::{Comparison, ContinuationKey, Field, Filter, Literal, Order, Page, Query, Scan};
#[cfg(feature = "x509")]
pub use resource::RegisteredCa;
pub use resource::{
    AccessPolicy, HubCredential, HubLink, PolicyName, ServiceSettings, linked_hubs,
};
pub use searched::IndividualRow;
pub use stored::{Resource, Stored};
pub use token::authorize;
pub use transaction::{Change, Condition, Expected, RecordChange, Transaction, Write};
pub use view::{GroupView, IndividualView, Mechanism, MechanismView};
