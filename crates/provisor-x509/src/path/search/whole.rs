//! The rules on a path as a whole, tried when its signatures reach an anchor.

use alloc::boxed::Box;

use super::Search;
use crate::anchor::TrustAnchor;
use crate::fault::Fault;
use crate::path::names::Constraints;
use crate::path::observe::Observer;
use crate::path::{names, policy};

impl<'a, O: Observer<'a>> Search<'_, '_, 'a, O> {
    /// RFC 5280 sections 6.1.3 (b), (c) and 6.1.4 (g), for the whole path below the anchor.
    pub(super) fn name_constraints(
        &mut self,
        anchor: &TrustAnchor<'a>,
    ) -> Result<(), names::Refused<'a>> {
        let length = self.length;
        if let Some(constraints) = self.verifier.name_constraints {
            self.constrain(constraints, length)?;
        }
        if let Some(constraints) = anchor.name_constraints {
            self.constrain(constraints, length)?;
        }
        for issuer in (1..=length).rev() {
            if let Some(constraints) = self.certificate(issuer).extensions.name_constraints {
                self.constrain(constraints, issuer.saturating_sub(1))?;
            }
        }
        Ok(())
    }

    /// Applies constraints to the certificates from `top` down to the leaf. Self-issued ones are
    /// exempt, unless they are the leaf (RFC 5280 section 6.1.3 (b)).
    fn constrain(&mut self, constraints: &'a [u8], top: usize) -> Result<(), names::Refused<'a>> {
        let constraints = Constraints::new(constraints, self.budget)?;
        for depth in (0..=top).rev() {
            let certificate = self.certificate(depth);
            if depth == 0 || !certificate.is_self_issued() {
                constraints.check(certificate, depth, self.budget)?;
            }
        }
        Ok(())
    }

    /// The policy rules of RFC 5280 section 6.1, for the whole path below the anchor; the depth of
    /// the certificate that broke them.
    pub(super) fn policies(
        &mut self,
        anchor: &TrustAnchor<'a>,
    ) -> Result<(), (usize, Box<Fault<'a>>)> {
        let inputs = &self.verifier.policies;
        let downwards = (0..self.length.saturating_add(1))
            .rev()
            .map(|depth| self.certificate(depth));
        if !policy::matter(inputs, &anchor.policies, downwards.clone()) {
            return Ok(());
        }
        // Out of the search for as long as the path is looked at.
        let mut budget = core::mem::take(self.budget);
        let downwards = (0..self.length.saturating_add(1))
            .rev()
            .map(|depth| self.certificate(depth));
        let result = policy::check(inputs, &anchor.policies, downwards, &mut budget);
        *self.budget = budget;
        result.map_err(|refused| (self.length.saturating_sub(refused.index), refused.fault))
    }
}
