//! The shared vectors, and the published registration IDs of real endorsement keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use std::path::PathBuf;

use provisor::allocation::{LinkedHubs, Weight, allocate};
use provisor::sas::{Resource, SasKey, SasToken};
use provisor::tpm::EkPublic;
use provisor::{DeviceId, GroupId, HubName, IdRules, IdScope, RegistrationId, Rejection, UnixTime};
use provisor_testkit::vectors::{cases, hex};
use serde_json::Value;

fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {case}"))
}

/// The identifier of that kind: what is compared, and what is shown.
fn parse(kind: &str, text: &str) -> Result<(String, String), Rejection> {
    macro_rules! folded {
        ($id:expr) => {{
            let id = $id?;
            Ok((id.normal_form().to_owned(), id.to_string()))
        }};
    }
    match kind {
        "registration_id_2017" => folded!(RegistrationId::parse(text, IdRules::V2017)),
        "registration_id" => folded!(RegistrationId::parse(text, IdRules::Current)),
        "id_scope" => folded!(IdScope::parse(text)),
        "group_id" => folded!(GroupId::parse(text)),
        "hub_name" => folded!(HubName::parse(text)),
        "device_id" => DeviceId::parse(text).map(|id| (id.to_string(), id.to_string())),
        other => panic!("a kind that no test knows: {other}"),
    }
}

#[test]
fn tokens_of_symmetric_keys() {
    for case in cases("sas") {
        let key = SasKey::from_base64(text(&case, "key")).unwrap();
        let scope = IdScope::parse(text(&case, "scope")).unwrap();
        let id = RegistrationId::try_from(text(&case, "id")).unwrap();
        assert_eq!(key.derive(&id).expose(), hex(text(&case, "derived")));
        let now = UnixTime::new(case["now"].as_i64().unwrap());
        let resource = Resource::registration(&scope, &id);
        let judged = SasToken::parse(text(&case, "token")).and_then(|token| {
            if case["group"] == true {
                token.verify_group(&resource, &[&key], now)
            } else {
                token.verify(&resource, &[&key], now)
            }
        });
        assert_eq!(case["good"], judged.is_ok(), "{case}");
        if let Err(rejection) = judged {
            assert_eq!(case["code"], *rejection.code().name(), "{case}");
            assert_eq!(
                case["position"].as_u64(),
                rejection.position().map(|p| p as u64)
            );
        }
    }
}

#[test]
fn identifiers() {
    for case in cases("ids") {
        let text_of_case = String::from_utf8(hex(text(&case, "hex"))).unwrap();
        match parse(text(&case, "kind"), &text_of_case) {
            Ok((normal, shown)) => {
                assert_eq!(case["normal"], *normal, "{case}");
                assert_eq!(shown, text_of_case);
            }
            Err(rejection) => {
                assert_eq!(case["code"], *rejection.code().name(), "{case}");
                assert_eq!(
                    case["position"].as_u64(),
                    rejection.position().map(|p| p as u64)
                );
            }
        }
    }
}

#[test]
fn allocations() {
    for case in cases("allocation") {
        let hubs = case["hubs"].as_array().unwrap().iter().map(|hub| {
            let weight = u16::try_from(hub["weight"].as_u64().unwrap()).unwrap();
            (
                HubName::parse(text(hub, "name")).unwrap(),
                Weight::new(weight).unwrap(),
            )
        });
        let scope = IdScope::parse(text(&case, "scope")).unwrap();
        let device = RegistrationId::try_from(text(&case, "device")).unwrap();
        let hubs = LinkedHubs::new(&scope, hubs).unwrap();
        match allocate(&hubs, &device) {
            Ok(hub) => assert_eq!(case["hub"], *hub.as_str(), "{case}"),
            Err(rejection) => assert_eq!(case["code"], *rejection.code().name(), "{case}"),
        }
    }
}

#[test]
fn published_endorsement_keys_have_their_published_ids() {
    let folder = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = folder.join("tpm/third_party/dps_service_samples.json");
    let Ok(content) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: no reference data at {}", path.display());
        return;
    };
    let samples: Value = serde_json::from_str(&content).unwrap();
    let mut seen = 0;
    for sample in samples["endorsement_keys"].as_array().unwrap() {
        let Some(published) = sample["registration_id"].as_str() else {
            continue;
        };
        let ek = EkPublic::from_tpm2b(&hex(text(sample, "ek_public"))).unwrap();
        let id = RegistrationId::from_ek(&ek);
        assert_eq!(id.as_str(), published);
        assert_eq!(
            RegistrationId::parse(published, IdRules::V2017).unwrap(),
            id
        );
        seen += 1;
    }
    assert!(seen > 0, "no sample has a registration ID");
}
