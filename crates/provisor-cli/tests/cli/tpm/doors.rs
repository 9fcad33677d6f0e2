//! One default for all doors: the same hubs and IDs lead to the same hubs, whichever way they are asked.
//!
//! The list is `vectors/doors.json`. C (`bindings/c/tests/doors.c`) and Python
//! (`bindings/python/tests/test_doors.py`) are asked from it too, and `cargo xtask rules` sees that nobody
//! stops asking.

use std::fmt::Write as _;

use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight, allocate};
use provisor::enrollment::{
    Generation, IndividualAttestation, IndividualEnrollment, Leaves, Thumbprint,
};
use provisor::quota::RecordQuota;
use provisor::registration::{Evidence, Facts, Fence, RegistrationRequest, Service};
use provisor::tpm::EkPublic;
use provisor::{HubName, IdScope, RegistrationId};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::vectors::cases;
use serde_json::{Value, json};

use super::*;

/// The devices of one policy: what is said of it, if anything is, and the hub of each.
struct Asked {
    word: Option<String>,
    policy: AllocationPolicy,
    devices: Vec<(RegistrationId, String)>,
}

/// The list by its policies, and the hubs of all of it.
fn list() -> (Value, Vec<Asked>) {
    let cases = cases("doors");
    let hubs = cases[0]["hubs"].clone();
    let mut lists: Vec<Asked> = Vec::new();
    for case in &cases {
        assert_eq!((&case["hubs"], &case["scope"]), (&hubs, &json!(SCOPE)));
        let text = |member: &str| case[member].as_str().map(str::to_owned);
        let device = RegistrationId::try_from(&*text("device").unwrap()).unwrap();
        let (word, found) = (text("policy"), (device, text("hub").unwrap()));
        match lists.iter_mut().find(|list| list.word == word) {
            Some(list) => list.devices.push(found),
            None => lists.push(Asked {
                policy: policy(word.as_deref()),
                word,
                devices: vec![found],
            }),
        }
    }
    (hubs, lists)
}

fn policy(word: Option<&str>) -> AllocationPolicy {
    match word.map(|word| word.split_once(':').unwrap_or((word, ""))) {
        None => AllocationPolicy::default(),
        Some(("hashed", "")) => AllocationPolicy::Weighted,
        Some(("evenlyWeighted", "")) => AllocationPolicy::EvenlyWeighted,
        Some(("static", hub)) => AllocationPolicy::Static(HubName::parse(hub).unwrap()),
        Some(other) => panic!("a policy that no test knows: {other:?}"),
    }
}

impl Asked {
    fn hubs(&self) -> Vec<String> {
        self.devices.iter().map(|(_, hub)| hub.clone()).collect()
    }

    /// As the command line has it; nothing where nobody says how.
    fn said(&self) -> Vec<(&str, &str)> {
        let word = self.word.as_deref();
        word.map(|word| ("--policy", word)).into_iter().collect()
    }
}

