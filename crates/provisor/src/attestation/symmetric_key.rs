//! A SAS token against the symmetric keys of an enrollment.
//!
//! The claims of the token were checked before ([`SasToken::check_claims`]): it is for this very
//! registration and in time. What is left is whose key signed it.

use alloc::vec;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::{Attested, EnrollmentRef, Proof};
use crate::enrollment::{EnrollmentGroup, KeySlot, Mark, SymmetricKeys};
use crate::id::{IdScope, RegistrationId};
use crate::limits;
use crate::sas::{Resource, SasKey, SasToken, spellings};

/// A token that a device showed, and the registration that it has to be for.
pub(crate) struct Shown<'a> {
    token: SasToken<'a>,
    /// What the signature covers.
    signed: Vec<u8>,
    scope: &'a IdScope,
    id: &'a RegistrationId,
}

/// A device that has a key of the enrollment.
pub(crate) struct Bound {
    pub(crate) attested: Attested,
    /// What the enrollment is known by when it is made anew.
    pub(crate) accepted: Vec<Mark>,
    /// The device's two keys: what its hub has to know it by.
    pub(crate) keys: SymmetricKeys,
}

/// The group whose key a device's key is derived from.
pub(crate) struct Hit<'g> {
    pub(crate) group: &'g EnrollmentGroup,
    pub(crate) bound: Bound,
}

impl<'a> Shown<'a> {
    /// A token whose claims were checked against this registration.
    pub(crate) fn new(token: SasToken<'a>, scope: &'a IdScope, id: &'a RegistrationId) -> Self {
        let signed = token.signed_text().into_bytes();
        Self {
            token,
            signed,
            scope,
            id,
        }
    }

    fn resource(&self) -> Resource<'a> {
        Resource::registration(self.scope, self.id)
    }

    fn is_by(&self, key: &SasKey) -> bool {
        key.verifies(&self.signed, self.token.signature())
    }

    /// Which of the two signed. Both are tried, so that the time does not tell.
    fn slot(&self, keys: &SymmetricKeys) -> Option<KeySlot> {
        let [first, second] = keys
            .both()
            .map(|(slot, key)| self.is_by(key).then_some(slot));
        first.or(second)
    }

    /// The device's two keys under a group's, in the spelling of the ID that the one that signed was
    /// derived from. All are tried.
    fn derived(&self, group: &SymmetricKeys) -> Option<(KeySlot, SymmetricKeys)> {
        spellings(self.id).fold(None, |found, spelling| {
            let derived = group.derive_from(spelling);
            let this = self.slot(&derived).map(|slot| (slot, derived));
            found.or(this)
        })
    }

    fn bound(
        &self,
        enrollment: EnrollmentRef,
        slot: KeySlot,
        keys: SymmetricKeys,
        normal: &SymmetricKeys,
    ) -> Bound {
        let mark = |key| Mark::symmetric_key(key, self.scope, self.id);
        let signed = match slot {
            KeySlot::Primary => keys.primary(),
            KeySlot::Secondary => keys.secondary(),
        };
        let proof = Proof::SymmetricKey { key: slot };
        Bound {
            attested: Attested::new(self.id.clone(), enrollment, proof, vec![mark(signed)]),
            accepted: vec![mark(normal.primary()), mark(normal.secondary())],
            keys,
        }
    }
}

/// The device of an individual enrollment with these keys.
///
/// # Errors
/// [`SasSignature`](Code::SasSignature), or what its maker did where a holder of the key made it.
pub(crate) fn bind_individual(shown: &Shown<'_>, keys: &SymmetricKeys) -> Result<Bound, Rejection> {
    match shown.slot(keys) {
        Some(slot) => Ok(shown.bound(EnrollmentRef::Individual, slot, keys.clone(), keys)),
        None => {
            let both = keys.both().map(|(_, key)| key);
            Err(shown.token.explain_keys(&shown.resource(), &both))
        }
    }
}

