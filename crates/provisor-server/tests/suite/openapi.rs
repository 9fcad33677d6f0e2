//! The descriptions of the APIs beside what is served: every route is named and no other, every member of every body.

use std::collections::BTreeSet;

use provisor_server::service::{openapi::DOCUMENTS, serves};
use provisor_wire::admin::{self, AdminRoute};
use provisor_wire::device::{self, DeviceRoute};
use provisor_wire::service::{self, ServiceRoute};
use provisor_wire::{Code, Rejection, X509CertificateInfo, error};
use serde_json::Value;

use crate::service_api::stand::Stand;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn document(name: &str) -> Value {
    let (_, text) = DOCUMENTS.iter().find(|(of, _)| *of == name).unwrap();
    serde_json::from_str(text).unwrap()
}

/// Method and path of everything that a document names, what is variable as `{}`.
fn named(document: &Value) -> BTreeSet<(String, String)> {
    let mut named = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let variable = path
            .split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>();
        for (method, operation) in item.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path}: {method}");
            assert!(operation["summary"].is_string() && operation["operationId"].is_string());
            named.insert((method.clone(), variable.join("/")));
            // Each variable of the path is described.
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                let name = part.trim_end_matches('}');
                let described = |one: &Value| one["name"] == name && one["in"] == "path";
                assert!(parameters.iter().any(described), "{method} {path}: {name}");
            }
        }
    }
    named
}

/// Method and path of everything that is a route: all paths of these words, up to so many, are tried.
fn served(
    words: &[&str],
    deepest: usize,
    parse: impl Fn(&str, &str) -> Result<(), Rejection>,
) -> BTreeSet<(String, String)> {
    let mut served = BTreeSet::new();
    let mut paths = vec![String::new()];
    for _ in 0..deepest {
        let longer = paths
            .iter()
            .flat_map(|path| words.iter().map(move |word| format!("{path}/{word}")));
        paths = longer.collect();
        for path in &paths {
            for method in METHODS {
                let target = path.replace("{}", "x-1");
                if parse(&method.to_uppercase(), &target).is_ok() {
                    served.insert((method.to_owned(), path.clone()));
                }
            }
        }
    }
    served
}

/// A word of a path is also a legal ID: such a route is the one with the variable.
fn without_words_as_ids(all: BTreeSet<(String, String)>) -> BTreeSet<(String, String)> {
    let kept = |route: &(String, String)| {
        let parts: Vec<_> = route.1.split('/').collect();
        !(2..parts.len()).any(|at| {
            let mut parts = parts.clone();
            let word = std::mem::replace(&mut parts[at], "{}");
            word != "{}" && all.contains(&(route.0.clone(), parts.join("/")))
        })
    };
    all.iter().filter(|route| kept(route)).cloned().collect()
}

#[test]
fn every_route_is_named_and_no_other() {
    let version = "?api-version=2021-10-01";
    let parse = |method: &str, path: &str| {
        ServiceRoute::parse(method, &format!("{path}{version}")).map(drop)
    };
    let words = [
        "enrollments",
        "enrollmentGroups",
        "registrations",
        "query",
        "attestationmechanism",
        "{}",
    ];
    let routes = without_words_as_ids(served(&words, 4, parse));
    assert_eq!(named(&document("service.json")), routes);

    let parse = |method: &str, path: &str| {
        DeviceRoute::parse(method, &format!("{path}{version}")).map(drop)
    };
    let routes = served(
        &["registrations", "register", "operations", "devices", "{}"],
        5,
        parse,
    );
    // The ID scope is the first part, and whatever word stands there is one.
    let routes: BTreeSet<_> = without_words_as_ids(routes)
        .into_iter()
        .filter(|(_, path)| path.starts_with("/{}/registrations/{}"))
        .collect();
    assert_eq!(named(&document("device.json")), routes);

    let parse = |method: &str, path: &str| AdminRoute::parse(method, path).map(drop);
    let words = [
        "admin",
        "service",
        "hubs",
        "certificates",
        "verificationCode",
        "verify",
        "policies",
        "keys",
        "rotate",
        "quotas",
        "metering",
        "audit",
        "events",
        "devices",
        "remove",
        "{}",
    ];
    let routes = without_words_as_ids(served(&words, 4, parse));
    assert_eq!(named(&document("admin.json")), routes);
    let table: BTreeSet<_> = AdminRoute::TABLE
        .iter()
        .map(|(method, path)| {
            let parts: Vec<_> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "{}" } else { part })
                .collect();
            (method.to_lowercase(), parts.join("/"))
        })
        .collect();
    assert_eq!(table, routes);
}

