//! Which device, at which service: what both halves of a challenge are told alike.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use provisor::allocation::{AllocationPolicy, LinkedHubs};
use provisor::enrollment::{Generation, IndividualAttestation, IndividualEnrollment};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeMode, Decision, Evidence, Facts, Fence, Known, RegistrationRecord,
    RegistrationRequest, SealForm, Service, TpmKeys,
};
use provisor::tpm::keyring::Binding;
use provisor::tpm::{EkPublic, Keyring, SrkPublic, read_keys};
use provisor::{Code, IdScope, RegistrationId, Rejection, UnixTime};

use super::stop::{Stop, named};
use super::{keyring_file, record};
use crate::input;
use crate::random::OsRandom;
use crate::time::time;

#[derive(Debug, clap::Args)]
pub(crate) struct DeviceArguments {
    /// The keyring file, the same one (or a copy) for every process of the service.
    #[arg(long, value_name = "F")]
    keyring: PathBuf,
    /// The service's ID scope.
    #[arg(long, value_name = "SCOPE")]
    id_scope: String,
    /// The device's registration ID; without it, the one that follows from its endorsement key.
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    registration_id: Option<String>,
    /// The endorsement key that the device shows: TPM2B_PUBLIC, raw or base64.
    #[arg(long, value_name = "F")]
    ek: PathBuf,
    /// The storage root key that the device shows: TPM2B_PUBLIC, raw or base64.
    #[arg(long, value_name = "F")]
    srk: PathBuf,
    /// The endorsement key that is enrolled for this ID; without it, the one that the device shows is.
    #[arg(long, value_name = "F")]
    enrolled_ek: Option<PathBuf>,
    /// The record of the device's registration, JSON; it makes an answer count once. No such file means that it never registered.
    #[arg(long, value_name = "F.json")]
    pub(super) record: Option<PathBuf>,
    /// How things are sealed to the TPM.
    #[arg(long, value_enum, default_value_t = Form::ActivationBlob)]
    pub(super) form: Form,
    /// What time it is; without it, the clock of this machine.
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    at: Option<UnixTime>,
    /// One JSON object instead of text.
    #[arg(long)]
    pub(super) json: bool,
}

/// The forms as spelled on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// The blob of the DPS protocol: the device answers with a SAS token.
    ActivationBlob,
    /// A bare credential: the device answers with its secret.
    Credential,
    /// The same, as the file that tpm2_activatecredential reads.
    Tpm2Tools,
}

/// A key of a file; what is wrong with it is said of the file.
fn public<T>(path: &Path, read: impl FnOnce(&[u8]) -> Result<T, Rejection>) -> Result<T, Stop> {
    named(path, read(&input::tpm_public(path)?))
}

/// Two files that were exchanged are not two bad files.
fn check_order(ek: &Path, srk: &Path) -> Result<(), Stop> {
    match read_keys(&input::tpm_public(ek)?, &input::tpm_public(srk)?) {
        Err(swapped) if swapped.code() == Code::AttestKeysSwapped => Err(swapped.into()),
        // Whatever else is wrong is said of its file.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A service that remembers nothing, and the device that it is asked about.
pub(super) struct Device {
    service: Service,
    enrollment: IndividualEnrollment,
    pub(super) ring: Keyring,
    pub(super) id: RegistrationId,
    pub(super) ek: EkPublic,
    pub(super) srk: SrkPublic,
    pub(super) record: Option<RegistrationRecord>,
    pub(super) now: UnixTime,
}

impl Device {
    /// Reads everything; keys and identifiers that a service would refuse are refused here.
    pub(super) fn read(arguments: &DeviceArguments) -> Result<Self, Stop> {
        let now = arguments.at.map_or_else(input::now, Ok)?;
        let ring = keyring_file::read(&arguments.keyring)?;
        let record = match &arguments.record {
            Some(path) => record::read(path)?,
            None => None,
        };
        let scope = IdScope::parse(&arguments.id_scope)?;
        check_order(&arguments.ek, &arguments.srk)?;
        let ek = public(&arguments.ek, EkPublic::from_tpm2b)?;
        let srk = public(&arguments.srk, SrkPublic::from_tpm2b)?;
        let enrolled = match &arguments.enrolled_ek {
            Some(path) => public(path, EkPublic::from_tpm2b)?,
            None => ek.clone(),
        };
        let id = match &arguments.registration_id {
            Some(id) => RegistrationId::try_from(id.as_str())?,
            None => RegistrationId::from_ek(&enrolled),
        };
        let enrolled = IndividualAttestation::Tpm(Box::new(enrolled));
        let form = match arguments.form {
            Form::ActivationBlob => SealForm::ActivationBlob,
            Form::Credential | Form::Tpm2Tools => SealForm::Credential,
        };
        Ok(Self {
            service: Service::new(scope)
                .with_challenge_mode(ChallengeMode::Stateless)
                .with_seal_form(form),
            // Made anew by every run: the record knows the device by its key.
            enrollment: IndividualEnrollment::new(
                id.clone(),
                enrolled,
                Generation::draw(&mut OsRandom::new())?,
            ),
            ring,
            id,
            ek,
            srk,
            record,
            now,
        })
    }

    /// The same, with another policy than the default one.
    pub(super) fn with_policy(mut self, policy: AllocationPolicy) -> Result<Self, Rejection> {
        self.service = self.service.with_allocation_policy(policy)?;
        Ok(self)
    }

    /// What a server does with one request: the engine decides by what was looked up.
    pub(super) fn decide(
        &self,
        evidence: Evidence<'_>,
        hubs: &LinkedHubs,
    ) -> Result<Decision, Rejection> {
        let request = RegistrationRequest::new(self.scope().clone(), self.id.clone(), evidence);
        self.service.needs(&request)?;
        let known = self.record.as_ref().map(Known::Record);
        // The lock on the record's file is the lease: one at a time, each later than the last.
        let fence = self
            .record
            .as_ref()
            .map_or(0, |record| record.fence.number());
        let fence = Fence::new(fence.saturating_add(1));
        let facts = Facts::new(
            hubs,
            Some(&self.enrollment),
            known,
            fence,
            RecordQuota::NONE,
        )
        .with_keyring(&self.ring);
        Ok(self
            .service
            .decide(&request, facts, self.now, &mut OsRandom::new()))
    }

    pub(super) const fn scope(&self) -> &IdScope {
        self.service.scope()
    }

    pub(super) fn keys(&self) -> TpmKeys<'_> {
        TpmKeys::new(self.ek.tpm2b(), self.srk.tpm2b())
    }

    /// How often the device has registered: part of every key of the ring.
    pub(super) fn registrations(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.revision)
    }

    /// What the keys of its next registration are derived for.
    pub(super) fn binding(&self) -> Binding<'_> {
        Binding::new(
            self.scope().normal_form(),
            self.id.normal_form(),
            self.ek.name(),
            self.srk.name(),
        )
        .with_registrations(self.registrations())
    }
}
