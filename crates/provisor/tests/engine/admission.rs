//! What a request is worth before a lease is taken, and what need not be judged twice.

use std::cell::Cell;

use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::quota::RecordQuota;
use provisor::registration::{
    AdmissionPass, Admittance, ChallengeMode, Decision, Evidence, Facts, Fence,
    RegistrationRequest, Response, Service, TpmAnswer,
};
use provisor::x509::ChainVerifier;
use provisor::x509::crypto::{DefaultChecks, Scheme, SignatureChecks, SignatureFault};
use provisor::{Code, UnixTime, limits};
use provisor_testkit::pki::{IssuedCertificate, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

/// DefaultChecks, and how often it was asked.
#[derive(Debug, Default)]
struct Counting(Cell<u32>);

impl SignatureChecks for &Counting {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.0.set(self.0.get() + 1);
        DefaultChecks.check(scheme, key, message, signature)
    }
}

fn pass(admittance: Admittance) -> AdmissionPass {
    match admittance {
        Admittance::Proceed(pass) => *pass,
        Admittance::Answer(response) => panic!("{response:?}"),
    }
}

fn answer(admittance: Admittance) -> Response {
    match admittance {
        Admittance::Answer(response) => response,
        Admittance::Proceed(pass) => panic!("{pass:?}"),
    }
}

struct Case {
    service: Service,
    world: World,
    leaf: IssuedCertificate,
    checks: Counting,
}

impl Case {
    fn new(group: impl FnOnce(&ToyPki) -> EnrollmentGroup) -> Self {
        let pki = ToyPki::new(7);
        let mut world = World::new();
        world.groups = vec![group(&pki)];
        Self {
            service: Service::new(scope()),
            world,
            leaf: device(&pki, "line-7").certificate,
            checks: Counting::default(),
        }
    }

    fn request(&self) -> RegistrationRequest<'_> {
        let evidence = Evidence::X509 {
            leaf: self.leaf.der(),
            sent: &[],
        };
        request("line-7", evidence)
    }

    fn individual(&self) -> Option<&IndividualEnrollment> {
        self.world.individuals.first()
    }

    fn admit(&self) -> Admittance {
        let facts = Facts::without_lease(&self.world.hubs, self.individual(), None);
        let mut chains = ChainVerifier::with_backend(&self.checks);
        let facts = facts
            .with_groups(&self.world.groups, &[])
            .with_chains(&mut chains);
        let random = &mut SeededRandom::new(1, "admission");
        self.service.admit(&self.request(), facts, NOW, random)
    }

    fn decide(&self, pass: &AdmissionPass, now: UnixTime) -> Decision {
        let lease = Fence::new(1);
        let facts = Facts::new(
            &self.world.hubs,
            self.individual(),
            None,
            lease,
            RecordQuota::NONE,
        );
        let mut chains = ChainVerifier::with_backend(&self.checks);
        let facts = facts
            .with_groups(&self.world.groups, &[])
            .with_chains(&mut chains);
        let random = &mut SeededRandom::new(1, "admission");
        self.service
            .decide_admitted(&self.request(), pass, facts, now, random)
    }

    fn checks(&self) -> u32 {
        self.checks.0.replace(0)
    }
}

fn line(pki: &ToyPki) -> EnrollmentGroup {
    group("line", &pki.intermediate.certificate)
}

