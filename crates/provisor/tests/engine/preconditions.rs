//! What was decided from must be so still: before a hub is touched, and when the record is saved.

use provisor::allocation::AllocationPolicy;
use provisor::enrollment::{
    CaCertificate, CaReferences, EnrollmentGroup, Generation, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, Leaves, ProvisioningStatus, Settings,
    SigningCertificates, SymmetricKeys, Thumbprint, TrustedCertificate,
};
use provisor::quota::{Counted, Counts, Quotas, RecordQuota};
use provisor::registration::{
    Admitting, AllocationAnswer, Current, Decision, Effect, Evidence, Facts, Fence, Precondition,
    RegistrationRecord, RegistrationRequest, Response, SasText, Step,
};
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{CaName, Code, GroupId, RegistrationId, Rejection};
use provisor_testkit::pki::{IssuedCertificate, KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const ID: &str = "line-7";

/// One way to be admitted: an enrollment, and the same with another key or certificate.
struct Way {
    name: &'static str,
    world: World,
    token: Option<String>,
    leaf: Option<IssuedCertificate>,
    sent: Vec<IssuedCertificate>,
    rekey: fn(&mut World),
}

fn keys_of(byte: u8) -> SymmetricKeys {
    let key = |byte| SasKey::from_bytes(&[byte; 32]).unwrap();
    SymmetricKeys::new(key(byte), key(byte + 1))
}

fn generation(seed: u64) -> Generation {
    Generation::draw(&mut SeededRandom::new(seed, "generation")).unwrap()
}

fn one_hub() -> World {
    let mut world = World::new();
    world.hubs = hubs(&[("hub-a", 1)]);
    world
}

fn token(keys: &SymmetricKeys) -> String {
    let (scope, id) = (scope(), id(ID));
    let resource = Resource::registration(&scope, &id);
    let until = NOW.saturating_add(60);
    keys.primary().sign(&resource, until).to_string()
}

fn signing(pki: &ToyPki, also: Option<&ToyPki>) -> GroupAttestation {
    let trusted =
        |pki: &ToyPki| TrustedCertificate::from_der(pki.intermediate.certificate.der()).unwrap();
    let certificates = SigningCertificates::new(trusted(pki), also.map(trusted));
    GroupAttestation::Signing(certificates.unwrap())
}

fn references(name: &str) -> CaReferences {
    CaReferences::new(CaName::parse(name).unwrap(), None).unwrap()
}

fn change_group(world: &mut World, change: impl FnOnce(EnrollmentGroup) -> EnrollmentGroup) {
    let group = world.groups.pop().expect("a group");
    world.groups.push(change(group));
}

fn change_individual(
    world: &mut World,
    change: impl FnOnce(IndividualEnrollment) -> IndividualEnrollment,
) {
    let enrollment = world.individuals.pop().expect("an enrollment");
    world.individuals.push(change(enrollment));
}

fn individual_of(attestation: IndividualAttestation) -> World {
    let mut world = one_hub();
    let made = IndividualEnrollment::new(id(ID), attestation, generation(1));
    world.individuals.push(made);
    world
}

fn group_of(attestation: GroupAttestation) -> World {
    let mut world = one_hub();
    let made = EnrollmentGroup::new(GroupId::parse("line").unwrap(), attestation, generation(1));
    world.groups.push(made);
    world
}

fn verified(name: &str, pki: &ToyPki) -> CaCertificate {
    let trusted = TrustedCertificate::from_der(pki.intermediate.certificate.der()).unwrap();
    CaCertificate::from_store(
        CaName::parse(name).unwrap(),
        trusted,
        provisor::enrollment::CaStatus::Verified,
    )
}

/// Every way but the TPM's, which takes two requests.
fn ways() -> Vec<Way> {
    let pki = ToyPki::new(7);
    let leaf = device(&pki, ID).certificate;
    let chained = || pki.device(ID, KeyKind::P256).certificate;
    let way = |name, world, rekey| Way {
        name,
        world,
        token: None,
        leaf: None,
        sent: Vec::new(),
        rekey,
    };
    let by_leaf = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    let mut with_cas = group_of(GroupAttestation::Ca(references("ca")));
    with_cas.cas = vec![verified("ca", &pki), verified("other", &pki)];
    let mut individual_by_ca = individual_of(IndividualAttestation::X509Ca(references("ca")));
    individual_by_ca.cas = vec![verified("ca", &pki), verified("other", &pki)];
    let keyed = individual_of(IndividualAttestation::SymmetricKey(keys_of(7)));
    let derived = group_of(GroupAttestation::SymmetricKey(keys_of(7)));
    vec![
        Way {
            leaf: Some(leaf),
            ..way(
                "leaf",
                individual_of(IndividualAttestation::X509Leaf(by_leaf)),
                |world| {
                    let other = Leaves::new(Thumbprint::of_der(b"another"), None).unwrap();
                    change_individual(world, |enrollment| {
                        enrollment.with_attestation(IndividualAttestation::X509Leaf(other))
                    });
                },
            )
        },
        Way {
            leaf: Some(chained()),
            ..way("individual by CA", individual_by_ca, |world| {
                change_individual(world, |enrollment| {
                    let other = IndividualAttestation::X509Ca(references("other"));
                    enrollment.with_attestation(other)
                });
            })
        },
        Way {
            token: Some(token(&keys_of(7))),
            ..way("individual by keys", keyed, |world| {
                change_individual(world, |enrollment| {
                    let other = IndividualAttestation::SymmetricKey(keys_of(9));
                    enrollment.with_attestation(other)
                });
            })
        },
        Way {
            leaf: Some(chained()),
            ..way("group by signing", group_of(signing(&pki, None)), |world| {
                let other = signing(&ToyPki::new(8), None);
                change_group(world, |group| group.with_attestation(other));
            })
        },
        Way {
            leaf: Some(chained()),
            ..way("group by CA", with_cas, |world| {
                let other = GroupAttestation::Ca(references("other"));
                change_group(world, |group| group.with_attestation(other));
            })
        },
        Way {
            token: Some(token(&keys_of(7).derive(&id(ID)))),
            ..way("group by keys", derived, |world| {
                let other = GroupAttestation::SymmetricKey(keys_of(9));
                change_group(world, |group| group.with_attestation(other));
            })
        },
    ]
}

impl Way {
    fn decide(&mut self) -> Decision {
        let sent: Vec<&[u8]> = self.sent.iter().map(IssuedCertificate::der).collect();
        let evidence = match (&self.leaf, &self.token) {
            (Some(leaf), _) => Evidence::X509 {
                leaf: leaf.der(),
                sent: &sent,
            },
            (None, Some(token)) => Evidence::Sas(SasText::new(token)),
            (None, None) => panic!("no evidence"),
        };
        self.world.decide(&request(ID, evidence), NOW).unwrap()
    }
}

type Change = (&'static str, fn(&mut Way));

/// What an operator does to whatever admits the device.
fn changes() -> [Change; 5] {
    fn settings(way: &mut Way, settings: Settings) {
        match way.world.groups.is_empty() {
            true => change_individual(&mut way.world, |made| made.with_settings(settings)),
            false => change_group(&mut way.world, |made| made.with_settings(settings)),
        }
    }
    [
        ("deleted", |way| {
            way.world.groups.clear();
            way.world.individuals.clear();
        }),
        ("disabled", |way| {
            let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
            settings(way, disabled);
        }),
        ("made anew", |way| {
            if let Some(group) = way.world.groups.pop() {
                let (id, attestation) = (group.id().clone(), group.attestation().clone());
                let anew = EnrollmentGroup::new(id, attestation, generation(2));
                way.world.groups.push(anew);
            } else {
                change_individual(&mut way.world, |made| {
                    let attestation = made.attestation().clone();
                    IndividualEnrollment::new(id(ID), attestation, generation(2))
                });
            }
        }),
        ("given another key", |way| (way.rekey)(&mut way.world)),
        ("barred", |way| {
            // A group's device that was stolen gets a disabled enrollment of its own. An individual
            // one is edited.
            let attestation = IndividualAttestation::TpmAny;
            let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
            way.world.individuals = vec![
                IndividualEnrollment::new(id(ID), attestation, generation(3))
                    .with_settings(disabled),
            ];
        }),
    ]
}

/// Carries out what is left, up to an effect of that name, which is given back.
fn until(world: &mut World, mut decision: Decision, name: &str) -> (Effect, Decision) {
    loop {
        match decision.step() {
            Step::Effect(effect, pending) if effect.name() == name => {
                return (effect, pending.done());
            }
            Step::Effect(effect, pending) => {
                world.carry_out(effect).unwrap();
                decision = pending.done();
            }
            other => panic!("{other:?}"),
        }
    }
}

fn failure(response: &Response) -> Option<Code> {
    response.failed().map(|failure| failure.cause().code())
}

#[test]
fn an_enrollment_that_changes_before_the_hub_is_touched_stops_the_registration() {
    for (changed, change) in changes() {
        for mut way in ways() {
            let decision = way.decide();
            change(&mut way);
            let world = &mut way.world;
            let response = decision.carry_out(|effect| world.carry_out(effect));
            let why = (way.name, changed);
            assert_eq!(
                failure(&response),
                Some(Code::RegEnrollmentChanged),
                "{why:?} {response:?}"
            );
            assert!(way.world.devices.is_empty(), "{why:?}");
            assert!(way.world.records.is_empty(), "{why:?}");
        }
    }
}

#[test]
fn an_enrollment_that_changes_later_stops_the_save() {
    for (changed, change) in changes() {
        for mut way in ways() {
            let decision = way.decide();
            let (save, _) = until(&mut way.world, decision, "SaveRecord");
            change(&mut way);
            let refused = way.world.carry_out(save).unwrap_err();
            let why = (way.name, changed);
            assert_eq!(refused.code(), Code::RegEnrollmentChanged, "{why:?}");
            assert!(way.world.records.is_empty(), "{why:?}");
        }
    }
}

#[test]
fn a_tpm_is_held_to_its_enrollment_too() {
    let tpm = || SoftTpm::new(TpmKind::P256, 7, 0);
    for (changed, change) in changes() {
        let mut device = tpm();
        let attestation =
            IndividualAttestation::Tpm(Box::new(EkPublic::from_tpm2b(device.ek_public()).unwrap()));
        let rekey = |world: &mut World| {
            let other = SoftTpm::new(TpmKind::P256, 7, 1);
            let other = EkPublic::from_tpm2b(other.ek_public()).unwrap();
            change_individual(world, |made| {
                made.with_attestation(IndividualAttestation::Tpm(Box::new(other)))
            });
        };
        let mut way = Way {
            name: "TPM",
            world: individual_of(attestation),
            token: None,
            leaf: None,
            sent: Vec::new(),
            rekey,
        };
        let asked = request(ID, Evidence::TpmKeys(keys(&device)));
        let Response::Challenge(sealed) = way.world.register(&asked, NOW) else {
            panic!("no challenge");
        };
        let token = answer(ID, &mut device, &sealed, NOW);
        let evidence = Evidence::TpmAnswer {
            answer: provisor::registration::TpmAnswer::Token(&token),
            keys: None,
        };
        let decision = way.world.decide(&request(ID, evidence), NOW).unwrap();
        let (save, _) = until(&mut way.world, decision, "SaveRecord");
        change(&mut way);
        let refused = way.world.carry_out(save).unwrap_err();
        assert_eq!(refused.code(), Code::RegEnrollmentChanged, "{changed}");
    }
}

#[test]
fn edits_that_say_nothing_of_who_may_do_not_disturb() {
    for mut way in ways() {
        let decision = way.decide();
        let edited = || {
            Settings::new()
                .with_iot_hubs([hub("hub-b")])
                .with_allocation_policy(AllocationPolicy::EvenlyWeighted)
        };
        if way.world.groups.is_empty() {
            change_individual(&mut way.world, |made| made.with_settings(edited()));
        } else {
            change_group(&mut way.world, |made| made.with_settings(edited()));
        }
        let world = &mut way.world;
        let response = decision.carry_out(|effect| world.carry_out(effect));
        assert!(response.assigned().is_some(), "{}: {response:?}", way.name);
        // A device that has an enrollment of its own by now is another matter for one of its own.
        assert_eq!(way.world.records.len(), 1);
    }
}

#[test]
fn a_second_ca_does_not_take_the_first_away_and_yet_is_another_list() {
    // Whoever rolls a CA over disturbs what is under way, and nothing is lost: the device comes again.
    let pki = ToyPki::new(7);
    let leaf = pki.device(ID, KeyKind::P256).certificate;
    let mut world = group_of(signing(&pki, None));
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = request(ID, evidence);
    let decision = world.decide(&asked, NOW).unwrap();
    change_group(&mut world, |group| {
        group.with_attestation(signing(&pki, Some(&ToyPki::new(8))))
    });
    let response = decision.carry_out(|effect| world.carry_out(effect));
    assert_eq!(failure(&response), Some(Code::RegEnrollmentChanged));
    assigned(world.register(&asked, NOW));
}

/// A decision by a caller who knows that of the record.
fn by(
    world: &World,
    asked: &RegistrationRequest<'_>,
    record: Option<&RegistrationRecord>,
) -> Decision {
    let known = record.map(provisor::registration::Known::Record);
    let facts = Facts::new(
        &world.hubs,
        world.individuals.first(),
        known,
        Fence::new(99),
        RecordQuota::NONE,
    );
    let random = &mut SeededRandom::new(1, "by");
    let facts = facts.with_groups(&world.groups, &world.cas);
    world.service.decide(asked, facts, NOW, random)
}

#[test]
fn whoever_forgets_the_record_or_has_an_old_one_touches_no_hub() {
    let leaf = device(&ToyPki::new(7), ID).certificate;
    let leaves = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    let mut world = individual_of(IndividualAttestation::X509Leaf(leaves));
    change_individual(&mut world, |made| {
        let twin = provisor::enrollment::InitialTwin::parse("{\"tags\":{}}").unwrap();
        made.with_settings(Settings::new().with_initial_twin(twin))
    });
    let evidence = || Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = request(ID, evidence());
    assigned(world.register(&asked, NOW));
    let old = world.records[&id(ID)].clone();
    assigned(world.register(&asked, NOW));
    let place = ("hub-a".to_owned(), ID.to_owned());
    world.devices.insert(place.clone(), "its data".to_owned());
    for record in [None, Some(&old)] {
        let decision = by(&world, &asked, record);
        let names: Vec<_> = decision.effects().map(Effect::name).collect();
        assert_eq!(names, ["Prepare", "PutDevice", "SaveRecord"]);
        let mut done = Vec::new();
        let response = decision.carry_out(|effect| {
            let name = effect.name();
            world.carry_out(effect)?;
            done.push(name);
            Ok::<(), Rejection>(())
        });
        assert_eq!(failure(&response), Some(Code::RegSaveLost), "{response:?}");
        assert!(done.is_empty(), "{done:?}");
        assert_eq!(world.devices[&place], "its data");
    }
    // Who looked is right.
    let now = world.records[&id(ID)].clone();
    let response = by(&world, &asked, Some(&now)).carry_out(|effect| world.carry_out(effect));
    assigned(response);
    // A deletion in between: what is there is not what was decided from.
    let now = world.records[&id(ID)].clone();
    let decision = by(&world, &asked, Some(&now));
    world.delete(&id(ID));
    let response = decision.carry_out(|effect| world.carry_out(effect));
    assert_eq!(failure(&response), Some(Code::RegSaveLost));
}

#[test]
fn a_custom_allocation_that_takes_its_time_is_held_to_the_same() {
    let leaf = device(&ToyPki::new(7), ID).certificate;
    let leaves = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    let mut world = individual_of(IndividualAttestation::X509Leaf(leaves));
    let custom = || Settings::new().with_allocation_policy(AllocationPolicy::Custom);
    change_individual(&mut world, |made| made.with_settings(custom()));
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = request(ID, evidence);
    let Step::Ask(waits) = world.decide(&asked, NOW).unwrap().step() else {
        panic!("no question");
    };
    let disabled = custom().with_provisioning_status(ProvisioningStatus::Disabled);
    change_individual(&mut world, |made| made.with_settings(disabled));
    let answer = AllocationAnswer::to(&waits.question().id).with_hub("hub-a");
    let response = waits
        .answer(&answer, NOW)
        .carry_out(|effect| world.carry_out(effect));
    assert_eq!(failure(&response), Some(Code::RegEnrollmentChanged));
    assert!(world.devices.is_empty());
}

#[test]
fn d5_a_quota_of_records_is_asked_by_the_engine_for_first_registrations() {
    let mut world = one_hub();
    world.quotas = Quotas::NONE.with(Counted::Registrations, Some(1));
    let pki = ToyPki::new(7);
    let certificates = ["line-7", "line-8"].map(|id| device(&pki, id).certificate);
    for (name, leaf) in ["line-7", "line-8"].iter().zip(&certificates) {
        world.individuals.push(individual(name, leaf));
    }
    let [seven, eight] = &certificates;
    assigned(world.with_certificate("line-7", seven, &[]));
    // Full: for another one, and not for this one.
    let refused = refused(world.with_certificate("line-8", eight, &[]));
    assert_eq!(refused.code(), Code::ServiceQuota);
    assigned(world.with_certificate("line-7", seven, &[]));
    // A record that is deleted makes room; its own device would be a first one, too.
    world.delete(&id("line-7"));
    assigned(world.with_certificate("line-8", eight, &[]));
    assert_eq!(
        code(world.with_certificate("line-7", seven, &[])),
        Code::ServiceQuota
    );
    // Nobody counted: that is not zero.
    let evidence = Evidence::X509 {
        leaf: seven.der(),
        sent: &[],
    };
    let asked = request("line-7", evidence);
    let quota = RecordQuota::new(&world.quotas, &Counts::NOT_COUNTED);
    let facts = Facts::new(
        &world.hubs,
        world.individuals.first(),
        None,
        Fence::new(99),
        quota,
    )
    .with_groups(&[], &[]);
    let random = &mut SeededRandom::new(1, "quota");
    let decision = world.service.decide(&asked, facts, NOW, random);
    let response = decision.carry_out(|effect| Err(effect.unknown()));
    let cause = response.failed().expect("a failure").cause();
    assert_eq!(cause.code(), Code::RegFacts);
    assert!(cause.to_string().contains("counts"), "{cause}");
}

#[test]
fn d5_of_two_first_registrations_at_once_one_finds_the_last_place_taken() {
    let mut world = one_hub();
    world.quotas = Quotas::NONE.with(Counted::Registrations, Some(1));
    let pki = ToyPki::new(7);
    let certificates = ["line-7", "line-8"].map(|id| device(&pki, id).certificate);
    let decisions = ["line-7", "line-8"].map(|name| {
        let at = usize::from(name == "line-8");
        world.individuals.push(individual(name, &certificates[at]));
        let evidence = Evidence::X509 {
            leaf: certificates[at].der(),
            sent: &[],
        };
        world.decide(&request(name, evidence), NOW).unwrap()
    });
    let [first, second] = decisions;
    let (save, rest) = until(&mut world, second, "SaveRecord");
    assigned(first.carry_out(|effect| world.carry_out(effect)));
    let refused = world.carry_out(save).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceQuota);
    drop(rest);
    assert_eq!(world.records.len(), 1);
}

#[test]
fn what_is_looked_at_must_be_about_this_registration() {
    let leaf = device(&ToyPki::new(7), ID).certificate;
    let enrolled = individual(ID, &leaf);
    let other = individual("line-8", &leaf);
    let pki = ToyPki::new(7);
    let group = |name: &str| {
        let id = GroupId::parse(name).unwrap();
        EnrollmentGroup::new(id, signing(&pki, None), generation(1))
    };
    let (ours, theirs) = (group("line"), group("other"));
    let lease = Fence::new(5);
    let new = |by| Precondition::new(scope(), id(ID), lease, None, by);
    let check = |of: &Precondition, individual, group| {
        let current = Current::new(None, individual, group, RecordQuota::NONE);
        of.check(&current).map_err(|cause| cause.code())
    };
    let own = new(Admitting::Individual(&enrolled));
    assert_eq!(check(&own, Some(&enrolled), None), Ok(()));
    assert_eq!(check(&own, Some(&other), None), Err(Code::RegFacts));
    assert_eq!(own.group(), None);
    let by_group = new(Admitting::Group(&ours));
    assert_eq!(by_group.group(), Some(ours.id()));
    assert_eq!(check(&by_group, None, Some(&ours)), Ok(()));
    assert_eq!(check(&by_group, None, Some(&theirs)), Err(Code::RegFacts));
    assert_eq!(
        check(&by_group, Some(&enrolled), Some(&ours)),
        Err(Code::RegEnrollmentChanged)
    );
    // The record of another one.
    let at = hub("hub-a");
    let made = provisor::attestation::EnrollmentRef::Individual;
    let record = RegistrationRecord::new(
        scope(),
        RegistrationId::try_from("line-8").unwrap(),
        at,
        made,
        generation(1),
        NOW,
    );
    let known = Some(provisor::registration::Known::Record(&record));
    let current = Current::new(known, Some(&enrolled), None, RecordQuota::NONE);
    let refused = own.check(&current).unwrap_err();
    assert_eq!(refused.code(), Code::RegFacts);
    // Counted by nobody, although there is a quota.
    let few = own.with_room(1);
    assert!(few.counts_records());
    assert_eq!(check(&few, Some(&enrolled), None), Err(Code::ServiceFacts));
}