/// Every body, and the names of its members.
fn bodies() -> Vec<(&'static str, &'static [&'static str])> {
    macro_rules! members {
        ($($module:ident::$name:ident),* $(,)?) => {
            vec![$((stringify!($name), $module::$name::MEMBERS)),*]
        };
    }
    let mut all = members![
        admin::AccessPolicy,
        admin::AuditRow,
        admin::CaCertificate,
        admin::CertificateVerification,
        admin::DeviceRemoval,
        admin::EventRow,
        admin::KeyRotation,
        admin::LinkedHub,
        admin::MeteringReport,
        admin::MeteringRow,
        admin::Quota,
        admin::ServiceInfo,
        device::Challenge,
        device::DeviceRegistration,
        device::DeviceRegistrationState,
        device::RegistrationOperationStatus,
        device::SymmetricKeyRegistrationResult,
        device::TpmAttestation,
        device::TpmRegistrationResult,
        device::X509RegistrationResult,
        error::ErrorDetails,
        service::AttestationMechanism,
        service::BulkEnrollmentGroupOperation,
        service::BulkEnrollmentOperation,
        service::BulkError,
        service::BulkResult,
        service::CustomAllocationDefinition,
        service::DeviceCapabilities,
        service::EnrollmentGroup,
        service::IndividualEnrollment,
        service::InitialTwin,
        service::InitialTwinProperties,
        service::QuerySpecification,
        service::ReprovisionPolicy,
        service::SymmetricKeyAttestation,
        service::X509Attestation,
        service::X509CaReferences,
        service::X509CertificateWithInfo,
        service::X509Certificates,
    ];
    all.push(("X509CertificateInfo", X509CertificateInfo::MEMBERS));
    all
}

#[test]
fn every_member_of_every_body_is_named_and_no_other() {
    let bodies = bodies();
    let mut described = BTreeSet::new();
    for (name, _) in DOCUMENTS {
        let document = document(name);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for (schema, value) in schemas {
            let (_, members) = bodies
                .iter()
                .find(|(body, _)| body == schema)
                .unwrap_or_else(|| panic!("{name}: {schema} is no body"));
            let found: BTreeSet<_> = value["properties"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(
                found,
                members.iter().copied().collect::<BTreeSet<_>>(),
                "{name}: {schema}"
            );
            described.insert(schema.clone());
        }
        // Whatever is referred to is there, and whatever is there is referred to.
        let mut referred = BTreeSet::new();
        references(&document, &mut referred);
        let there = |kind: &str| document["components"][kind].as_object().unwrap().clone();
        let all: BTreeSet<_> = there("schemas")
            .keys()
            .map(|name| format!("#/components/schemas/{name}"))
            .chain(
                there("responses")
                    .keys()
                    .map(|name| format!("#/components/responses/{name}")),
            )
            .collect();
        assert_eq!(referred, all, "{name}");
    }
    let all: BTreeSet<_> = bodies.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(described, all);
}

fn references(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get("$ref") {
                out.insert(to.clone());
            }
            members.values().for_each(|member| references(member, out));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, out)),
        _ => {}
    }
}

#[tokio::test]
async fn they_are_served_to_everybody() {
    let stand = Stand::new().await;
    for (name, text) in DOCUMENTS {
        let answer = stand.raw("GET", &format!("/openapi/{name}"), &[], "").await;
        assert_eq!((answer.status, &*answer.body), (200, text));
        assert_eq!(
            stand
                .raw("PUT", &format!("/openapi/{name}"), &[], "")
                .await
                .status,
            405
        );
    }
    let none = stand.raw("GET", "/openapi/none.json", &[], "").await;
    assert_eq!(none.status, 404);
    assert!(none.body.contains(Code::WirePath.name()));
    for (target, here) in [
        ("/openapi/device.json", true),
        ("/Enrollments?api-version=2021-10-01", true),
        ("/admin", true),
        (
            "/0ne0A1B2C3D/registrations/line-7/register?api-version=2019-03-31",
            false,
        ),
        ("/", false),
    ] {
        assert_eq!(serves(target), here, "{target}");
    }
}
