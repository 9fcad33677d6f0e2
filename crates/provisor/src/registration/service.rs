//! The engine.

mod admission;
mod admit;
mod assign;
#[cfg(feature = "x509")]
mod attested;
mod keyed;
mod recall;
mod refusal;
mod secret;
mod stateless;
#[cfg(feature = "serde")]
mod stored;
mod tell;

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::Random;

use self::refusal::Refusal;
use super::challenge::{ChallengeMode, SealForm};
use super::decision::{Decision, End};
use super::facts::{Facts, Needs};
use super::owner::fenced;
use super::request::{Evidence, RegistrationRequest};
use super::response::Response;
use super::succession::Succession;
use super::trail::Trail;
use crate::allocation::{AllocationBasis, AllocationPolicy};
use crate::attestation::EkPolicy;
#[cfg(feature = "x509")]
use crate::attestation::Issuers;
use crate::attestation::effort::Effort;
use crate::id::{IdRules, IdScope, RegistrationId};
use crate::limits;

/// The provisioning service of one ID scope: its settings, and nothing that changes.
///
/// See the [module](super) for the order of calls.
///
/// With the feature `serde` its settings are stored, with a version inside, and **with the salt of the
/// allocation, which is secret**, where there is one.
#[derive(Clone, Debug)]
pub struct Service {
    scope: IdScope,
    rules: IdRules,
    ek_policy: EkPolicy,
    allocation: AllocationPolicy,
    basis: AllocationBasis,
    challenge_seconds: u32,
    seal_form: SealForm,
    challenge_mode: ChallengeMode,
    sas_life: i64,
    successions: Vec<Succession>,
}

impl Service {
    /// A service with the current ID rules, allocation by weights, the allow-list for
    /// endorsement keys, and stored challenges in the form of the DPS protocol that live for
    /// [`limits::CHALLENGE_SECONDS`].
    #[must_use]
    pub const fn new(scope: IdScope) -> Self {
        Self {
            scope,
            rules: IdRules::Current,
            ek_policy: EkPolicy::AllowList,
            allocation: AllocationPolicy::Weighted,
            basis: AllocationBasis::UNSALTED,
            challenge_seconds: limits::CHALLENGE_SECONDS,
            seal_form: SealForm::ActivationBlob,
            challenge_mode: ChallengeMode::Stored,
            sas_life: limits::SAS_LIFE_SECONDS,
            successions: Vec::new(),
        }
    }

    /// Other rules for the registration IDs in certificates.
    #[must_use]
    pub const fn with_id_rules(mut self, rules: IdRules) -> Self {
        self.rules = rules;
        self
    }

    /// Another policy for endorsement keys.
    #[must_use]
    pub const fn with_ek_policy(mut self, policy: EkPolicy) -> Self {
        self.ek_policy = policy;
        self
    }

    /// Another allocation policy where the enrollment has none of its own.
    ///
    /// # Errors
    /// [`AllocCustom`](Code::AllocCustom): whom to ask is an enrollment's to say.
    pub fn with_allocation_policy(mut self, policy: AllocationPolicy) -> Result<Self, Rejection> {
        if policy == AllocationPolicy::Custom {
            let subject = Subject::field("allocationPolicy");
            return Err(Rejection::new(Code::AllocCustom, subject)
                .expected("a default that can be computed")
                .found("custom"));
        }
        self.allocation = policy;
        Ok(self)
    }

    /// What is stored for the allocation beside the scope: the algorithm's number and the salt. It
    /// is fixed when the service is created. The hubs that are handed in are linked with the same.
    #[must_use]
    pub fn with_allocation_basis(mut self, basis: AllocationBasis) -> Self {
        self.basis = basis;
        self
    }

    /// Another lifetime of stored challenges, in seconds; at most
    /// [`limits::CHALLENGE_SECONDS_MOST`].
    #[must_use]
    pub const fn with_challenge_seconds(mut self, seconds: u32) -> Self {
        self.challenge_seconds = if seconds < limits::CHALLENGE_SECONDS_MOST {
            seconds
        } else {
            limits::CHALLENGE_SECONDS_MOST
        };
        self
    }

    /// Another form of what is sealed to TPMs.
    #[must_use]
    pub const fn with_seal_form(mut self, form: SealForm) -> Self {
        self.seal_form = form;
        self
    }

