//! One default for all doors: the same hubs and IDs lead to the same hubs, whichever way they are asked.
//!
//! C and Python answer the same lists in the shared vectors of the allocation.

use std::fmt::Write as _;

use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight, allocate};
use provisor::enrollment::{
    Generation, IndividualAttestation, IndividualEnrollment, Leaves, Thumbprint,
};
use provisor::registration::{Evidence, Facts, Fence, RegistrationRequest, Service};
use provisor::{HubName, IdScope, RegistrationId};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;

use super::*;

const HEAVY: &str = "hub-heavy.example";
const LIGHT: &str = "hub-light.example";
const DEVICES: usize = 6;

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
    let facts = Facts::new(hubs, Some(&enrolled), None, Fence::new(1)).with_groups(&[], &[]);
    let decision = service.decide(&asked, facts, ToyPki::NOW, &mut random);
    let response = decision.carry_out(|_| Ok(()));
    let assigned = response.assigned().unwrap();
    assigned.record.assigned_hub.clone()
}

/// `tpm answer` puts each of these devices somewhere.
fn by_answer(bench: &mut Bench, ids: &[RegistrationId], policy: &[(&str, &str)]) -> Vec<String> {
    ids.iter()
        .map(|id| {
            let id = id.as_str();
            bench.ask(start(), &[("--registration-id", id)]);
            let token = bench.token_for(SCOPE, id, after(365, 0));
            let more = [
                &[
                    ("--registration-id", id),
                    ("--token", &*token),
                    ("--hubs", "hubs.json"),
                ][..],
                policy,
            ]
            .concat();
            let answered = bench.half("answer", start(), &more);
            assert_eq!(answered.status, 0, "{}{}", answered.out, answered.err);
            answered.json()["record"]["assignedHub"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn by_allocate(bench: &Bench, more: &[&str]) -> Vec<String> {
    let fixed = [
        "allocate",
        "--hubs",
        "hubs.json",
        "--ids",
        "ids.txt",
        "--scope",
        SCOPE,
    ];
    let run = bench.run(&[&fixed[..], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    let hubs = run.out.lines().map(|line| line.split_once('\t').unwrap().1);
    hubs.map(str::to_owned).collect()
}

#[test]
fn every_door_leads_to_the_same_hub() {
    let mut bench = Bench::new("doors", TpmKind::P256);
    let list =
        format!(r#"[{{"name": "{HEAVY}", "weight": 999}}, {{"name": "{LIGHT}", "weight": 1}}]"#);
    write(&bench.folder, "hubs.json", list);
    let scope = IdScope::parse(SCOPE).unwrap();
    let linked = [(HEAVY, 999), (LIGHT, 1)]
        .map(|(name, weight)| (HubName::parse(name).unwrap(), Weight::new(weight).unwrap()));
    let hubs = LinkedHubs::new(&scope, linked).unwrap();
    let ids: Vec<_> = (0..DEVICES)
        .map(|number| RegistrationId::try_from(&*format!("line-7-{number}")).unwrap())
        .collect();
    let mut file = String::new();
    for id in &ids {
        let _ = writeln!(file, "{id}");
    }
    write(&bench.folder, "ids.txt", file);

    // Where nobody says how: by weights, everywhere.
    let expected: Vec<_> = ids
        .iter()
        .map(|id| allocate(&hubs, id).unwrap().to_string())
        .collect();
    assert_eq!(expected, vec![HEAVY.to_owned(); DEVICES]);
    let default = AllocationPolicy::default();
    let service = Service::new(scope);
    for id in &ids {
        let chosen = Allocator::new(&hubs, &default).choose(id).unwrap();
        assert_eq!(chosen.as_str(), HEAVY);
        assert_eq!(by_service(&service, &hubs, id).as_str(), HEAVY);
    }
    assert_eq!(by_allocate(&bench, &[]), expected);
    assert_eq!(by_answer(&mut bench, &ids, &[]), expected);

    // And where somebody says, as he says.
    let fixed = AllocationPolicy::Static(HubName::parse(LIGHT).unwrap());
    let to_light = format!("static:{LIGHT}");
    for (policy, word) in [
        (AllocationPolicy::EvenlyWeighted, "evenlyWeighted"),
        (fixed, &*to_light),
    ] {
        let expected: Vec<_> = ids
            .iter()
            .map(|id| {
                Allocator::new(&hubs, &policy)
                    .choose(id)
                    .unwrap()
                    .to_string()
            })
            .collect();
        assert!(expected.iter().any(|hub| hub == LIGHT), "{word}");
        let service = service.clone().with_allocation_policy(policy).unwrap();
        for (id, expected) in ids.iter().zip(&expected) {
            assert_eq!(by_service(&service, &hubs, id).as_str(), expected);
        }
        assert_eq!(by_allocate(&bench, &["--policy", word]), expected);
        let answered = by_answer(&mut bench, &ids, &[("--policy", word)]);
        assert_eq!(answered, expected);
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
