//! A request's bytes, the engine's operation, the answer's bytes.

use provisor::allocation::{LinkedHubs, Weight};
use provisor::attestation::EkPolicy;
use provisor::enrollment::{EnrollmentGroup as Group, Etag, IndividualEnrollment as Individual};
use provisor::operations::{
    self, BulkItem, Call, Caller, Rights, ServiceFacts, Stored, Write, group, individual,
};
use provisor::quota::{Counts, Quotas};
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_wire::device::TpmAttestation;
use provisor_wire::service::{
    AttestationMechanism, BulkMode, Collection, EnrollmentGroup, IndividualEnrollment, PageRequest,
    QuerySpecification, X509Attestation, X509CertificateWithInfo, X509Certificates, entity,
};
use provisor_wire::{Body as _, Code, EntityTag, IfMatch, Rejection, UnixTime};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn hubs() -> LinkedHubs {
    let hub = |name| (HubName::parse(name).unwrap(), Weight::new(1).unwrap());
    LinkedHubs::new(&scope(), [hub("hub1.example.net"), hub("hub2.example.net")]).unwrap()
}

/// The stored enrollment after the request, and the answer's body.
fn put(
    body: &str,
    if_match: Option<&str>,
    stored: Option<&Stored<Individual>>,
) -> Result<(Stored<Individual>, String), Rejection> {
    let body = IndividualEnrollment::from_request(body.as_bytes())?;
    let draft = body.to_draft()?;
    let if_match = IfMatch::to_engine(if_match.and_then(IfMatch::parse).as_ref())?;
    let (hubs, scope, caller) = (hubs(), scope(), Caller::new("owner", Rights::ALL));
    let (quotas, counts) = (Quotas::NONE, Counts::NOT_COUNTED);
    let facts = ServiceFacts::new(&hubs, &EkPolicy::AllowList, &quotas, &counts);
    let mut random = SeededRandom::new(1, body.etag.as_ref().map_or("", EntityTag::as_str));
    let mut call = Call::new(&scope, &caller, NOW, &mut random);
    let id = RegistrationId::try_from(body.registration_id.as_deref().unwrap())?;
    let outcome = individual::put(&mut call, &id, draft, &if_match, stored, &facts);
    let (transaction, pending) = outcome.begin();
    let stored = transaction.writes.iter().find_map(|write| match write {
        Write::Individual(change) => change.becomes.clone(),
        _ => None,
    });
    let view = pending.committed()?;
    let answer = entity(&IndividualEnrollment::of_view(&view)?);
    Ok((*stored.unwrap(), answer.body))
}

fn put_group(body: &str) -> Result<(Stored<Group>, String), Rejection> {
    let body = EnrollmentGroup::from_request(body.as_bytes())?;
    let draft = body.to_draft()?;
    let (hubs, scope, caller) = (hubs(), scope(), Caller::new("owner", Rights::ALL));
    let (quotas, counts) = (Quotas::NONE, Counts::NOT_COUNTED);
    let facts = ServiceFacts::new(&hubs, &EkPolicy::AllowList, &quotas, &counts);
    let mut random = SeededRandom::new(2, "");
    let mut call = Call::new(&scope, &caller, NOW, &mut random);
    let id = GroupId::parse(body.enrollment_group_id.as_deref().unwrap())?;
    let outcome = group::put(
        &mut call,
        &id,
        draft,
        &operations::IfMatch::Any,
        None,
        &facts,
    );
    let (transaction, pending) = outcome.begin();
    let stored = transaction.writes.iter().find_map(|write| match write {
        Write::Group(change) => change.becomes.clone(),
        _ => None,
    });
    let answer = entity(&EnrollmentGroup::of_view(&pending.committed()?)?);
    Ok((*stored.unwrap(), answer.body))
}

/// Everything of an answer but what the engine draws.
fn without_etag(text: &str) -> String {
    let mut body = IndividualEnrollment::from_answer(text.as_bytes()).unwrap();
    body.etag = None;
    body.to_json()
}

