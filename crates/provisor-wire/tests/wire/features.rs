//! Every feature of the service that is modelled and that is a matter of bytes, by its row in the list of
//! features. A12, A13 and A18 are of connections and of the engine; what they need of the wire is here.

use provisor_wire::amqp::{
    Address, AmqpOperation, SaslPlain, SaslTpmBlob, response_properties, segments,
};
use provisor_wire::device::{
    Challenge, DeviceAnswer, DeviceClient, DeviceOperation, DeviceRegistration,
    DeviceRegistrationState, DeviceRoute, RegistrationOperationStatus, Substatus,
};
use provisor_wire::error::{Door, ErrorDetails, ErrorStatus, Refusal};
use provisor_wire::http::Headers as _;
use provisor_wire::json::Value;
use provisor_wire::mqtt::{FILTER, MqttRequest, MqttResponse, Rid, UserName};
use provisor_wire::service::{
    AllocationWord, BulkEnrollmentGroupOperation, BulkEnrollmentOperation, BulkMode, BulkResult,
    Collection, EnrollmentGroup, IndividualEnrollment, Page, PageRequest, ProvisioningStatus,
    ServiceClient, ServiceOperation, ServiceRoute, entity, no_content,
};
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest};
use provisor_wire::{
    ApiVersion, Body, Code, EntityTag, IfMatch, OperationId, Rejection, RetryAfter, Subject,
    Subprotocol, UnixTime, Word, sas_token,
};

fn operation() -> OperationId {
    OperationId::from_random([1; 24])
}

fn device() -> DeviceClient {
    DeviceClient::new("0ne000ABCDE", "dev-1")
}

fn accepted() -> RegistrationOperationStatus {
    RegistrationOperationStatus::accepted(operation())
}

fn enrollment(members: &str) -> IndividualEnrollment {
    let body =
        format!(r#"{{"registrationId":"d","attestation":{{"type":"symmetricKey"}},{members}}}"#);
    IndividualEnrollment::from_request(body.as_bytes()).unwrap()
}

fn put<T: Body>(members: &str) -> Result<T, Rejection> {
    let body =
        format!(r#"{{"registrationId":"d","attestation":{{"type":"symmetricKey"}},{members}}}"#);
    T::from_request(body.as_bytes())
}

#[test]
fn a1_https_register() {
    let request = device().register(&DeviceRegistration::default());
    let route = DeviceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(route.operation, DeviceOperation::Register { force: false });
    let answer = accepted().to_http_register(RetryAfter::POLL, "h", "0ne000ABCDE", "dev-1");
    assert_eq!(answer.status, 202);
    assert!(answer.body.contains("operationId"));
}

#[test]
fn a2_https_operation_status() {
    let request = device().poll(&operation());
    let route = DeviceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(
        route.operation,
        DeviceOperation::OperationStatus(operation())
    );
    assert_eq!(request.body, "");
}

#[test]
fn a3_https_registration_status_lookup() {
    let request = device().look_up(&DeviceRegistration::default());
    let route = DeviceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(route.operation, DeviceOperation::Lookup);
    let answer = entity(&DeviceRegistrationState::default().registration_id("dev-1"));
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"registrationId":"dev-1"}"#)
    );
}

#[test]
fn a4_api_versions() {
    let of = |text: &str| text.parse::<ApiVersion>().unwrap();
    assert!(of("2017-08-31-preview").is_sticky());
    assert!(of("2026-11-15-preview").has_certificate_requests());
    assert!("".parse::<ApiVersion>().is_err());
}

#[test]
fn a5_force_registration() {
    let request = device().register_anew(&DeviceRegistration::default());
    let route = DeviceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(route.operation, DeviceOperation::Register { force: true });
    let properties = AmqpOperation::Register { force: true }.to_properties();
    assert_eq!(
        AmqpOperation::parse(&properties).unwrap(),
        AmqpOperation::Register { force: true }
    );
}

