//! May this device register, and through which enrollment?

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::{ChallengeAnswer, EkPublic, Random, Secret, SrkPublic};

use super::Service;
use super::refusal::Refusal;
use super::secret::check_secret;
use crate::attestation::effort::Effort;
#[cfg(feature = "x509")]
use crate::attestation::ek::no_vendors;
use crate::attestation::policy::Claim;
use crate::attestation::symmetric_key::is_mistake;
#[cfg(feature = "x509")]
use crate::attestation::x509;
use crate::attestation::{Attested, EkVouched, tpm};
#[cfg(feature = "x509")]
use crate::enrollment::Thumbprint;
use crate::enrollment::lookup::{self, Answer, Individual, NearestGroup};
use crate::enrollment::{IndividualAttestation, IndividualEnrollment, Mark, ProvisioningStatus};
use crate::limits;
use crate::registration::challenge::{Answered, Unanswered, Whose, check_generation};
use crate::registration::decision::End;
use crate::registration::placing::{Admission, Hub, HubKey};
use crate::registration::trail::Trail;
use crate::registration::{
    Admitting, ChallengeFact, ChallengeMode, Effect, Facts, OpenChallenge, RegistrationRequest,
    Response, TpmAnswer, TpmKeys,
};
use crate::sas::{Resource, SasKey, SasToken};

impl Service {
    /// A TPM shows its keys: if they are enrolled, it is challenged.
    #[expect(clippy::too_many_arguments, reason = "one call, from `decide`")]
    pub(super) fn challenge(
        &self,
        request: &RegistrationRequest<'_>,
        keys: TpmKeys<'_>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        random: &mut dyn Random,
        effects: &mut Vec<Effect>,
    ) -> Result<Response, Rejection> {
        self.check_can_ask(facts, now)?;
        // Read whoever is enrolled, so that the time tells nobody who is.
        let read = read_keys(keys);
        let (enrollment, claim) = tpm_enrollment(facts)?;
        let (ek, srk) = read?;
        let vouched = self.vouch(claim, &ek, keys, facts, effort, now)?;
        match self.challenge_mode {
            ChallengeMode::Stateless => return self.ask(request, &ek, &srk, facts, now, random),
            ChallengeMode::Stored => {}
        }
        let expires = now.saturating_add(i64::from(self.challenge_seconds));
        let whose = Whose {
            registration_id: request.registration_id.clone(),
            generation: enrollment.generation(),
        };
        let (sealed, open) =
            OpenChallenge::new(whose, self.seal_form, (ek, srk), vouched, expires, random)?;
        effects.push(Effect::StoreChallenge {
            registration_id: request.registration_id.clone(),
            fence: facts.fence,
            open: Box::new(open),
        });
        Ok(Response::Challenge(sealed))
    }

    /// Whether the service can ask is the same for all devices, so that a service that cannot says nothing
    /// about one by failing.
    pub(super) fn check_can_ask(&self, facts: &Facts<'_>, now: UnixTime) -> Result<(), Rejection> {
        match self.challenge_mode {
            ChallengeMode::Stored => Ok(()),
            ChallengeMode::Stateless => facts.keyring()?.issuing(now).map(|_| ()),
        }
    }

    /// Why the endorsement key is believed to be that of a TPM, and of this one.
    pub(super) fn vouch(
        &self,
        claim: Claim<'_>,
        ek: &EkPublic,
        keys: TpmKeys<'_>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Result<EkVouched, Rejection> {
        self.ek_policy
            .vouch(claim, ek.name(), || certified(ek, keys, facts, effort, now))
    }

