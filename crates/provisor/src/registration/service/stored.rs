//! The settings of a service, stored.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Service;
use crate::allocation::{AllocationBasis, AllocationPolicy};
use crate::attestation::EkPolicy;
use crate::id::{IdRules, IdScope};
use crate::limits;
use crate::registration::challenge::{ChallengeMode, SealForm};
use crate::registration::succession::Succession;
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    id_scope: &'a IdScope,
    id_rules: IdRules,
    ek_policy: EkPolicy,
    allocation_policy: &'a AllocationPolicy,
    allocation_basis: &'a AllocationBasis,
    challenge_seconds: u32,
    seal_form: SealForm,
    challenge_mode: ChallengeMode,
    sas_life_seconds: i64,
    successions: &'a [Succession],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    id_scope: IdScope,
    id_rules: IdRules,
    ek_policy: EkPolicy,
    allocation_policy: AllocationPolicy,
    allocation_basis: AllocationBasis,
    challenge_seconds: u32,
    seal_form: SealForm,
    challenge_mode: ChallengeMode,
    sas_life_seconds: i64,
    successions: Vec<Succession>,
}

impl Serialize for Service {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            id_scope: &self.scope,
            id_rules: self.rules,
            ek_policy: self.ek_policy,
            allocation_policy: &self.allocation,
            allocation_basis: &self.basis,
            challenge_seconds: self.challenge_seconds,
            seal_form: self.seal_form,
            challenge_mode: self.challenge_mode,
            sas_life_seconds: self.sas_life,
            successions: &self.successions,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Service {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        if read.challenge_seconds > limits::CHALLENGE_SECONDS_MOST {
            let most = limits::CHALLENGE_SECONDS_MOST;
            return Err(D::Error::custom(
                Rejection::new(Code::RegFacts, Subject::field("challengeSeconds"))
                    .expected(format!("at most {most}"))
                    .found(format!("{}", read.challenge_seconds)),
            ));
        }
        let service = Self::new(read.id_scope)
            .with_id_rules(read.id_rules)
            .with_ek_policy(read.ek_policy)
            .with_allocation_basis(read.allocation_basis)
            .with_challenge_seconds(read.challenge_seconds)
            .with_seal_form(read.seal_form)
            .with_challenge_mode(read.challenge_mode)
            .with_sas_life(read.sas_life_seconds);
        service
            .with_allocation_policy(read.allocation_policy)
            .and_then(|service| service.with_successions(read.successions))
            .map_err(D::Error::custom)
    }
}