#[test]
fn a6_retry_after_over_all_transports() {
    let wait = RetryAfter::POLL;
    assert_eq!(accepted().to_http(wait).header("retry-after"), Some("3"));
    let rid = Rid::parse("1").unwrap();
    assert!(
        MqttResponse::of(&rid, &accepted(), wait)
            .topic
            .ends_with("&retry-after=3")
    );
    assert_eq!(
        response_properties(wait).map(|(name, _)| name),
        ["retry-after", "Retry-After"]
    );
}

#[test]
fn a7_error_body_and_its_headers() {
    let rejection = Rejection::new(Code::SasSignature, Subject::field("sig"));
    let now = UnixTime::new(1_634_115_613).into();
    let answer = Refusal::of(&rejection, Door::Device, "1ac2a6d6", now).to_http();
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("x-ms-error-code"), Some("401000"));
    assert_eq!(answer.header("x-ms-request-id"), Some("1ac2a6d6"));
    let details = ErrorDetails::from_answer(answer.body.as_bytes()).unwrap();
    assert_eq!(details.error_code, Some(401_000));
    assert_eq!(details.tracking_id.as_deref(), Some("1ac2a6d6"));
    assert_eq!(
        details.timestamp_utc.unwrap().to_string(),
        "2021-10-13T09:00:13.0000000Z"
    );
    let info = details.info.unwrap();
    assert_eq!(
        info.get("code").and_then(Value::as_str),
        Some("SAS_SIGNATURE")
    );
}