#[test]
fn signatures_are_paid_once() {
    let case = Case::new(line);
    let pass = pass(case.admit());
    assert!(case.checks() > 0);
    let got = assigned(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(got.record.enrollment.to_string(), "group line");
    assert_eq!(case.checks(), 0, "judged again");
    let last = NOW.saturating_add(limits::ADMISSION_SECONDS);
    assigned(case.decide(&pass, last).carry_out(|_| Ok(())));
    assert_eq!(case.checks(), 0);
    // Later, and before it was admitted, it counts for nothing.
    for now in [last.saturating_add(1), NOW.saturating_add(-1)] {
        assigned(case.decide(&pass, now).carry_out(|_| Ok(())));
        assert!(case.checks() > 0);
    }
}

#[test]
fn what_changed_since_is_judged_anew() {
    // Disabled, deleted, made anew with the same CA, with another one; an individual enrollment before it.
    let mut case = Case::new(line);
    let pass = pass(case.admit());
    case.checks();
    let original = case.world.groups.clone();
    case.world.groups = vec![original[0].clone().with_settings(disabled())];
    let refused = code(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(refused, Code::AttestGroupDisabled);
    case.world.groups.clear();
    let refused = code(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(refused, Code::AttestNoGroup);
    case.world.groups = vec![line(&ToyPki::new(8))];
    let refused = case.decide(&pass, NOW).carry_out(|_| Ok(()));
    assert!(refused.refused().is_some());
    case.world.groups = vec![line(&ToyPki::new(7))];
    case.checks();
    let anew = assigned(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(anew.record.generation, case.world.groups[0].generation());
    assert!(case.checks() > 0);
    case.world.groups = original;
    let individual = individual("line-7", &case.leaf);
    case.world.individuals = vec![individual.clone().with_settings(disabled())];
    let refused = code(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(refused, Code::AttestDisabled);
    case.world.individuals = vec![individual];
    let own = assigned(case.decide(&pass, NOW).carry_out(|_| Ok(())));
    assert_eq!(own.record.enrollment.to_string(), "individual enrollment");
}

#[test]
fn a_pass_is_good_for_its_request_only() {
    let case = Case::new(line);
    let other = Case::new(line);
    let pass = pass(case.admit());
    assert_eq!(*pass.registration_id(), id("line-7"));
    let stranger = device(&ToyPki::new(9), "line-7").certificate;
    let evidence = Evidence::X509 {
        leaf: stranger.der(),
        sent: &[],
    };
    let asked = request("line-7", evidence);
    let facts = Facts::new(
        &other.world.hubs,
        None,
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_groups(&other.world.groups, &[]);
    let random = &mut SeededRandom::new(1, "");
    let decision = other
        .service
        .decide_admitted(&asked, &pass, facts, NOW, random);
    let why = failed(decision.carry_out(|_| Ok(())));
    assert_eq!(why.code(), Code::RegFacts);
    assert_eq!(why.subject().to_string(), "admission");
}

#[test]
fn without_a_lease_nothing_is_decided() {
    let case = Case::new(line);
    let facts =
        Facts::without_lease(&case.world.hubs, None, None).with_groups(&case.world.groups, &[]);
    let random = &mut SeededRandom::new(1, "");
    let decision = case.service.decide(&case.request(), facts, NOW, random);
    let why = failed(decision.carry_out(|_| Ok(())));
    assert_eq!(why.subject().to_string(), "lease");
    // And what was not looked up fails here, too.
    let facts = Facts::without_lease(&case.world.hubs, None, None);
    let why = failed(answer(case.service.admit(
        &case.request(),
        facts,
        NOW,
        random,
    )));
    assert_eq!(why.subject().to_string(), "groups");
}

#[test]
fn strangers_hear_the_same_as_from_a_decision() {
    let case = Case::new(|_| line(&ToyPki::new(8)));
    let admitted = refused(answer(case.admit()));
    let facts = Facts::new(
        &case.world.hubs,
        None,
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_groups(&case.world.groups, &[]);
    let random = &mut SeededRandom::new(1, "");
    let decision = case.service.decide(&case.request(), facts, NOW, random);
    let decided = refused(decision.carry_out(|_| Ok(())));
    assert_eq!(admitted.code(), decided.code());
    assert_eq!(admitted.public(), decided.public());
}

#[test]
fn a_tpm_is_asked_at_once_where_nobody_has_to_remember() {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let enrolled = tpm_enrollment("tpm-7", &device);
    let hubs = hubs(&[("hub-a", 1)]);
    let ring = super::stateless::ring([1]);
    let service = Service::new(scope()).with_challenge_mode(ChallengeMode::Stateless);
    let random = &mut SeededRandom::new(1, "");
    let shown = keys(&device);
    let facts = || Facts::without_lease(&hubs, Some(&enrolled), None).with_keyring(&ring);
    let asked = request("tpm-7", Evidence::TpmKeys(shown));
    let Response::Challenge(sealed) = answer(service.admit(&asked, facts(), NOW, random)) else {
        panic!("no challenge");
    };
    let clone = device.clone();
    let token = super::world::answer("tpm-7", &mut device, &sealed, NOW);
    let answered = |text| {
        let answer = TpmAnswer::Token(text);
        let keys = Some(keys(&clone));
        request("tpm-7", Evidence::TpmAnswer { answer, keys })
    };
    let right = answered(&token);
    let pass = pass(service.admit(&right, facts(), NOW, random));
    let facts_then = Facts::new(
        &hubs,
        Some(&enrolled),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_keyring(&ring);
    let decision = service.decide_admitted(&right, &pass, facts_then, NOW, random);
    assigned(decision.carry_out(|_| Ok(())));
    // A wrong answer costs no lease: signed by another TPM's identity.
    let other = &mut SoftTpm::new(TpmKind::P256, 7, 1);
    let other_enrolled = tpm_enrollment("tpm-7", other);
    let shown = request("tpm-7", Evidence::TpmKeys(keys(other)));
    let facts_of = Facts::without_lease(&hubs, Some(&other_enrolled), None).with_keyring(&ring);
    let Response::Challenge(sealed) = answer(service.admit(&shown, facts_of, NOW, random)) else {
        panic!("no challenge");
    };
    let wrong = super::world::answer("tpm-7", other, &sealed, NOW);
    let wrong = answered(&wrong);
    let refused = refused(answer(service.admit(&wrong, facts(), NOW, random)));
    assert_eq!(refused.code(), Code::TpmChallengeAnswer);
}

#[test]
fn a_stored_challenge_is_left_where_it_is() {
    let device = SoftTpm::new(TpmKind::P256, 7, 0);
    let enrolled = tpm_enrollment("tpm-7", &device);
    let hubs = hubs(&[("hub-a", 1)]);
    let service = Service::new(scope());
    let random = &mut SeededRandom::new(1, "");
    let admit = |enrolled: Option<&IndividualEnrollment>, evidence, random: &mut SeededRandom| {
        let facts = Facts::without_lease(&hubs, enrolled, None);
        service.admit(&request("tpm-7", evidence), facts, NOW, random)
    };
    let shown = Evidence::TpmKeys(keys(&device));
    let admitted = pass(admit(Some(&enrolled), shown.clone(), random));
    assert!(
        admitted.attested().is_none(),
        "the decision judges the answer"
    );
    assert_eq!(
        code(answer(admit(None, shown.clone(), random))),
        Code::AttestNotEnrolled
    );
    let barred = enrolled.clone().with_settings(disabled());
    assert_eq!(
        code(answer(admit(Some(&barred), shown, random))),
        Code::AttestDisabled
    );
    let answered = |text| Evidence::TpmAnswer {
        answer: TpmAnswer::Token(text),
        keys: None,
    };
    let refused = refused(answer(admit(Some(&enrolled), answered("no token"), random)));
    assert_eq!(refused.code(), Code::SasScheme);
}