    /// A TPM answers its stored challenge: if the answer is right, it gets its hub.
    #[expect(clippy::too_many_arguments, reason = "one call, from `decide`")]
    pub(super) fn answered(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        keys: Option<TpmKeys<'_>>,
        challenge: ChallengeFact,
        facts: &Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        let open = outstanding(challenge)?;
        // Another registration's challenge is not this one's to use up.
        open.check_whose(&request.registration_id)?;
        let (sent_for, until) = (open.generation(), open.expires());
        let registration_id = request.registration_id.clone();
        let fence = facts.fence;
        // Both are looked at whatever comes of the other: what the device may be told depends on the
        // answer, and why it is refused on the enrollment first.
        let answered = self.judge_answer(request, answer, *open, now);
        let enrolled = tpm_enrollment(facts);
        let Answered {
            proof,
            ek,
            srk,
            vouched,
        } = match answered {
            Ok(answered) => answered,
            Err((refusal, open)) => {
                // Anybody can answer wrongly, and takes nothing from whom the challenge is for.
                if let Some(open) = open {
                    trail.effects.push(Effect::StoreChallenge {
                        registration_id,
                        fence,
                        open,
                    });
                }
                let proved = refusal.proved;
                return Err(match enrolled {
                    Err(cause) => Refusal { cause, proved },
                    Ok(_) => refusal,
                });
            }
        };
        // From here on the challenge is used up, whatever else is wrong.
        trail.effects.push(Effect::RetireChallenge {
            registration_id,
            fence,
            until,
        });
        let (enrollment, claim) = enrolled.map_err(Refusal::proved)?;
        let mut admit = || {
            if let Some(keys) = keys {
                let (shown_ek, shown_srk) = read_keys(keys)?;
                tpm::check_names(&proof, shown_ek.name(), shown_srk.name())?;
            }
            let attested = tpm::bind(self.ek_policy, enrollment, claim, vouched, &proof)?;
            check_generation(sent_for, enrollment.generation())?;
            let key = HubKey::draw(self.seal_form, &ek, &srk, random)?;
            let admission = by_tpm(enrollment, attested);
            self.assign(
                request.payload,
                &admission,
                Hub::Key(key),
                facts,
                now,
                trail,
            )
        };
        admit().map_err(Refusal::proved)
    }

    /// What an answer proves. What proves nothing leaves the challenge open, while its time lasts.
    fn judge_answer(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        open: OpenChallenge,
        now: UnixTime,
    ) -> Result<Answered, (Refusal, Option<Box<OpenChallenge>>)> {
        let unread = |open: OpenChallenge, cause: Rejection| {
            let Unanswered { cause, open } = open.unread(cause, now);
            Err((cause.into(), open))
        };
        match answer {
            TpmAnswer::Secret(secret) => match check_secret(secret) {
                Ok(()) => {
                    let judged = open.judge(ChallengeAnswer::Secret(secret), now);
                    judged.map_err(|Unanswered { cause, open }| (cause.into(), open))
                }
                Err(cause) => unread(open, cause),
            },
            TpmAnswer::Token(text) => match self.read_token(request, text, now) {
                Ok(token) => {
                    let secret = open.secret().clone();
                    let message = token.signed_text();
                    let answer = ChallengeAnswer::Hmac {
                        message: message.as_bytes(),
                        mac: token.signature(),
                    };
                    open.judge(answer, now)
                        .map_err(|Unanswered { cause, open }| {
                            let why = self.mistaken(cause, request, &token, [Ok(secret)]);
                            (why, open)
                        })
                }
                Err(cause) => unread(open, cause),
            },
        }
    }

    /// Why a token is no answer to a challenge of one of these secrets. Asked after it was refused. A usual
    /// mistake is told to whoever made it: only the TPM that was asked has a secret to make it with.
    pub(super) fn mistaken(
        &self,
        cause: Rejection,
        request: &RegistrationRequest<'_>,
        token: &SasToken<'_>,
        secrets: impl IntoIterator<Item = Result<Secret, Rejection>>,
    ) -> Refusal {
        if cause.code() != Code::TpmChallengeAnswer {
            return cause.into();
        }
        let secrets = secrets.into_iter().take(limits::SAS_DIAGNOSED_KEYS);
        let keys = secrets.flatten();
        let keys: Vec<SasKey> = keys
            .filter_map(|secret| SasKey::from_bytes(secret.expose()).ok())
            .collect();
        let keys: Vec<&SasKey> = keys.iter().collect();
        let resource = Resource::registration(&self.scope, &request.registration_id);
        let why = token.explain_keys(&resource, &keys);
        if is_mistake(&why) {
            return Refusal::proved(why);
        }
        cause.into()
    }