#[test]
fn a8_mqtt_names_topics_and_payloads() {
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=x%23%3b";
    let read = UserName::parse(name).unwrap();
    assert_eq!(read.client_version.as_deref(), Some("x#;"));
    assert_eq!(FILTER, "$dps/registrations/res/#");
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=4f2a";
    let request = MqttRequest::parse(topic, br#"{"payload": null, "registrationId": "dev-1"}"#);
    assert_eq!(request.unwrap().rid().as_str(), "4f2a");
}

#[test]
fn a9_mqtt_over_websocket() {
    assert_eq!(
        Subprotocol::choose("MQTT"),
        Some((Subprotocol::Mqtt, "MQTT"))
    );
}

#[test]
fn a10_amqp_addresses_properties_and_tokens() {
    let address = Address::of("0ne000ABCDE", "dev-1");
    let plain = SaslPlain::new(address.clone(), "SharedAccessSignature sr=a".into());
    assert!(
        SaslPlain::parse(&plain.to_bytes())
            .unwrap()
            .device
            .is_about(&address)
    );
    let poll = AmqpOperation::OperationStatus(operation());
    assert_eq!(AmqpOperation::parse(&poll.to_properties()).unwrap(), poll);
}

#[test]
fn a11_amqp_over_websocket() {
    assert_eq!(
        Subprotocol::choose("AMQPWSB10"),
        Some((Subprotocol::Amqp, "AMQPWSB10"))
    );
}

#[test]
fn a14_payload_of_the_device_to_the_webhook() {
    let body = DeviceRegistration::from_request(br#"{"payload":{"rack":3.0}}"#).unwrap();
    let payload = body.payload.unwrap();
    let context = provisor_wire::webhook::DeviceRuntimeContext::default().payload(payload);
    let question = AllocationRequest::default().device_runtime_context(context);
    assert_eq!(
        question.to_json(),
        r#"{"deviceRuntimeContext":{"payload":{"rack":3.0}}}"#
    );
}

#[test]
fn a15_payload_of_the_webhook_to_the_device() {
    let body = br#"{"iotHubHostName":"h","payload":{"rack":3.0}}"#;
    let payload = AllocationAnswer::read(200, body).unwrap().payload.unwrap();
    let state = DeviceRegistrationState::default()
        .assigned_hub("h")
        .device_id("d")
        .payload(payload);
    let answer =
        RegistrationOperationStatus::assigned(operation(), state).to_http(RetryAfter::POLL);
    let read = DeviceAnswer::read(200, None, answer.body.as_bytes()).unwrap();
    let DeviceAnswer::Assigned(state) = read else {
        panic!("{read:?}")
    };
    assert_eq!(state.payload.unwrap().to_string(), r#"{"rack":3.0}"#);
}

#[test]
fn a16_certificate_requests_are_answered_by_a_code_of_their_own() {
    let refused = DeviceRegistration::from_request(br#"{"csr":"MIIB"}"#).unwrap_err();
    assert_eq!(
        (refused.code(), refused.subject().to_string().as_str()),
        (Code::WireCsr, "/csr")
    );
    assert_eq!(ErrorStatus::of(Code::WireCsr, Door::Device).http(), 400);
    // A client of a service that issues them reads the chain.
    let body = br#"{"operationId":"a","status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d","issuedCertificateChain":["AA==","AQ=="]}}"#;
    let DeviceAnswer::Assigned(state) = DeviceAnswer::read(200, None, body).unwrap() else {
        panic!("it is assigned");
    };
    assert_eq!(state.issued_certificate_chain.unwrap().len(), 2);
}

#[test]
fn a17_the_preview_of_2021_is_answered_by_a_code_of_its_own() {
    let target = "/0ne/devices/d/certificates/issue?api-version=2021-11-01-preview";
    let refused = DeviceRoute::parse("POST", target).unwrap_err();
    assert_eq!(refused.code(), Code::WireTrustBundle);
    let body = br#"{"clientCertificateCsr":"MIIB"}"#;
    let refused = DeviceRegistration::from_request(body).unwrap_err();
    assert_eq!(refused.code(), Code::WireTrustBundle);
}

#[test]
fn a18_the_scope_of_a_request_is_told_by_every_transport() {
    let target = "/0ne000ABCDE/registrations/d?api-version=2021-06-01";
    assert_eq!(
        DeviceRoute::parse("POST", target).unwrap().id_scope,
        "0ne000ABCDE"
    );
    let name = "0ne000ABCDE/registrations/d/api-version=2021-06-01";
    assert_eq!(UserName::parse(name).unwrap().id_scope, "0ne000ABCDE");
    assert_eq!(
        Address::parse("0ne000ABCDE/registrations/d")
            .unwrap()
            .id_scope,
        "0ne000ABCDE"
    );
    assert_eq!(
        ErrorStatus::of(Code::RegScope, Door::Device).error_code(),
        404_202
    );
}

#[test]
fn a19_throttling() {
    let answer = Refusal::throttled("t", UnixTime::new(0).into(), RetryAfter::new(12)).to_http();
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("12"))
    );
    let rejection = Rejection::new(Code::ServiceRate, Subject::field("registrations"));
    let refusal = Refusal::of(&rejection, Door::Device, "t", UnixTime::new(0).into());
    assert_eq!(
        (refusal.status.error_code(), refusal.retry_after.is_some()),
        (429_001, true)
    );
    assert!(refusal.details.message.unwrap().contains("more requests"));
    let read = DeviceAnswer::read(429, Some("12"), answer.body.as_bytes()).unwrap();
    assert!(read.is_transient());
}

#[test]
fn b8_tpm_challenge_over_http() {
    let answer = Challenge::of(&[1, 2, 3]).to_http();
    assert_eq!(answer.status, 401);
    let value = Value::parse(answer.body.as_bytes()).unwrap();
    let member = |name| value.as_object().unwrap().get(name).and_then(Value::as_str);
    assert_eq!(member("authenticationKey"), Some("AQID"));
    assert_eq!(member("keyName"), Some("registration"));
    let read = DeviceAnswer::read(401, None, answer.body.as_bytes()).unwrap();
    assert!(matches!(read, DeviceAnswer::Challenge(blob) if blob == [1, 2, 3]));
    // A 401 without one is a refusal, after which a client does not ask its TPM.
    let read = DeviceAnswer::read(401, None, br#"{"errorCode":401002,"message":"no"}"#);
    assert!(!matches!(read.unwrap(), DeviceAnswer::Challenge(_)));
}

#[test]
fn b9_tpm_challenge_over_amqp_in_two_segments() {
    let blob = [7; 838];
    let [first, last] = segments(&blob).unwrap();
    let mut read = SaslTpmBlob::new();
    assert_eq!(read.push(&first).unwrap(), None);
    assert_eq!(read.push(&last).unwrap().as_deref(), Some(&blob[..]));
    // The last one alone, or the first one twice, is no blob.
    assert!(SaslTpmBlob::new().push(&last).is_err());
    let mut read = SaslTpmBlob::new();
    read.push(&first).unwrap();
    assert!(read.push(&first).is_err());
    assert_eq!(segments(&[0; 973]).unwrap_err().code(), Code::WireSasl);
}

#[test]
fn c1_and_c2_enrollments_and_groups_by_put_get_and_delete() {
    let service = ServiceClient::new();
    for collection in [Collection::Enrollments, Collection::EnrollmentGroups] {
        let get = service.get(collection, "x");
        let route = ServiceRoute::parse(get.method, &get.target).unwrap();
        assert_eq!(
            (route.collection, route.operation),
            (collection, ServiceOperation::Get("x".into()))
        );
        let delete = service.delete(collection, "x", Some(&EntityTag::of("v")));
        let route = ServiceRoute::parse(delete.method, &delete.target).unwrap();
        assert_eq!(route.operation, ServiceOperation::Delete("x".into()));
    }
    assert_eq!(no_content().status, 204);
    let group = br#"{"enrollmentGroupId":"g","attestation":{"type":"symmetricKey"}}"#;
    let group = EnrollmentGroup::from_request(group).unwrap();
    let request = service.put_group(&group);
    let route = ServiceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(route.operation, ServiceOperation::Put("g".into()));
    assert_eq!(entity(&group.shown()).status, 200);
}

#[test]
fn c3_etags_and_412() {
    let body = enrollment(r#""etag":"InYxIg==""#);
    let request = ServiceClient::new().put_enrollment(&body);
    let wanted = IfMatch::parse(request.headers.header("if-match").unwrap()).unwrap();
    assert!(wanted.allows(&EntityTag::of("v1")) && !wanted.allows(&EntityTag::of("v2")));
    let rejection = Rejection::new(Code::ServiceEtag, Subject::field("if-match"));
    let refusal = Refusal::of(&rejection, Door::Service, "t", UnixTime::new(0).into());
    assert_eq!(refusal.to_http().status, 412);
}

#[test]
fn c4_queries_with_paging() {
    let mut page = PageRequest::default();
    page.continuation = Some("c".into());
    let request = ServiceClient::new().query(Collection::Enrollments, "SELECT *", &page);
    assert_eq!(PageRequest::from_headers(&request.headers).unwrap(), page);
    let page = Page {
        items: vec![enrollment(r#""deviceId":"x""#)],
        continuation: Some("d".into()),
    };
    let answer = page.to_http();
    assert_eq!(answer.header("x-ms-item-type"), Some("Enrollment"));
    assert_eq!(answer.header("x-ms-max-item-count"), Some("1"));
    assert_eq!(Page::read(&answer, answer.body.as_bytes()).unwrap(), page);
}

#[test]
fn c5_the_modes_are_words_in_any_case() {
    let mode = |word: &str| {
        let body = format!(
            r#"{{"mode":"{word}","enrollments":[{{"registrationId":"x","attestation":{{"type":"symmetricKey"}}}}]}}"#
        );
        BulkEnrollmentOperation::from_request(body.as_bytes()).map(|read| read.mode.unwrap())
    };
    // Official clients write the last letters of the longest in two ways.
    for word in ["updateIfMatchEtag", "updateIfMatchETag"] {
        assert_eq!(
            mode(word).unwrap().known(),
            Some(BulkMode::UpdateIfMatchETag)
        );
    }
    assert_eq!(mode("Delete").unwrap().known(), Some(BulkMode::Delete));
    for bad in ["", "upsert", "update "] {
        assert_eq!(mode(bad).unwrap_err().code(), Code::WireWord, "{bad}");
    }
}

#[test]
fn c5_and_c6_bulk_in_four_modes() {
    for mode in BulkMode::ALL {
        let individual = BulkEnrollmentOperation::default()
            .mode(*mode)
            .enrollments(vec![enrollment(r#""deviceId":"x""#)]);
        let request = ServiceClient::new().bulk(&individual);
        let read = BulkEnrollmentOperation::from_request(request.body.as_bytes()).unwrap();
        assert_eq!(read.mode.as_ref().and_then(Word::known), Some(*mode));
        let group = br#"{"enrollmentGroupId":"g","attestation":{"type":"symmetricKey"}}"#;
        let groups = BulkEnrollmentGroupOperation::default()
            .mode(*mode)
            .enrollment_groups(vec![EnrollmentGroup::from_request(group).unwrap()]);
        let request = ServiceClient::new().bulk_groups(&groups);
        let route = ServiceRoute::parse(request.method, &request.target).unwrap();
        assert_eq!(route.collection, Collection::EnrollmentGroups);
        BulkEnrollmentGroupOperation::from_request(request.body.as_bytes()).unwrap();
    }
    assert_eq!(
        BulkResult::of(vec![]).to_json(),
        r#"{"isSuccessful":true,"errors":[]}"#
    );
}

#[test]
fn c7_attestation_mechanism_has_the_keys() {
    let request = ServiceClient::new().attestation_mechanism(Collection::Enrollments, "d");
    let route = ServiceRoute::parse(request.method, &request.target).unwrap();
    assert_eq!(
        route.operation,
        ServiceOperation::AttestationMechanism("d".into())
    );
    assert_eq!(request.body, "");
    let keys = provisor_wire::service::SymmetricKeyAttestation::default().primary_key("AAAA");
    let mechanism = provisor_wire::service::AttestationMechanism::by_symmetric_key(keys);
    assert!(entity(&mechanism).body.contains("AAAA"));
}

#[test]
fn c8_registration_states() {
    let service = ServiceClient::new();
    let get = service.get(Collection::Registrations, "d");
    assert!(ServiceRoute::parse(get.method, &get.target).is_ok());
    let query = service.query_registrations("g", &PageRequest::default());
    let route = ServiceRoute::parse(query.method, &query.target).unwrap();
    assert_eq!(
        route.operation,
        ServiceOperation::Query {
            group: Some("g".into())
        }
    );
    let state = DeviceRegistrationState::default().substatus(Substatus::DeviceDataReset);
    assert_eq!(entity(&state).body, r#"{"substatus":"deviceDataReset"}"#);
}

#[test]
fn c9_tokens_of_policies_travel_whole() {
    let value = "SharedAccessSignature sr=h&sig=s&skn=provisioningserviceowner&se=1";
    assert_eq!(sas_token(Some(value)).unwrap(), Some(value));
}

#[test]
fn c10_bearer_tokens_are_answered_by_a_code_of_their_own() {
    let refused = sas_token(Some("Bearer eyJ0eXAi")).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceBearer);
    assert_eq!(ErrorStatus::of(refused.code(), Door::Service).http(), 401);
}

#[test]
fn c11_keys_may_be_left_out_and_are_hidden() {
    let body = enrollment(r#""deviceId":"x""#);
    assert_eq!(body.attestation.as_ref().unwrap().symmetric_key, None);
    assert!(body.shown().to_json().contains(r#""symmetricKey":{}"#));
}

#[test]
fn c12_certificates_come_as_text_and_go_as_what_is_told_of_them() {
    let attestation =
        r#"{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":"MAMCAQE="}}}}"#;
    let body = format!(r#"{{"registrationId":"d","attestation":{attestation}}}"#);
    let body = IndividualEnrollment::from_request(body.as_bytes()).unwrap();
    let x509 = body.attestation.clone().unwrap().x509.unwrap();
    let primary = x509.client_certificates.unwrap().primary.unwrap();
    assert_eq!(primary.der().unwrap(), [0x30, 3, 2, 1, 1]);
    assert!(!body.shown().to_json().contains("MAMCAQE="));
}

#[test]
fn c13_initial_twin_capabilities_and_notes() {
    let members = r#""optionalDeviceInformation":{"a":1.0},"capabilities":{"iotEdge":true},"initialTwin":{"tags":{"t":1},"properties":{"desired":{"d":[2]}}}"#;
    let body = enrollment(members);
    assert!(
        body.to_json()
            .ends_with(&format!(",{}}}", members.split_once(',').unwrap().1))
    );
    assert_eq!(body.capabilities.unwrap().iot_edge, Some(true));
    assert_eq!(
        body.optional_device_information
            .unwrap()
            .0
            .get("a")
            .unwrap()
            .to_string(),
        "1.0"
    );
}

#[test]
fn c14_reprovision_policy() {
    let body =
        enrollment(r#""reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false}"#);
    let policy = body.reprovision_policy.unwrap();
    assert_eq!(
        (policy.update_hub_assignment, policy.migrate_device_data),
        (Some(true), Some(false))
    );
    let half = put::<IndividualEnrollment>(r#""reprovisionPolicy":{"migrateDeviceData":false}"#);
    assert_eq!(half.unwrap_err().code(), Code::WireMemberMissing);
}

#[test]
fn c15_allocation_policy_and_hubs() {
    for word in ["hashed", "geoLatency", "static", "custom"] {
        let body = enrollment(&format!(
            r#""allocationPolicy":"{word}","iotHubs":["h1","h2"]"#
        ));
        assert_eq!(body.allocation_policy.unwrap().as_str(), word);
        assert_eq!(body.iot_hubs.unwrap(), ["h1", "h2"]);
    }
    // And one that only what is stored with it is shown by.
    assert_eq!(AllocationWord::ALL.len(), 5);
    let legacy = enrollment(r#""iotHubHostName":"h1""#);
    assert_eq!(legacy.iot_hub_host_name.as_deref(), Some("h1"));
}

#[test]
fn c16_custom_allocation() {
    let body = enrollment(
        r#""customAllocationDefinition":{"webhookUrl":"https://f/x?code=1","apiVersion":"2021-10-01"}"#,
    );
    let webhook = body.custom_allocation_definition.unwrap();
    let request = AllocationRequest::default().to_http(webhook.webhook_url.as_deref().unwrap());
    assert_eq!(
        (request.method, request.target.as_str()),
        ("POST", "https://f/x?code=1")
    );
    let answer = AllocationAnswer::read(200, br#"{"iotHubHostName":"h1"}"#).unwrap();
    assert_eq!(answer.iot_hub_host_name.as_deref(), Some("h1"));
}

#[test]
fn c17_credential_policies_are_answered_by_a_code_of_their_own() {
    let refused = put::<IndividualEnrollment>(r#""credentialPolicyName":"p""#).unwrap_err();
    assert_eq!(refused.code(), Code::ServiceCredentialPolicy);
    let group = br#"{"enrollmentGroupId":"g","credentialPolicyName":"p"}"#;
    assert_eq!(
        EnrollmentGroup::from_request(group).unwrap_err().code(),
        Code::ServiceCredentialPolicy
    );
}

#[test]
fn c18_paths_in_any_case_and_tolerant_json() {
    let route = ServiceRoute::parse("POST", "/EnrollmentGroups/?API-Version=2021-10-01").unwrap();
    assert_eq!(route.operation, ServiceOperation::Bulk);
    let body = enrollment(r#""deviceId":null,"more":{"a":1.0},"registrationState":7"#);
    assert_eq!((&body.device_id, &body.registration_state), (&None, &None));
    assert_eq!(body.other.get("more").unwrap().to_string(), r#"{"a":1.0}"#);
}

#[test]
fn c19_provisioning_status() {
    let body = enrollment(r#""provisioningStatus":"disabled""#);
    assert_eq!(
        body.provisioning_status,
        Some(ProvisioningStatus::Disabled.into())
    );
    let shown = enrollment(r#""deviceId":"x""#).shown();
    assert_eq!(
        shown.provisioning_status,
        Some(ProvisioningStatus::Enabled.into())
    );
}