    /// Another memory for challenges.
    #[must_use]
    pub const fn with_challenge_mode(mut self, mode: ChallengeMode) -> Self {
        self.challenge_mode = mode;
        self
    }

    /// Another longest life of SAS tokens than [`limits::SAS_LIFE_SECONDS`]: how many seconds ahead
    /// their `se` may lie.
    #[must_use]
    pub const fn with_sas_life(mut self, seconds: i64) -> Self {
        self.sas_life = seconds;
        self
    }

    /// Other successions: which enrollment's devices may go on under which other. None by default.
    ///
    /// # Errors
    /// [`RegSuccessions`](Code::RegSuccessions) above [`limits::SUCCESSIONS`].
    pub fn with_successions(
        mut self,
        successions: impl IntoIterator<Item = Succession>,
    ) -> Result<Self, Rejection> {
        let stated = successions.into_iter().take(limits::SUCCESSIONS + 1);
        self.successions = stated.collect();
        if self.successions.len() > limits::SUCCESSIONS {
            return Err(
                Rejection::new(Code::RegSuccessions, Subject::field("successions"))
                    .expected(format!("at most {}", limits::SUCCESSIONS)),
            );
        }
        Ok(self)
    }

    /// The policy for endorsement keys.
    #[must_use]
    pub const fn ek_policy(&self) -> &EkPolicy {
        &self.ek_policy
    }

    /// What is stored for the allocation beside the scope.
    #[must_use]
    pub const fn allocation_basis(&self) -> &AllocationBasis {
        &self.basis
    }

    /// The allocation policy where the enrollment has none of its own.
    #[must_use]
    pub const fn allocation_policy(&self) -> &AllocationPolicy {
        &self.allocation
    }

    /// Whose devices may go on under which other enrollment.
    #[must_use]
    pub fn successions(&self) -> &[Succession] {
        &self.successions
    }

    /// The service's ID scope.
    #[must_use]
    pub const fn scope(&self) -> &IdScope {
        &self.scope
    }

    /// What to look up for the request.
    ///
    /// # Errors
    /// [`RegScope`](Code::RegScope) when the request is for another service: nothing of this one's
    /// is looked up then.
    pub fn needs<'a>(&self, request: &'a RegistrationRequest<'_>) -> Result<Needs<'a>, Rejection> {
        let needs = self.needs_but_issuers(request)?;
        #[cfg(feature = "x509")]
        if let Evidence::X509 { leaf, sent } = request.evidence {
            let issuers = Issuers::of(leaf, sent);
            return Ok(Needs { issuers, ..needs });
        }
        Ok(needs)
    }

