//! Many writes in one request, each for itself.

use alloc::format;
use alloc::vec::Vec;
use core::convert::Infallible;

use provisor_report::{Code, Rejection, Subject};

use super::call::{Call, Success};
use super::enroll::{self, Enrolled, Wanted};
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::Verb;
use super::outcome::Outcome;
use super::stored::{Resource, Stored};
use super::transaction::Condition;
use crate::enrollment::Etag;
use crate::limits;
use crate::quota::Counted;
use crate::registration::RegistrationRecord;

/// What is done with every item.
///
/// | mode | it is stored | it is not | etag |
/// |---|---|---|---|
/// | `create` | refused, 409 | made | ignored |
/// | `update` | replaced | refused, 404 | ignored |
/// | `updateIfMatchETag` | replaced if the tag is its own, else refused, 412 | refused, 412 | must be there |
/// | `delete` | deleted if the tag is its own | refused, 404 | may be there |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BulkMode {
    /// Made, where there is none.
    Create,
    /// Deleted.
    Delete,
    /// Replaced, where there is one.
    Update,
    /// Replaced, where its version is that of the item.
    UpdateIfMatchEtag,
}

/// One item, and what was looked up for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkItem<'a, T: Resource, D> {
    /// What is sent.
    pub draft: D,
    /// Its `etag`.
    pub etag: Option<Etag>,
    /// What is stored under its ID.
    pub stored: Option<&'a Stored<T>>,
    /// The record of its device; for individual enrollments.
    pub record: Option<&'a RegistrationRecord>,
}

/// The outcomes, each to be begun and committed for itself, in the order of the items.
#[derive(Debug)]
#[must_use = "commit each part, then answer"]
pub struct Bulk<I>(Vec<(I, Outcome<()>)>);

/// The answer: what was refused.
///
/// ```
/// # use provisor::{Code, Rejection, Subject};
/// use provisor::operations::BulkAnswer;
///
/// let mut answer = BulkAnswer::new();
/// answer.add("line-7", Ok(()));
/// assert!(answer.is_successful());
/// answer.add("line-8", Err(Rejection::new(Code::ServiceExists, Subject::field("registrationId"))));
/// assert!(!answer.is_successful());
/// assert_eq!(answer.errors()[0].0, "line-8");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkAnswer<I>(Vec<(I, Rejection)>);

impl<'a, T: Resource, D> BulkItem<'a, T, D> {
    /// An item without a tag, and what is stored under its ID.
    #[must_use]
    pub const fn new(draft: D, stored: Option<&'a Stored<T>>) -> Self {
        Self {
            draft,
            etag: None,
            stored,
            record: None,
        }
    }

    /// The same with the tag that was sent.
    #[must_use]
    pub fn with_etag(mut self, etag: Option<Etag>) -> Self {
        self.etag = etag;
        self
    }

    /// The same with the record of its device.
    #[must_use]
    pub const fn with_record(mut self, record: Option<&'a RegistrationRecord>) -> Self {
        self.record = record;
        self
    }
}

impl<I> Bulk<I> {
    /// The parts, each with the ID that it is about.
    #[must_use]
    pub fn into_parts(self) -> Vec<(I, Outcome<()>)> {
        self.0
    }
}

impl<I> BulkAnswer<I> {
    /// Nothing was refused yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes the answer of one part, after it was committed.
    pub fn add(&mut self, id: I, answer: Result<(), Rejection>) {
        if let Err(rejection) = answer {
            self.0.push((id, rejection));
        }
    }

    /// True when nothing was refused.
    #[must_use]
    pub const fn is_successful(&self) -> bool {
        self.0.is_empty()
    }

    /// What was refused, and why.
    #[must_use]
    pub fn errors(&self) -> &[(I, Rejection)] {
        &self.0
    }
}

impl<I> Default for BulkAnswer<I> {
    fn default() -> Self {
        Self::new()
    }
}

/// Decides every item. `delete` deletes one, with what goes with it.
pub(super) fn run<T: Enrolled>(
    call: &mut Call<'_>,
    mode: BulkMode,
    items: Vec<BulkItem<'_, T, T::Draft>>,
    facts: &ServiceFacts<'_>,
    delete: impl Fn(
        &Call<'_>,
        &T::Id,
        &IfMatch,
        &BulkItem<'_, T, T::Draft>,
    ) -> Result<Success<()>, Rejection>,
) -> Result<Bulk<T::Id>, Outcome<Infallible>> {
    let verb = match mode {
        BulkMode::Delete => Verb::Delete,
        BulkMode::Create | BulkMode::Update | BulkMode::UpdateIfMatchEtag => Verb::Put,
    };
    let may = call.caller.permit(T::KIND.write_right());
    if let Err(refused) = may.and_then(|()| check_size(items.len())) {
        return Err(call.conclude((verb, T::KIND, ""), |_| Err(refused)));
    }
    let mut parts: Vec<(T::Id, Outcome<()>)> = Vec::new();
    let mut counts = *facts.counts;
    for item in items {
        let id = T::draft_id(&item.draft).clone();
        let twice = parts.iter().any(|(before, _)| *before == id);
        let mut taken = Vec::new();
        let outcome = call.conclude((verb, T::KIND, T::key(&id)), |call| {
            if twice {
                return Err(
                    Rejection::new(Code::ServiceBulkTwice, Subject::field(T::ID_FIELD))
                        .found(format!("{id}")),
                );
            }
            let Some(wanted) = mode.wanted(item.etag.as_ref(), T::ID_FIELD)? else {
                let if_match = item.etag.clone().map_or(IfMatch::Any, IfMatch::Tag);
                return delete(call, &id, &if_match, &item);
            };
            let facts = ServiceFacts {
                counts: &counts,
                ..*facts
            };
            let success = enroll::put(call, &id, item.draft, &wanted, item.stored, &facts)?;
            taken = rooms(&success.conditions);
            Ok(success.map(drop))
        });
        for what in taken {
            let number = counts.of(what).unwrap_or_default();
            counts = counts.with(what, number.saturating_add(1));
        }
        parts.push((id, outcome));
    }
    Ok(Bulk(parts))
}

impl BulkMode {
    /// On what condition an item is put; `None`: it is deleted.
    fn wanted(self, etag: Option<&Etag>, field: &str) -> Result<Option<Wanted>, Rejection> {
        match (self, etag) {
            (Self::Create, _) => Ok(Some(Wanted::New)),
            (Self::Update, _) => Ok(Some(Wanted::Old)),
            (Self::UpdateIfMatchEtag, Some(tag)) => Ok(Some(Wanted::If(IfMatch::Tag(tag.clone())))),
            (Self::UpdateIfMatchEtag, None) => Err(Rejection::new(
                Code::ServiceEtagMissing,
                Subject::field(format!("{field}.etag")),
            )),
            (Self::Delete, _) => Ok(None),
        }
    }
}

/// The quotas that an item takes from, so that the next one finds less room.
fn rooms(conditions: &[Condition]) -> Vec<Counted> {
    let room = |condition: &Condition| match condition {
        Condition::FewerThan(what, _) => Some(*what),
        _ => None,
    };
    conditions.iter().filter_map(room).collect()
}

fn check_size(items: usize) -> Result<(), Rejection> {
    if (1..=limits::BULK_ITEMS).contains(&items) {
        return Ok(());
    }
    Err(
        Rejection::new(Code::ServiceBulkSize, Subject::field("enrollments"))
            .expected(format!("1 to {} items", limits::BULK_ITEMS))
            .found(format!("{items}")),
    )
}
