//! Endorsement keys by certificate, and by first use.

use provisor::attestation::{EkPolicy, EkVouched, TpmVendors};
use provisor::enrollment::{IndividualAttestation, IndividualEnrollment};
use provisor::registration::{Evidence, OpenChallenge, Response, Sealed, Service, TpmKeys};
use provisor::{Code, Rejection};
use provisor_testkit::pki::{Authority, IssuedCertificate, KeyKind, TpmVendor};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

/// A TPM with its vendor's certificate.
struct Certified {
    tpm: SoftTpm,
    certificate: IssuedCertificate,
}

impl Certified {
    fn new(number: usize) -> Self {
        let tpm = SoftTpm::new(TpmKind::P256, 7, number);
        let certificate = TpmVendor::new(7).ek_certificate(&tpm);
        Self { tpm, certificate }
    }

    fn keys(&self) -> TpmKeys<'_> {
        keys(&self.tpm).with_certificate(self.certificate.der(), &[])
    }
}

fn world(policy: EkPolicy, enrollment: IndividualEnrollment) -> World {
    let vendor = TpmVendor::new(7);
    let vendors = TpmVendors::new([trusted(&vendor.root.certificate)]).unwrap();
    let issuing = vendor.issuing.certificate.der();
    let mut world = World::new();
    world.service = Service::new(scope()).with_ek_policy(policy);
    world.vendors = Some(vendors.with_intermediates([issuing]).unwrap());
    world.individuals.push(enrollment);
    world
}

fn for_any_tpm() -> IndividualEnrollment {
    IndividualEnrollment::new(id("tpm-7"), IndividualAttestation::TpmAny, generation())
}

fn ask(world: &mut World, keys: TpmKeys<'_>) -> Result<Sealed, Rejection> {
    match world.register(&request("tpm-7", Evidence::TpmKeys(keys)), NOW) {
        Response::Challenge(sealed) => Ok(sealed),
        Response::Refused(rejection) => Err(rejection),
        other => panic!("{other:?}"),
    }
}

/// Both requests; the second without keys, as some clients do.
fn register(world: &mut World, device: &mut Certified) -> Result<(), Rejection> {
    let sealed = ask(world, device.keys())?;
    let token = answer("tpm-7", &mut device.tpm, &sealed, NOW);
    match world.answer("tpm-7", &token, NOW) {
        Response::Assigned(_) => Ok(()),
        Response::Refused(rejection) => Err(rejection),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Rejection>, code: Code) {
    assert_eq!(result.unwrap_err().code(), code);
}

#[test]
fn a_certified_key_that_is_enrolled_is_admitted() {
    let mut device = Certified::new(0);
    let mut world = world(
        EkPolicy::CertificateRequired,
        tpm_enrollment("tpm-7", &device.tpm),
    );
    register(&mut world, &mut device).unwrap();
    // The certificate takes nothing off the list.
    assert_refused(
        register(&mut world, &mut Certified::new(1)),
        Code::AttestEkMismatch,
    );
}

#[test]
fn without_a_certificate_or_vendors_nobody_is_challenged() {
    let device = Certified::new(0);
    let enrollment = tpm_enrollment("tpm-7", &device.tpm);
    let mut world = world(EkPolicy::CertificateRequired, enrollment);
    let bare = keys(&device.tpm);
    assert_refused(ask(&mut world, bare), Code::AttestEkCertificateMissing);
    let other = Certified::new(1);
    let foreign = bare.with_certificate(other.certificate.der(), &[]);
    assert_refused(ask(&mut world, foreign), Code::AttestEkCertificateKey);
    world.vendors = None;
    assert_refused(ask(&mut world, device.keys()), Code::AttestEkVendors);
    assert!(world.challenges.is_empty());
}

#[test]
fn an_enrollment_for_any_tpm_admits_nobody_under_the_list() {
    let device = Certified::new(0);
    let mut world = world(EkPolicy::AllowList, for_any_tpm());
    assert_refused(ask(&mut world, device.keys()), Code::AttestEkPolicy);
}

#[test]
fn the_record_holds_an_id_to_the_tpm_that_came_first() {
    for policy in [EkPolicy::CertificateRequired, EkPolicy::DangerFirstUse] {
        let mut world = world(policy, for_any_tpm());
        let (mut first, mut second) = (Certified::new(0), Certified::new(1));
        register(&mut world, &mut first).unwrap();
        assert_refused(register(&mut world, &mut second), Code::AttestEkTaken);
        register(&mut world, &mut first).unwrap();
        // The operator names the second: the enrollment goes before the record.
        world.individuals = vec![tpm_enrollment("tpm-7", &second.tpm)];
        register(&mut world, &mut second).unwrap();
        world.individuals = vec![for_any_tpm()];
        assert_refused(register(&mut world, &mut first), Code::AttestEkTaken);
        // The operator deletes the record: the ID is free again.
        world.records.clear();
        register(&mut world, &mut first).unwrap();
    }
}

#[test]
fn of_two_first_ones_the_first_record_counts() {
    let mut world = world(EkPolicy::DangerFirstUse, for_any_tpm());
    let (mut first, mut second) = (Certified::new(0), Certified::new(1));
    let to_first = ask(&mut world, first.keys()).unwrap();
    let for_first = world.challenges.remove(&id("tpm-7")).unwrap();
    let to_second = ask(&mut world, second.keys()).unwrap();
    let token = answer("tpm-7", &mut second.tpm, &to_second, NOW);
    assigned(world.answer("tpm-7", &token, NOW));
    world.challenges.insert(id("tpm-7"), for_first);
    let token = answer("tpm-7", &mut first.tpm, &to_first, NOW);
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::AttestEkTaken
    );
}