    /// Reads a token and judges everything but its signature.
    ///
    /// The claims hold the token to this very registration; then what was signed is the resource
    /// rebuilt by the service, in the client's own spelling of it.
    pub(super) fn read_token<'a>(
        &self,
        request: &RegistrationRequest<'_>,
        text: &'a str,
        now: UnixTime,
    ) -> Result<SasToken<'a>, Rejection> {
        let token = SasToken::parse(text)?.with_longest_life(self.sas_life);
        let resource = Resource::registration(&self.scope, &request.registration_id);
        token.check_claims(&resource, now)?;
        Ok(token)
    }

    /// A device shows a certificate: if an enrollment admits it, it gets its hub.
    #[cfg(feature = "x509")]
    #[expect(clippy::too_many_arguments, reason = "one call, from `decide`")]
    pub(super) fn certified(
        &self,
        request: &RegistrationRequest<'_>,
        leaf: &[u8],
        sent: &[&[u8]],
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        let admission = self.admitted(request, leaf, sent, facts, effort, now)?;
        let hub = Hub::of(admission.attested.proof())?;
        self.assign(request.payload, &admission, hub, facts, now, trail)
            .map_err(Refusal::proved)
    }

    /// A device shows a certificate: the enrollment that admits it.
    #[cfg(feature = "x509")]
    pub(super) fn admitted<'a>(
        &self,
        request: &RegistrationRequest<'_>,
        leaf: &'a [u8],
        sent: &[&'a [u8]],
        facts: &'a Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Result<Admission<'a>, Refusal> {
        let trust = facts.trust()?;
        let shown = x509::Shown::read(leaf, sent)?;
        trust.check(&shown.issuers, facts.individual)?;
        let individual = standing(facts.individual, |attestation| match attestation {
            IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => true,
            IndividualAttestation::SymmetricKey(_)
            | IndividualAttestation::Tpm(_)
            | IndividualAttestation::TpmAny => false,
        });
        let mut nearest = None;
        let answer = lookup::answer(individual, || {
            let id = &request.registration_id;
            let found = x509::nearest(&shown, id, trust, self.rules, now, effort);
            let standing = found.as_ref().map_or(NearestGroup::Absent, |found| {
                found.group.settings().provisioning_status.into()
            });
            nearest = Some(found);
            standing
        });
        let admission = match (answer, facts.individual, nearest) {
            // Nobody trusts the device: the search says why better than the table can.
            (Answer::Nobody(Code::AttestNotEnrolled), _, Some(Err(cause))) => {
                return Err(cause.into());
            }
            // Its group is disabled: the device belongs to it all the same.
            (Answer::Nobody(code), None, Some(Ok(_))) => {
                return Err(Refusal::proved(nobody(code)));
            }
            (Answer::Nobody(code), Some(enrollment), _) => {
                let bound = self.bind_individual(&shown, enrollment, trust, effort, now);
                let proved = bound.is_ok() || is_enrolled(&shown, enrollment);
                let cause = nobody(code);
                return Err(self.as_if_free(
                    request,
                    &shown,
                    trust,
                    effort,
                    now,
                    Refusal { cause, proved },
                ));
            }
            (Answer::Nobody(code), None, _) => return Err(nobody(code).into()),
            (Answer::Individual, Some(enrollment), _) => Admission {
                attested: self
                    .bind_individual(&shown, enrollment, trust, effort, now)
                    .map_err(|cause| {
                        let proved = is_enrolled(&shown, enrollment);
                        self.as_if_free(
                            request,
                            &shown,
                            trust,
                            effort,
                            now,
                            Refusal { cause, proved },
                        )
                    })?,
                by: Admitting::Individual(enrollment),
                accepted: accepted(enrollment.attestation(), trust),
            },
            (Answer::Group, _, Some(Ok(found))) => {
                let group = found.group;
                Admission {
                    attested: found.into_attested(),
                    by: Admitting::Group(group),
                    accepted: group.marks(|name| trust.ca(name)),
                }
            }
            (Answer::Individual, None, _) | (Answer::Group, _, _) => {
                return Err(nobody(Code::AttestNotEnrolled).into());
            }
        };
        Ok(admission)
    }

    /// The work of an ID that is free, for one that is enrolled otherwise: whoever has proved nothing
    /// shall not tell the two apart by the time either. Who has a chain to a group for this very ID has
    /// proved that it is one of the service's, although its individual enrollment goes before the group.
    #[cfg(feature = "x509")]
    fn as_if_free(
        &self,
        request: &RegistrationRequest<'_>,
        shown: &x509::Shown<'_>,
        trust: x509::Trust<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        refusal: Refusal,
    ) -> Refusal {
        if refusal.proved {
            return refusal;
        }
        let id = &request.registration_id;
        let found = x509::nearest(shown, id, trust, self.rules, now, effort);
        Refusal {
            proved: found.is_ok(),
            ..refusal
        }
    }

    #[cfg(feature = "x509")]
    fn bind_individual(
        &self,
        shown: &x509::Shown<'_>,
        enrollment: &IndividualEnrollment,
        trust: x509::Trust<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Result<Attested, Rejection> {
        let rules = self.rules;
        match enrollment.attestation() {
            IndividualAttestation::X509Ca(references) => {
                x509::bind_ca(shown, enrollment, references, trust, rules, now, effort)
            }
            IndividualAttestation::X509Leaf(leaves) => {
                x509::bind_leaf(shown, enrollment, leaves, rules, now, effort)
            }
            IndividualAttestation::SymmetricKey(_)
            | IndividualAttestation::Tpm(_)
            | IndividualAttestation::TpmAny => Err(nobody(Code::AttestMechanism)),
        }
    }
}

/// True when the leaf shown is an enrolled one, whatever else is wrong.
#[cfg(feature = "x509")]
fn is_enrolled(shown: &x509::Shown<'_>, enrollment: &IndividualEnrollment) -> bool {
    match enrollment.attestation() {
        IndividualAttestation::X509Leaf(leaves) => {
            leaves.contains(&Thumbprint::of_der(shown.leaf.der()))
        }
        IndividualAttestation::X509Ca(_)
        | IndividualAttestation::SymmetricKey(_)
        | IndividualAttestation::Tpm(_)
        | IndividualAttestation::TpmAny => false,
    }
}

/// A device admitted by its TPM.
pub(super) fn by_tpm(enrollment: &IndividualEnrollment, attested: Attested) -> Admission<'_> {
    let accepted = match enrollment.attestation() {
        IndividualAttestation::Tpm(ek) => vec![Mark::endorsement_key(ek.name())],
        IndividualAttestation::TpmAny => Vec::new(),
        // Not of a TPM: nothing is known by it.
        IndividualAttestation::SymmetricKey(_) => Vec::new(),
        #[cfg(feature = "x509")]
        IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => Vec::new(),
    };
    Admission {
        attested,
        by: Admitting::Individual(enrollment),
        accepted,
    }
}

