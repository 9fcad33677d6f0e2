//! The service API: bodies, routes, pages, bulk.

use proptest::prelude::*;
use provisor_wire::device::TpmAttestation;
use provisor_wire::http::Headers as _;
use provisor_wire::json::{Object, Value};
use provisor_wire::service::{
    AllocationWord, AttestationMechanism, BulkEnrollmentGroupOperation, BulkEnrollmentOperation,
    BulkError, BulkMode, BulkResult, Collection, CustomAllocationDefinition, DeviceCapabilities,
    EnrollmentGroup, IndividualEnrollment, InitialTwin, InitialTwinProperties, Page, PageRequest,
    ProvisioningStatus, QuerySpecification, ReprovisionPolicy, ServiceClient, ServiceOperation,
    ServiceRoute, SymmetricKeyAttestation, TwinCollection, X509Attestation, X509CaReferences,
    X509CertificateWithInfo, X509Certificates, entity, no_content,
};
use provisor_wire::{Body, EntityTag, IfMatch, Rejection, SecretText, Timestamp, UnixTime};

fn refused<T: Body + std::fmt::Debug>(body: &str) -> (&'static str, String) {
    let refused: Rejection = T::from_request(body.as_bytes()).unwrap_err();
    (refused.code().name(), refused.subject().to_string())
}

