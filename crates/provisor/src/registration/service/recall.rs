//! A TPM is told again what it was given, where its answer led to the record that there is.

use alloc::boxed::Box;

use provisor_report::{Rejection, UnixTime};
use provisor_tpm::Random;
use provisor_tpm::keyring::Purpose;

use super::Service;
use super::admit::{read_keys, tpm_enrollment};
use crate::attestation::effort::Effort;
use crate::attestation::{EnrollmentRef, tpm};
use crate::registration::placing::HubKey;
use crate::registration::reprovision::Action;
use crate::registration::{Assigned, ChallengeMode, Evidence, Facts, RegistrationRequest};

impl Service {
    /// What a TPM was given by the registration that this very answer led to, as long as its record
    /// stands: the record, and its hub key, sealed to it anew. `None` for every other request.
    ///
    /// An answer to a stateless challenge is used up by the registration that it leads to. A device that
    /// did not hear of it (the service stopped after the record was saved, or another replica is asked)
    /// comes with the same answer, and would be refused as a replay. Nothing is decided here and nothing
    /// written: the key is derived again, under the epoch that asked, and whoever has the answer without
    /// the TPM cannot open it. Devices with certificates and symmetric keys need no such thing: their
    /// record says all.
    ///
    /// Ask before [`admit`](Self::admit), with the same facts ([`Facts::without_lease`]) and the keys of
    /// the TPM in the request.
    pub fn recall(
        &self,
        request: &RegistrationRequest<'_>,
        mut facts: Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Option<Box<Assigned>> {
        self.recalled(request, &mut facts, now, random)
            .ok()
            .flatten()
            .map(Box::new)
    }

    fn recalled(
        &self,
        request: &RegistrationRequest<'_>,
        facts: &mut Facts<'_>,
        now: UnixTime,
        random: &mut dyn Random,
    ) -> Result<Option<Assigned>, Rejection> {
        let Evidence::TpmAnswer {
            answer,
            keys: Some(keys),
        } = &request.evidence
        else {
            return Ok(None);
        };
        let (ChallengeMode::Stateless, Some(record)) = (self.challenge_mode, facts.record()) else {
            return Ok(None);
        };
        self.check_scope(request)?;
        self.check_facts(&request.registration_id, facts)?;
        #[cfg(feature = "x509")]
        let mut effort = Effort::new(facts.chains.take());
        #[cfg(not(feature = "x509"))]
        let mut effort = Effort::default();
        let (ek, srk) = read_keys(*keys)?;
        let (enrollment, claim) = tpm_enrollment(facts)?;
        let is_its_record = record.enrollment == EnrollmentRef::Individual
            && record.generation == enrollment.generation()
            && record.endorsement_key.as_ref() == Some(ek.name());
        let Some(before) = record.revision.checked_sub(1).filter(|_| is_its_record) else {
            return Ok(None);
        };
        let vouched = self.vouch(claim, &ek, *keys, facts, &mut effort, now)?;
        // What the answer was bound to: the count before the registration that used it up.
        let binding = self.binding(request, &ek, &srk, before);
        let keyring = facts.keyring()?;
        let Ok(judged) = self.judge_stateless(request, *answer, keyring, &binding, now) else {
            return Ok(None);
        };
        let attested = tpm::bind(self.ek_policy, enrollment, claim, vouched, judged.proof())?;
        let secret = judged.epoch().derive(&binding, Purpose::Identity)?;
        let key = HubKey::seal(self.seal_form, &ek, &srk, secret, random)?;
        Ok(Some(Assigned {
            record: record.clone(),
            action: Action::Keep,
            proof: attested.proof().clone(),
            hub_key: Some(key.into_sealed()),
        }))
    }
}