/// What an individual enrollment is known by when it is made anew.
#[cfg(feature = "x509")]
pub(super) fn accepted(attestation: &IndividualAttestation, trust: x509::Trust<'_>) -> Vec<Mark> {
    match attestation {
        IndividualAttestation::X509Ca(references) => {
            let marks = references.marks(|name| trust.ca(name));
            marks.copied().collect()
        }
        IndividualAttestation::X509Leaf(leaves) => leaves.marks(),
        IndividualAttestation::Tpm(ek) => vec![Mark::endorsement_key(ek.name())],
        IndividualAttestation::SymmetricKey(_) | IndividualAttestation::TpmAny => Vec::new(),
    }
}

/// Where an individual enrollment stands towards the evidence that came.
pub(super) fn standing(
    individual: Option<&IndividualEnrollment>,
    fits: impl FnOnce(&IndividualAttestation) -> bool,
) -> Individual {
    match individual {
        None => Individual::Absent,
        Some(found) => match found.settings().provisioning_status {
            ProvisioningStatus::Disabled => Individual::Disabled,
            ProvisioningStatus::Enabled if fits(found.attestation()) => Individual::Fits,
            ProvisioningStatus::Enabled => Individual::OtherMechanism,
        },
    }
}

/// The enrollment of a TPM, if it answers for the device, and which key the device's ID belongs to.
/// Groups do not attest TPMs.
pub(super) fn tpm_enrollment<'a>(
    facts: &Facts<'a>,
) -> Result<(&'a IndividualEnrollment, Claim<'a>), Rejection> {
    let standing = standing(facts.individual, |attestation| match attestation {
        IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny => true,
        IndividualAttestation::SymmetricKey(_) => false,
        #[cfg(feature = "x509")]
        IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => false,
    });
    let answer = lookup::answer(standing, || NearestGroup::Absent);
    match (answer, facts.individual) {
        (Answer::Individual, Some(enrollment)) => {
            let enrolled = match enrollment.attestation() {
                IndividualAttestation::Tpm(ek) => Some(&**ek),
                IndividualAttestation::TpmAny => None,
                IndividualAttestation::SymmetricKey(_) => {
                    return Err(nobody(Code::AttestMechanism));
                }
                #[cfg(feature = "x509")]
                IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => {
                    return Err(nobody(Code::AttestMechanism));
                }
            };
            let recorded = facts.record().map(|record| record.endorsement_key.as_ref());
            Ok((enrollment, Claim { enrolled, recorded }))
        }
        (Answer::Nobody(code), _) => Err(nobody(code)),
        (Answer::Individual, None) | (Answer::Group, _) => Err(nobody(Code::AttestNotEnrolled)),
    }
}