#[test]
fn an_enrollment_comes_back_as_it_was_sent_with_what_the_service_sets() {
    let sent = r#"{"registrationId":"line-7","deviceId":"pump","optionalDeviceInformation":{"note":1.50},
        "attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2l4dGVlbiBieXRlcyBvbg=="},"origin":"x"},
        "capabilities":{"iotEdge":true,"later":[1.0]},
        "initialTwin":{"tags":{"site":"Lyon"},"properties":{"desired":{"rate":2}},"more":1},
        "provisioningStatus":"disabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},
        "allocationPolicy":"static","iotHubs":["HUB2.example.net","hub1.example.net"],"zeta":{"b":1,"a":null},"/odd~":7}"#;
    let (stored, answer) = put(sent, None, None).unwrap();
    let expected = r#"{"registrationId":"line-7","deviceId":"pump","optionalDeviceInformation":{"note":1.50},"attestation":{"type":"symmetricKey","symmetricKey":{},"origin":"x"},"capabilities":{"iotEdge":true,"later":[1.0]},"initialTwin":{"tags":{"site":"Lyon"},"properties":{"desired":{"rate":2}},"more":1},"provisioningStatus":"disabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"createdDateTimeUtc":"2026-09-21T14:13:20.0000000Z","lastUpdatedDateTimeUtc":"2026-09-21T14:13:20.0000000Z","allocationPolicy":"static","iotHubs":["HUB2.example.net","hub1.example.net"],"zeta":{"b":1,"a":null},"/odd~":7}"#;
    assert_eq!(without_etag(&answer), expected);
    assert!(!answer.contains("c2l4dGVlbiBieXRlcyBvbg=="));

    // What was answered is put back as it is, with its tag in any form.
    let read = IndividualEnrollment::from_answer(answer.as_bytes()).unwrap();
    let tag = read.etag.clone().unwrap();
    for header in [tag.to_string(), format!("\"{tag}\""), "*".into()] {
        let (again, answer) = put(&answer, Some(&header), Some(&stored)).unwrap();
        assert_eq!(without_etag(&answer), expected, "{header}");
        // The keys that the answer hides are kept.
        let text = |stored| AttestationMechanism::of_mechanism(&individual_mechanism(stored));
        assert_eq!(text(&again), text(&stored));
    }
    let other = EntityTag::of("another").to_string();
    let refused = put(&answer, Some(&other), Some(&stored)).unwrap_err();
    assert_eq!(refused.code().name(), "SERVICE_ETAG");

    let mechanism = individual_mechanism(&stored);
    let text = AttestationMechanism::of_mechanism(&mechanism).to_json();
    assert!(
        text.contains(r#""primaryKey":"c2l4dGVlbiBieXRlcyBvbg==""#),
        "{text}"
    );
}

fn individual_mechanism(stored: &Stored<Individual>) -> operations::Mechanism {
    let (scope, caller) = (scope(), Caller::new("owner", Rights::ALL));
    let mut random = SeededRandom::new(3, "");
    let mut call = Call::new(&scope, &caller, NOW, &mut random);
    let outcome = individual::mechanism(&mut call, stored.value.registration_id(), Some(stored));
    outcome.begin().1.committed().unwrap()
}

#[test]
fn certificates_come_as_text_stay_by_what_is_told_of_them_and_go_complete() {
    let pki = ToyPki::new(1);
    let device = pki.device("line-7", KeyKind::P256);
    let pem = X509CertificateWithInfo::default().certificate(device.certificate.pem());
    let both = X509Certificates::default().primary(pem);
    let body = IndividualEnrollment::default()
        .registration_id("line-7")
        .attestation(AttestationMechanism::by_x509(
            X509Attestation::default().client_certificates(both),
        ));
    let (stored, answer) = put(&body.to_json(), None, None).unwrap();
    let shown = IndividualEnrollment::from_answer(answer.as_bytes()).unwrap();
    let x509 = shown.attestation.unwrap().x509.unwrap();
    let info = x509
        .client_certificates
        .unwrap()
        .primary
        .unwrap()
        .info
        .unwrap();
    assert_eq!(info.subject_name.as_deref(), Some("CN=line-7"));
    assert_eq!(info.sha1_thumbprint.as_ref().map(String::len), Some(40));
    assert_eq!(info.sha256_thumbprint.as_ref().map(String::len), Some(64));
    assert_eq!(info.version, Some(3));
    assert!(info.not_before_utc.is_some() && info.not_after_utc.is_some());
    assert!(info.serial_number.is_some() && info.issuer_name.is_some());
    assert!(!answer.contains("\"certificate\""));

    let (again, _) = put(&answer, None, Some(&stored)).unwrap();
    assert_eq!(again.certificates, stored.certificates);
    // Nothing is told: nothing is meant.
    let bare = r#"{"registrationId":"line-7","attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{}}}}}"#;
    let refused = put(bare, None, Some(&stored)).unwrap_err();
    assert_eq!(
        refused.subject().to_string(),
        "/attestation/x509/clientCertificates/primary/certificate"
    );
}

