//! What a request is worth, before a lease or a write is spent on it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::Random;

use super::Service;
use super::admit::{read_keys, tpm_enrollment};
#[cfg(feature = "x509")]
use super::attested::readmitted;
use super::refusal::Refusal;
#[cfg(feature = "x509")]
use crate::attestation::Attested;
use crate::attestation::effort::Effort;
#[cfg(feature = "x509")]
use crate::limits;
use crate::registration::admittance::{AdmissionPass, Admittance};
use crate::registration::{
    ChallengeMode, Decision, Evidence, Facts, RegistrationRequest, Response, TpmAnswer, TpmKeys,
};

impl Service {
    /// Admits the request to a decision, or answers it at once: with the refusal that
    /// [`decide`](Self::decide) would come to, or with the challenge, where [nobody has to remember
    /// it](ChallengeMode::Stateless). No key is drawn, no challenge used up, no effect asked for. So
    /// strangers cost no write, and hold no lease.
    ///
    /// The facts are read without a lease ([`Facts::without_lease`]); a challenge is left in its store.
    /// Facts that were not looked up, or are not about the request, are a failure here too.
    ///
    /// What it admits can still be refused: by the record, by the answer to a stored challenge, by the
    /// hubs, by the certificate of an endorsement key, or since something has changed.
    ///
    /// ```
    /// # use provisor::allocation::LinkedHubs;
    /// # use provisor::enrollment::IndividualEnrollment;
    /// # use provisor::quota::RecordQuota;
    /// # use provisor::registration::{Admittance, Decision, Facts, Fence, RegistrationRequest, Response, Service};
    /// # use provisor::tpm::Random;
    /// # use provisor::UnixTime;
    /// # fn lease() -> Fence { Fence::new(1) }
    /// fn answer(
    ///     service: &Service,
    ///     request: &RegistrationRequest<'_>,
    ///     (hubs, individual): (&LinkedHubs, Option<&IndividualEnrollment>),
    ///     now: UnixTime,
    ///     random: &mut dyn Random,
    /// ) -> Response {
    ///     let facts = Facts::without_lease(hubs, individual, None);
    ///     let pass = match service.admit(request, facts, now, random) {
    ///         Admittance::Answer(response) => return response,
    ///         Admittance::Proceed(pass) => pass,
    ///     };
    ///     // Now the lease, and the facts under it.
    ///     let facts = Facts::new(hubs, individual, None, lease(), RecordQuota::NONE);
    ///     let decision = service.decide_admitted(request, &pass, facts, now, random);
    ///     decision.carry_out(|effect| Err(effect.unknown()))
    /// }
    /// ```
    pub fn admit(
        &self,
        request: &RegistrationRequest<'_>,
        mut facts: Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Admittance {
        #[cfg(feature = "x509")]
        let mut effort = Effort::new(facts.chains.take());
        #[cfg(not(feature = "x509"))]
        let mut effort = Effort::default();
        let effort = &mut effort;
        let admitted = self
            .needs_but_issuers(request)
            .and_then(|mut needs| {
                // It is judged once, by the decision.
                needs.challenge = false;
                facts.check_complete(&needs)
            })
            .and_then(|()| self.check_facts(&request.registration_id, &facts))
            .map_err(Refusal::proved)
            .and_then(|()| self.weigh(request, &mut facts, effort, now, random));
        match admitted {
            Ok(Weighed::Answered(response)) => Admittance::Answer(response),
            #[cfg(feature = "x509")]
            Ok(Weighed::Admitted(attested)) => {
                Admittance::Proceed(Box::new(AdmissionPass::new(request, attested, now)))
            }
            #[cfg(not(feature = "x509"))]
            Ok(Weighed::Admitted) => {
                Admittance::Proceed(Box::new(AdmissionPass::new(request, now)))
            }
            Err(refusal) => {
                let cause = self.refuse(refusal, request, &facts, effort, now);
                Admittance::Answer(Response::not_admitted(cause))
            }
        }
    }

    /// Decides an admitted request by the facts that were read under the lease.
    ///
    /// As [`decide`](Self::decide), but the signatures of certificates are not judged twice: what the
    /// pass proved stands for [`limits::ADMISSION_SECONDS`], while the enrollment that admitted the
    /// device is there, enabled, and accepts what it accepted. If not, everything is judged anew. (A
    /// group that was made since and stands nearer to the device is not looked for: its registration
    /// was admitted before.)
    ///
    /// A pass for another request fails with [`RegFacts`](Code::RegFacts).
    pub fn decide_admitted(
        &self,
        request: &RegistrationRequest<'_>,
        pass: &AdmissionPass,
        facts: Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Decision {
        if !pass.is_for(request) {
            let other = Rejection::new(Code::RegFacts, Subject::field("admission"))
                .expected("the admission of this request")
                .found("the admission of another one");
            return Decision::only(Response::not_admitted(other));
        }
        #[cfg(feature = "x509")]
        if let Some(attested) = &pass.attested
            && is_fresh(pass.admitted, now)
            && readmitted(attested, &facts).is_ok()
        {
            return self.decide_attested(attested, request.payload, &facts, now);
        }
        self.decide(request, facts, now, random)
    }

    fn weigh(
        &self,
        request: &RegistrationRequest<'_>,
        facts: &mut Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Weighed, Refusal> {
        match &request.evidence {
            Evidence::Sas(token) => {
                self.keyed_admission(request, token.as_str(), facts, now)?;
                Ok(Weighed::ADMITTED)
            }
            Evidence::TpmKeys(keys) => match self.challenge_mode {
                ChallengeMode::Stored => {
                    self.check_shown(*keys, facts)?;
                    Ok(Weighed::ADMITTED)
                }
                // Nothing is kept, so that the challenge can be sent at once.
                ChallengeMode::Stateless => {
                    let mut none = Vec::new();
                    let asked =
                        self.challenge(request, *keys, facts, effort, now, random, &mut none)?;
                    Ok(Weighed::Answered(asked))
                }
            },
            Evidence::TpmAnswer { answer, keys } => {
                match self.challenge_mode {
                    ChallengeMode::Stored => {
                        self.check_stored(request, *answer, *keys, facts, now)?;
                    }
                    ChallengeMode::Stateless => {
                        self.check_stateless(request, *answer, *keys, facts, now)?;
                    }
                }
                Ok(Weighed::ADMITTED)
            }
            #[cfg(feature = "x509")]
            Evidence::X509 { leaf, sent } => {
                let admission = self.admitted(request, leaf, sent, facts, effort, now)?;
                let generation = admission.generation();
                let attested = admission.attested.of_generation(generation);
                let attested = attested.by_accepting(&admission.accepted);
                Ok(Weighed::Admitted(Some(attested)))
            }
        }
    }

    /// The keys of a TPM that are enrolled. Their certificate is judged by the decision, once.
    fn check_shown(&self, keys: TpmKeys<'_>, facts: &Facts<'_>) -> Result<(), Rejection> {
        // Read whoever is enrolled, so that the time tells nobody who is.
        let read = read_keys(keys);
        let (_, claim) = tpm_enrollment(facts)?;
        let (ek, _) = read?;
        self.ek_policy.vouch(claim, ek.name(), || Ok(()))?;
        Ok(())
    }

    /// The answer to a challenge that stays in its store: its form, and that somebody is enrolled.
    fn check_stored(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        keys: Option<TpmKeys<'_>>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        tpm_enrollment(facts)?;
        self.check_answer(request, answer, now)?;
        match keys {
            Some(keys) => read_keys(keys).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// What was found out without a lease.
enum Weighed {
    Answered(Response),
    #[cfg(feature = "x509")]
    Admitted(Option<Attested>),
    #[cfg(not(feature = "x509"))]
    Admitted,
}

impl Weighed {
    /// Nothing is carried into the decision.
    #[cfg(feature = "x509")]
    const ADMITTED: Self = Self::Admitted(None);
    #[cfg(not(feature = "x509"))]
    const ADMITTED: Self = Self::Admitted;
}

/// A clock that was set back judges anew.
#[cfg(feature = "x509")]
fn is_fresh(admitted: UnixTime, now: UnixTime) -> bool {
    admitted <= now && now <= admitted.saturating_add(limits::ADMISSION_SECONDS)
}
