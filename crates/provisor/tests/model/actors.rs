//! The devices, what they prove themselves by, and the enrollments that fit them. Made once: keys are
//! dear.

use std::sync::OnceLock;

use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    Leaves, Settings, SigningCertificates, SymmetricKeys, Thumbprint, TrustedCertificate,
};
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{GroupId, IdScope, RegistrationId, UnixTime};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

pub(crate) const NOW: UnixTime = ToyPki::NOW;
/// Both services, in this order everywhere.
pub(crate) const SCOPES: [&str; 2] = ["0ne0A1B2C3D", "0ne00000001"];
/// The registration IDs: each is tried by the evidence of every kind.
pub(crate) const IDS: [&str; 2] = ["line-7", "line-8"];

/// What somebody proves himself by. The two factories know nothing of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A certificate of one of the factories, for that ID.
    Certificate(Factory),
    /// A symmetric key of an individual enrollment, or one derived from a group's.
    Symmetric(Factory),
    /// The TPM of that number.
    Tpm(Factory),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Factory {
    One,
    Two,
}

pub(crate) struct Actors {
    pub(crate) scopes: [IdScope; 2],
    pub(crate) ids: [RegistrationId; 2],
    /// By factory, then by ID: leaves in DER.
    leaves: [[Vec<u8>; 2]; 2],
    issuing: [Vec<u8>; 2],
    trusted: [TrustedCertificate; 2],
    tpms: [SoftTpm; 2],
}

pub(crate) fn actors() -> &'static Actors {
    static ACTORS: OnceLock<Actors> = OnceLock::new();
    ACTORS.get_or_init(|| {
        let pkis = [ToyPki::new(1), ToyPki::new(2)];
        let issuing = [0, 1].map(|at: usize| pkis[at].intermediate.certificate.der().to_vec());
        let leaf = |pki: &ToyPki, id| pki.device(id, KeyKind::P256).certificate.der().to_vec();
        Actors {
            scopes: SCOPES.map(|scope| IdScope::parse(scope).unwrap()),
            ids: IDS.map(|id| RegistrationId::try_from(id).unwrap()),
            leaves: [0, 1].map(|at: usize| IDS.map(|id| leaf(&pkis[at], id))),
            trusted: [0, 1].map(|at: usize| TrustedCertificate::from_der(&issuing[at]).unwrap()),
            issuing,
            tpms: [0, 1].map(|number| SoftTpm::new(TpmKind::P256, 3, number)),
        }
    })
}

impl Actors {
    pub(crate) fn leaf(&self, factory: Factory, id: usize) -> &[u8] {
        &self.leaves[factory as usize][id]
    }

    pub(crate) fn issuing(&self, factory: Factory) -> &[u8] {
        &self.issuing[factory as usize]
    }

    pub(crate) fn tpm(&self, factory: Factory) -> &SoftTpm {
        &self.tpms[factory as usize]
    }

    /// The token of that device: by a key of its own, or by what is derived for it from the group's.
    pub(crate) fn token(&self, scope: usize, id: usize, factory: Factory) -> String {
        let keys = group_keys(factory).derive(&self.ids[id]);
        let resource = Resource::registration(&self.scopes[scope], &self.ids[id]);
        let expires = NOW.saturating_add(60);
        keys.primary().sign(&resource, expires).to_string()
    }

    pub(crate) fn individual(
        &self,
        id: usize,
        key: Key,
        generation: Generation,
        settings: Settings,
    ) -> IndividualEnrollment {
        let attestation = match key {
            Key::Certificate(factory) => {
                let leaf = Thumbprint::of_der(self.leaf(factory, id));
                IndividualAttestation::X509Leaf(Leaves::new(leaf, None).unwrap())
            }
            // The key that its group derives for it: taken out of the group, it goes on.
            Key::Symmetric(factory) => {
                IndividualAttestation::SymmetricKey(group_keys(factory).derive(&self.ids[id]))
            }
            Key::Tpm(factory) => {
                let ek = EkPublic::from_tpm2b(self.tpm(factory).ek_public()).unwrap();
                IndividualAttestation::Tpm(Box::new(ek))
            }
        };
        IndividualEnrollment::new(self.ids[id].clone(), attestation, generation)
            .with_settings(settings)
    }

    /// The group of that name, `certified` or `keyed`, for the devices of one factory.
    pub(crate) fn group(
        &self,
        certified: bool,
        factory: Factory,
        generation: Generation,
        settings: Settings,
    ) -> EnrollmentGroup {
        let (name, attestation) = if certified {
            let trusted = self.trusted[factory as usize].clone();
            let signing = SigningCertificates::new(trusted, None).unwrap();
            ("certified", GroupAttestation::Signing(signing))
        } else {
            ("keyed", GroupAttestation::SymmetricKey(group_keys(factory)))
        };
        EnrollmentGroup::new(GroupId::parse(name).unwrap(), attestation, generation)
            .with_settings(settings)
    }
}

fn group_keys(factory: Factory) -> SymmetricKeys {
    let byte = 1 + factory as u8;
    let key = |byte| SasKey::from_bytes(&[byte; 32]).unwrap();
    SymmetricKeys::new(key(byte), key(byte + 100))
}
