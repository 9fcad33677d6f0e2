//! A service with two hubs, a group by certificates, one by keys, and individual enrollments.

use std::sync::Arc;

use provisor::allocation::AllocationBasis;
use provisor::enrollment::{
    EnrollmentGroup, Etag, Generation, GroupAttestation, IndividualAttestation,
    IndividualEnrollment, Settings, SigningCertificates, SymmetricKeys, TrustedCertificate,
};
use provisor::operations::{HubLink, ServiceSettings, Stored};
use provisor::sas::SasKey;
use provisor::tpm::EkPublic;
use provisor::{GroupId, HubName, IdScope, RegistrationId, UnixTime};
use provisor_server::app::{App, Parts};
use provisor_server::clock::{Clock, Entropy};
use provisor_server::store::memory::MemoryStore;
use provisor_server::store::{Shared, Store};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::hubs::Hubs;

pub(crate) const SCOPE: &str = "0ne0A1B2C3D";
pub(crate) const HUBS: [&str; 2] = ["hub-a.example.net", "hub-b.example.net"];
/// Long enough for a key.
pub(crate) const PRESS_KEY: &[u8] = b"the key of the press, of 32 byte";
pub(crate) const LINE_KEY: &[u8] = b"the key of all devices of line 9";

pub(crate) fn scope() -> IdScope {
    IdScope::parse(SCOPE).unwrap()
}

pub(crate) fn id(text: &str) -> RegistrationId {
    RegistrationId::try_from(text).unwrap()
}

fn stored<T>(value: T) -> Stored<T> {
    Stored::new(value, Etag::parse("\"1\"").unwrap(), ToyPki::NOW)
}

fn generation(number: u8) -> Generation {
    Generation::parse(&format!("{number:032x}")).unwrap()
}

/// The keys of the group whose devices have keys, or of an individual enrollment.
pub(crate) fn keys(primary: &[u8]) -> SymmetricKeys {
    let key = |bytes: &[u8]| SasKey::from_bytes(bytes).unwrap();
    let other: Vec<u8> = primary.iter().rev().copied().collect();
    SymmetricKeys::new(key(primary), key(&other))
}

pub(crate) fn tpm() -> SoftTpm {
    SoftTpm::new(TpmKind::P256, 7, 1)
}

/// The settings and the hubs.
pub(crate) fn service() -> Vec<Shared> {
    let settings = ServiceSettings::new(scope(), AllocationBasis::UNSALTED);
    [Shared::Service(stored(settings))]
        .into_iter()
        .chain(hub_links([1, 1]))
        .collect()
}

/// The links of the hubs: those of weight 0 take no new devices.
pub(crate) fn hub_links(weights: [u16; 2]) -> [Shared; 2] {
    let [first, second] = HUBS;
    [(first, weights[0]), (second, weights[1])].map(|(name, weight)| {
        let mut link = HubLink::new(HubName::parse(name).unwrap());
        link.apply_allocation_policy = weight > 0;
        Shared::Hub(Ok(stored(link)))
    })
}

pub(crate) fn certificate_group(settings: Settings) -> Shared {
    let factory = ToyPki::new(7);
    let ca = TrustedCertificate::from_der(factory.intermediate.certificate.der()).unwrap();
    let signing = GroupAttestation::Signing(SigningCertificates::new(ca, None).unwrap());
    let group = EnrollmentGroup::new(GroupId::parse("line-7").unwrap(), signing, generation(1));
    Shared::Group(Ok(stored(group.with_settings(settings))))
}

pub(crate) fn key_group(settings: Settings) -> Shared {
    let attestation = GroupAttestation::SymmetricKey(keys(LINE_KEY));
    let group = EnrollmentGroup::new(
        GroupId::parse("line-9").unwrap(),
        attestation,
        generation(2),
    );
    Shared::Group(Ok(stored(group.with_settings(settings))))
}

/// A device with a key, and one with a TPM.
pub(crate) fn individuals(settings: &Settings) -> Vec<Stored<IndividualEnrollment>> {
    let ek = EkPublic::from_tpm2b(tpm().ek_public()).unwrap();
    let press = IndividualAttestation::SymmetricKey(keys(PRESS_KEY));
    let pump = IndividualAttestation::Tpm(Box::new(ek));
    [("press-1", press, 3), ("pump-1", pump, 4)]
        .into_iter()
        .map(|(name, attestation, number)| {
            let made = IndividualEnrollment::new(id(name), attestation, generation(number));
            stored(made.with_settings(settings.clone()))
        })
        .collect()
}

/// The store of all that, with these settings everywhere.
pub(crate) fn store(settings: &Settings) -> MemoryStore {
    let shared = service().into_iter().chain([
        certificate_group(settings.clone()),
        key_group(settings.clone()),
    ]);
    MemoryStore::new(scope()).with(shared, individuals(settings))
}

/// A service that runs, and what it stands on.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) clock: Arc<Clock>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&Settings::new(), |_| {}).await
    }

    pub(crate) async fn with(settings: &Settings, change: impl FnOnce(&mut Parts)) -> Self {
        let (store, hubs) = (Arc::new(store(settings)), Arc::new(Hubs::default()));
        let clock = Arc::new(Clock::with_runtime(ToyPki::NOW));
        let app = open(store.clone(), &hubs, &clock, change).await;
        Self {
            app,
            store,
            hubs,
            clock,
        }
    }

    /// What is in memory alone is gone.
    pub(crate) async fn restart(&mut self) {
        self.app = open(self.store.clone(), &self.hubs, &self.clock, |_| {}).await;
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }
}

async fn open(
    store: Arc<dyn Store>,
    hubs: &Arc<Hubs>,
    clock: &Arc<Clock>,
    change: impl FnOnce(&mut Parts),
) -> App {
    let mut parts = Parts::new(store, hubs.clone());
    parts.clock = clock.clone();
    parts.random = Arc::new(Entropy::of(SeededRandom::new(1, "server")));
    change(&mut parts);
    App::open(parts).await.unwrap()
}