#[test]
fn enrollments_that_are_wrong_are_refused_at_the_place() {
    let with = |members: &str| {
        format!(r#"{{"registrationId":"d","attestation":{{"type":"symmetricKey"}}{members}}}"#)
    };
    for (members, name, place) in [
        (
            r#","registrationID":"d""#,
            "WIRE_MEMBER_NAME",
            "/registrationID",
        ),
        (
            r#","RegistrationState":{}"#,
            "WIRE_MEMBER_NAME",
            "/RegistrationState",
        ),
        (r#","iot_hubs":[]"#, "WIRE_MEMBER_NAME", "/iot_hubs"),
        (
            r#","allocation-policy":"hashed""#,
            "WIRE_MEMBER_NAME",
            "/allocation-policy",
        ),
        (r#","deviceId":7"#, "WIRE_MEMBER_TYPE", "/deviceId"),
        (r#","iotHubs":["h",7]"#, "WIRE_MEMBER_TYPE", "/iotHubs/1"),
        (r#","iotHubs":"h""#, "WIRE_MEMBER_TYPE", "/iotHubs"),
        (
            r#","allocationPolicy":"even""#,
            "WIRE_WORD",
            "/allocationPolicy",
        ),
        (
            r#","allocationPolicy":7"#,
            "WIRE_MEMBER_TYPE",
            "/allocationPolicy",
        ),
        (
            r#","provisioningStatus":"off""#,
            "WIRE_WORD",
            "/provisioningStatus",
        ),
        (
            r#","reprovisionPolicy":{"updateHubAssignment":true}"#,
            "WIRE_MEMBER_MISSING",
            "/reprovisionPolicy/migrateDeviceData",
        ),
        (
            r#","reprovisionPolicy":{"updateHubAssignment":"true","migrateDeviceData":true}"#,
            "WIRE_MEMBER_TYPE",
            "/reprovisionPolicy/updateHubAssignment",
        ),
        (
            r#","capabilities":{"iotedge":true}"#,
            "WIRE_MEMBER_NAME",
            "/capabilities/iotedge",
        ),
        (
            r#","capabilities":{"iotEdge":1}"#,
            "WIRE_MEMBER_TYPE",
            "/capabilities/iotEdge",
        ),
        (
            r#","initialTwin":{"tags":[]}"#,
            "WIRE_MEMBER_TYPE",
            "/initialTwin/tags",
        ),
        (
            r#","initialTwin":{"properties":{"Desired":{}}}"#,
            "WIRE_MEMBER_NAME",
            "/initialTwin/properties/Desired",
        ),
        (
            r#","customAllocationDefinition":{"webhookUrl":"u"}"#,
            "WIRE_MEMBER_MISSING",
            "/customAllocationDefinition/apiVersion",
        ),
        (
            r#","credentialPolicyName":"p""#,
            "SERVICE_CREDENTIAL_POLICY",
            "/credentialPolicyName",
        ),
        (r#","etag":1"#, "WIRE_MEMBER_TYPE", "/etag"),
    ] {
        let found = refused::<IndividualEnrollment>(&with(members));
        assert_eq!((found.0, found.1.as_str()), (name, place), "{members}");
    }
    for (body, name, place) in [
        (
            r#"{"attestation":{"type":"symmetricKey"}}"#,
            "WIRE_MEMBER_MISSING",
            "/registrationId",
        ),
        (
            r#"{"registrationId":null,"attestation":{"type":"symmetricKey"}}"#,
            "WIRE_MEMBER_MISSING",
            "/registrationId",
        ),
        (
            r#"{"registrationId":"d"}"#,
            "WIRE_MEMBER_MISSING",
            "/attestation",
        ),
        (
            r#"{"registrationId":"d","attestation":null}"#,
            "WIRE_MEMBER_MISSING",
            "/attestation",
        ),
        ("null", "WIRE_MEMBER_TYPE", "body"),
    ] {
        let found = refused::<IndividualEnrollment>(body);
        assert_eq!((found.0, found.1.as_str()), (name, place), "{body}");
    }
}

#[test]
fn attestations_whose_type_and_members_differ_are_refused() {
    let individual = |attestation: &str| {
        refused::<IndividualEnrollment>(&format!(
            r#"{{"registrationId":"d","attestation":{attestation}}}"#
        ))
    };
    let group = |attestation: &str| {
        refused::<EnrollmentGroup>(&format!(
            r#"{{"enrollmentGroupId":"g","attestation":{attestation}}}"#
        ))
    };
    let certificates = r#"{"primary":{"certificate":"MAMCAQE="}}"#;
    for (attestation, name, place) in [
        ("{}".into(), "WIRE_MEMBER_MISSING", "/attestation/type"),
        (
            r#"{"type":"none"}"#.into(),
            "WIRE_ATTESTATION",
            "/attestation",
        ),
        (
            r#"{"type":"password"}"#.into(),
            "WIRE_WORD",
            "/attestation/type",
        ),
        (
            r#"{"type":"tpm"}"#.into(),
            "WIRE_MEMBER_MISSING",
            "/attestation/tpm",
        ),
        (
            r#"{"type":"tpm","tpm":{"endorsementKey":"AA=="},"symmetricKey":{}}"#.into(),
            "WIRE_ATTESTATION",
            "/attestation",
        ),
        (
            r#"{"type":"x509","x509":{}}"#.into(),
            "WIRE_ATTESTATION",
            "/attestation/x509",
        ),
        (
            format!(
                r#"{{"type":"x509","x509":{{"clientCertificates":{certificates},"caReferences":{{"primary":"c"}}}}}}"#
            ),
            "WIRE_ATTESTATION",
            "/attestation/x509",
        ),
        (
            format!(r#"{{"type":"x509","x509":{{"signingCertificates":{certificates}}}}}"#),
            "WIRE_ATTESTATION",
            "/attestation/x509/signingCertificates",
        ),
        (
            r#"{"type":"x509","x509":{"clientCertificates":{"secondary":{}}}}"#.into(),
            "WIRE_MEMBER_MISSING",
            "/attestation/x509/clientCertificates/primary",
        ),
        (
            r#"{"type":"symmetricKey","symmetricKey":{"PrimaryKey":"AAAA"}}"#.into(),
            "WIRE_MEMBER_NAME",
            "/attestation/symmetricKey/PrimaryKey",
        ),
        (
            r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":["c2VjcmV0"]}}"#.into(),
            "WIRE_MEMBER_TYPE",
            "/attestation/symmetricKey/primaryKey",
        ),
    ] {
        let found = individual(&attestation);
        assert_eq!((found.0, found.1.as_str()), (name, place), "{attestation}");
    }
    let found = group(r#"{"type":"tpm","tpm":{"endorsementKey":"AA=="}}"#);
    assert_eq!(
        (found.0, found.1.as_str()),
        ("WIRE_ATTESTATION", "/attestation/tpm")
    );
    let found = group(&format!(
        r#"{{"type":"x509","x509":{{"clientCertificates":{certificates}}}}}"#
    ));
    assert_eq!(
        (found.0, found.1.as_str()),
        ("WIRE_ATTESTATION", "/attestation/x509/clientCertificates")
    );
}

#[test]
fn a_secret_is_in_no_rejection_and_in_no_debug_text() {
    for body in [
        r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":{"key":"c2VjcmV0"}}}"#,
        r#"{"type":"c2VjcmV","symmetricKey":{"primary_key":"c2VjcmV0"}}"#,
        r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2VjcmV0","primaryKey":"c2VjcmV0"}}"#,
        r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2VjcmV0"#,
    ] {
        let refused = AttestationMechanism::from_request(body.as_bytes()).unwrap_err();
        assert!(!refused.to_string().contains("c2VjcmV0"), "{refused}");
    }
    let body = r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2VjcmV0"}}"#;
    let read = AttestationMechanism::from_request(body.as_bytes()).unwrap();
    assert!(!format!("{read:?}").contains("c2VjcmV0"));
    assert_eq!(read.to_json(), body);
    assert_eq!(
        read.shown().to_json(),
        r#"{"type":"symmetricKey","symmetricKey":{}}"#
    );
}

#[test]
fn bulk_operations_have_one_to_ten_items_each_with_what_its_mode_needs() {
    let body = |mode: &str, items: &[&str]| {
        format!(r#"{{"mode":"{mode}","enrollments":[{}]}}"#, items.join(","))
    };
    let bare = r#"{"registrationId":"d"}"#;
    let whole = r#"{"registrationId":"d","attestation":{"type":"symmetricKey"}}"#;
    for mode in [
        "create",
        "update",
        "updateIfMatchETag",
        "updateIfMatchEtag",
        "DELETE",
    ] {
        let read = BulkEnrollmentOperation::from_request(body(mode, &[whole; 10]).as_bytes());
        assert_eq!(read.unwrap().enrollments.unwrap().len(), 10, "{mode}");
    }
    BulkEnrollmentOperation::from_request(body("delete", &[bare]).as_bytes()).unwrap();
    for (text, name, place) in [
        (body("create", &[]), "SERVICE_BULK_SIZE", "/enrollments"),
        (
            body("create", &[whole; 11]),
            "SERVICE_BULK_SIZE",
            "/enrollments",
        ),
        (
            body("create", &[whole, bare]),
            "WIRE_MEMBER_MISSING",
            "/enrollments/1/attestation",
        ),
        (
            body("delete", &["{}"]),
            "WIRE_MEMBER_MISSING",
            "/enrollments/0/registrationId",
        ),
        (body("upsert", &[whole]), "WIRE_WORD", "/mode"),
        (
            r#"{"mode":"create"}"#.into(),
            "WIRE_MEMBER_MISSING",
            "/enrollments",
        ),
        (
            r#"{"enrollments":[]}"#.into(),
            "WIRE_MEMBER_MISSING",
            "/mode",
        ),
    ] {
        let found = refused::<BulkEnrollmentOperation>(&text);
        assert_eq!((found.0, found.1.as_str()), (name, place), "{text}");
    }
    let groups = r#"{"mode":"create","enrollmentGroups":[{"enrollmentGroupId":"g"}]}"#;
    let found = refused::<BulkEnrollmentGroupOperation>(groups);
    assert_eq!(
        (found.0, found.1.as_str()),
        ("WIRE_MEMBER_MISSING", "/enrollmentGroups/0/attestation")
    );

    assert_eq!(
        BulkResult::of(vec![]).to_json(),
        r#"{"isSuccessful":true,"errors":[]}"#
    );
    let error = BulkError::default()
        .registration_id("x")
        .error_code(409_000)
        .error_status("exists");
    assert_eq!(
        BulkResult::of(vec![error]).to_json(),
        r#"{"isSuccessful":false,"errors":[{"registrationId":"x","errorCode":409000,"errorStatus":"exists"}]}"#
    );
}

#[test]
fn routes_of_the_service_and_what_is_none() {
    use ServiceOperation as Op;
    let version = "?api-version=2021-10-01";
    for (method, path, operation) in [
        ("PUT", "/enrollments/d", Op::Put("d".into())),
        ("GET", "/enrollments/d", Op::Get("d".into())),
        ("DELETE", "/enrollments/d", Op::Delete("d".into())),
        ("GET", "/enrollments/query", Op::Get("query".into())),
        ("POST", "/enrollments/query", Op::Query { group: None }),
        ("POST", "/enrollments", Op::Bulk),
        (
            "POST",
            "/enrollments/query/attestationmechanism",
            Op::AttestationMechanism("query".into()),
        ),
        (
            "POST",
            "/registrations/g/query",
            Op::Query {
                group: Some("g".into()),
            },
        ),
        (
            "POST",
            "/registrations/Line%207/query",
            Op::Query {
                group: Some("Line 7".into()),
            },
        ),
        ("GET", "/registrations/query", Op::Get("query".into())),
        ("DELETE", "/registrations/d", Op::Delete("d".into())),
    ] {
        let route = ServiceRoute::parse(method, &format!("{path}{version}")).unwrap();
        assert_eq!(route.operation, operation, "{method} {path}");
    }
    for (method, target, name) in [
        ("POST", "/enrollments/d", "WIRE_METHOD"),
        ("PATCH", "/enrollmentGroups/g", "WIRE_METHOD"),
        ("GET", "/enrollments", "WIRE_METHOD"),
        ("PUT", "/registrations/d", "WIRE_METHOD"),
        ("GET", "/registrations/g/query", "WIRE_METHOD"),
        ("POST", "/registrations", "WIRE_PATH"),
        ("POST", "/registrations/d/attestationmechanism", "WIRE_PATH"),
        ("GET", "/devices/d", "WIRE_PATH"),
        ("GET", "/enrollments/d/x", "WIRE_PATH"),
        ("GET", "/enrollments/d/attestationmechanism/x", "WIRE_PATH"),
        ("GET", "/", "WIRE_PATH"),
        ("GET", "/enrollments/d%", "WIRE_ENCODING"),
    ] {
        let target = format!("{target}{version}");
        let refused = ServiceRoute::parse(method, &target).unwrap_err();
        assert_eq!(refused.code().name(), name, "{method} {target}");
    }
    let refused = ServiceRoute::parse("GET", "/enrollments/d").unwrap_err();
    assert_eq!(refused.code().name(), "WIRE_VERSION_MISSING");
}

#[test]
fn pages_and_their_headers() {
    let request =
        PageRequest::from_headers(&[("X-MS-Max-Item-Count", "25"), ("x-ms-continuation", " c ")]);
    let request = request.unwrap();
    assert_eq!(
        (request.max_item_count, request.continuation.as_deref()),
        (Some(25), Some("c"))
    );
    let empty = PageRequest::from_headers(&[("x-ms-continuation", "")]).unwrap();
    assert_eq!(empty, PageRequest::default());
    for count in ["0", "-1", "", "many", "4294967296", "+1"] {
        let refused = PageRequest::from_headers(&[("x-ms-max-item-count", count)]).unwrap_err();
        assert_eq!(refused.code().name(), "WIRE_HEADER", "{count}");
    }
    let long = "c".repeat(9_000);
    let refused = PageRequest::from_headers(&[("x-ms-continuation", &*long)]).unwrap_err();
    assert_eq!(refused.code().name(), "WIRE_HEADER");

    let other = [("x-ms-item-type", "EnrollmentGroup")];
    let refused = Page::<IndividualEnrollment>::read(&other, b"[]").unwrap_err();
    assert_eq!(refused.code().name(), "WIRE_ANSWER");
    let refused = Page::<IndividualEnrollment>::read(&[("a", "b")], b"{}").unwrap_err();
    assert_eq!(refused.code().name(), "WIRE_MEMBER_TYPE");

    assert_eq!(
        QuerySpecification::from_request(b"").unwrap(),
        QuerySpecification::default()
    );
    let query =
        QuerySpecification::from_request(br#"{"query":"SELECT * FROM enrollments"}"#).unwrap();
    assert_eq!(query.query.as_deref(), Some("SELECT * FROM enrollments"));
    assert_eq!((no_content().status, no_content().body.as_str()), (204, ""));
}

#[test]
fn what_was_answered_can_be_put_back() {
    let stored = r#"{"registrationId":"dev-1","deviceId":"pump","registrationState":{"registrationId":"dev-1","status":"assigned"},"optionalDeviceInformation":{"note":1.0},"attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"info":{"subjectName":"CN=dev-1","sha1Thumbprint":"AA","sha256Thumbprint":"BB","issuerName":"CN=ca","notBeforeUtc":"2017-11-14T12:34:18.1230000Z","notAfterUtc":"2037-11-14T12:34:18.0000000Z","serialNumber":"00","version":3}}}}},"capabilities":{"iotEdge":false},"initialTwin":{"tags":{"a":null},"properties":{"desired":{"b":[1,2.50]}}},"etag":"InYxIg==","provisioningStatus":"enabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"createdDateTimeUtc":"2022-07-05T21:27:16.8123235Z","lastUpdatedDateTimeUtc":"2022-07-15T21:02:29.5922255Z","allocationPolicy":"custom","iotHubs":["hub1.example.net"],"customAllocationDefinition":{"webhookUrl":"https://f.example.net/api?code=x","apiVersion":"2021-10-01"},"more":"kept"}"#;
    let answer = IndividualEnrollment::from_answer(stored.as_bytes()).unwrap();
    assert_eq!(answer.to_json(), stored);
    let back = IndividualEnrollment::from_request(answer.to_json().as_bytes()).unwrap();
    assert_eq!(back.registration_state, None);
    assert_eq!(
        (back.created_date_time_utc, back.last_updated_date_time_utc),
        (None, None)
    );
    assert_eq!(back.etag, Some(EntityTag::of("v1")));
    assert_eq!(back.other.get("more").and_then(Value::as_str), Some("kept"));
    // Which certificate is meant to stay is said by what was told of it.
    let x509 = back.attestation.unwrap().x509.unwrap();
    let primary = x509.client_certificates.unwrap().primary.unwrap();
    assert_eq!(primary.certificate, None);
    assert_eq!(
        primary.info.unwrap().sha256_thumbprint.as_deref(),
        Some("BB")
    );
    // And what it says wrongly is passed over, as everything that the service sets.
    let odd = stored.replace("2017-11-14T12:34:18.1230000Z", "long ago");
    let back = IndividualEnrollment::from_request(odd.as_bytes()).unwrap();
    let x509 = back.attestation.unwrap().x509.unwrap();
    assert_eq!(
        x509.client_certificates.unwrap().primary.unwrap().info,
        None
    );
    assert_eq!(
        IndividualEnrollment::from_answer(odd.as_bytes())
            .unwrap_err()
            .code()
            .name(),
        "WIRE_TIME"
    );
}

#[test]
fn what_a_hub_adds_to_a_twin_is_left_out_of_a_request() {
    let body = r#"{"tags":{"$etag":"x","site":"Lyon"},"properties":{"desired":{"a":{"$b":1},"$version":3,"$metadata":{}}}}"#;
    let twin = InitialTwin::from_request(body.as_bytes()).unwrap();
    assert_eq!(
        twin.to_json(),
        r#"{"tags":{"site":"Lyon"},"properties":{"desired":{"a":{"$b":1}}}}"#
    );
    assert_eq!(
        InitialTwin::from_answer(body.as_bytes()).unwrap().to_json(),
        body
    );
}

fn text() -> impl Strategy<Value = String> {
    "[ -~\u{e9}\u{1f600}]{0,20}"
}

fn mechanisms(group: bool) -> impl Strategy<Value = AttestationMechanism> {
    let certificates = (text(), prop::option::of(text())).prop_map(|(primary, secondary)| {
        let one = |text: String| X509CertificateWithInfo::default().certificate(text);
        let mut both = X509Certificates::default().primary(one(primary));
        both.secondary = secondary.map(one);
        both
    });
    let x509 = prop_oneof![
        certificates.prop_map(move |both| match group {
            true => X509Attestation::default().signing_certificates(both),
            false => X509Attestation::default().client_certificates(both),
        }),
        text().prop_map(|name| {
            X509Attestation::default().ca_references(X509CaReferences::default().primary(name))
        }),
    ];
    let keys = (prop::option::of(text()), prop::option::of(text())).prop_map(|(one, two)| {
        let mut keys = SymmetricKeyAttestation::default();
        keys.primary_key = one.map(SecretText::from);
        keys.secondary_key = two.map(SecretText::from);
        keys
    });
    let tpm = text().prop_map(move |key| match group {
        true => AttestationMechanism::by_symmetric_key(SymmetricKeyAttestation::default()),
        false => AttestationMechanism::by_tpm(TpmAttestation::default().endorsement_key(key)),
    });
    prop_oneof![
        x509.prop_map(AttestationMechanism::by_x509),
        keys.prop_map(AttestationMechanism::by_symmetric_key),
        tpm,
    ]
}

fn twins() -> impl Strategy<Value = InitialTwin> {
    prop::collection::vec(("[a-z]{1,6}", any::<i64>()), 0..4).prop_map(|members| {
        let mut object = Object::new();
        for (name, value) in members {
            object.insert(name, value);
        }
        let desired = InitialTwinProperties::default().desired(object.clone());
        InitialTwin::default()
            .tags(TwinCollection(object))
            .properties(desired)
    })
}

prop_compose! {
    fn enrollments()(
        id in text(), device in prop::option::of(text()), attestation in mechanisms(false),
        edge in prop::option::of(any::<bool>()), twin in prop::option::of(twins()),
        status in prop::option::of(prop::sample::select(ProvisioningStatus::ALL)),
        policy in prop::option::of((any::<bool>(), any::<bool>())),
        word in prop::option::of(prop::sample::select(AllocationWord::ALL)),
        hubs in prop::option::of(prop::collection::vec(text(), 0..3)),
        webhook in prop::option::of((text(), text())), tag in prop::option::of(text()), more in any::<i64>(),
    ) -> IndividualEnrollment {
        let mut body = IndividualEnrollment::default().registration_id(id).attestation(attestation);
        body.device_id = device;
        body.capabilities = edge.map(|edge| DeviceCapabilities::default().iot_edge(edge));
        body.initial_twin = twin;
        body.provisioning_status = status.map(Into::into);
        body.reprovision_policy = policy.map(|(update, migrate)| {
            ReprovisionPolicy::default().update_hub_assignment(update).migrate_device_data(migrate)
        });
        body.allocation_policy = word.map(Into::into);
        body.iot_hubs = hubs;
        body.custom_allocation_definition = webhook.map(|(url, version)| {
            CustomAllocationDefinition::default().webhook_url(url).api_version(version)
        });
        body.etag = tag.map(|tag| EntityTag::of(&tag));
        body.other.insert("more", more);
        body
    }
}

prop_compose! {
    fn groups()(id in text(), attestation in mechanisms(true), of in enrollments()) -> EnrollmentGroup {
        let mut body = EnrollmentGroup::default().enrollment_group_id(id).attestation(attestation);
        body.initial_twin = of.initial_twin;
        body.etag = of.etag;
        body.other = of.other;
        body.iot_hubs = of.iot_hubs;
        body
    }
}

proptest! {
    #[test]
    fn what_an_operator_sends_is_what_a_server_reads(enrollment in enrollments(), group in groups()) {
        let service = ServiceClient::new();
        let request = service.put_enrollment(&enrollment);
        let id = enrollment.registration_id.clone().unwrap();
        if !id.is_empty() {
            let route = ServiceRoute::parse(request.method, &request.target).unwrap();
            prop_assert_eq!((route.collection, route.operation), (Collection::Enrollments, ServiceOperation::Put(id.clone())));
        }
        let read = IndividualEnrollment::from_request(request.body.as_bytes()).unwrap();
        prop_assert_eq!(&read, &enrollment);
        prop_assert_eq!(read.to_json(), &*request.body);
        read.is_about(&id).unwrap();
        let if_match = request.headers.header("if-match").and_then(IfMatch::parse);
        prop_assert_eq!(if_match.is_some(), enrollment.etag.is_some());
        if let (Some(wanted), Some(tag)) = (if_match, &enrollment.etag) {
            prop_assert!(wanted.allows(tag));
        }

        let request = service.put_group(&group);
        let read = EnrollmentGroup::from_request(request.body.as_bytes()).unwrap();
        prop_assert_eq!(&read, &group);

        let bulk = BulkEnrollmentOperation::default().mode(BulkMode::Create).enrollments(vec![enrollment.clone()]);
        let request = service.bulk(&bulk);
        let route = ServiceRoute::parse(request.method, &request.target).unwrap();
        prop_assert_eq!(route.operation, ServiceOperation::Bulk);
        prop_assert_eq!(BulkEnrollmentOperation::from_request(request.body.as_bytes()).unwrap(), bulk);
        let bulk = BulkEnrollmentGroupOperation::default().mode(BulkMode::Update).enrollment_groups(vec![group.clone()]);
        let request = service.bulk_groups(&bulk);
        prop_assert_eq!(BulkEnrollmentGroupOperation::from_request(request.body.as_bytes()).unwrap(), bulk);
    }

    #[test]
    fn what_a_server_answers_is_what_an_operator_reads(
        items in prop::collection::vec(enrollments(), 0..4), more in prop::option::of("[!-~]{1,9}"), at: i64
    ) {
        let items: Vec<_> = items.into_iter().map(|item| {
            item.shown().created_date_time_utc(Timestamp::from(UnixTime::new(at)))
        }).collect();
        for item in &items {
            let answer = entity(item);
            prop_assert_eq!(&IndividualEnrollment::from_answer(answer.body.as_bytes()).unwrap(), item);
        }
        let page = Page { items, continuation: more };
        let answer = page.to_http();
        prop_assert_eq!(Page::read(&answer, answer.body.as_bytes()).unwrap(), page);
    }

    #[test]
    fn any_request_for_a_page_is_read_as_it_was_made(count in prop::option::of(1..=u32::MAX), more in prop::option::of("[!-~]{1,20}")) {
        let mut page = PageRequest::default();
        page.max_item_count = count;
        page.continuation = more;
        let service = ServiceClient::new();
        for (request, operation) in [
            (service.query(Collection::EnrollmentGroups, "SELECT *", &page), ServiceOperation::Query { group: None }),
            (service.query_registrations("g/1", &page), ServiceOperation::Query { group: Some("g/1".into()) }),
        ] {
            let route = ServiceRoute::parse(request.method, &request.target).unwrap();
            prop_assert_eq!(route.operation, operation);
            prop_assert_eq!(&PageRequest::from_headers(&request.headers).unwrap(), &page);
            let query = QuerySpecification::from_request(request.body.as_bytes()).unwrap();
            prop_assert_eq!(query.query.as_deref(), Some("SELECT *"));
        }
    }
}

#[test]
fn an_id_that_differs_from_the_path_is_refused_whatever_its_case() {
    let enrollment = IndividualEnrollment::default().registration_id("Dev-1");
    enrollment.is_about("dev-1").unwrap();
    assert_eq!(
        enrollment.is_about("dev-2").unwrap_err().code().name(),
        "SERVICE_ID_MISMATCH"
    );
    let group = EnrollmentGroup::default().enrollment_group_id("g");
    assert_eq!(
        group.is_about("h").unwrap_err().subject().to_string(),
        "/enrollmentGroupId"
    );
}
