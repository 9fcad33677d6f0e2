//! What one verdict may cost.

use provisor_report::Code;

use crate::fault::{Fact, Fault};
use crate::limits;

/// What is left of each limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    signatures: u32,
    candidates: u32,
    comparisons: u32,
    courtesy: u32,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            signatures: limits::SIGNATURES,
            candidates: limits::CANDIDATES,
            comparisons: limits::NAME_COMPARISONS,
            courtesy: limits::REPORT_SIGNATURES,
        }
    }

    /// One more signature check.
    #[inline]
    pub(super) fn signature(&mut self) -> Result<(), Fault<'static>> {
        take(
            &mut self.signatures,
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

    /// One more certificate or anchor looked at.
    #[inline]
    pub(super) fn candidate(&mut self) -> Result<(), Fault<'static>> {
        take(
            &mut self.candidates,
            Code::X509BudgetCandidates,
            limits::CANDIDATES,
        )
    }

    /// One more name compared with a constraint.
    #[inline]
    pub(super) fn comparison(&mut self) -> Result<(), Fault<'static>> {
        take(
            &mut self.comparisons,
            Code::X509BudgetNames,
            limits::NAME_COMPARISONS,
        )
    }
}

#[inline]
fn take(left: &mut u32, code: Code, limit: u32) -> Result<(), Fault<'static>> {
    match left.checked_sub(1) {
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
