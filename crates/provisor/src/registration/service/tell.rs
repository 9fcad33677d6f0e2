//! What a device is told that has proved nothing.
//!
//! Whoever asks may be anybody. An answer that differs between an ID that is free, one that is
//! enrolled otherwise and one that is disabled is a list of the fleet for whoever asks often enough.
//! So what is told depends on the request and on settings that hold for all devices, and on nothing
//! that is stored for one: what is wrong with the sender's own bytes, and else one sentence. The
//! operator's rejection has the truth.

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::Service;
use super::admit::{certified, read_keys};
use super::refusal::Refusal;
use super::secret::check_secret;
use super::stateless::keys_missing;
use crate::attestation::EkPolicy;
use crate::attestation::effort::Effort;
#[cfg(feature = "x509")]
use crate::attestation::x509;
use crate::registration::{
    ChallengeMode, Evidence, Facts, RegistrationRequest, TpmAnswer, TpmKeys,
};

impl Service {
    /// The rejection for the operator's log, with what the device is told inside.
    pub(super) fn refuse(
        &self,
        refusal: Refusal,
        request: &RegistrationRequest<'_>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Rejection {
        // The service's own fault is never put into words for the device.
        if refusal.proved || refusal.cause.code().class().is_own_fault() {
            return refusal.cause;
        }
        let told = self.told(request, facts, effort, now);
        refusal.cause.telling(&told)
    }

    fn told(
        &self,
        request: &RegistrationRequest<'_>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Rejection {
        let own = match &request.evidence {
            #[cfg(feature = "x509")]
            Evidence::X509 { leaf, sent } => {
                return x509::told(leaf, sent, &request.registration_id, self.rules, now);
            }
            Evidence::Sas(token) => self.read_token(request, token.as_str(), now).map(|_| ()),
            Evidence::TpmKeys(keys) => self.check_keys(*keys, facts, effort, now),
            Evidence::TpmAnswer { answer, keys } => self
                .check_answer(request, *answer, now)
                .and_then(|()| match (keys, self.challenge_mode) {
                    (None, ChallengeMode::Stored) => Ok(()),
                    (None, ChallengeMode::Stateless) => Err(keys_missing()),
                    // The answer to a stored challenge shows them for comparison only.
                    (Some(keys), ChallengeMode::Stored) => read_keys(*keys).map(|_| ()),
                    (Some(keys), ChallengeMode::Stateless) => {
                        self.check_keys(*keys, facts, effort, now)
                    }
                }),
        };
        own.err().unwrap_or_else(|| {
            let neutral = Rejection::new(Code::AttestNotAdmitted, Subject::field("request"));
            match request.evidence {
                Evidence::TpmAnswer { .. } => neutral.remedy(
                    "register without an answer and answer the challenge that comes; if none comes, \
                     compare the registration ID and the ID scope with what was enrolled",
                ),
                Evidence::Sas(_) => neutral.remedy(
                    "compare the registration ID and the ID scope with what was enrolled, and the key: the \
                     device's own, decoded from base64; that of a group's device is derived from its \
                     registration ID in lower case",
                ),
                _ => neutral,
            }
        })
    }

    /// What can be said of keys without asking whose they are. Which policy counts is the same for
    /// all devices.
    fn check_keys(
        &self,
        keys: TpmKeys<'_>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        let (ek, _) = read_keys(keys)?;
        match self.ek_policy {
            EkPolicy::CertificateRequired => certified(&ek, keys, facts, effort, now),
            EkPolicy::AllowList | EkPolicy::DangerFirstUse => Ok(()),
        }
    }

    /// What can be said of an answer without the challenge: a token's form and claims.
    pub(super) fn check_answer(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        match answer {
            TpmAnswer::Secret(secret) => check_secret(secret),
            TpmAnswer::Token(text) => self.read_token(request, text, now).map(|_| ()),
        }
    }
}
