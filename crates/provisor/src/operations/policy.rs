//! Shared access policies: make, replace keys, delete.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::access::{Right, Rights};
use super::call::{Call, Success};
use super::check;
use super::draft::KeysDraft;
use super::etag::IfMatch;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::resource::{AccessPolicy, PolicyName};
use super::stored::Stored;
use super::transaction::{Change, Condition, Write};
use super::written::{self, Written};
use crate::enrollment::{Etag, KeySlot, SymmetricKeys};
use crate::metering::Instruction;
use crate::sas::SasKey;

const KIND: Kind = Kind::AccessPolicy;

/// A policy as it is shown: without its keys.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PolicyView {
    /// Its name.
    pub name: PolicyName,
    /// What its holders may do.
    pub rights: Rights,
    /// The version.
    pub etag: Etag,
    /// When it was made.
    pub created: UnixTime,
    /// When it was written last.
    pub updated: UnixTime,
}

/// Makes a policy, or changes its rights. Keys that are left out are drawn for a new one, and stay in a
/// stored one. `others` are the other policies of the service.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`ServiceConfig`](Right::ServiceConfig) and each of the rights
/// that the policy gives: nobody hands out more than they have;
/// [`ServicePolicyRights`](Code::ServicePolicyRights), [`ServiceLastPolicy`](Code::ServiceLastPolicy),
/// the codes of [`IfMatch`].
pub fn put(
    call: &mut Call<'_>,
    name: &PolicyName,
    (rights, keys): (Rights, KeysDraft),
    if_match: &IfMatch,
    stored: Option<&Stored<AccessPolicy>>,
    others: &[&Stored<AccessPolicy>],
) -> Outcome<PolicyView> {
    call.conclude((Verb::Put, KIND, name.as_str()), |call| {
        let stored = written::writable(call, name, stored)?;
        let tag = stored.map(|stored| &stored.etag);
        let expected = if_match.for_put(KIND, name.as_str(), tag)?;
        if rights.is_empty() {
            return Err(Rejection::new(
                Code::ServicePolicyRights,
                Subject::field("rights"),
            ));
        }
        call.caller.permit_all(rights)?;
        let conditions = match stored {
            Some(stored) if !rights.has(Right::ServiceConfig) => somebody_left(stored, others)?,
            _ => Vec::new(),
        };
        let kept = stored.map(|stored| &stored.value.keys);
        let primary = keys
            .primary
            .or_else(|| kept.map(|keys| keys.primary().clone()));
        let secondary = keys
            .secondary
            .or_else(|| kept.map(|keys| keys.secondary().clone()));
        let keys = SymmetricKeys::complete(primary, secondary, call.random)?;
        let policy = AccessPolicy::new(name.clone(), keys, rights);
        written::put(call, expected, policy, stored, conditions, |next| {
            let view = view(&next);
            (next, view)
        })
    })
}

/// Draws one of the keys anew; the other goes on. To replace both without a gap: let the clients use the
/// secondary, draw the primary, let them use the primary, draw the secondary.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) as in [`keys`], [`ServiceNotFound`](Code::ServiceNotFound),
/// [`ServiceEtag`](Code::ServiceEtag), what the randomness refuses with.
pub fn rotate(
    call: &mut Call<'_>,
    name: &PolicyName,
    slot: KeySlot,
    if_match: &IfMatch,
    stored: Option<&Stored<AccessPolicy>>,
) -> Outcome<SymmetricKeys> {
    call.conclude((Verb::RotateKeys, KIND, name.as_str()), |call| {
        let stored = existing(call, name, stored)?;
        call.caller.permit_all(stored.value.rights)?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        let (before, drawn) = (&stored.value.keys, SasKey::generate(call.random)?);
        let keys = match slot {
            KeySlot::Primary => SymmetricKeys::new(drawn, before.secondary().clone()),
            KeySlot::Secondary => SymmetricKeys::new(before.primary().clone(), drawn),
        };
        let policy = AccessPolicy::new(name.clone(), keys.clone(), stored.value.rights);
        written::put(call, expected, policy, Some(stored), Vec::new(), |next| {
            (next, keys)
        })
    })
}