#[test]
fn a_tpm_comes_back_as_the_same_bytes() {
    let tpm = SoftTpm::new(TpmKind::P256, 1, 1);
    let keys = TpmAttestation::of(tpm.ek_public(), tpm.srk_public());
    let body = IndividualEnrollment::default()
        .registration_id("tpm-1")
        .attestation(AttestationMechanism::by_tpm(keys.clone()));
    let (_, answer) = put(&body.to_json(), None, None).unwrap();
    let shown = IndividualEnrollment::from_answer(answer.as_bytes()).unwrap();
    let shown = shown.attestation.unwrap().tpm.unwrap();
    assert_eq!(shown, keys);
}

#[test]
fn what_the_engine_refuses_is_named_by_its_place_in_the_body() {
    let with = |members: &str| {
        format!(r#"{{"registrationId":"line-7","attestation":{{"type":"symmetricKey"}}{members}}}"#)
    };
    for (body, code, place) in [
        (with(r#","deviceId":"a b""#), "ID_CHARACTER", "/deviceId"),
        (with(r#","iotHubs":["hub1.example.net","-"]"#), "ID_HOST_LABEL", "/iotHubs/1"),
        (with(r#","iotHubHostName":"a b""#), "ID_CHARACTER", "/iotHubHostName"),
        (with(r#","initialTwin":{"tags":{"a":12345678901234567890123}}"#), "ATTEST_TWIN", "/initialTwin"),
        (r#"{"registrationId":"a b","attestation":{"type":"symmetricKey"}}"#.into(), "ID_CHARACTER", "/registrationId"),
        (
            r#"{"registrationId":"a","attestation":{"type":"symmetricKey","symmetricKey":{"secondaryKey":"AAAA"}}}"#.into(),
            "SAS_KEY",
            "/attestation/symmetricKey/secondaryKey",
        ),
        (
            r#"{"registrationId":"a","attestation":{"type":"tpm","tpm":{"endorsementKey":"A"}}}"#.into(),
            "WIRE_BASE64",
            "/attestation/tpm/endorsementKey",
        ),
        (
            r#"{"registrationId":"a","attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":"x"}}}}}"#.into(),
            "WIRE_CERTIFICATE",
            "/attestation/x509/clientCertificates/primary/certificate",
        ),
        (
            r#"{"registrationId":"a","attestation":{"type":"x509","x509":{"caReferences":{"primary":"c","secondary":"a b"}}}}"#.into(),
            "ID_CHARACTER",
            "/attestation/x509/caReferences/secondary",
        ),
    ] {
        let refused = put(&body, None, None).unwrap_err();
        let found = (refused.code().name(), refused.subject().to_string());
        assert_eq!((found.0, found.1.as_str()), (code, place), "{body}");
    }
    let custom = with(
        r#","allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"http://f/","apiVersion":"2021-10-01"}"#,
    );
    let place = put(&custom, None, None).unwrap_err().subject().to_string();
    assert_eq!(place, "/customAllocationDefinition/webhookUrl");
}

#[test]
fn c4_queries_are_read_and_refused_by_what_can_be_searched_for() {
    let page = PageRequest::default();
    let query = |text: &str, of| {
        QuerySpecification::default()
            .query(text)
            .to_engine(of, &page)
    };
    let all = QuerySpecification::default().to_engine(Collection::Registrations, &page);
    assert_eq!(all.unwrap().filter, operations::Filter::ALL);
    let text = "SELECT * FROM enrollments WHERE provisioningStatus = 'disabled' AND NOT capabilities.iotEdge = true ORDER BY registrationId DESC";
    let read = query(text, Collection::Enrollments).unwrap();
    assert_eq!(
        read.filter.to_string(),
        "(ProvisioningStatus = \"disabled\" AND NOT IotEdge = true)"
    );
    assert_eq!(read.order, operations::Order::Descending);
    for (text, code) in [
        ("SELECT * WHERE deviceId = 'x'", "SERVICE_FILTER"),
        ("SELECT * WHERE provisioningStatus = true", "SERVICE_FILTER"),
        ("SELECT * ORDER BY provisioningStatus", "SERVICE_ORDER"),
        ("SELECT * ORDER BY deviceId", "SERVICE_FILTER"),
        ("SELECT TOP 1", "WIRE_QUERY_PART"),
        ("SELECT * nothing", "WIRE_QUERY"),
    ] {
        let refused = query(text, Collection::EnrollmentGroups).unwrap_err();
        assert_eq!(refused.code().name(), code, "{text}");
    }
}

#[test]
fn a_group_comes_back_too() {
    let pki = ToyPki::new(1);
    let pem = X509CertificateWithInfo::default().certificate(pki.intermediate.certificate.pem());
    let both = X509Certificates::default().primary(pem);
    let signing = X509Attestation::default().signing_certificates(both);
    let body = EnrollmentGroup::default()
        .enrollment_group_id("line")
        .attestation(AttestationMechanism::by_x509(signing));
    let (_, answer) = put_group(&body.to_json()).unwrap();
    let shown = EnrollmentGroup::from_answer(answer.as_bytes()).unwrap();
    assert_eq!(shown.enrollment_group_id.as_deref(), Some("line"));
    let x509 = shown.attestation.unwrap().x509.unwrap();
    let info = x509
        .signing_certificates
        .unwrap()
        .primary
        .unwrap()
        .info
        .unwrap();
    assert!(info.subject_name.unwrap().starts_with("CN="));
    let refused = put_group(r#"{"enrollmentGroupId":"a b","attestation":{"type":"symmetricKey"}}"#);
    assert_eq!(
        refused.unwrap_err().subject().to_string(),
        "/enrollmentGroupId"
    );
}

/// To delete, an ID is enough: so clients send it.
#[test]
fn a_bulk_operation_deletes_by_the_ids_alone() {
    use provisor_wire::service::{BulkEnrollmentGroupOperation, BulkEnrollmentOperation};
    let text =
        br#"{"mode":"delete","enrollments":[{"registrationId":"line-7","etag":"InYxIg=="}]}"#;
    let body = BulkEnrollmentOperation::from_request(text).unwrap();
    let item = &body.enrollments.unwrap()[0];
    assert_eq!(item.to_draft().unwrap_err().code(), Code::WireMemberMissing);
    let draft = item.to_deletion().unwrap();
    assert_eq!(draft.registration_id.as_str(), "line-7");
    let etag = item
        .etag
        .as_ref()
        .map(EntityTag::to_engine)
        .unwrap()
        .unwrap();

    let (hubs, scope, caller) = (hubs(), scope(), Caller::new("owner", Rights::ALL));
    let (quotas, counts) = (Quotas::NONE, Counts::NOT_COUNTED);
    let facts = ServiceFacts::new(&hubs, &EkPolicy::AllowList, &quotas, &counts);
    let sent = r#"{"registrationId":"line-7","attestation":{"type":"symmetricKey"}}"#;
    let (mut stored, _) = put(sent, None, None).unwrap();
    for (version, refused) in [("v2", Some(Code::ServiceEtag)), ("v1", None)] {
        stored.etag = Etag::parse(version).unwrap();
        let mut random = SeededRandom::new(3, "");
        let mut call = Call::new(&scope, &caller, NOW, &mut random);
        let item = BulkItem::new(draft.clone(), Some(&stored)).with_etag(Some(etag.clone()));
        let mode = BulkMode::Delete.to_engine();
        let parts = individual::bulk(&mut call, mode, vec![item], &facts).unwrap();
        let (_, outcome) = parts.into_parts().remove(0);
        assert_eq!(outcome.refused().map(Rejection::code), refused);
    }

    let text = br#"{"mode":"delete","enrollmentGroups":[{"enrollmentGroupId":"line"}]}"#;
    let body = BulkEnrollmentGroupOperation::from_request(text).unwrap();
    let groups = body.enrollment_groups.unwrap();
    assert_eq!(groups[0].to_deletion().unwrap().id.as_str(), "line");
}
