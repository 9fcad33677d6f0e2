//! A service with groups, and how often its backend was asked.

use std::cell::Cell;

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{
    CaCertificate, EnrollmentGroup, Generation, GroupAttestation, SigningCertificates,
    TrustedCertificate,
};
use provisor::quota::RecordQuota;
use provisor::registration::{Evidence, Facts, Fence, RegistrationRequest, Response, Service};
use provisor::x509::crypto::{DefaultChecks, Scheme, SignatureChecks, SignatureFault};
use provisor::x509::{ChainVerifier, limits};
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;

/// DefaultChecks, and what it was asked.
#[derive(Default)]
pub(crate) struct Counting {
    signatures: Cell<u32>,
    bytes: Cell<u64>,
}

/// Checks that one request may cause: those of its budget, and those by which a refusal is put into
/// words.
pub(crate) const MOST_SIGNATURES: u32 = limits::SIGNATURES + limits::OWN_KEY_MICROSECONDS / 60;

/// Bytes of certificates that they may hash.
pub(crate) const MOST_BYTES: u64 =
    limits::WORK_NANOSECONDS / limits::HASH_NANOSECONDS_PER_BYTE as u64;

impl SignatureChecks for &Counting {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.signatures.set(self.signatures.get() + 1);
        self.bytes.set(self.bytes.get() + message.len() as u64);
        DefaultChecks.check(scheme, key, message, signature)
    }
}

impl Counting {
    /// Since the last time.
    pub(crate) fn take(&self) -> (u32, u64) {
        (self.signatures.take(), self.bytes.take())
    }
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) groups: Vec<EnrollmentGroup>,
    pub(crate) cas: Vec<CaCertificate>,
}

impl World {
    pub(crate) fn decide(
        &self,
        id: &str,
        leaf: &[u8],
        sent: &[&[u8]],
        chains: Option<&mut ChainVerifier<&Counting>>,
    ) -> Response {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let hub = HubName::parse("hub-a").unwrap();
        let hubs = LinkedHubs::new(&scope, [(hub, Weight::ONE)]).unwrap();
        let request = RegistrationRequest::new(
            scope.clone(),
            RegistrationId::try_from(id).unwrap(),
            Evidence::X509 { leaf, sent },
        );
        let mut facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE)
            .with_groups(&self.groups, &self.cas);
        if let Some(chains) = chains {
            facts = facts.with_chains(chains);
        }
        let mut random = SeededRandom::new(1, "adversaries");
        Service::new(scope)
            .decide(&request, facts, ToyPki::NOW, &mut random)
            .carry_out(|_| Ok(()))
    }
}

/// The group that trusts these, one or two.
pub(crate) fn group(id: &str, signing: &[&[u8]]) -> EnrollmentGroup {
    let mut signing = signing
        .iter()
        .map(|der| TrustedCertificate::from_der(der).unwrap());
    let signing = SigningCertificates::new(signing.next().unwrap(), signing.next()).unwrap();
    let generation = Generation::draw(&mut SeededRandom::new(1, id)).unwrap();
    EnrollmentGroup::new(
        GroupId::parse(id).unwrap(),
        GroupAttestation::Signing(signing),
        generation,
    )
}
