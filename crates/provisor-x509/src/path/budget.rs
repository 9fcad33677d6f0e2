//! What one verdict may cost.

use provisor_report::Code;

use crate::fault::{Fact, Fault};
use crate::key::KeyKind;
use crate::limits;
use crate::name::Work;

/// What the verdicts of one request may still cost: what is left of each of the
/// [`limits`](crate::limits) on work.
///
/// Each verdict has one of its own, unless the caller hands one in: a request that leads to several
/// searches should not cost several times as much. Where it is spent, the verdict is a refusal with
/// a code of the budget, never a guess. It can be neither copied nor filled up again.
///
/// ```no_run
/// use provisor_x509::{Budget, Certificate, PathVerifier, Rejection, UnixTime, VerifiedPath};
///
/// /// The first that accepts; both together cost no more than one.
/// fn either<'a>(
///     questions: [PathVerifier<'_, 'a>; 2],
///     leaf: &Certificate<'a>,
///     now: UnixTime,
/// ) -> Result<VerifiedPath<'a>, Rejection> {
///     let mut budget = Budget::new();
///     questions[0]
///         .verify_within(&mut budget, leaf, now)
///         .or_else(|_| questions[1].verify_within(&mut budget, leaf, now))
/// }
/// ```
#[derive(Debug)]
pub struct Budget {
    signatures: u32,
    microseconds: u32,
    candidates: u32,
    comparisons: u32,
    policies: u32,
    courtesy: u32,
    entries: u32,
    signed_bytes: u32,
}

impl Budget {
    /// All that one verdict may cost.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            signatures: limits::SIGNATURES,
            microseconds: limits::SIGNATURE_MICROSECONDS,
            candidates: limits::CANDIDATES,
            comparisons: limits::NAME_COMPARISONS,
            policies: limits::POLICY_COMPARISONS,
            courtesy: limits::REPORT_SIGNATURES,
            entries: limits::CRL_ENTRIES,
            signed_bytes: limits::CRL_BYTES_SIGNED,
        }
    }

    /// One more signature check, by a key of that kind. The backend that checks it is not asked, so
    /// that no verdict depends on it.
    #[inline]
    pub(super) fn signature(&mut self, key: KeyKind) -> Result<(), Fault<'static>> {
        let Some(left) = self.microseconds.checked_sub(microseconds(key)) else {
            return Err(Fault::new(
                Code::X509BudgetSignatures,
                Fact::Count(
                    "signature checks of so many microseconds at most:",
                    u64::from(limits::SIGNATURE_MICROSECONDS),
                ),
                Fact::Text("a set of certificates that needs more"),
            ));
        };
        self.microseconds = left;
        take(
            &mut self.signatures,
            1,
            Code::X509BudgetSignatures,
            limits::SIGNATURES,
        )
    }

    /// One more signature check that only the report asks for; whether it may be made.
    pub(super) fn courtesy(&mut self) -> bool {
        let left = self.courtesy.checked_sub(1);
        self.courtesy = left.unwrap_or_default();
        left.is_some()
    }

    /// One more certificate or anchor looked at, and the work of the look.
    #[inline]
    pub(super) fn candidate(&mut self, work: Work) -> Result<(), Fault<'static>> {
        take(
            &mut self.candidates,
            looks(work),
            Code::X509BudgetCandidates,
            limits::CANDIDATES,
        )
    }

    /// One more name compared with a constraint, and the work of it.
    #[inline]
    pub(super) fn comparison(&mut self, work: Work) -> Result<(), Fault<'static>> {
        take(
            &mut self.comparisons,
            looks(work),
            Code::X509BudgetNames,
            limits::NAME_COMPARISONS,
        )
    }

    /// So many more comparisons of policies.
    pub(super) fn policies(&mut self, count: usize) -> Result<(), Fault<'static>> {
        take(
            &mut self.policies,
            u32::try_from(count).unwrap_or(u32::MAX),
            Code::X509BudgetPolicies,
            limits::POLICY_COMPARISONS,
        )
    }

    /// The bytes of one more revocation list whose signature is checked.
    pub(super) fn signed_bytes(&mut self, count: usize) -> Result<(), Fault<'static>> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match self.signed_bytes.checked_sub(count) {
            Some(rest) => {
                self.signed_bytes = rest;
                Ok(())
            }
            None => Err(Fault::new(
                Code::X509BudgetCrls,
                Fact::Count(
                    "bytes of lists at most",
                    u64::from(limits::CRL_BYTES_SIGNED),
                ),
                Fact::Text("lists that are larger together"),
            )),
        }
    }

    /// How many entries of revocation lists may still be looked at.
    pub(super) const fn entries(&mut self) -> &mut u32 {
        &mut self.entries
    }

    /// The fault when there are no more entries to be looked at.
    pub(super) fn entries_spent() -> Fault<'static> {
        Fault::new(
            Code::X509BudgetCrls,
            Fact::Count("entries of lists at most", u64::from(limits::CRL_ENTRIES)),
            Fact::Text("a set of lists that needs more"),
        )
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

/// What a check costs, see [`limits::SIGNATURE_MICROSECONDS`].
#[inline]
const fn microseconds(key: KeyKind) -> u32 {
    match key {
        KeyKind::Rsa(bits) | KeyKind::RsaPss(bits) | KeyKind::RsaOaep(bits) => {
            let kilobits = bits.div_ceil(1024);
            kilobits.saturating_mul(kilobits).saturating_mul(26)
        }
        KeyKind::P384 | KeyKind::P521 => 750,
        KeyKind::P256
        | KeyKind::Ed25519
        | KeyKind::OtherCurve
        | KeyKind::ExplicitCurve
        | KeyKind::Dsa
        | KeyKind::Malformed
        | KeyKind::Unknown => 60,
    }
}

/// One, and one more for each full measure of work.
#[inline]
fn looks(work: Work) -> u32 {
    u32::try_from(work / limits::BYTES_PER_LOOK)
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

#[inline]
fn take(left: &mut u32, count: u32, code: Code, limit: u32) -> Result<(), Fault<'static>> {
    match left.checked_sub(count) {
        Some(rest) => {
            *left = rest;
            Ok(())
        }
        None => Err(Fault::new(
            code,
            Fact::Count("at most", limit as u64),
            Fact::Text("a set of certificates that needs more"),
        )),
    }
}