/// The vendor's word for the key.
#[cfg(feature = "x509")]
pub(super) fn certified(
    ek: &EkPublic,
    keys: TpmKeys<'_>,
    facts: &Facts<'_>,
    effort: &mut Effort<'_>,
    now: UnixTime,
) -> Result<(), Rejection> {
    let vendors = facts.tpm_vendors()?.ok_or_else(no_vendors)?;
    let Some(certificate) = keys.certificate else {
        let missing = Rejection::new(Code::AttestEkCertificateMissing, Subject::field("tpm"));
        return Err(missing
            .expected("the certificate of the endorsement key")
            .found("none"));
    };
    effort.certified_once(|effort| {
        let certified = vendors.judge(certificate.der, certificate.sent, ek, now, effort);
        certified.map(|_| ())
    })
}

/// Without X.509 no certificate can be judged, and none is waved through.
#[cfg(not(feature = "x509"))]
pub(super) fn certified(
    _: &EkPublic,
    _: TpmKeys<'_>,
    _: &Facts<'_>,
    _: &mut Effort<'_>,
    _: UnixTime,
) -> Result<(), Rejection> {
    Err(
        Rejection::new(Code::AttestEkPolicy, Subject::field("ekPolicy"))
            .expected("a build that judges certificates")
            .found("a build without X.509"),
    )
}

/// The challenge that an answer may be held against.
fn outstanding(fact: ChallengeFact) -> Result<Box<OpenChallenge>, Rejection> {
    let refused = |code| Err(Rejection::new(code, Subject::field("challenge")));
    match fact {
        ChallengeFact::Open(open) => Ok(open),
        ChallengeFact::None => refused(Code::AttestNoChallenge),
        ChallengeFact::Retired => refused(Code::AttestChallengeUsed),
    }
}

pub(super) fn read_keys(keys: TpmKeys<'_>) -> Result<(EkPublic, SrkPublic), Rejection> {
    provisor_tpm::read_keys(keys.endorsement_key, keys.storage_root_key)
}

pub(super) fn nobody(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("registrationId"))
}
