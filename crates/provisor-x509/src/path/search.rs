//! The search: depth first, anchors first, the likeliest issuers first, every step paid for.

mod check;
mod judge;
mod key_ids;
mod memo;
mod memory;
mod nearest;
mod own_key;
mod revocation;
mod self_signed;
mod whole;

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::{Code, UnixTime};

use super::budget::Budget;
use super::chain::Memory;
use super::names;
use super::observe::Observer;
use super::place::Place;
use super::rank::{Failure, Score, Tier};
use super::rounds::Rounds;
use super::verified::VerifiedPath;
use super::verifier::PathVerifier;
use super::{rules, strict};
use crate::anchor::{AnchorValidity, TrustAnchor};
use crate::certificate::Certificate;
use crate::crypto::Scheme;
use crate::fault::{Fact, Fault};
use crate::limits;
use crate::name::{Work, equality};
use crate::profile::Strictness;
use crate::report::Rule;
use key_ids::{KeyIds, key_ids};
use memo::Memo;
use own_key::{OwnKey, SelfSigned};
use revocation::state::CrlState;

/// What it costs to apply the rules to a certificate that has nothing long in it.
const JUDGED: Work = 500;
/// What it costs to look at a byte of purposes.
const PURPOSE: Work = 2;
/// What it costs to apply the strict rules to a byte of a certificate.
const STRICT: Work = 6;

/// One search for one verdict.
pub(crate) struct Search<'s, 'v, 'a, O> {
    verifier: &'s PathVerifier<'v, 'a>,
    leaf: &'s Certificate<'a>,
    now: UnixTime,
    observer: O,
    /// Which of the certificates sent stand above the leaf, in order; `length` of them.
    path: [usize; limits::INTERMEDIATES_IN_PATH as usize],
    length: usize,
    budget: &'s mut Budget,
    /// Signatures checked before, so that a fan of paths over one edge pays for it once.
    memo: Memo,
    /// Which certificates their own keys signed.
    own_keys: Vec<OwnKey>,
    /// Signatures of issuers and of lists found right in earlier verdicts.
    known: Option<&'s mut Memory>,
    /// The last key by which the leaf's signature was checked as the memory keeps it.
    kept: Option<(Scheme, &'a [u8])>,
    /// What was found out about revocation lists.
    crls: CrlState<'a>,
    best: Option<Failure<'a>>,
    /// Where the nearest anchors are looked for, and not any: how far that came.
    rounds: Option<Rounds<'a>>,
}

/// How a branch of the search ended.
enum End<'v, 'a> {
    /// At this anchor.
    Found(&'v TrustAnchor<'a>),
    Dead,
    /// A budget is spent; the whole search ends.
    Spent,
}

/// The first fault among the rules tried on one certificate.
struct Judged<'a>(Option<(Fault<'a>, Place<'a>)>);

