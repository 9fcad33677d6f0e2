//! Challenges that nobody remembers: derived when asked, derived again when answered.

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::keyring::{Binding, Judged, Purpose};
use provisor_tpm::{ChallengeAnswer, EkPublic, Keyring, Random, SrkPublic};

use super::Service;
use super::admit::{by_tpm, read_keys, tpm_enrollment};
use super::refusal::Refusal;
use super::secret::check_secret;
use crate::attestation::effort::Effort;
use crate::attestation::tpm;
use crate::registration::decision::End;
use crate::registration::placing::{Hub, HubKey};
use crate::registration::trail::Trail;
use crate::registration::{
    Facts, Known, RegistrationRequest, Response, Sealed, TpmAnswer, TpmKeys,
};
use crate::sas::SasKey;

impl Service {
    /// The key of the challenge, sealed to the TPM; nothing is kept.
    pub(super) fn ask(
        &self,
        request: &RegistrationRequest<'_>,
        ek: &EkPublic,
        srk: &SrkPublic,
        facts: &Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Response, Rejection> {
        let epoch = facts.keyring()?.issuing(now)?;
        let binding = self.binding(request, ek, srk, registrations(facts));
        let secret = epoch.derive(&binding, Purpose::Challenge)?;
        Sealed::new(self.seal_form, ek, srk, &secret, random).map(Response::Challenge)
    }

    /// A TPM answers: if the answer is right under an epoch of the ring, it gets its hub.
    #[expect(clippy::too_many_arguments, reason = "one call, from `decide`")]
    pub(super) fn answered_stateless(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        keys: Option<TpmKeys<'_>>,
        facts: &Facts<'_>,
        effort: &mut Effort<'_>,
        now: UnixTime,
        random: &mut dyn Random,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        let keyring = facts.keyring()?;
        // Read whoever is enrolled, so that the time tells nobody who is.
        let read = keys.map(read_keys);
        let (enrollment, claim) = tpm_enrollment(facts)?;
        // The keys pass the same doors as with the first request: nothing says that it was made.
        let (Some(keys), Some(read)) = (keys, read) else {
            return Err(keys_missing().into());
        };
        let (ek, srk) = read?;
        let vouched = self.vouch(claim, &ek, keys, facts, effort, now)?;
        let binding = self.binding(request, &ek, &srk, registrations(facts));
        let judged = self.judge_stateless(request, answer, keyring, &binding, now)?;
        let mut admit = || {
            let attested = tpm::bind(self.ek_policy, enrollment, claim, vouched, judged.proof())?;
            // Under the epoch that asked: carrying out the same registration twice, on two replicas
            // or on both sides of a rotation, gives one key.
            let secret = judged.epoch().derive(&binding, Purpose::Identity)?;
            let key = HubKey::seal(self.seal_form, &ek, &srk, secret, random)?;
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

    /// Whether a TPM answers rightly, without a word on whose it is: no certificate is judged.
    pub(super) fn check_stateless(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        keys: Option<TpmKeys<'_>>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let keyring = facts.keyring()?;
        // Read whoever is enrolled, so that the time tells nobody who is.
        let read = keys.map(read_keys);
        let (_, claim) = tpm_enrollment(facts)?;
        let (ek, srk) = read.ok_or_else(keys_missing)??;
        self.ek_policy.vouch(claim, ek.name(), || Ok(()))?;
        let binding = self.binding(request, &ek, &srk, registrations(facts));
        self.judge_stateless(request, answer, keyring, &binding, now)
            .map(|_| ())
    }

    pub(super) fn judge_stateless<'a>(
        &self,
        request: &RegistrationRequest<'_>,
        answer: TpmAnswer<'_>,
        keyring: &'a Keyring,
        binding: &Binding<'_>,
        now: UnixTime,
    ) -> Result<Judged<'a>, Refusal> {
        match answer {
            TpmAnswer::Secret(secret) => {
                check_secret(secret)?;
                Ok(keyring.judge(binding, ChallengeAnswer::Secret(secret), now)?)
            }
            TpmAnswer::Token(text) => {
                let token = self.read_token(request, text, now)?;
                let message = token.signed_text();
                let answer = ChallengeAnswer::Hmac {
                    message: message.as_bytes(),
                    mac: token.signature(),
                };
                let judged = keyring.judge(binding, answer, now);
                judged.map_err(|cause| {
                    self.mistaken(cause, request, &token, keyring.challenge_secrets(binding))
                })
            }
        }
    }

    /// What a right answer to the challenge is signed with that [`ask`](Self::ask) sends: for a dry run.
    pub(in crate::registration) fn key_of_challenge(
        &self,
        request: &RegistrationRequest<'_>,
        keys: TpmKeys<'_>,
        facts: &Facts<'_>,
        now: UnixTime,
    ) -> Result<SasKey, Rejection> {
        let (ek, srk) = read_keys(keys)?;
        let epoch = facts.keyring()?.issuing(now)?;
        let binding = self.binding(request, &ek, &srk, registrations(facts));
        SasKey::from_bytes(epoch.derive(&binding, Purpose::Challenge)?.expose())
    }

    /// What the keys of the registration are derived for that follows so many others of this device.
    pub(super) fn binding<'a>(
        &'a self,
        request: &'a RegistrationRequest<'_>,
        ek: &'a EkPublic,
        srk: &'a SrkPublic,
        registrations: u64,
    ) -> Binding<'a> {
        Binding::new(
            self.scope.normal_form(),
            request.registration_id.normal_form(),
            ek.name(),
            srk.name(),
        )
        .with_registrations(registrations)
    }
}

/// A deletion counts, too: what was used up before it stays used up.
fn registrations(facts: &Facts<'_>) -> u64 {
    facts.known.map_or(0, Known::revision)
}

/// The storage root key is known from nowhere else.
pub(super) fn keys_missing() -> Rejection {
    Rejection::new(Code::RegKeysMissing, Subject::field("tpm"))
        .expected("endorsementKey and storageRootKey")
        .found("neither")
}