    /// Without reading a certificate: a decision reads them once.
    fn needs_but_issuers<'a>(
        &self,
        request: &'a RegistrationRequest<'_>,
    ) -> Result<Needs<'a>, Rejection> {
        self.check_scope(request)?;
        let (groups, keyed, tpm, answer) = match request.evidence {
            Evidence::Sas(_) => (false, true, false, false),
            #[cfg(feature = "x509")]
            Evidence::X509 { .. } => (true, false, false, false),
            Evidence::TpmKeys(_) => (false, false, true, false),
            Evidence::TpmAnswer { .. } => (false, false, true, true),
        };
        let stateless = matches!(self.challenge_mode, ChallengeMode::Stateless);
        Ok(Needs {
            registration_id: &request.registration_id,
            groups,
            symmetric_key_groups: keyed,
            #[cfg(feature = "x509")]
            issuers: Issuers::default(),
            challenge: answer && !stateless,
            keyring: tpm && stateless,
            tpm_vendors: tpm && matches!(self.ek_policy, EkPolicy::CertificateRequired),
        })
    }

    /// Decides the request by the facts.
    ///
    /// Never fails: a refusal is a decision too, and may have effects (a challenge
    /// that was answered wrongly is put back), and facts that were not looked up or are not about this request
    /// are a failure of the service ([`Response::Failed`], [`RegFacts`](Code::RegFacts)).
    pub fn decide(
        &self,
        request: &RegistrationRequest<'_>,
        mut facts: Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Decision {
        // One for the whole request, however many certificates and enrollments it leads to.
        #[cfg(feature = "x509")]
        let mut effort = Effort::new(facts.chains.take());
        #[cfg(not(feature = "x509"))]
        let mut effort = Effort::default();
        let effort = &mut effort;
        let mut trail = Trail::default();
        let end = self
            .needs_but_issuers(request)
            .and_then(|needs| facts.check_complete(&needs))
            .and_then(|()| self.check_facts(&request.registration_id, &facts))
            .and_then(|()| self.check_hubs(&facts))
            // About no device: the one is the sender's mistake, the other the caller's.
            .map_err(Refusal::proved)
            .and_then(|()| self.judge(request, &mut facts, effort, now, random, &mut trail));
        let end = end.unwrap_or_else(|refusal| {
            let cause = self.refuse(refusal, request, &facts, effort, now);
            End::Respond(Response::not_admitted(cause))
        });
        Decision::new(end, trail)
    }

    fn judge(
        &self,
        request: &RegistrationRequest<'_>,
        facts: &mut Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        random: &mut dyn Random,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        match &request.evidence {
            Evidence::Sas(token) => self.keyed(request, token.as_str(), facts, now, trail),
            Evidence::TpmKeys(keys) => {
                let response = self.challenge(
                    request,
                    *keys,
                    facts,
                    effort,
                    now,
                    random,
                    &mut trail.effects,
                )?;
                Ok(End::Respond(response))
            }
            Evidence::TpmAnswer { answer, keys } => match self.challenge_mode {
                ChallengeMode::Stored => {
                    let challenge = facts.challenge()?;
                    self.answered(
                        request, *answer, *keys, challenge, facts, now, random, trail,
                    )
                }
                ChallengeMode::Stateless => self
                    .answered_stateless(request, *answer, *keys, facts, effort, now, random, trail),
            },
            #[cfg(feature = "x509")]
            Evidence::X509 { leaf, sent } => {
                self.certified(request, leaf, sent, facts, effort, now, trail)
            }
        }
    }

    /// Hubs that were linked by another scope, algorithm or salt would be allocated by it.
    fn check_hubs(&self, facts: &Facts<'_>) -> Result<(), Rejection> {
        facts.check_lease()?;
        let hubs = facts.hubs;
        if *hubs.scope() != self.scope {
            return Err(Rejection::new(Code::RegFacts, Subject::field("linkedHubs"))
                .expected(format!("hubs linked in the scope {}", self.scope))
                .found(format!("hubs linked in the scope {}", hubs.scope())));
        }
        if *hubs.basis() != self.basis {
            return Err(Rejection::new(Code::RegFacts, Subject::field("linkedHubs"))
                .expected("hubs linked with the algorithm and the salt of the service"));
        }
        Ok(())
    }

    fn check_scope(&self, request: &RegistrationRequest<'_>) -> Result<(), Rejection> {
        if request.scope == self.scope {
            return Ok(());
        }
        Err(Rejection::new(Code::RegScope, Subject::field("idScope"))
            .expected(format!("{}", self.scope))
            .found(format!("{}", request.scope)))
    }

    /// Facts about another device would be decided upon as if they were about this one.
    fn check_facts(&self, id: &RegistrationId, facts: &Facts<'_>) -> Result<(), Rejection> {
        let individual = facts.individual.map(|found| found.registration_id());
        let known = facts.known.map(|known| known.registration_id());
        for found in [individual, known].into_iter().flatten() {
            if found != id {
                return Err(
                    Rejection::new(Code::RegFacts, Subject::field("registrationId"))
                        .expected(format!("facts about {id}"))
                        .found(format!("facts about {found}")),
                );
            }
        }
        let Some(known) = facts.known else {
            return Ok(());
        };
        if *known.scope() != self.scope {
            return Err(Rejection::new(Code::RegFacts, Subject::field("scope"))
                .expected(format!("a record of the scope {}", self.scope))
                .found(format!("one of the scope {}", known.scope())));
        }
        // The next one has to follow it.
        if matches!(known.revision(), 0 | u64::MAX) {
            return Err(Rejection::new(Code::RegFacts, Subject::field("revision"))
                .expected("a revision from 1, which another one can follow")
                .found(format!("{}", known.revision())));
        }
        if facts.fence < known.fence() {
            return Err(fenced(facts.fence, known.fence()));
        }
        Ok(())
    }
}
