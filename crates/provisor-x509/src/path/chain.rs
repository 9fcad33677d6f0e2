//! A verifier that a service keeps, so that the next device of a fleet costs one signature.

mod keys;
mod signatures;

use core::fmt;

use provisor_report::{Rejection, UnixTime};

use super::budget::Budget;
use super::nearest::NearestAnchors;
use super::verified::VerifiedPath;
use super::verifier::PathVerifier;
use crate::certificate::Certificate;
use crate::crypto::{DefaultChecks, SignatureChecks};
use crate::report::Report;
pub(super) use signatures::{Memory, Signed};

/// Answers what a [`PathVerifier`] asks, and remembers which CA certificates and revocation lists
/// were rightly signed by which keys, and the keys of the issuers of leaves as the backend has read
/// them.
///
/// A fleet stands behind one or two issuing CAs. Once a path through them was accepted, the next
/// one costs the signature of the leaf alone, by a key that need not be read again; all other rules
/// are applied anew each time. So it is with the revocation lists that are handed in with every
/// question: each is checked once.
///
/// ```no_run
/// use provisor_x509::{Certificate, ChainVerifier, PathVerifier, Rejection, TrustAnchor, UnixTime};
/// use provisor_x509::profile;
///
/// /// What a worker of a service keeps between connections.
/// struct Worker {
///     chains: ChainVerifier,
/// }
///
/// impl Worker {
///     fn judge(
///         &mut self,
///         leaf: &[u8],
///         sent: &[u8],
///         anchors: &[TrustAnchor<'_>],
///         now: UnixTime,
///     ) -> Result<String, Rejection> {
///         let leaf = Certificate::from_der(leaf)?;
///         let sent = [Certificate::from_der(sent)?];
///         // Anchors of a shorter life than the certificates: the view is made for this question.
///         let question = PathVerifier::new(&profile::DEVICE, anchors).intermediates(&sent);
///         let path = self.chains.verify(&question, &leaf, now)?;
///         Ok(path.leaf().subject().to_string())
///     }
/// }
/// ```
///
/// # Why it is safe
///
/// What is remembered is one kind of fact: *these bytes of a certificate or of a list carry a
/// signature that is right under these key bytes.* It follows from the bytes alone, so it cannot become false, and asking
/// the backend again would give the same answer. Beside it stand prepared keys
/// ([`SignatureChecks::prepare`]): what the backend makes of the bytes of a key. That is no fact about
/// anything signed; each signature is still checked.
///
/// * **Exact bytes.** A fact is found by comparing the whole certificate or list and the whole
///   SubjectPublicKeyInfo with what was remembered, and a prepared key by comparing all the bytes it
///   was made from, and the scheme it was made for. No hash stands for them, so there is nothing to
///   collide with; a few bytes of the signature or of the key only lead to the place to look at.
/// * **No verdicts.** Validity, CA flags, key usage, path length, purposes, names, policies, the
///   profile and the anchors of this very call are judged each time; so are a list's dates, its
///   scope, whether its signer may sign lists, and each look at its entries. An anchor or a list
///   taken away stops counting with the next call.
/// * **Right signatures only**, and only those of CA certificates on a path that was accepted, and
///   of lists in a verdict that accepted; only the key that signed the leaf of such a path is
///   prepared. Who has no acceptable certificate can put nothing in and push nothing out.
/// * **One backend.** The memory belongs to the backend given here; the one named in the
///   [`PathVerifier`] is not asked. Another backend's answers, or its keys, never mix in.
/// * **Never beyond validity.** Outside the period of the remembered certificate, and between
///   thisUpdate and nextUpdate of a list only, is the fact used; beyond, it is the first to make
///   room. A list without nextUpdate is never remembered.
/// * **Bounded**, in number and in bytes
///   ([`limits::REMEMBERED_EDGES`](crate::limits::REMEMBERED_EDGES) and those after it); the one used
///   longest ago makes room. A prepared key has no period: it says nothing that could end.
/// * **The same verdict.** A remembered signature is charged to the budget like a checked one, so
///   that even a search that runs out of budget ends at the same point. The time an answer takes
///   tells that an issuer was seen before; the issuers of a fleet are no secret.
///
/// # Sharing it
///
/// It is changed by every call, and the core has no locks. Keep one for each worker thread: every
/// worker pays each issuer's signature once. A mutex around a single one is right as well, but the
/// signatures of the leaves are then checked one after the other.
pub struct ChainVerifier<C = DefaultChecks> {
    checks: C,
    known: Memory,
}