impl<'s, 'v, 'a, O: Observer<'a>> Search<'s, 'v, 'a, O> {
    pub(crate) fn new(
        verifier: &'s PathVerifier<'v, 'a>,
        leaf: &'s Certificate<'a>,
        now: UnixTime,
        observer: O,
        budget: &'s mut Budget,
    ) -> Self {
        Self {
            verifier,
            leaf,
            now,
            observer,
            path: [0; limits::INTERMEDIATES_IN_PATH as usize],
            length: 0,
            budget,
            memo: Memo::default(),
            own_keys: Vec::new(),
            known: None,
            kept: None,
            crls: CrlState::default(),
            best: None,
            rounds: None,
        }
    }

    /// With a memory of right signatures that outlives the verdict.
    pub(super) fn knowing(mut self, known: Option<&'s mut Memory>) -> Self {
        self.known = known;
        self
    }

    /// Runs it to its end, with what the observer saw.
    pub(crate) fn run(mut self) -> (Result<VerifiedPath<'a>, Box<Failure<'a>>>, O) {
        let result = match self.decide() {
            Ok(anchor) => Ok(self.accepted(anchor)),
            Err(failure) => Err(failure),
        };
        (result, self.observer)
    }

    /// The anchor of the path that is acceptable.
    pub(crate) fn decide(&mut self) -> Result<&'v TrustAnchor<'a>, Box<Failure<'a>>> {
        let Some(judged) = self.open() else {
            return Err(self.rejected());
        };
        match self.extend() {
            End::Found(anchor) if judged.0.is_none() => Ok(anchor),
            End::Found(_) | End::Dead | End::Spent => Err(self.rejected()),
        }
    }

    /// Judges the leaf. `None` where no issuer need be looked for.
    fn open(&mut self) -> Option<Judged<'a>> {
        let place = self.place(0);
        self.observer.enter(place);
        let judged = self.judge_leaf(place);
        self.observer.leaf_judged();
        if let Judged(Some((fault, place))) = judged {
            self.fail(Tier::Leaf, fault, place);
            if !O::THOROUGH {
                return None;
            }
        }
        if self.verifier.anchors.is_empty() {
            let fault = Fault::new(
                Code::X509NoAnchors,
                Fact::Text("at least one trust anchor"),
                match self.signed_by_itself(self.leaf) {
                    SelfSigned::Yes => Fact::Text("none; the leaf is self-signed"),
                    SelfSigned::No | SelfSigned::Unknown => Fact::Text("none"),
                },
            );
            self.fail(Tier::Missing, fault, place);
            return None;
        }
        Some(judged)
    }

    /// The candidate path as it stands, which leads to this anchor.
    #[inline]
    pub(crate) fn accepted(&mut self, anchor: &TrustAnchor<'a>) -> VerifiedPath<'a> {
        self.remember(anchor);
        let mut issuers = Vec::with_capacity(self.length);
        issuers.extend((1..=self.length).map(|depth| *self.certificate(depth)));
        VerifiedPath::seal(*self.leaf, issuers, *anchor)
    }

    #[cold]
    fn rejected(&self) -> Box<Failure<'a>> {
        let place = self.place(0);
        let failure = self.best.unwrap_or(Failure {
            score: Score {
                tier: Tier::Missing,
                depth: 0,
            },
            fault: Fault::new(Code::X509IssuerNotFound, Fact::None, Fact::None),
            place,
        });
        Box::new(failure)
    }

    /// Looks for an issuer of the topmost certificate.
    fn extend(&mut self) -> End<'v, 'a> {
        let child = self.certificate(self.length);
        let mut named = false;
        for (index, anchor) in self.verifier.anchors.iter().enumerate() {
            let mut work = 0;
            let matches = anchor.name.is_same(&child.issuer, &mut work);
            if let Err(fault) = self.budget.candidate(work) {
                return self.spent(fault);
            }
            if !matches {
                continue;
            }
            named = true;
            match self.meet(index, anchor, child) {
                End::Dead => {}
                end => return end,
            }
        }
        let counted = self.not_self_issued();
        let mut looped = false;
        let mut refused = false;
        for wanted in [KeyIds::Same, KeyIds::Unknown, KeyIds::Differ] {
            // Without an authority key identifier nothing is the same and nothing differs.
            if child.extensions.authority_key_id.is_none() && wanted != KeyIds::Unknown {
                continue;
            }
            for (index, candidate) in self.verifier.intermediates.iter().enumerate() {
                let ids = key_ids(
                    child.extensions.authority_key_id,
                    candidate.extensions.subject_key_id,
                );
                // Key identifiers first: so each name is compared in one of the three rounds.
                let mut work = 0;
                let matches = ids == wanted && candidate.subject.is_same(&child.issuer, &mut work);
                let repeated = matches && self.is_on_path(candidate, &mut work);
                if let Err(fault) = self.budget.candidate(work) {
                    return self.spent(fault);
                }
                if !matches {
                    continue;
                }
                let purposes = candidate.extensions.purposes.unwrap_or_default();
                if let Err(fault) = self.budget.work(self.judging(candidate.der, purposes)) {
                    return self.spent(fault);
                }
                if repeated {
                    // What is its own issuer by name is no circle.
                    looped |= candidate.key.whole != child.key.whole;
                    continue;
                }
                named = true;
                if self.leaves_to_later() {
                    return End::Dead;
                }
                if let Err(fault) = self.room(candidate, counted) {
                    // Said once; of the others one that is not counted may still go on.
                    if !core::mem::replace(&mut refused, true) {
                        self.no_room(fault);
                    }
                    continue;
                }
                match self.try_intermediate(index, candidate, child, wanted) {
                    End::Dead => {}
                    end => return end,
                }
            }
        }
        if !named {
            self.no_issuer(child, looped);
        }
        End::Dead
    }

    /// Judges one of the certificates sent as the issuer of `child`, and goes on from there.
    fn try_intermediate(
        &mut self,
        index: usize,
        candidate: &'v Certificate<'a>,
        child: &'s Certificate<'a>,
        ids: KeyIds,
    ) -> End<'v, 'a>
    where
        'v: 's,
    {
        let depth = self.length.saturating_add(1);
        let place = Place::Certificate {
            depth: depth_byte(depth),
            name: candidate.subject,
        };
        self.observer.enter(place);
        let mut judged = self.judge_issuer(candidate, place);
        if let Err(fault) = self.signature(&mut judged, child, index, &candidate.key, place, ids) {
            return self.spent(fault);
        }
        let end = match (judged.0, self.path.get_mut(self.length)) {
            (None, Some(slot)) => {
                *slot = index;
                self.length = depth;
                let end = self.extend();
                if matches!(end, End::Dead) {
                    self.length = depth.saturating_sub(1);
                }
                end
            }
            (None, None) => End::Dead,
            (Some((fault, place)), _) => {
                self.fail(tier(ids, fault.code), fault, place);
                End::Dead
            }
        };
        self.observer.leave();
        end
    }

    /// Judges an anchor as the issuer of `child`, and with it the whole path.
    fn try_anchor(
        &mut self,
        index: usize,
        anchor: &'v TrustAnchor<'a>,
        child: &'s Certificate<'a>,
    ) -> End<'v, 'a> {
        let place = Place::Anchor { name: anchor.name };
        self.observer.enter(place);
        let mut judged = Judged(None);
        let profile = &self.verifier.profile;
        let ids = key_ids(child.extensions.authority_key_id, anchor.key_id);
        let strict = profile.strictness == Strictness::Certificates;
        let der = anchor.certificate_der().unwrap_or_default();
        let purposes = anchor.purposes.unwrap_or_default();
        if let Err(fault) = self.budget.work(self.judging(der, purposes)) {
            return self.spent(fault);
        }
        if strict || self.verifier.anchor_validity == AnchorValidity::Checked {
            self.rule(&mut judged, Rule::Validity, place, |search| {
                rules::anchor_validity(anchor, search.now)
            });
        }
        self.rule(&mut judged, Rule::PathLength, place, |search| {
            rules::path_length(anchor.path_len, || search.not_self_issued())
        });
        self.rule(&mut judged, Rule::Purpose, place, |_| {
            rules::purpose(anchor.purposes, profile)
        });
        self.strict(&mut judged, place, |_| strict::anchor(anchor, child));
        let key = self.verifier.intermediates.len().saturating_add(index);
        if let Err(fault) = self.signature(&mut judged, child, key, &anchor.key, place, ids) {
            return self.spent(fault);
        }
        let mut tier = judged
            .0
            .map_or(Tier::WholePath, |(fault, _)| tier(ids, fault.code));
        if judged.0.is_none() {
            tier = Tier::WholePath;
            match self.name_constraints(anchor) {
                Ok(()) => self.observer.tried(Rule::NameConstraints, place, &Ok(())),
                Err(names::Refused::Budget(fault)) => return self.spent(*fault),
                Err(names::Refused::Certificate(depth, fault)) => {
                    let place = self.place(depth);
                    self.rule(&mut judged, Rule::NameConstraints, place, |_| Err(*fault));
                }
            }
        }
        if judged.0.is_none() {
            match self.policies(anchor) {
                Ok(()) => self.observer.tried(Rule::Policies, place, &Ok(())),
                Err((_, fault))
                    if matches!(fault.code, Code::X509BudgetPolicies | Code::X509BudgetWork) =>
                {
                    return self.spent(*fault);
                }
                Err((depth, fault)) => {
                    let place = self.place(depth);
                    self.rule(&mut judged, Rule::Policies, place, |_| Err(*fault));
                }
            }
        }
        if judged.0.is_none()
            && let Err(fault) = self.revocation(&mut judged, anchor)
        {
            return self.spent(*fault);
        }
        let end = match judged.0 {
            None => {
                self.observer.ended(None);
                End::Found(anchor)
            }
            Some((fault, place)) => {
                let failure = self.fail(tier, fault, place);
                self.refused_by(index, failure);
                End::Dead
            }
        };
        self.observer.leave();
        end
    }

    /// Tries one rule, unless one failed before and nobody watches.
    #[inline]
    fn rule(
        &mut self,
        judged: &mut Judged<'a>,
        rule: Rule,
        place: Place<'a>,
        check: impl FnOnce(&Self) -> Result<(), Fault<'a>>,
    ) {
        if judged.0.is_some() && !O::THOROUGH {
            return;
        }
        let outcome = check(self);
        self.observer.tried(rule, place, &outcome);
        if let Err(fault) = outcome {
            judged.0.get_or_insert((fault, place));
        }
    }

    /// The certificate at `depth` of the candidate path, the leaf being 0.
    fn certificate(&self, depth: usize) -> &'s Certificate<'a> {
        let sent = depth
            .checked_sub(1)
            .and_then(|index| self.path.get(index))
            .and_then(|index| self.verifier.intermediates.get(*index));
        sent.unwrap_or(self.leaf)
    }

    fn place(&self, depth: usize) -> Place<'a> {
        Place::Certificate {
            depth: depth_byte(depth),
            name: self.certificate(depth).subject,
        }
    }

    /// Intermediates on the path that are not self-issued (RFC 5280 section 6.1.4 (l)).
    fn not_self_issued(&self) -> u32 {
        (1..=self.length)
            .filter(|depth| !self.certificate(*depth).is_self_issued())
            .fold(0, |count, _| count + 1)
    }

    /// What it costs to judge a candidate or an anchor of this DER with these purposes: the rules look
    /// at each purpose, the strict ones many times at all the bytes and at the issuer named below.
    fn judging(&self, der: &[u8], purposes: &[u8]) -> Work {
        let bytes = match self.verifier.profile.strictness {
            Strictness::Path => purposes.len().saturating_mul(PURPOSE),
            Strictness::Certificates => der
                .len()
                .saturating_mul(STRICT)
                .saturating_add(limits::NAME_BYTES),
        };
        bytes.saturating_add(JUDGED)
    }

    /// RFC 4158 section 2.4.1: the same name with the same key does not come twice.
    fn is_on_path(&self, candidate: &Certificate<'a>, work: &mut Work) -> bool {
        (0..=self.length).any(|depth| {
            let (there, key) = (self.certificate(depth), candidate.key.whole);
            if there.key.whole.len() != key.len() {
                return false;
            }
            *work = work.saturating_add(equality(key.len()));
            there.key.whole == key && there.subject.is_same(&candidate.subject, work)
        })
    }

    /// Whether one more intermediate may go onto the path. The caller's limit counts as a
    /// pathLenConstraint does (RFC 5280 section 4.2.1.9), self-issued ones not; the work that a path
    /// costs counts them all.
    fn room(&self, candidate: &Certificate<'a>, counted: u32) -> Result<(), Fault<'a>> {
        let found = Fact::Text("a path that would need another one");
        let counted = counted.saturating_add(u32::from(!candidate.is_self_issued()));
        let max = self.verifier.profile.max_intermediates;
        if counted > u32::from(max) {
            return Err(Fault::new(
                Code::X509TooDeep,
                Fact::Count("intermediates at most", u64::from(max)),
                found,
            ));
        }
        if self.length >= self.path.len() {
            return Err(Fault::new(
                Code::X509BudgetDepth,
                Fact::Count(
                    "intermediates, self-issued ones counted, at most",
                    u64::from(limits::INTERMEDIATES_IN_PATH),
                ),
                found,
            ));
        }
        Ok(())
    }

    #[cold]
    fn no_room(&mut self, fault: Fault<'a>) {
        let place = self.place(self.length);
        self.observer.tried(Rule::IssuerSearch, place, &Err(fault));
        self.fail(Tier::Issuer, fault, place);
    }

    #[cold]
    fn spent(&mut self, fault: Fault<'a>) -> End<'v, 'a> {
        let place = self.place(0);
        self.observer.tried(Rule::Budget, place, &Err(fault));
        self.fail(Tier::Budget, fault, place);
        End::Spent
    }

    /// How useful a failure of that tier is here.
    fn score(&self, tier: Tier) -> Score {
        Score {
            tier,
            depth: depth_byte(self.length),
        }
    }

    /// Notes a failure; the most useful one is kept, the first of several as useful.
    #[cold]
    fn fail(&mut self, tier: Tier, fault: Fault<'a>, place: Place<'a>) -> Failure<'a> {
        let score = self.score(tier);
        let failure = Failure {
            score,
            fault,
            place,
        };
        self.observer.ended(Some(&failure));
        if self.best.is_none_or(|best| failure.score > best.score) {
            self.best = Some(failure);
        }
        failure
    }
}

/// How likely it is that the certificate with this fault is the issuer meant.
const fn tier(ids: KeyIds, code: Code) -> Tier {
    match (ids, code) {
        (KeyIds::Same, _) => Tier::Issuer,
        (KeyIds::Unknown, Code::X509SignatureWrong | Code::X509KeyMismatch)
        | (KeyIds::Differ, _) => Tier::Lookalike,
        (KeyIds::Unknown, _) => Tier::Issuer,
    }
}

fn depth_byte(depth: usize) -> u8 {
    u8::try_from(depth).unwrap_or(u8::MAX)
}
