//! Messages as they are published and as released clients send them: each is read, and written as it
//! came.

use provisor_wire::Body;
use provisor_wire::device::{
    Challenge, DeviceAnswer, DeviceOperation, DeviceRegistration, DeviceRegistrationState,
    DeviceRoute, RegistrationOperationStatus,
};
use provisor_wire::error::ErrorDetails;
use provisor_wire::mqtt::{MqttRequest, UserName};
use provisor_wire::service::{
    AttestationMechanism, BulkResult, EnrollmentGroup, IndividualEnrollment,
};
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest};

/// As an answer it is read and written as it came.
fn same<T: Body>(text: &str) -> T {
    let read = T::from_answer(text.as_bytes()).unwrap();
    assert_eq!(read.to_json(), text);
    read
}

#[test]
fn answers_to_devices() {
    let accepted = r#"{"operationId":"5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550","status":"assigning"}"#;
    same::<RegistrationOperationStatus>(accepted);
    let assigned = r#"{"operationId":"5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550","status":"assigned","registrationState":{"registrationId":"dev-1","createdDateTimeUtc":"2022-08-31T22:02:50.5163352Z","assignedHub":"hub1.azure-devices.net","deviceId":"dev-1","status":"assigned","substatus":"initialAssignment","lastUpdatedDateTimeUtc":"2022-08-31T22:02:50.7370676Z","etag":"IjY5MDAzNTUyLTAwMDAtMDMwMC0wMDAwLTYzMGZkYThhMDAwMCI="}}"#;
    let read = same::<RegistrationOperationStatus>(assigned);
    let tag = read.registration_state.unwrap().etag.unwrap();
    assert_eq!(
        tag.version().as_deref(),
        Some("69003552-0000-0300-0000-630fda8a0000")
    );
    let failed = r#"{"operationId":"4.a.b","status":"failed","registrationState":{"registrationId":"dev-1","createdDateTimeUtc":"2022-08-31T22:02:50.5163352Z","status":"failed","errorCode":400208,"errorMessage":"no hub","lastUpdatedDateTimeUtc":"2022-08-31T22:02:50.7370676Z","etag":"e"}}"#;
    same::<RegistrationOperationStatus>(failed);
    assert!(matches!(
        DeviceAnswer::read(200, None, failed.as_bytes()),
        Ok(DeviceAnswer::Failed(_))
    ));
    let disabled = r#"{"operationId":"4.a.b","status":"disabled","registrationState":{"registrationId":"dev-1","status":"disabled"}}"#;
    assert!(matches!(
        DeviceAnswer::read(200, None, disabled.as_bytes()),
        Ok(DeviceAnswer::Disabled(_))
    ));
    let older = disabled.replacen("disabled", "blacklisted", 1);
    assert!(matches!(
        DeviceAnswer::read(200, None, older.as_bytes()),
        Ok(DeviceAnswer::Disabled(_))
    ));
    same::<Challenge>(
        r#"{"message":"Authorization required; activate the attached nonce key and retry.","authenticationKey":"AAAA","keyName":"registration"}"#,
    );
    same::<ErrorDetails>(
        r#"{"errorCode":401002,"trackingId":"1ac2a6d6-0000","message":"Unauthorized","timestampUtc":"2021-10-13T09:00:13.2276933Z"}"#,
    );
    // The members of the preview of 2021 are kept, although they are not known.
    let preview = r#"{"registrationId":"d","issuedClientCertificate":"-----BEGIN","trustBundle":{"id":"t","certificates":[{"certificate":"x","metadata":{}}]},"deviceCertificateIssuanceSettings":{"certificateType":"none"},"deviceHostname":"h","deviceIpAddress":"10.0.0.1"}"#;
    same::<DeviceRegistrationState>(preview);
    let x509 = r#"{"registrationId":"d","x509":{"certificateInfo":{"subjectName":"CN=d","sha1Thumbprint":"AB","sha256Thumbprint":"CD","issuerName":"CN=ca","notBeforeUtc":"2017-11-14T12:34:18.0000000Z","notAfterUtc":"2037-11-14T12:34:18.0000000Z","serialNumber":"00","version":3},"enrollmentGroupId":"g"},"symmetricKey":{"enrollmentGroupId":"g"},"generationId":"x"}"#;
    same::<DeviceRegistrationState>(x509);
}

#[test]
fn requests_of_released_clients_over_http() {
    for (method, target, body) in [
        // Node.
        (
            "PUT",
            "/0ne000ABCDE/registrations/dev-1/register?api-version=2019-03-31&forceRegistration=true",
            r#"{"registrationId":"dev-1"}"#,
        ),
        // C, with its own encoder.
        (
            "PUT",
            "/0ne000ABCDE/registrations/dev%2d1/register?api-version=2021-06-01",
            r#"{"registrationId":"dev-1","tpm":{"endorsementKey":"AToAAQ==","storageRootKey":"ARoAAQ=="}}"#,
        ),
        // Rust: the second request of a TPM.
        (
            "PUT",
            "/0ne000abcde/registrations/dev-1/register?api-version=2021-06-01",
            r#"{"registrationId":"dev-1","payload":{"a":1}}"#,
        ),
    ] {
        let route = DeviceRoute::parse(method, target).unwrap();
        assert_eq!(route.registration_id, "dev-1");
        assert!(matches!(route.operation, DeviceOperation::Register { .. }));
        let read = DeviceRegistration::from_request(body.as_bytes()).unwrap();
        read.is_about("DEV-1").unwrap();
        assert_eq!(read.to_json(), body);
    }
}

