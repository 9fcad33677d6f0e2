//! What one verdict may cost.

use provisor_report::Code;

use crate::effort::Effort;
use crate::fault::{Fact, Fault};
use crate::key::KeyKind;
use crate::limits;
use crate::name::Work;

/// What the verdicts of one request cost, against each of the [`limits`](crate::limits) on work.
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
#[derive(Debug, Default)]
pub struct Budget {
    /// Everything together, in nanoseconds, see [`limits::WORK_NANOSECONDS`].
    work: u64,
    signatures: u32,
    /// Of the signatures alone.
    microseconds: u32,
    candidates: u32,
    comparisons: u32,
    /// Names and bases that were passed by their tags: so many make a comparison.
    passed: u32,
    policies: u32,
    courtesy: u32,
    courtesy_microseconds: u32,
    /// Checks of certificates by their own keys.
    own_keys: u32,
    own_key_microseconds: u32,
    entries: u32,
    /// Bytes of lists whose signatures were checked.
    signed_bytes: u32,
    /// Bytes hashed for signatures, of whatever kind.
    hashed: u64,
}

/// How many names passed by their tags make one comparison: each costs a step from header to header.
const PASSED_PER_COMPARISON: u32 = 8;

impl Budget {
    /// All that one verdict may cost.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was spent so far.
    ///
    /// ```no_run
    /// # use provisor_x509::{Budget, Certificate, PathVerifier, TrustAnchor, UnixTime, limits, profile};
    /// # fn f(anchors: &[TrustAnchor<'_>], leaf: &Certificate<'_>, now: UnixTime) {
    /// let mut budget = Budget::new();
    /// let verdict = PathVerifier::new(&profile::DEVICE, anchors).verify_within(&mut budget, leaf, now);
    /// let effort = budget.effort();
    /// if effort.nanoseconds() > limits::WORK_NANOSECONDS / 2 {
    ///     println!("an expensive one: {effort:?}, {:?}", verdict.err());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub const fn effort(&self) -> Effort {
        Effort {
            signatures: self
                .signatures
                .saturating_add(self.courtesy)
                .saturating_add(self.own_keys),
            hashed: self.hashed,
            looks: self.candidates,
            comparisons: self.comparisons,
            policies: self.policies,
            entries: self.entries,
            nanoseconds: self.work,
        }
    }

    /// Work of any kind.
    #[inline]
    pub(super) fn work(&mut self, nanoseconds: Work) -> Result<(), Fault<'static>> {
        let spent = self.work.saturating_add(wide(nanoseconds));
        if spent <= limits::WORK_NANOSECONDS {
            self.work = spent;
            return Ok(());
        }
        // Whoever comes next with the same budget has nothing left either.
        self.work = limits::WORK_NANOSECONDS;
        Err(Fault::new(
            Code::X509BudgetWork,
            Fact::Text("certificates and names of a usual length, and a few of each"),
            Fact::Text("more work, of all kinds together, than one verdict may cost"),
        ))
    }

    /// One more signature check over so many bytes, by a key of that kind. The backend that checks it
    /// is not asked, so that no verdict depends on it.
    #[inline]
    pub(super) fn signature(&mut self, key: KeyKind, bytes: usize) -> Result<(), Fault<'static>> {
        let hashing = bytes.saturating_mul(limits::HASH_NANOSECONDS_PER_BYTE);
        self.key_use(key, hashing)?;
        self.hashed = self.hashed.saturating_add(wide(bytes));
        Ok(())
    }

    /// One more signature check over a list. What it costs to hash lists is the operator's choice and
    /// has a limit of its own; to hash one once more, for another key, is not, and counts as work.
    pub(super) fn list_signature(
        &mut self,
        key: KeyKind,
        bytes: usize,
        first: bool,
    ) -> Result<(), Fault<'static>> {
        if !first {
            return self.signature(key, bytes);
        }
        let length = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Some(spent) = within(self.signed_bytes, length, limits::CRL_BYTES_SIGNED) else {
            return Err(Fault::new(
                Code::X509BudgetCrls,
                Fact::Count(
                    "bytes of lists at most",
                    u64::from(limits::CRL_BYTES_SIGNED),
                ),
                Fact::Text("lists that are larger together"),
            ));
        };
        self.key_use(key, 0)?;
        self.signed_bytes = spent;
        self.hashed = self.hashed.saturating_add(wide(bytes));
        Ok(())
    }

    /// The operation with the key, after so many nanoseconds of hashing.
    fn key_use(&mut self, key: KeyKind, hashing: Work) -> Result<(), Fault<'static>> {
        let cost = microseconds(key);
        let limit = limits::SIGNATURE_MICROSECONDS;
        let Some(time) = within(self.microseconds, cost, limit) else {
            return Err(Fault::new(
                Code::X509BudgetSignatures,
                Fact::Count(
                    "signature checks of so many microseconds at most:",
                    u64::from(limit),
                ),
                Fact::Text("a set of certificates that needs more"),
            ));
        };
        let mut count = self.signatures;
        take(
            &mut count,
            1,
            Code::X509BudgetSignatures,
            limits::SIGNATURES,
        )?;
        let nanoseconds = usize::try_from(cost)
            .unwrap_or(usize::MAX)
            .saturating_mul(1000);
        self.work(nanoseconds.saturating_add(hashing))?;
        (self.microseconds, self.signatures) = (time, count);
        Ok(())
    }

    /// One more signature check that only the report asks for; whether it may be made. It is no part
    /// of the work, so that a report comes to the verdict's end at the same point.
    pub(super) fn courtesy(&mut self, key: KeyKind, bytes: usize) -> bool {
        let count = within(self.courtesy, 1, limits::REPORT_SIGNATURES);
        let limit = limits::REPORT_SIGNATURE_MICROSECONDS;
        let time = within(
            self.courtesy_microseconds,
            check_and_hash(key, bytes),
            limit,
        );
        let (Some(count), Some(time)) = (count, time) else {
            return false;
        };
        (self.courtesy, self.courtesy_microseconds) = (count, time);
        self.hashed = self.hashed.saturating_add(wide(bytes));
        true
    }

    /// One more check of a certificate by its own key, which only tells what is said of a refusal;
    /// whether it may be made. Verdict and report make the same ones; no part of the work either.
    pub(super) fn own_key(&mut self, key: KeyKind, bytes: usize) -> bool {
        let limit = limits::OWN_KEY_MICROSECONDS;
        let cost = check_and_hash(key, bytes);
        let Some(time) = within(self.own_key_microseconds, cost, limit) else {
            return false;
        };
        self.own_key_microseconds = time;
        self.own_keys = self.own_keys.saturating_add(1);
        self.hashed = self
            .hashed
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        true
    }

    /// One more certificate or anchor looked at, and the work of the look.
    #[inline]
    pub(super) fn candidate(&mut self, work: Work) -> Result<(), Fault<'static>> {
        take(
            &mut self.candidates,
            looks(work),
            Code::X509BudgetCandidates,
            limits::CANDIDATES,
        )?;
        self.work(work.saturating_add(LOOK))
    }

    /// One more name compared with a constraint, and the work of it.
    #[inline]
    pub(super) fn comparison(&mut self, work: Work) -> Result<(), Fault<'static>> {
        take(
            &mut self.comparisons,
            looks(work),
            Code::X509BudgetNames,
            limits::NAME_COMPARISONS,
        )?;
        self.work(work.saturating_add(LOOK))
    }

    /// So many more names and bases passed, of which nothing but the tag was looked at.
    #[inline]
    pub(super) fn passed(&mut self, count: usize) -> Result<(), Fault<'static>> {
        let count_u32 = u32::try_from(count).unwrap_or(u32::MAX);
        let passed = self.passed.saturating_add(count_u32);
        self.passed = passed % PASSED_PER_COMPARISON;
        take(
            &mut self.comparisons,
            passed / PASSED_PER_COMPARISON,
            Code::X509BudgetNames,
            limits::NAME_COMPARISONS,
        )?;
        self.work(count.saturating_mul(PASSED))
    }

    /// So many more comparisons of policies.
    pub(super) fn policies(&mut self, count: usize) -> Result<(), Fault<'static>> {
        take(
            &mut self.policies,
            u32::try_from(count).unwrap_or(u32::MAX),
            Code::X509BudgetPolicies,
            limits::POLICY_COMPARISONS,
        )?;
        self.work(count.saturating_mul(POLICY))
    }

    /// How many entries of revocation lists may still be looked at.
    pub(super) fn entries_left(&self) -> u32 {
        let work = limits::WORK_NANOSECONDS.saturating_sub(self.work) / ENTRY as u64;
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        limits::CRL_ENTRIES.saturating_sub(self.entries).min(work)
    }

    /// So many were looked at; none is left where they were more than that.
    pub(super) fn entries(&mut self, count: Option<u32>) -> Result<(), Fault<'static>> {
        let Some(count) = count else {
            let left = self.entries_left();
            self.entries = self.entries.saturating_add(left);
            self.work(entries_work(left))?;
            return Err(Fault::new(
                Code::X509BudgetCrls,
                Fact::Count("entries of lists at most", u64::from(limits::CRL_ENTRIES)),
                Fact::Text("a set of lists that needs more"),
            ));
        };
        self.entries = self.entries.saturating_add(count);
        self.work(entries_work(count))
    }
}

