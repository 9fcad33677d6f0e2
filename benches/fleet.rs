//! A service with a million individual enrollments and a hundred thousand groups in its index, and some
//! of its devices, attested.

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::Attested;
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    Leaves, SigningCertificates, Thumbprint, TrustedCertificate,
};
use provisor::index::EnrollmentIndex;
use provisor::quota::RecordQuota;
use provisor::registration::{
    Admittance, Decision, Effect, Evidence, Facts, Fence, Known, RegistrationRecord,
    RegistrationRequest, Service,
};
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::random::SeededRandom;

use crate::common::SystemSource;

/// Individual enrollments.
pub const INDIVIDUALS: u32 = 1_000_000;
/// Groups by X.509.
pub const GROUPS: u32 = 100_000;
/// Devices of each of the two kinds that register.
const DEVICES: u32 = 4096;

/// The service and its devices.
#[derive(Debug)]
pub struct Fleet {
    service: Service,
    hubs: LinkedHubs,
    index: EnrollmentIndex,
    devices: Vec<Device>,
    /// Bytes of memory for one individual enrollment, and for one group, as the system counts them.
    pub bytes: [f64; 2],
}

#[derive(Debug)]
struct Device {
    attested: Attested,
    /// Where it is registered already.
    record: RegistrationRecord,
}

impl Fleet {
    /// The fleet; takes some seconds.
    #[must_use]
    pub fn new() -> Self {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let hubs = (0..16).map(|n| (HubName::parse(&format!("hub-{n}")).unwrap(), Weight::ONE));
        let hubs = LinkedHubs::new(&scope, hubs).unwrap();
        let service = Service::new(scope);
        let mut index = EnrollmentIndex::new(&mut SystemSource::default()).unwrap();
        let key = KeyPair::new(KeyKind::P256, 1, "fleet");

        let before = resident();
        for number in 0..INDIVIDUALS {
            index.put_individual(individual(number, &key)).unwrap();
        }
        let between = resident();
        let ca = Ca::new();
        for number in 0..GROUPS {
            index.put_group(ca.group(number)).unwrap();
        }
        let after = resident();

        let mut fleet = Self {
            service,
            hubs,
            index,
            devices: Vec::new(),
            bytes: [
                (between - before) / f64::from(INDIVIDUALS),
                (after - between) / f64::from(GROUPS),
            ],
        };
        for number in 0..DEVICES {
            // Far from each other.
            let individual = (number * (INDIVIDUALS / DEVICES), own_leaf(number, &key));
            let of_group = number * (GROUPS / DEVICES);
            let member = (INDIVIDUALS + number, ca.leaf(of_group, number, &key));
            for (number, leaf) in [individual, member] {
                let device = fleet.attest(number, &leaf);
                fleet.devices.push(device);
            }
        }
        fleet
    }

    /// How many devices register in turn; each as a new one, and as one that was registered before.
    #[must_use]
    pub const fn turns(&self) -> usize {
        2 * self.devices.len()
    }

    /// One decision: what is in the index is looked up, the device goes to its hub.
    ///
    /// # Panics
    /// When the turn is not one of them.
    pub fn decide(&self, turn: usize) -> Decision {
        let device = &self.devices[turn / 2];
        let known = (turn % 2 == 1).then_some(Known::Record(&device.record));
        self.decide_for(&device.attested, known)
    }

    fn decide_for(&self, attested: &Attested, known: Option<Known<'_>>) -> Decision {
        let individual = self.index.individual(attested.registration_id());
        let found = self.index.find_attested(attested);
        let facts = Facts::new(
            &self.hubs,
            individual,
            known,
            Fence::new(2),
            RecordQuota::NONE,
        )
        .with_found_groups(&found);
        self.service
            .decide_attested(attested, None, &facts, ToyPki::NOW)
    }

