//! Linked hubs: link, change, unlink.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::call::{Call, Success};
use super::check;
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::resource::{HubCredential, HubLink};
use super::stored::Stored;
use super::transaction::{Change, Condition, Write};
use super::written::{self, Written};
use crate::allocation::Weight;
use crate::enrollment::Etag;
use crate::id::HubName;
use crate::limits;
use crate::metering::Instruction;
use crate::quota::{Counted, Quotas};

const KIND: Kind = Kind::LinkedHub;

/// A link as an operator sends it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HubDraft {
    /// The host name in the body: that of the path.
    pub name: HubName,
    /// `allocationWeight`, 1 to 1000; left out: 1.
    pub allocation_weight: Option<u16>,
    /// `applyAllocationPolicy`; left out: true.
    pub apply_allocation_policy: Option<bool>,
    /// `location`, at most [`limits::HUB_LOCATION_BYTES`].
    pub location: Option<Box<str>>,
    /// What the service proves itself by there; left out in a replacement: the stored one. At most
    /// [`limits::HUB_CREDENTIAL_BYTES`].
    pub credential: Option<HubCredential>,
}

/// A link as it is shown: without its credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HubView {
    /// Its host name.
    pub name: HubName,
    /// `allocationWeight`.
    pub weight: Weight,
    /// `applyAllocationPolicy`.
    pub apply_allocation_policy: bool,
    /// `location`.
    pub location: Option<Box<str>>,
    /// The version.
    pub etag: Etag,
    /// When it was linked.
    pub created: UnixTime,
    /// When the link was written last.
    pub updated: UnixTime,
}

impl HubDraft {
    /// A link with the defaults.
    #[must_use]
    pub const fn new(name: HubName) -> Self {
        Self {
            name,
            allocation_weight: None,
            apply_allocation_policy: None,
            location: None,
            credential: None,
        }
    }
}

/// Links a hub, or changes its link. Devices move at their next registration, and only as many as the
/// difference of the shares is.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`ServiceConfig`](super::Right::ServiceConfig),
/// [`ServiceIdMismatch`](Code::ServiceIdMismatch), [`ServiceHubWeight`](Code::ServiceHubWeight),
/// [`ServiceHubText`](Code::ServiceHubText), the
/// codes of [`IfMatch`], [`ServiceQuota`](Code::ServiceQuota), also beyond
/// [`limits::LINKED_HUBS`].
pub fn put(
    call: &mut Call<'_>,
    name: &HubName,
    draft: HubDraft,
    if_match: &IfMatch,
    stored: Option<&Stored<HubLink>>,
    facts: &ServiceFacts<'_>,
) -> Outcome<HubView> {
    call.conclude((Verb::Put, KIND, name.normal_form()), |call| {
        let stored = written::writable(call, name, stored)?;
        check::same_id(name, &draft.name, "name")?;
        let tag = stored.map(|stored| &stored.etag);
        let expected = if_match.for_put(KIND, name.as_str(), tag)?;
        let conditions = match stored {
            Some(_) => Vec::new(),
            None => room(facts)?,
        };
        let mut link = HubLink::new(draft.name);
        link.weight = weight(draft.allocation_weight)?;
        link.apply_allocation_policy = draft.apply_allocation_policy.unwrap_or(true);
        link.location = draft.location;
        check_text(
            link.location.as_deref(),
            "location",
            limits::HUB_LOCATION_BYTES,
        )?;
        let sent = draft.credential.as_ref().map(HubCredential::expose);
        check_text(sent, "credential", limits::HUB_CREDENTIAL_BYTES)?;
        let kept = || stored.and_then(|stored| stored.value.credential.clone());
        link.credential = draft.credential.or_else(kept);
        written::put(call, expected, link, stored, conditions, |next| {
            let view = view(&next);
            (next, view)
        })
    })
}

/// Reads a link.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound).
pub fn read(
    call: &mut Call<'_>,
    name: &HubName,
    stored: Option<&Stored<HubLink>>,
) -> Outcome<HubView> {
    call.conclude((Verb::Read, KIND, name.normal_form()), |call| {
        Ok(Success::read(view(written::read(call, name, stored)?)))
    })
}

/// Lists all of them, in the order that they are handed in.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight).
pub fn list(call: &mut Call<'_>, stored: &[&Stored<HubLink>]) -> Outcome<Vec<HubView>> {
    call.conclude((Verb::Query, KIND, ""), |call| {
        call.caller.permit(KIND.read_right())?;
        Ok(Success::read(stored.iter().map(|hub| view(hub)).collect()))
    })
}

/// Unlinks a hub. Its devices stay in it, and the service does not reach them there any more: at their
/// next registration they go elsewhere. Enrollments that list it pass it over from now on; to empty a
/// hub first, set its `applyAllocationPolicy` to false and let its devices register again.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound),
/// [`ServiceEtag`](Code::ServiceEtag).
pub fn unlink(
    call: &mut Call<'_>,
    name: &HubName,
    if_match: &IfMatch,
    stored: Option<&Stored<HubLink>>,
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, name.normal_form()), |call| {
        let stored = written::writable(call, name, stored)?;
        let stored = stored.ok_or_else(|| check::not_found(KIND, name.as_str()))?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        Ok(written::delete(stored, expected, Vec::new()))
    })
}

fn weight(stated: Option<u16>) -> Result<Weight, Rejection> {
    match stated {
        None => Ok(Weight::ONE),
        Some(number @ 1..=1000) => Weight::new(number),
        Some(number) => Err(Rejection::new(
            Code::ServiceHubWeight,
            Subject::field("allocationWeight"),
        )
        .expected("1 to 1000")
        .found(format!("{number}"))),
    }
}

/// Of the credential no more than its length is told.
fn check_text(text: Option<&str>, field: &'static str, most: usize) -> Result<(), Rejection> {
    let length = text.map_or(0, str::len);
    if length <= most {
        return Ok(());
    }
    Err(Rejection::new(Code::ServiceHubText, Subject::field(field))
        .expected(format!("at most {most} bytes"))
        .found(format!("{length} bytes")))
}

/// More hubs than allocation takes would stop every registration.
fn room(facts: &ServiceFacts<'_>) -> Result<Vec<Condition>, Rejection> {
    let most = limits::LINKED_HUBS as u64;
    let most = facts
        .quotas
        .linked_hubs
        .map_or(most, |quota| quota.min(most));
    let quotas = Quotas::NONE.with(Counted::LinkedHubs, Some(most));
    let facts = ServiceFacts {
        quotas: &quotas,
        ..*facts
    };
    check::room(Counted::LinkedHubs, &facts).map(Vec::from_iter)
}

fn view(stored: &Stored<HubLink>) -> HubView {
    let link = &stored.value;
    HubView {
        name: link.name.clone(),
        weight: link.weight,
        apply_allocation_policy: link.apply_allocation_policy,
        location: link.location.clone(),
        etag: stored.etag.clone(),
        created: stored.created,
        updated: stored.updated,
    }
}

impl Written for HubLink {
    const WRITE: Instruction = Instruction::HubWrite;
    const DELETE: Instruction = Instruction::HubDelete;

    fn write(change: Change<Self>) -> Write {
        Write::Hub(change)
    }
}
