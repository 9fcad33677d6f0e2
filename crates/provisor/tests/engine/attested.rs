//! A decision by who the device is, and what may change before it.

use provisor::attestation::Attested;
use provisor::enrollment::{
    EnrollmentGroup, Generation, IndividualAttestation, IndividualEnrollment, ProvisioningStatus,
    Settings,
};
use provisor::index::EnrollmentIndex;
use provisor::quota::RecordQuota;
use provisor::registration::{
    Admittance, Evidence, Facts, Fence, Outcome, RegistrationRequest, Response, Service,
};
use provisor::{Code, RegistrationId, Rejection};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;

use crate::world::{NOW, device, group, hubs, scope};

const ID: &str = "line-7-0001";

fn id() -> RegistrationId {
    RegistrationId::try_from(ID).unwrap()
}

/// An index with a group of that generation, by the factory's issuing CA.
fn index(pki: &ToyPki, generation: Generation, settings: Settings) -> EnrollmentIndex {
    let mut index = EnrollmentIndex::new(&mut SeededRandom::new(1, "index")).unwrap();
    let line = group("line", &pki.intermediate.certificate);
    let line = EnrollmentGroup::new(line.id().clone(), line.attestation().clone(), generation);
    index.put_group(line.with_settings(settings)).unwrap();
    index
}

fn attest(pki: &ToyPki, index: &EnrollmentIndex) -> Result<Attested, Rejection> {
    let shown = device(pki, ID);
    let service = Service::new(scope());
    let evidence = Evidence::X509 {
        leaf: shown.certificate.der(),
        sent: &[],
    };
    let request = RegistrationRequest::new(scope(), id(), evidence);
    let needs = service.needs(&request).unwrap();
    let individual = index.individual(&id());
    let groups = index.find(&needs.issuers, individual);
    let hubs = hubs(&[("hub-a", 1)]);
    let facts = Facts::without_lease(&hubs, individual, None).with_found_groups(&groups);
    match service.admit(&request, facts, NOW, &mut SeededRandom::new(1, "")) {
        Admittance::Proceed(pass) => Ok(pass.attested().unwrap().clone()),
        Admittance::Answer(Response::Refused(cause)) => Err(cause),
        Admittance::Answer(other) => panic!("{other:?}"),
    }
}

/// What becomes of an attested device, by what there is now.
fn decide(attested: &Attested, index: &EnrollmentIndex) -> Result<(), Code> {
    let found = index.find_attested(attested);
    let individual = index.individual(attested.registration_id());
    let hubs = hubs(&[("hub-a", 1)]);
    let facts = Facts::new(&hubs, individual, None, Fence::new(1), RecordQuota::NONE)
        .with_found_groups(&found);
    outcome(attested, &facts)
}

fn outcome(attested: &Attested, facts: &Facts<'_>) -> Result<(), Code> {
    let service = Service::new(scope());
    let decision = service.decide_attested(attested, None, facts, NOW);
    let assigned = decision.outcome() == Outcome::Assigned;
    assert_eq!(decision.effects().len() > 0, assigned);
    match decision.carry_out(|_| Ok(())) {
        Response::Assigned(_) => Ok(()),
        Response::Refused(cause) => Err(cause.code()),
        Response::Failed(failure) => Err(failure.cause().code()),
        other => panic!("{other:?}"),
    }
}

/// The making of the enrollments here.
fn own() -> Generation {
    Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap()
}

fn other() -> Generation {
    Generation::parse("ffffffffffffffffffffffffffffffff").unwrap()
}

#[test]
fn an_attested_device_is_assigned_unless_its_enrollment_changed() {
    let pki = ToyPki::new(7);
    let mut now = index(&pki, own(), Settings::new());
    let attested = attest(&pki, &now).unwrap();
    assert_eq!(decide(&attested, &now), Ok(()));

    let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    let changed = index(&pki, own(), disabled);
    assert_eq!(decide(&attested, &changed), Err(Code::AttestGroupDisabled));
    let remade = index(&pki, other(), Settings::new());
    assert_eq!(decide(&attested, &remade), Err(Code::RegEnrollmentChanged));
    // The group was given another CA.
    let edited = index(&ToyPki::new(8), own(), Settings::new());
    assert_eq!(decide(&attested, &edited), Err(Code::RegEnrollmentChanged));
    let line = changed.groups().next().unwrap().id().clone();
    now.remove_group(&line);
    assert_eq!(decide(&attested, &now), Err(Code::AttestNotEnrolled));

    // An individual enrollment goes before the group, whichever it is.
    let mut before = index(&pki, own(), Settings::new());
    let made = |attestation| IndividualEnrollment::new(id(), attestation, own());
    before
        .put_individual(made(IndividualAttestation::TpmAny))
        .unwrap();
    assert_eq!(decide(&attested, &before), Err(Code::AttestMechanism));
    let leaf = provisor::enrollment::Thumbprint::of_der(b"another");
    let leaf = provisor::enrollment::Leaves::new(leaf, None).unwrap();
    before
        .put_individual(made(IndividualAttestation::X509Leaf(leaf)))
        .unwrap();
    assert_eq!(decide(&attested, &before), Err(Code::RegEnrollmentChanged));
}

#[test]
fn facts_that_are_missing_or_about_another_fail() {
    let pki = ToyPki::new(7);
    let now = index(&pki, own(), Settings::new());
    let attested = attest(&pki, &now).unwrap();
    let hubs = hubs(&[("hub-a", 1)]);
    let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE);
    assert_eq!(outcome(&attested, &facts), Err(Code::RegFacts));
    let other = RegistrationId::try_from("line-8").unwrap();
    let other = IndividualEnrollment::new(other, IndividualAttestation::TpmAny, own());
    let found = now.find_attested(&attested);
    let facts = Facts::new(&hubs, Some(&other), None, Fence::new(1), RecordQuota::NONE)
        .with_found_groups(&found);
    assert_eq!(outcome(&attested, &facts), Err(Code::RegFacts));
}

#[test]
fn nobody_is_attested_whom_no_enrollment_admits() {
    let pki = ToyPki::new(7);
    let other = index(&ToyPki::new(8), own(), Settings::new());
    let refused = attest(&pki, &other).unwrap_err();
    assert_ne!(refused.public().code(), Code::RegUnavailable);
    let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    let disabled = index(&pki, own(), disabled);
    let refused = attest(&pki, &disabled).unwrap_err();
    assert_eq!(refused.code(), Code::AttestGroupDisabled);
}