/// The hub of the device of that ID, by the engine as it is made.
fn by_service(service: &Service, hubs: &LinkedHubs, id: &RegistrationId) -> HubName {
    let leaf = ToyPki::new(7)
        .device(id.as_str(), KeyKind::P256)
        .certificate;
    let leaves = Leaves::new(Thumbprint::of_der(leaf.der()), None).unwrap();
    let mut random = SeededRandom::new(1, "doors");
    let enrolled = IndividualEnrollment::new(
        id.clone(),
        IndividualAttestation::X509Leaf(leaves),
        Generation::draw(&mut random).unwrap(),
    );
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = RegistrationRequest::new(service.scope().clone(), id.clone(), evidence);
    let facts = Facts::new(
        hubs,
        Some(&enrolled),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_groups(&[], &[]);
    let decision = service.decide(&asked, facts, ToyPki::NOW, &mut random);
    let response = decision.carry_out(|_| Ok(()));
    let assigned = response.assigned().unwrap();
    assigned.record.assigned_hub.clone()
}

/// `tpm answer` puts each of these devices somewhere.
fn by_answer(bench: &mut Bench, asked: &Asked) -> Vec<String> {
    let devices = asked.devices.iter();
    devices
        .map(|(id, _)| {
            let id = id.as_str();
            bench.ask(start(), &[("--registration-id", id)]);
            let token = bench.token_for(SCOPE, id, after(365, 0));
            let fixed = [
                ("--registration-id", id),
                ("--token", &*token),
                ("--hubs", "hubs.json"),
            ];
            let answered = bench.half("answer", start(), &[&fixed[..], &asked.said()].concat());
            assert_eq!(answered.status, 0, "{}{}", answered.out, answered.err);
            let answered = answered.json();
            answered["record"]["assignedHub"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn by_allocate(bench: &Bench, asked: &Asked) -> Vec<String> {
    let mut file = String::new();
    for (id, _) in &asked.devices {
        let _ = writeln!(file, "{id}");
    }
    write(&bench.folder, "ids.txt", file);
    let mut words = vec!["allocate", "--hubs", "hubs.json", "--ids", "ids.txt"];
    words.extend(["--scope", SCOPE]);
    words.extend(asked.said().iter().flat_map(|(name, word)| [*name, *word]));
    let run = bench.run(&words);
    assert_eq!(run.status, 0, "{}", run.err);
    let hubs = run.out.lines().map(|line| line.split_once('\t').unwrap().1);
    hubs.map(str::to_owned).collect()
}

/// `explain --service`: where each device would go if its TPM answered.
fn by_explain(bench: &Bench, hubs: &Value, asked: &Asked) -> Vec<String> {
    let ek = EkPublic::from_tpm2b(bench.tpm.ek_public()).unwrap();
    let mut random = SeededRandom::new(1, "doors");
    let enrolled = |(id, _): &(RegistrationId, String)| {
        let attestation = IndividualAttestation::Tpm(Box::new(ek.clone()));
        let generation = Generation::draw(&mut random).unwrap();
        IndividualEnrollment::new(id.clone(), attestation, generation)
    };
    let enrollments: Vec<_> = asked.devices.iter().map(enrolled).collect();
    let mut service = json!({ "scope": SCOPE, "hubs": hubs, "enrollments": enrollments });
    if asked.word.is_some() {
        service["allocationPolicy"] = serde_json::to_value(&asked.policy).unwrap();
    }
    write(&bench.folder, "service.json", service.to_string());
    let devices = asked.devices.iter();
    devices
        .map(|(id, _)| {
            let mut words = vec!["explain", "--json", "--service", "service.json"];
            words.extend(["--ek", "ek.b64", "--srk", "srk.b64", "--id", id.as_str()]);
            let run = bench.run(&words);
            assert_eq!(run.status, 0, "{}{}", run.out, run.err);
            let run = run.json();
            run["ifAnswered"]["course"]["hub"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn every_door_leads_to_the_same_hub() {
    let mut bench = Bench::new("doors", TpmKind::P256);
    let (shown, lists) = list();
    write(&bench.folder, "hubs.json", shown.to_string());
    let scope = IdScope::parse(SCOPE).unwrap();
    let linked = shown.as_array().unwrap().iter().map(|hub| {
        let weight = u16::try_from(hub["weight"].as_u64().unwrap()).unwrap();
        let name = HubName::parse(hub["name"].as_str().unwrap()).unwrap();
        (name, Weight::new(weight).unwrap())
    });
    let hubs = LinkedHubs::new(&scope, linked).unwrap();
    // Nobody says how, and somebody does.
    assert!(lists.iter().any(|list| list.word.is_none()) && lists.len() > 3);
    for asked in &lists {
        let (word, policy) = (&asked.word, &asked.policy);
        let mut service = Service::new(scope.clone());
        if word.is_some() {
            service = service.with_allocation_policy(policy.clone()).unwrap();
        }
        for (id, hub) in &asked.devices {
            if word.is_none() {
                assert_eq!(allocate(&hubs, id).unwrap().as_str(), hub);
            }
            let chosen = Allocator::new(&hubs, policy).choose(id).unwrap();
            assert_eq!(chosen.as_str(), hub, "{word:?} {id}");
            let decided = by_service(&service, &hubs, id);
            assert_eq!(decided.as_str(), hub, "{word:?} {id}");
        }
        let expected = asked.hubs();
        assert_eq!(by_allocate(&bench, asked), expected, "{word:?}");
        assert_eq!(by_answer(&mut bench, asked), expected, "{word:?}");
        assert_eq!(by_explain(&bench, &shown, asked), expected, "{word:?}");
    }
}

#[test]
fn two_key_files_that_were_exchanged_are_called_that() {
    let bench = Bench::new("exchanged", TpmKind::P256);
    let more = [("--ek", "srk.b64"), ("--srk", "ek.b64")];
    let run = bench.half("challenge", start(), &more);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let said = format!("{}{}", run.out, run.err);
    assert!(said.contains("ATTEST_KEYS_SWAPPED"), "{said}");
}