/// Reads a policy, without its keys.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound).
pub fn read(
    call: &mut Call<'_>,
    name: &PolicyName,
    stored: Option<&Stored<AccessPolicy>>,
) -> Outcome<PolicyView> {
    call.conclude((Verb::Read, KIND, name.as_str()), |call| {
        Ok(Success::read(view(written::read(call, name, stored)?)))
    })
}

/// Reads the keys of a policy: who has them has its rights.
///
/// # Errors
/// As [`read`]; [`ServiceRight`](Code::ServiceRight) also without each of the rights of the policy.
pub fn keys(
    call: &mut Call<'_>,
    name: &PolicyName,
    stored: Option<&Stored<AccessPolicy>>,
) -> Outcome<SymmetricKeys> {
    call.conclude((Verb::ReadKeys, KIND, name.as_str()), |call| {
        let stored = written::read(call, name, stored)?;
        call.caller.permit_all(stored.value.rights)?;
        Ok(Success::read(stored.value.keys.clone()))
    })
}

/// Lists all of them, in the order that they are handed in.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight).
pub fn list(call: &mut Call<'_>, stored: &[&Stored<AccessPolicy>]) -> Outcome<Vec<PolicyView>> {
    call.conclude((Verb::Query, KIND, ""), |call| {
        call.caller.permit(KIND.read_right())?;
        Ok(Success::read(
            stored.iter().map(|policy| view(policy)).collect(),
        ))
    })
}

/// Deletes a policy: its tokens are good for nothing from then on. `others` are the other policies of
/// the service.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight), [`ServiceNotFound`](Code::ServiceNotFound),
/// [`ServiceEtag`](Code::ServiceEtag), [`ServiceLastPolicy`](Code::ServiceLastPolicy).
pub fn delete(
    call: &mut Call<'_>,
    name: &PolicyName,
    if_match: &IfMatch,
    stored: Option<&Stored<AccessPolicy>>,
    others: &[&Stored<AccessPolicy>],
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, name.as_str()), |call| {
        let stored = existing(call, name, stored)?;
        let expected = if_match.for_stored(KIND, name.as_str(), &stored.etag)?;
        let conditions = somebody_left(stored, others)?;
        Ok(written::delete(stored, expected, conditions))
    })
}

fn existing<'a>(
    call: &Call<'_>,
    name: &PolicyName,
    stored: Option<&'a Stored<AccessPolicy>>,
) -> Result<&'a Stored<AccessPolicy>, Rejection> {
    written::writable(call, name, stored)?.ok_or_else(|| check::not_found(KIND, name.as_str()))
}

/// Without this policy's right to configure the service, another one still has it.
fn somebody_left(
    stored: &Stored<AccessPolicy>,
    others: &[&Stored<AccessPolicy>],
) -> Result<Vec<Condition>, Rejection> {
    let config = |policy: &Stored<AccessPolicy>| policy.value.rights.has(Right::ServiceConfig);
    if !config(stored) {
        return Ok(Vec::new());
    }
    let other = others
        .iter()
        .find(|other| config(other) && other.value.name != stored.value.name);
    match other {
        Some(other) => Ok(Vec::from([Condition::PolicyStands(
            other.value.name.clone(),
            other.etag.clone(),
        )])),
        None => Err(Rejection::new(
            Code::ServiceLastPolicy,
            Subject::field("rights"),
        )),
    }
}

fn view(stored: &Stored<AccessPolicy>) -> PolicyView {
    PolicyView {
        name: stored.value.name.clone(),
        rights: stored.value.rights,
        etag: stored.etag.clone(),
        created: stored.created,
        updated: stored.updated,
    }
}

impl Written for AccessPolicy {
    const WRITE: Instruction = Instruction::PolicyWrite;
    const DELETE: Instruction = Instruction::PolicyDelete;

    fn write(change: Change<Self>) -> Write {
        Write::Policy(change)
    }
}