/// The group whose key the device's is derived from: the one that the device is on record under, if it
/// is that; else the first by name, and a disabled one before all enabled ones, since what is disabled
/// does not let its devices through another one that has the same key.
///
/// A token names no group, so all are tried, whichever fits.
///
/// # Errors
/// [`AttestTooManyFacts`](Code::AttestTooManyFacts) above [`limits::SYMMETRIC_KEY_GROUPS`];
/// [`AttestNoKeyGroup`](Code::AttestNoKeyGroup), or what its maker did where a holder of a group's key
/// made the token.
pub(crate) fn search<'g>(
    shown: &Shown<'_>,
    groups: impl Iterator<Item = &'g EnrollmentGroup>,
    recorded: Option<&EnrollmentRef>,
) -> Result<Hit<'g>, Rejection> {
    let groups = in_order(groups, recorded)?;
    let mut best: Option<(Rank, Hit<'g>)> = None;
    let mut by_group_key = None;
    for (group, keys) in &groups {
        by_group_key = by_group_key.or(keys.both().into_iter().fold(None, |found, (_, key)| {
            let this = shown.is_by(key).then_some(*group);
            found.or(this)
        }));
        let Some((slot, derived)) = shown.derived(keys) else {
            continue;
        };
        let rank = Rank::of(group, recorded);
        if best.as_ref().is_none_or(|(best, _)| rank < *best) {
            let enrollment = EnrollmentRef::Group(group.id().clone());
            let normal = keys.derive(shown.id);
            let bound = shown.bound(enrollment, slot, derived, &normal);
            best = Some((rank, Hit { group, bound }));
        }
    }
    match best {
        Some((_, hit)) => Ok(hit),
        None => Err(no_group(shown, &groups, by_group_key)),
    }
}

/// Which of several groups that fit answers. The order of the names is that of the search.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Recorded,
    Disabled,
    Enabled,
}

impl Rank {
    fn of(group: &EnrollmentGroup, recorded: Option<&EnrollmentRef>) -> Self {
        use crate::enrollment::ProvisioningStatus;
        if is_recorded(group, recorded) {
            return Self::Recorded;
        }
        match group.settings().provisioning_status {
            ProvisioningStatus::Disabled => Self::Disabled,
            ProvisioningStatus::Enabled => Self::Enabled,
        }
    }
}

fn is_recorded(group: &EnrollmentGroup, recorded: Option<&EnrollmentRef>) -> bool {
    matches!(recorded, Some(EnrollmentRef::Group(id)) if id == group.id())
}

type KeyGroup<'g> = (&'g EnrollmentGroup, &'g SymmetricKeys);

/// The groups that attest by symmetric keys: the recorded one, then by name.
fn in_order<'g>(
    groups: impl Iterator<Item = &'g EnrollmentGroup>,
    recorded: Option<&EnrollmentRef>,
) -> Result<Vec<KeyGroup<'g>>, Rejection> {
    let keyed = groups.filter_map(|group| Some((group, group.symmetric_keys()?)));
    let mut found: Vec<KeyGroup<'g>> = keyed.take(limits::SYMMETRIC_KEY_GROUPS + 1).collect();
    if found.len() > limits::SYMMETRIC_KEY_GROUPS {
        let subject = Subject::field("enrollmentGroups");
        return Err(
            Rejection::new(Code::AttestTooManyFacts, subject).expected(alloc::format!(
                "at most {} groups that attest by symmetric keys",
                limits::SYMMETRIC_KEY_GROUPS
            )),
        );
    }
    found.sort_by_key(|(group, _)| (!is_recorded(group, recorded), group.id()));
    Ok(found)
}

/// What was found out about a token that no group fits.
fn no_group(
    shown: &Shown<'_>,
    groups: &[KeyGroup<'_>],
    by_group_key: Option<&EnrollmentGroup>,
) -> Rejection {
    if let Some(group) = by_group_key {
        return Rejection::new(Code::SasGroupKey, Subject::field("sig")).found_beside(
            "a signature by the group's key itself",
            &alloc::format!("group {}", group.id()),
        );
    }
    let keys: Vec<&SasKey> = groups
        .iter()
        .flat_map(|(_, keys)| keys.both())
        .map(|(_, key)| key)
        .collect();
    let cause = shown.token.explain_group(&shown.resource(), &keys);
    if cause.code() != Code::SasSignature {
        return cause;
    }
    Rejection::new(Code::AttestNoKeyGroup, Subject::field("registrationId"))
        .expected("a key that is derived from that of an enrollment group")
        .found(alloc::format!(
            "a signature that fits none of {} groups",
            groups.len()
        ))
}

/// True when a holder of the key made the token, and made a mistake.
pub(crate) const fn is_mistake(cause: &Rejection) -> bool {
    matches!(
        cause.code(),
        Code::SasSignedPlain
            | Code::SasSignedEncoded
            | Code::SasSignedCase
            | Code::SasSignedLines
            | Code::SasKeyNotDecoded
            | Code::SasGroupKey
            | Code::SasDerivedCase
            | Code::SasKeyDerived
    )
}

#[cfg(test)]
mod tests;
