//! A fact that was not looked up is not one that is absent, and what does not belong together is not
//! decided upon.

use provisor::attestation::{EkPolicy, EnrollmentRef};
use provisor::enrollment::Settings;
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, ChallengeMode, Decision, Effect, Evidence, Facts, Fence, Known,
    RegistrationRecord, RegistrationRequest, Response, Service, Tombstone, TpmAnswer,
};
use provisor::{Code, IdScope, Rejection};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

fn decide(service: &Service, asked: &RegistrationRequest<'_>, facts: Facts<'_>) -> Decision {
    service.decide(asked, facts, NOW, &mut SeededRandom::new(1, "facts"))
}

/// Why it failed, before anything was done.
#[track_caller]
fn why(decision: Decision) -> Rejection {
    assert_eq!(decision.effects().len(), 0, "{decision:?}");
    failed(decision.carry_out(|effect| Err(effect.unknown())))
}

#[track_caller]
fn check_missing(decision: Decision, fact: &str) {
    let rejection = why(decision);
    assert_eq!(rejection.code(), Code::RegFacts);
    assert_eq!(rejection.subject().to_string(), fact);
    assert!(rejection.found_text().contains("not looked up"));
}

#[test]
fn what_was_not_looked_up_is_named() {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    let hubs = hubs(&[("hub-a", 1)]);
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let lease = Fence::new(1);
    let service = Service::new(scope());
    let asked = request("line-7", evidence);
    let enrolled = individual("line-7", &leaf);
    let facts = || Facts::new(&hubs, Some(&enrolled), None, lease, RecordQuota::NONE);
    assert!(service.needs(&asked).unwrap().groups);
    check_missing(decide(&service, &asked, facts()), "groups");
    assigned(decide(&service, &asked, facts().with_groups(&[], &[])).carry_out(|_| Ok(())));

    let nearest = enrolled.clone().with_settings(
        Settings::new()
            .with_allocation_policy(provisor::allocation::AllocationPolicy::LowestLatency),
    );
    let facts =
        || Facts::new(&hubs, Some(&nearest), None, lease, RecordQuota::NONE).with_groups(&[], &[]);
    check_missing(decide(&service, &asked, facts()), "latencies");
    let none = decide(&service, &asked, facts().with_latencies(&[]));
    // That there is none is a fact: all hubs are equally near.
    assigned(none.carry_out(|_| Ok(())));

    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let enrolled = tpm_enrollment("tpm-7", &tpm);
    let facts = || Facts::new(&hubs, Some(&enrolled), None, lease, RecordQuota::NONE);
    let asked = request("tpm-7", Evidence::TpmKeys(keys(&tpm)));
    let stateless = Service::new(scope()).with_challenge_mode(ChallengeMode::Stateless);
    check_missing(decide(&stateless, &asked, facts()), "keyring");
    let certified = Service::new(scope()).with_ek_policy(EkPolicy::CertificateRequired);
    check_missing(decide(&certified, &asked, facts()), "tpmVendors");
    let none = decide(&certified, &asked, facts().with_tpm_vendors(None));
    assert_eq!(code(none.carry_out(|_| Ok(()))), Code::AttestEkVendors);
    let answer = TpmAnswer::Token("");
    let asked = request("tpm-7", Evidence::TpmAnswer { answer, keys: None });
    check_missing(decide(&service, &asked, facts()), "challenge");
    let none = decide(
        &service,
        &asked,
        facts().with_challenge(ChallengeFact::None),
    );
    assert_eq!(code(none.carry_out(|_| Ok(()))), Code::AttestNoChallenge);
}

#[test]
fn what_does_not_belong_together_is_no_refusal_of_the_device() {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    let hubs = hubs(&[("hub-a", 1)]);
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let service = Service::new(scope());
    let asked = request("line-7", evidence);
    let enrolled = individual("line-7", &leaf);
    let stranger = individual("line-8", &leaf);
    let facts = |individual, known, lease| {
        let facts = Facts::new(
            &hubs,
            individual,
            known,
            Fence::new(lease),
            RecordQuota::NONE,
        );
        facts.with_groups(&[], &[])
    };
    let record = |scope: IdScope, name: &str, revision| {
        let made = EnrollmentRef::Individual;
        let at = hub("hub-a");
        let mut record =
            RegistrationRecord::new(scope, id(name), at, made, enrolled.generation(), NOW);
        record.revision = revision;
        record.fence = Fence::new(5);
        record
    };
    let other = IdScope::parse("0ne00000001").unwrap();
    let good = record(scope(), "line-7", 1);
    let grave = Tombstone::of(&record(other.clone(), "line-7", 1), NOW);
    let records = [
        record(scope(), "line-8", 1),
        record(other, "line-7", 1),
        record(scope(), "line-7", 0),
        record(scope(), "line-7", u64::MAX),
    ];
    let wrong = records.iter().map(Known::Record);
    for known in wrong.chain([Known::Tombstone(&grave)]) {
        let rejection = why(decide(
            &service,
            &asked,
            facts(Some(&enrolled), Some(known), 9),
        ));
        assert_eq!(rejection.code(), Code::RegFacts, "{known:?}");
    }
    let rejection = why(decide(&service, &asked, facts(Some(&stranger), None, 9)));
    assert_eq!(rejection.code(), Code::RegFacts);
    // A lease that is over: a later one has registered the device.
    let known = Some(Known::Record(&good));
    let rejection = why(decide(&service, &asked, facts(Some(&enrolled), known, 4)));
    assert_eq!(rejection.code(), Code::RegFenced);
    for lease in [5, 6] {
        let decision = decide(&service, &asked, facts(Some(&enrolled), known, lease));
        let got = assigned(decision.carry_out(|_| Ok(())));
        assert_eq!(
            (got.record.fence, got.record.revision),
            (Fence::new(lease), 2)
        );
    }
}

#[test]
fn a_request_for_another_scope_is_refused_before_facts_are_looked_at() {
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    let hubs = hubs(&[("hub-a", 1)]);
    let service = Service::new(IdScope::parse("0ne00000001").unwrap());
    let asked = request("tpm-7", Evidence::TpmKeys(keys(&tpm)));
    let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE);
    let decision = decide(&service, &asked, facts);
    let response = decision.carry_out(|effect: Effect| Err(effect.unknown()));
    assert!(matches!(response, Response::Refused(_)));
    assert_eq!(code(response), Code::RegScope);
}
