//! Certificate policies (RFC 5280 section 6.1, the parts on policies).
//!
//! The tree of RFC 5280 can grow exponentially, as RFC 9618 shows. What decides, however, is only
//! which policies of the anchor's domain are still alive, and under which name each goes at the
//! present depth. So a set of such pairs is kept in place of a tree.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::Code;

use super::budget::Budget;
use crate::certificate::Certificate;
use crate::extension::policy::Policies;
use crate::fault::{Fact, Fault};
use crate::limits;
use crate::oid::{ANY_POLICY, Oid};

/// The policy inputs of RFC 5280 section 6.1.1 (c), (e), (f), (g). By default every policy is
/// accepted and none is required.
///
/// ```
/// use provisor_x509::{Oid, PolicyInputs};
///
/// let accepted = [Oid::parse("2.16.840.1.101.3.2.1.48.1").ok_or("no OID")?];
/// let inputs = PolicyInputs::new().accepting(&accepted).require_explicit();
/// # let _ = inputs;
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyInputs<'v> {
    accepted: &'v [Oid],
    require_explicit: bool,
    inhibit_mapping: bool,
    inhibit_any: bool,
}

impl<'v> PolicyInputs<'v> {
    /// Every policy accepted, none required.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            accepted: &[],
            require_explicit: false,
            inhibit_mapping: false,
            inhibit_any: false,
        }
    }

    /// Only these policies are accepted, where a policy is required; an empty list is every
    /// policy (user-initial-policy-set).
    #[must_use]
    pub const fn accepting(mut self, policies: &'v [Oid]) -> Self {
        self.accepted = policies;
        self
    }

    /// The path must be valid for an accepted policy (initial-explicit-policy).
    #[must_use]
    pub const fn require_explicit(mut self) -> Self {
        self.require_explicit = true;
        self
    }

    /// Policies are not mapped (initial-policy-mapping-inhibit).
    #[must_use]
    pub const fn inhibit_mapping(mut self) -> Self {
        self.inhibit_mapping = true;
        self
    }

    /// anyPolicy stands for nothing (initial-any-policy-inhibit).
    #[must_use]
    pub const fn inhibit_any(mut self) -> Self {
        self.inhibit_any = true;
        self
    }
}

/// Why policies were not met, by which certificate of the list.
pub(super) struct Refused<'a> {
    pub(super) index: usize,
    pub(super) fault: Box<Fault<'a>>,
}

/// A policy that is alive.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Live<'a> {
    /// Its name in the anchor's domain.
    origin: &'a [u8],
    /// Its name below the certificate processed last, after its mappings.
    expected: &'a [u8],
}

/// The state of RFC 5280 section 6.1.2 as far as policies go.
struct State<'b, 'a> {
    budget: &'b mut Budget,
    live: Vec<Live<'a>>,
    /// anyPolicy is alive: every certificate so far stated it.
    any: bool,
    explicit: u32,
    mapping: u32,
    inhibit_any: u32,
}

/// Whether policies can decide anything: somebody requires one, or a mapping could be wrong. Most
/// paths are done here.
pub(super) fn matter<'c, 'a: 'c>(
    inputs: &PolicyInputs<'_>,
    anchor: &Policies<'_>,
    mut certificates: impl Iterator<Item = &'c Certificate<'a>>,
) -> bool {
    inputs.require_explicit
        || anchor.require_explicit.is_some()
        || certificates.any(|certificate| {
            let policies = &certificate.extensions.policies;
            policies.require_explicit.is_some() || policies.mappings.is_some()
        })
}

/// Judges the certificates from the one below the anchor to the leaf. The anchor's constraints
/// count like those of a CA above the first (RFC 5937 section 3).
pub(super) fn check<'c, 'a: 'c>(
    inputs: &PolicyInputs<'_>,
    anchor: &Policies<'_>,
    certificates: impl ExactSizeIterator<Item = &'c Certificate<'a>>,
    budget: &mut Budget,
) -> Result<(), Refused<'a>> {
    let count = certificates.len();
    let unlimited = u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
    let start = |inhibited: bool| if inhibited { 0 } else { unlimited };
    let mut state = State {
        budget,
        live: Vec::new(),
        any: true,
        explicit: start(inputs.require_explicit),
        mapping: start(inputs.inhibit_mapping),
        inhibit_any: start(inputs.inhibit_any),
    };
    state.constrain(anchor);
    for (index, certificate) in certificates.enumerate() {
        let last = index.saturating_add(1) == count;
        let refuse = |fault| Refused {
            index,
            fault: Box::new(fault),
        };
        state.step(certificate, last).map_err(refuse)?;
        if last {
            state.wrap_up(certificate);
            if state.explicit == 0 && !state.accepts(inputs.accepted) {
                return Err(refuse(missing()));
            }
        } else {
            state.prepare(certificate).map_err(refuse)?;
        }
    }
    Ok(())
}