#[test]
fn requests_of_released_clients_over_mqtt() {
    for name in [
        "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1",
        "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning-py%2F2.14.0%28python3%3B%20Linux%20%231%29",
        "0ne000ABCDE/registrations/dev-1/api-version=2021-06-01&ClientVersion=1.15.0",
        "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31",
    ] {
        let read = UserName::parse(name).unwrap();
        assert_eq!(
            (&*read.id_scope, &*read.registration_id),
            ("0ne000ABCDE", "dev-1")
        );
        assert_eq!(read.to_string(), name);
    }
    for (topic, payload, rid) in [
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=7a1c2f3e-1d2b-4c5d-8e9f-0a1b2c3d4e5f",
            r#"{"registrationId":"dev-1","payload":"x"}"#,
            "7a1c2f3e-1d2b-4c5d-8e9f-0a1b2c3d4e5f",
        ),
        ("$dps/registrations/PUT/iotdps-register/?$rid=1", "", "1"),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=4.a%2Eb",
            " ",
            "2",
        ),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=3&operationId=4.a.b",
            r#"{"registrationId":"dev-1"}"#,
            "3",
        ),
    ] {
        let read = MqttRequest::parse(topic, payload.as_bytes()).unwrap();
        assert_eq!(read.rid().as_str(), rid);
        if let MqttRequest::OperationStatus { operation, .. } = read {
            assert_eq!(operation.as_str(), "4.a.b");
        }
    }
}

#[test]
fn entities_of_the_service() {
    let group = r#"{"enrollmentGroupId":"contoso-custom-allocated-devices","attestation":{"type":"symmetricKey"},"capabilities":{"iotEdge":false},"etag":"\"13003fea-0000-0300-0000-62d1d5e50000\"","provisioningStatus":"enabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true},"createdDateTimeUtc":"2022-07-05T21:27:16.8123235Z","lastUpdatedDateTimeUtc":"2022-07-15T21:02:29.5922255Z","allocationPolicy":"custom","iotHubs":["a.example.net","b.example.net"],"customAllocationDefinition":{"webhookUrl":"https://f.example.net/api/x?****","apiVersion":"2021-10-01"}}"#;
    same::<EnrollmentGroup>(group);
    let asked = format!(
        r#"{{"enrollmentGroup":{group},"deviceRuntimeContext":{{"registrationId":"breakroom499-contoso-tstrsd-007","symmetricKey":{{}}}},"linkedHubs":["a.example.net","b.example.net"]}}"#
    );
    same::<AllocationRequest>(&asked);
    same::<AllocationAnswer>(
        r#"{"iotHubHostName":"a.example.net","initialTwin":{"tags":{"deviceType":"toaster"},"properties":{"desired":{"state":"ready"}}}}"#,
    );
    same::<BulkResult>(
        r#"{"isSuccessful":false,"errors":[{"registrationId":"x","errorCode":409000,"errorStatus":"exists"}]}"#,
    );
    same::<AttestationMechanism>(
        r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"AAAA","secondaryKey":"BBBB"}}"#,
    );
    // A C# client writes every member, null or not, and dates of its own form.
    let csharp = br#"{"registrationId":"d","deviceId":null,"registrationState":null,"attestation":{"type":"x509","tpm":null,"x509":{"clientCertificates":{"primary":{"certificate":"MAMCAQE=","info":null},"secondary":null},"signingCertificates":null,"caReferences":null},"symmetricKey":null},"iotHubHostName":null,"initialTwin":null,"etag":null,"provisioningStatus":"enabled","createdDateTimeUtc":"0001-01-01T00:00:00","lastUpdatedDateTimeUtc":null,"reprovisionPolicy":null,"capabilities":{"iotEdge":false}}"#;
    let read = IndividualEnrollment::from_request(csharp).unwrap();
    assert_eq!(
        read.to_json(),
        r#"{"registrationId":"d","attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":"MAMCAQE="}}}},"capabilities":{"iotEdge":false},"provisioningStatus":"enabled"}"#
    );
}

#[test]
fn the_devices_side_without_heap_finds_the_same_in_an_answer() {
    use provisor_device::message::{Answer, Status};

    for (text, status) in [
        (
            r#"{"operationId":"4.a","status":"assigning"}"#,
            Status::Assigning,
        ),
        (
            r#"{"operationId":"4.a","status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d","payload":[1,{"a":2}]}}"#,
            Status::Assigned,
        ),
        (
            r#"{"operationId":"4.a","status":"failed","registrationState":{"errorCode":400208,"errorMessage":"no"}}"#,
            Status::Failed,
        ),
    ] {
        let ours = RegistrationOperationStatus::from_answer(text.as_bytes()).unwrap();
        let written = ours.to_json();
        let small = Answer::read(written.as_bytes()).unwrap();
        assert_eq!(small.status, Some(status));
        assert!(small.operation_id.is_some_and(|id| id.is("4.a")));
        let state = ours.registration_state.unwrap_or_default();
        assert_eq!(
            small.assigned_hub.is_some_and(|hub| hub.is("h")),
            state.assigned_hub.is_some()
        );
        let payload = state.payload.map(|payload| payload.to_string());
        assert_eq!(small.payload.map(|json| json.raw().to_owned()), payload);
        let code = state.error_code.and_then(|code| u32::try_from(code).ok());
        assert_eq!(small.error_code, code);
    }
}