    fn attest(&self, number: u32, leaf: &IssuedCertificate) -> Device {
        let id = id(number);
        let evidence = Evidence::X509 {
            leaf: leaf.der(),
            sent: &[],
        };
        let request = RegistrationRequest::new(self.service.scope().clone(), id, evidence);
        let needs = self.service.needs(&request).unwrap();
        let individual = self.index.individual(needs.registration_id);
        let found = self.index.find(&needs.issuers, individual);
        let facts = Facts::new(
            &self.hubs,
            individual,
            None,
            Fence::new(1),
            RecordQuota::NONE,
        )
        .with_found_groups(&found);
        let random = &mut SeededRandom::new(1, "");
        let admittance = self.service.admit(&request, facts, ToyPki::NOW, random);
        let pass = match admittance {
            Admittance::Proceed(pass) => Some(pass),
            _ => None,
        };
        let attested = pass.unwrap().attested().unwrap().clone();
        let record = self
            .decide_for(&attested, None)
            .effects()
            .find_map(|effect| match effect {
                Effect::SaveRecord(save) => Some(save.record.clone()),
                _ => None,
            })
            .unwrap();
        Device { attested, record }
    }
}

impl Default for Fleet {
    fn default() -> Self {
        Self::new()
    }
}

fn id(number: u32) -> RegistrationId {
    RegistrationId::try_from(&*format!("device-{number:08}")).unwrap()
}

fn generation(number: u32) -> Generation {
    Generation::parse(&format!("{number:032x}")).unwrap()
}

/// By a certificate that the device signed itself, where it will register, and else by any.
fn individual(number: u32, key: &KeyPair) -> IndividualEnrollment {
    let every = INDIVIDUALS / DEVICES;
    let thumbprint = match number.is_multiple_of(every) && number / every < DEVICES {
        true => Thumbprint::of_der(own_leaf(number / every, key).der()),
        false => Thumbprint::of_der(&number.to_be_bytes()),
    };
    let leaves = Leaves::new(thumbprint, None).unwrap();
    let attestation = IndividualAttestation::X509Leaf(leaves);
    IndividualEnrollment::new(id(number), attestation, generation(number))
}

fn own_leaf(device: u32, key: &KeyPair) -> IssuedCertificate {
    let name = id(device * (INDIVIDUALS / DEVICES));
    CertificateBuilder::device(DistinguishedName::cn(name.as_str()), key).self_signed(key)
}

/// One key under many names: who trusts a CA does not ask who signed its certificate.
struct Ca {
    key: KeyPair,
    /// A CA certificate, and where its name has a number of six digits.
    template: Vec<u8>,
    places: Vec<usize>,
}

/// Digits that stand nowhere else, not in the dates either.
const NUMBER: &[u8] = b"999999";

impl Ca {
    fn new() -> Self {
        let key = KeyPair::new(KeyKind::P256, 1, "ca");
        let template = CertificateBuilder::ca(ca_name(999_999), &key, Some(0)).self_signed(&key);
        let template = template.der().to_vec();
        let places = template.windows(NUMBER.len()).enumerate();
        let places = places.filter(|(_, window)| *window == NUMBER);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        assert_eq!(places.len(), 2, "issuer and subject");
        Self {
            key,
            template,
            places,
        }
    }

    fn group(&self, number: u32) -> EnrollmentGroup {
        let mut der = self.template.clone();
        for place in &self.places {
            der[*place..place + NUMBER.len()].copy_from_slice(format!("{number:06}").as_bytes());
        }
        let trusted = TrustedCertificate::from_der(&der).unwrap();
        let signing = SigningCertificates::new(trusted, None).unwrap();
        EnrollmentGroup::new(
            GroupId::parse(&format!("group-{number:06}")).unwrap(),
            GroupAttestation::Signing(signing),
            generation(number),
        )
    }

    fn leaf(&self, group: u32, device: u32, key: &KeyPair) -> IssuedCertificate {
        let name = id(INDIVIDUALS + device);
        let authority = Authority {
            certificate: IssuedCertificate::from_der(Vec::new()),
            name: ca_name(group),
            key: self.key.clone(),
        };
        CertificateBuilder::device(DistinguishedName::cn(name.as_str()), key).issued_by(&authority)
    }
}

fn ca_name(number: u32) -> DistinguishedName {
    DistinguishedName::cn(&format!("Fleet CA {number:06}"))
}

/// Bytes of memory that the program has, where the system tells: pages of 4096 on the machines that benches run
/// on.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(0.0, |pages: f64| pages * 4096.0)
}
