//! What the engine goes by beside the settings in the store: the same for all replicas, from their
//! configuration.

use provisor::allocation::LatencyTable;
use provisor::attestation::{EkPolicy, TpmVendors};
use provisor::limits;
use provisor::operations::ServiceSettings;
use provisor::registration::{ChallengeMode, SealForm, Service, Succession};
use provisor::{IdRules, Rejection};

/// What the engine goes by.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rules {
    /// The rules for registration IDs in certificates.
    pub ids: IdRules,
    /// Which endorsement keys are admitted.
    pub endorsement_keys: EkPolicy,
    /// Whose roots their certificates lead to, where they have to have one.
    pub tpm_vendors: Option<TpmVendors>,
    /// Who remembers a challenge.
    pub challenges: ChallengeMode,
    /// What is sealed to a TPM.
    pub seals: SealForm,
    /// How many seconds the expiry of a token may lie ahead.
    pub token_seconds: i64,
    /// Which enrollment's devices may go on under which other.
    pub successions: Vec<Succession>,
    /// Latencies by the network that a device comes from.
    pub latencies: Option<LatencyTable>,
}

impl Default for Rules {
    /// Those of the service that is modelled, with challenges that nobody has to remember: strangers cost no
    /// write, and any replica judges an answer.
    fn default() -> Self {
        Self {
            ids: IdRules::Current,
            endorsement_keys: EkPolicy::AllowList,
            tpm_vendors: None,
            challenges: ChallengeMode::Stateless,
            seals: SealForm::ActivationBlob,
            token_seconds: limits::SAS_LIFE_SECONDS,
            successions: Vec::new(),
            latencies: None,
        }
    }
}

impl Rules {
    /// The engine, as these and the settings say.
    ///
    /// # Errors
    /// Settings that no service can have.
    pub fn engine(&self, settings: &ServiceSettings) -> Result<Service, Rejection> {
        Service::new(settings.scope.clone())
            .with_id_rules(self.ids)
            .with_ek_policy(self.endorsement_keys)
            .with_challenge_mode(self.challenges)
            .with_seal_form(self.seals)
            .with_sas_life(self.token_seconds)
            .with_allocation_basis(settings.basis.clone())
            .with_allocation_policy(settings.allocation_policy.clone())?
            .with_successions(self.successions.iter().cloned())
    }
}