/// Nanoseconds of a look at a name that is another one at once, or of a comparison.
const LOOK: Work = 25;
/// Nanoseconds of a step over a name or a base.
const PASSED: Work = 6;
/// Nanoseconds of a comparison of two policies.
const POLICY: Work = 6;
/// Nanoseconds of a look at an entry of a list.
const ENTRY: Work = 8;

/// What a check costs, see [`limits::SIGNATURE_MICROSECONDS`].
#[inline]
const fn microseconds(key: KeyKind) -> u32 {
    match key {
        KeyKind::Rsa(bits) | KeyKind::RsaPss(bits) | KeyKind::RsaOaep(bits) => {
            let kilobits = bits.div_ceil(1024);
            kilobits.saturating_mul(kilobits).saturating_mul(26)
        }
        KeyKind::P384 | KeyKind::P521 => 960,
        KeyKind::P256
        | KeyKind::Ed25519
        | KeyKind::OtherCurve
        | KeyKind::ExplicitCurve
        | KeyKind::Dsa
        | KeyKind::Malformed
        | KeyKind::Unknown => 60,
    }
}

/// What a check costs with the hash of so many bytes, in microseconds.
fn check_and_hash(key: KeyKind, bytes: usize) -> u32 {
    let hash = bytes.saturating_mul(limits::HASH_NANOSECONDS_PER_BYTE) / 1000;
    microseconds(key).saturating_add(u32::try_from(hash).unwrap_or(u32::MAX))
}

/// One, and one more for each full measure of work.
#[inline]
fn looks(work: Work) -> u32 {
    u32::try_from(work / limits::WORK_PER_LOOK)
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

fn entries_work(count: u32) -> Work {
    usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_mul(ENTRY)
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The sum, where it is within the limit.
#[inline]
fn within(spent: u32, more: u32, limit: u32) -> Option<u32> {
    spent.checked_add(more).filter(|sum| *sum <= limit)
}

#[inline]
fn take(spent: &mut u32, count: u32, code: Code, limit: u32) -> Result<(), Fault<'static>> {
    match within(*spent, count, limit) {
        Some(sum) => {
            *spent = sum;
            Ok(())
        }
        None => Err(Fault::new(
            code,
            Fact::Count("at most", u64::from(limit)),
            Fact::Text("a set of certificates that needs more"),
        )),
    }
}