impl ChainVerifier {
    /// With [`DefaultChecks`] for the signatures and room for [`limits::REMEMBERED_EDGES`](crate::limits::REMEMBERED_EDGES) issuers.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_backend(DefaultChecks)
    }
}

impl<C: SignatureChecks> ChainVerifier<C> {
    /// With another backend for the signatures.
    #[must_use]
    pub const fn with_backend(checks: C) -> Self {
        Self {
            checks,
            known: Memory::new(usize::MAX),
        }
    }

    /// With room for fewer issuers, and for no more lists or keys than that, and nothing remembered.
    /// None at all remembers nothing.
    #[must_use]
    pub fn with_capacity(mut self, issuers: usize) -> Self {
        self.known = Memory::new(issuers);
        self
    }

    /// Judges `leaf` at the time `now` as [`PathVerifier::verify`] does, with this backend and what
    /// it remembers. The verdict does not depend on what is remembered.
    ///
    /// # Errors
    ///
    /// Those of [`PathVerifier::verify`].
    pub fn verify<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        self.verify_within(question, &mut Budget::new(), leaf, now)
    }

    /// Judges `leaf` as [`verify`](Self::verify) does, at the cost of a budget that the caller has.
    ///
    /// # Errors
    ///
    /// Those of [`PathVerifier::verify_within`].
    pub fn verify_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        let Self { checks, known } = self;
        question
            .signature_checks(checks)
            .verify_knowing(budget, leaf, now, Some(known))
    }

    /// Judges `leaf` as [`PathVerifier::nearest_within`] does, with this backend and what it
    /// remembers.
    ///
    /// # Errors
    ///
    /// Those of [`PathVerifier::nearest_within`].
    pub fn nearest_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<NearestAnchors<'a>, Rejection> {
        let Self { checks, known } = self;
        question
            .signature_checks(checks)
            .nearest_knowing(budget, leaf, now, Some(known))
    }

    /// Judges and reports as [`PathVerifier::explain`] does. Nothing remembered is used, so that
    /// the report tells what was found now.
    #[must_use]
    pub fn explain<'a>(
        &self,
        question: &PathVerifier<'_, 'a>,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Report {
        question.signature_checks(&self.checks).explain(leaf, now)
    }

    /// How many signatures of issuers are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.known.issuers.len()
    }

    /// How many signatures of revocation lists are remembered.
    #[must_use]
    pub fn remembered_lists(&self) -> usize {
        self.known.lists.len()
    }

    /// How many keys of issuers are kept as the backend has read them; none with a backend that
    /// prepares none, as `crypto::Ring`.
    #[must_use]
    pub fn remembered_keys(&self) -> usize {
        self.known.keys.len()
    }

    /// Forgets them all, to give the memory back. No verdict needs it.
    pub fn forget(&mut self) {
        self.known.clear();
    }
}

/// A [`ChainVerifier`] whatever its backend, as an engine takes it. Nothing else can be one.
pub trait Chains: fmt::Debug + sealed::Sealed {
    /// As [`ChainVerifier::verify_within`].
    ///
    /// # Errors
    ///
    /// Those of [`PathVerifier::verify_within`].
    fn verify_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection>;

    /// As [`ChainVerifier::nearest_within`].
    ///
    /// # Errors
    ///
    /// Those of [`PathVerifier::nearest_within`].
    fn nearest_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<NearestAnchors<'a>, Rejection>;
}

mod sealed {
    pub trait Sealed {}

    impl<C> Sealed for super::ChainVerifier<C> {}
}

impl<C: SignatureChecks> Chains for ChainVerifier<C> {
    fn verify_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        self.verify_within(question, budget, leaf, now)
    }

    fn nearest_within<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<NearestAnchors<'a>, Rejection> {
        self.nearest_within(question, budget, leaf, now)
    }
}

impl Default for ChainVerifier {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for ChainVerifier<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainVerifier")
            .field("remembered", &self.known.issuers.len())
            .field("remembered_lists", &self.known.lists.len())
            .field("remembered_keys", &self.known.keys.len())
            .finish_non_exhaustive()
    }
}