#[test]
fn an_id_that_registered_by_certificate_is_not_free() {
    let mut world = world(EkPolicy::DangerFirstUse, for_any_tpm());
    let mut device = Certified::new(0);
    register(&mut world, &mut device).unwrap();
    let record = world.records.get_mut(&id("tpm-7")).unwrap();
    record.endorsement_key = None;
    assert_refused(register(&mut world, &mut device), Code::AttestEkTaken);
}

#[test]
fn a_stricter_policy_counts_for_open_challenges_too() {
    let mut device = Certified::new(0);
    let enrollment = tpm_enrollment("tpm-7", &device.tpm);
    let mut world = world(EkPolicy::AllowList, enrollment);
    let sealed = ask(&mut world, keys(&device.tpm)).unwrap();
    world.service = Service::new(scope()).with_ek_policy(EkPolicy::CertificateRequired);
    let token = answer("tpm-7", &mut device.tpm, &sealed, NOW);
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::AttestEkPolicy
    );
}

#[test]
fn a_stored_challenge_comes_back_with_what_vouched_for_it() {
    let mut device = Certified::new(0);
    let mut world = world(EkPolicy::CertificateRequired, for_any_tpm());
    let sealed = ask(&mut world, device.keys()).unwrap();
    let Some(Stored::Open(open)) = world.challenges.remove(&id("tpm-7")) else {
        panic!("no challenge was stored");
    };
    let (pending, keys) = open.into_parts();
    assert_eq!(keys.vouched, EkVouched::Certified);
    let stored = pending.expires();
    let open = OpenChallenge::from_parts(pending, &keys).unwrap();
    assert_eq!(open.expires(), stored);
    world
        .challenges
        .insert(id("tpm-7"), Stored::Open(Box::new(open)));
    let token = answer("tpm-7", &mut device.tpm, &sealed, NOW);
    assigned(world.answer("tpm-7", &token, NOW));
}

#[test]
fn stored_keys_of_another_tpm_are_refused() {
    let (device, other) = (Certified::new(0), Certified::new(1));
    for mixed in [0, 1] {
        let mut world = world(EkPolicy::CertificateRequired, for_any_tpm());
        ask(&mut world, device.keys()).unwrap();
        let Some(Stored::Open(open)) = world.challenges.remove(&id("tpm-7")) else {
            panic!("no challenge was stored");
        };
        let (pending, mut keys) = open.into_parts();
        match mixed {
            0 => keys.endorsement_key = other.tpm.ek_public().to_vec(),
            _ => keys.storage_root_key = other.tpm.srk_public().to_vec(),
        }
        assert_refused(OpenChallenge::from_parts(pending, &keys), Code::RegFacts);
    }
}

#[test]
fn the_policies_print_as_a_table() {
    let table = EkPolicy::table().to_string();
    assert_eq!(table.lines().count(), 5);
}

/// Which vendors a service trusts is not told to whoever shows a certificate, whatever is wrong with
/// it, and whether the ID is free or not.
#[test]
fn the_vendors_are_not_told_to_strangers() {
    let device = Certified::new(0);
    let vendor = TpmVendor::new(7);
    let (issuing, root) = (
        vendor.issuing.certificate.der(),
        vendor.root.certificate.der(),
    );
    let secret = Authority::root("Secret Root", KeyKind::P256, 3);
    let namesake = Authority::root("Secret Root", KeyKind::P256, 4);
    let by_namesake = vendor.ek_builder(&device.tpm).issued_by(&namesake);
    let unknown = [
        (&device.certificate, vec![]),
        (&device.certificate, vec![issuing]),
        (&device.certificate, vec![issuing, root]),
        (&by_namesake, vec![namesake.certificate.der()]),
    ];
    for (certificate, sent) in &unknown {
        let keys = keys(&device.tpm).with_certificate(certificate.der(), sent);
        let mut told = Vec::new();
        for enrolled in [true, false] {
            let mut world = world(EkPolicy::CertificateRequired, for_any_tpm());
            world.vendors = Some(TpmVendors::new([trusted(&secret.certificate)]).unwrap());
            if !enrolled {
                world.individuals.clear();
            }
            told.push(ask(&mut world, keys).unwrap_err().public());
        }
        assert_eq!(told[0], told[1]);
        let text = told[0].to_string();
        assert!((2000..3000).contains(&told[0].code().number()), "{text}");
        // A stranger may write the name himself; the key is the service's all the same.
        let names_it = certificate.der() == by_namesake.der();
        assert!(names_it || !text.contains("Secret"), "{text}");
        assert!(!text.contains("trusted here: "), "{text}");
    }
}