impl<'a> State<'_, 'a> {
    /// Section 6.1.3 (d), (e), (f).
    fn step(&mut self, certificate: &Certificate<'a>, last: bool) -> Result<(), Fault<'a>> {
        let policies = certificate.extensions.policies;
        if policies.stated.is_none() {
            // (e)
            self.live.clear();
            self.any = false;
        } else if self.any || !self.live.is_empty() {
            let any_counts = policies.stated().any(|policy| policy == ANY_POLICY)
                && (self.inhibit_any > 0 || (!last && certificate.is_self_issued()));
            let before = core::mem::take(&mut self.live);
            // Each policy stated with each alive, at most twice.
            let rows = before.len().saturating_add(1).saturating_mul(2);
            self.budget
                .policies(rows.saturating_mul(policies.stated().count()))?;
            for policy in policies.stated().filter(|policy| *policy != ANY_POLICY) {
                let mut matched = false;
                // (d)(1)(i)
                for live in before.iter().filter(|live| live.expected == policy) {
                    matched = true;
                    self.add(live.origin, policy)?;
                }
                // (d)(1)(ii)
                if !matched && self.any {
                    self.add(policy, policy)?;
                }
            }
            // (d)(2)
            if any_counts {
                for live in &before {
                    if !policies.stated().any(|policy| policy == live.expected) {
                        self.add(live.origin, live.expected)?;
                    }
                }
            }
            self.any &= any_counts;
        }
        // (f)
        if self.explicit == 0 && !self.any && self.live.is_empty() {
            return Err(missing());
        }
        Ok(())
    }

    /// Section 6.1.4 (a), (b), (h), and then (i), (j).
    fn prepare(&mut self, certificate: &Certificate<'a>) -> Result<(), Fault<'a>> {
        let policies = certificate.extensions.policies;
        // (a)
        if policies
            .mappings()
            .any(|(issuer, subject)| issuer == ANY_POLICY || subject == ANY_POLICY)
        {
            return Err(Fault::new(
                Code::X509PolicyMapping,
                Fact::Text("mappings between two particular policies"),
                Fact::Text("a mapping from or to anyPolicy"),
            ));
        }
        // (b)
        // Each mapping with each policy alive, at most twice.
        let rows = self.live.len().saturating_add(1).saturating_mul(2);
        self.budget
            .policies(rows.saturating_mul(policies.mappings().count()))?;
        let is_mapped = |policy: &[u8]| policies.mappings().any(|(issuer, _)| issuer == policy);
        let (mapped, kept): (Vec<_>, Vec<_>) = core::mem::take(&mut self.live)
            .into_iter()
            .partition(|live| is_mapped(live.expected));
        self.live = kept;
        if self.mapping > 0 {
            for (issuer, subject) in policies.mappings() {
                let mut matched = false;
                for live in mapped.iter().filter(|live| live.expected == issuer) {
                    matched = true;
                    self.add(live.origin, subject)?;
                }
                if !matched && self.any {
                    self.add(issuer, subject)?;
                }
            }
        }
        // (h)
        if !certificate.is_self_issued() {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.inhibit_any = self.inhibit_any.saturating_sub(1);
        }
        self.constrain(&policies);
        Ok(())
    }

    /// Section 6.1.4 (i), (j).
    fn constrain(&mut self, policies: &Policies<'_>) {
        for (counter, skip) in [
            (&mut self.explicit, policies.require_explicit),
            (&mut self.mapping, policies.inhibit_mapping),
            (&mut self.inhibit_any, policies.inhibit_any),
        ] {
            *counter = skip.map_or(*counter, |skip| skip.min(*counter));
        }
    }

    /// Section 6.1.5 (a), (b).
    fn wrap_up(&mut self, leaf: &Certificate<'a>) {
        self.explicit = self.explicit.saturating_sub(1);
        if leaf.extensions.policies.require_explicit == Some(0) {
            self.explicit = 0;
        }
    }

    /// Section 6.1.5 (g): whether the path is valid for a policy that the caller accepts.
    fn accepts(&self, accepted: &[Oid]) -> bool {
        if accepted.is_empty() || accepted.iter().any(|oid| oid.as_bytes() == ANY_POLICY) {
            return self.any || !self.live.is_empty();
        }
        self.any
            || self
                .live
                .iter()
                .any(|live| accepted.iter().any(|oid| oid.as_bytes() == live.origin))
    }

    /// Keeps a pair once.
    fn add(&mut self, origin: &'a [u8], expected: &'a [u8]) -> Result<(), Fault<'a>> {
        let live = Live { origin, expected };
        self.budget.policies(self.live.len())?;
        if self.live.contains(&live) {
            return Ok(());
        }
        if self.live.len() >= limits::POLICIES {
            return Err(Fault::new(
                Code::X509BudgetPolicies,
                Fact::Count(
                    "policies alive at one time at most",
                    limits::POLICIES as u64,
                ),
                Fact::None,
            ));
        }
        self.live.push(live);
        Ok(())
    }
}

fn missing() -> Fault<'static> {
    Fault::new(
        Code::X509PolicyMissing,
        Fact::Text("a policy that every certificate of the path states and the caller accepts"),
        Fact::Text("none"),
    )
}
