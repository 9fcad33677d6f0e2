//! What the certificates of one request may cost.

#[cfg(feature = "x509")]
use provisor_report::{Rejection, UnixTime};
#[cfg(feature = "x509")]
use provisor_x509::{Budget, Certificate, Chains, NearestAnchors, PathVerifier, VerifiedPath};

/// One budget for all the searches of a request, and what the caller remembers of earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Effort<'m> {
    #[cfg(feature = "x509")]
    budget: Budget,
    #[cfg(feature = "x509")]
    chains: Option<&'m mut dyn Chains>,
    /// What the vendors said of the endorsement key of this request, if they were asked: the same
    /// question comes again where a refusal is put into words.
    #[cfg(feature = "x509")]
    certified: Option<Result<(), Rejection>>,
    /// Without X.509 there is nothing to search.
    #[cfg(not(feature = "x509"))]
    nothing: core::marker::PhantomData<&'m ()>,
}

#[cfg(feature = "x509")]
impl<'m> Effort<'m> {
    pub(crate) fn new(chains: Option<&'m mut dyn Chains>) -> Self {
        Self {
            budget: Budget::new(),
            chains,
            certified: None,
        }
    }

    /// The vendors' word for the endorsement key of the request, asked for once.
    pub(crate) fn certified_once(
        &mut self,
        ask: impl FnOnce(&mut Self) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        if let Some(known) = &self.certified {
            return known.clone();
        }
        let said = ask(self);
        self.certified = Some(said.clone());
        said
    }

    pub(crate) fn verify<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        match &mut self.chains {
            Some(chains) => chains.verify_within(question, &mut self.budget, leaf, now),
            None => question.verify_within(&mut self.budget, leaf, now),
        }
    }

    pub(crate) fn nearest<'a>(
        &mut self,
        question: &PathVerifier<'_, 'a>,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<NearestAnchors<'a>, Rejection> {
        match &mut self.chains {
            Some(chains) => chains.nearest_within(question, &mut self.budget, leaf, now),
            None => question.nearest_within(&mut self.budget, leaf, now),
        }
    }
}
