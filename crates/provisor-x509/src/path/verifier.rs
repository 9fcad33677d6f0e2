//! The question: whom to trust, what was sent along, what is wanted.

use core::fmt;

use provisor_report::Rejection;

use super::policy::PolicyInputs;
use super::revocation::RevocationPolicy;
use crate::anchor::{AnchorValidity, TrustAnchor};
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::crypto::{DefaultChecks, SignatureChecks};
use crate::extension::constraints;
use crate::profile::Profile;

/// Builds a path from a leaf to one of the trust anchors and judges it.
///
/// Candidates are tried anchors first, then the certificates sent whose key identifier is the one
/// the certificate below names, then those without one, then the others; a dead end sends the
/// search back. Every rule is one of RFC 5280 section 6.1 or of the [`Profile`]; the work is bounded
/// by [`limits`](crate::limits).
///
/// The clock is an argument, nothing is fetched, and nothing is remembered between verdicts;
/// [`ChainVerifier`](crate::ChainVerifier) remembers the signatures of issuers and of revocation lists.
#[derive(Clone, Copy)]
pub struct PathVerifier<'v, 'a> {
    pub(crate) profile: Profile,
    pub(crate) anchors: &'v [TrustAnchor<'a>],
    pub(crate) anchor_validity: AnchorValidity,
    pub(crate) intermediates: &'v [Certificate<'a>],
    /// How many of them, the last ones, nobody sent.
    own_intermediates: usize,
    pub(crate) checks: &'v dyn SignatureChecks,
    pub(crate) policies: PolicyInputs<'v>,
    /// Contents octets of a NameConstraints that the caller adds.
    pub(crate) name_constraints: Option<&'a [u8]>,
    pub(crate) revocation: RevocationPolicy,
    pub(crate) crls: &'v [Crl<'a>],
}

impl<'v, 'a> PathVerifier<'v, 'a> {
    /// A verifier for this profile and these anchors, with [`DefaultChecks`] for the signatures.
    #[must_use]
    pub fn new(profile: &Profile, anchors: &'v [TrustAnchor<'a>]) -> Self {
        Self {
            profile: *profile,
            anchors,
            anchor_validity: AnchorValidity::Ignored,
            intermediates: &[],
            own_intermediates: 0,
            checks: &DefaultChecks,
            policies: PolicyInputs::new(),
            name_constraints: None,
            revocation: RevocationPolicy::Unchecked,
            crls: &[],
        }
    }

    /// Whether an anchor ends with its certificate; it does not, unless this says so.
    #[must_use]
    pub const fn anchor_validity(mut self, validity: AnchorValidity) -> Self {
        self.anchor_validity = validity;
        self
    }

    /// The certificates that were sent along, in any order; more than needed does no harm.
    #[must_use]
    pub const fn intermediates(mut self, sent: &'v [Certificate<'a>]) -> Self {
        self.intermediates = sent;
        self
    }

    /// The last so many of the intermediates were not sent: the verifier had them, as those of TPM vendors,
    /// which devices do not send. They take part in the search as the others do; what is said of the
    /// sender's own certificates leaves them out.
    #[must_use]
    pub const fn own_intermediates(mut self, count: usize) -> Self {
        self.own_intermediates = count;
        self
    }

    /// The certificates that came along.
    pub(crate) fn sent(&self) -> &'v [Certificate<'a>] {
        let count = self
            .intermediates
            .len()
            .saturating_sub(self.own_intermediates);
        self.intermediates.get(..count).unwrap_or_default()
    }

    /// Which certificate policies are accepted, and whether one is required.
    #[must_use]
    pub const fn policies(mut self, inputs: PolicyInputs<'v>) -> Self {
        self.policies = inputs;
        self
    }

    /// Constraints on the names of the path beside those that its CAs and the anchor state, as the
    /// DER of a NameConstraints: the initial-permitted-subtrees and initial-excluded-subtrees of RFC
    /// 5280 section 6.1.1 (h), (i). They hold for every anchor; for one alone, trust a certificate
    /// that states them.
    ///
    /// # Errors
    ///
    /// [`Code::X509NameConstraints`](crate::Code::X509NameConstraints), or a code from 2001 to 2005,
    /// when they cannot be read.
    ///
    /// ```
    /// use provisor_x509::{PathVerifier, profile};
    ///
    /// // Hosts of plant-7.example, and none other.
    /// let der = b"\x30\x15\xa0\x13\x30\x11\x82\x0fplant-7.example";
    /// let verifier = PathVerifier::new(&profile::DEVICE, &[]).name_constraints(der)?;
    /// # let _ = verifier;
    /// # Ok::<(), provisor_x509::Rejection>(())
    /// ```
    pub fn name_constraints(mut self, der: &'a [u8]) -> Result<Self, Rejection> {
        let constraints = constraints::read(der).map_err(|flaw| flaw.into_rejection(der))?;
        self.name_constraints = Some(constraints);
        Ok(self)
    }

    /// Whether certificates may have been revoked, and the revocation lists at hand, in any order;
    /// more than needed does no harm. Signers of lists that are not on the path are looked for among
    /// the [`intermediates`](Self::intermediates).
    ///
    /// ```no_run
    /// use provisor_x509::{Certificate, Crl, PathVerifier, Rejection, RevocationPolicy};
    /// use provisor_x509::{TrustAnchor, UnixTime, profile};
    ///
    /// # fn f(anchors: &[TrustAnchor<'_>], leaf: &[u8], list: &[u8], now: UnixTime) -> Result<(), Rejection> {
    /// let lists = [Crl::from_der(list)?];
    /// let leaf = Certificate::from_der(leaf)?;
    /// PathVerifier::new(&profile::DEVICE, anchors)
    ///     .revocation(RevocationPolicy::DenyUnknown, &lists)
    ///     .verify(&leaf, now)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn revocation(mut self, policy: RevocationPolicy, lists: &'v [Crl<'a>]) -> Self {
        self.revocation = policy;
        self.crls = lists;
        self
    }

    /// Another backend for the signatures.
    #[must_use]
    pub const fn signature_checks(mut self, checks: &'v dyn SignatureChecks) -> Self {
        self.checks = checks;
        self
    }
}

impl fmt::Debug for PathVerifier<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathVerifier")
            .field("profile", &self.profile.name())
            .field("anchors", &self.anchors.len())
            .field("intermediates", &self.intermediates.len())
            .finish_non_exhaustive()
    }
}
