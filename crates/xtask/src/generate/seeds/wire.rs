//! Messages of the wire, as official clients send them and the service answers them.

use super::made::Seeds;

pub(super) fn generate(seeds: &mut Seeds) {
    json(seeds);
    rest(seeds);
    mqtt(seeds);
    amqp(seeds);
    text(seeds);
}

fn json(seeds: &mut Seeds) {
    for (name, text) in [
        (
            "numbers",
            r#"[0,-0,1.10,-2.5e+10,1E400,12345678901234567890123]"#,
        ),
        (
            "texts",
            r#"["","caf\u00e9 \ud83d\ude00","\"\\\/\b\f\n\r\t"]"#,
        ),
        (
            "nested",
            r#"{"a":{"b":[{"c":[[],{}]}]},"d":null,"e":[true,false]}"#,
        ),
        ("twice", r#"{"a":1,"b":2,"a":3}"#),
        ("half-a-pair", r#"["\ud83d"]"#),
        ("blanks", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n"),
        ("cut-short", r#"{"a":[1,"#),
    ] {
        seeds.add("wire_json", name, text.as_bytes());
    }
    let levels = [&[b'['; 64][..], &[b']'; 64]].concat();
    seeds.add("wire_json", "levels", &levels);
}

const REGISTER: &str = "PUT /0ne0A1B2C3D/registrations/line-7/register?api-version=2019-03-31";
const ID: &str = "5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550";

fn rest(seeds: &mut Seeds) {
    let mut add = |name: &str, text: &str| seeds.add("wire_rest", name, text.as_bytes());
    add(
        "register",
        &format!(
            "{REGISTER}&forceRegistration=true\n{}",
            r#"{"registrationId":"line-7","payload":{"rack":3.0}}"#
        ),
    );
    add(
        "register-tpm",
        &format!(
            "{REGISTER}\n{}",
            r#"{"registrationId":"line-7","tpm":{"endorsementKey":"AToAAQ==","storageRootKey":"ARoAAQ=="}}"#
        ),
    );
    add(
        "register-csr",
        &format!("{REGISTER}\n{}", r#"{"csr":"MIIB"}"#),
    );
    add(
        "poll",
        &format!(
            "GET /0ne0A1B2C3D/registrations/line-7/operations/{ID}?api-version=2021-06-01\n{{}}"
        ),
    );
    add(
        "lookup",
        "POST /0ne0A1B2C3D/registrations/line%2D7?api-version=2021-10-01\n{}",
    );
    add(
        "assigning",
        &format!(
            r#"{{"operationId":"{ID}","status":"assigning","registrationState":{{"registrationId":"line-7","status":"assigning"}}}}"#
        ),
    );
    add(
        "assigned",
        &format!(
            r#"{{"operationId":"{ID}","status":"assigned","registrationState":{{"registrationId":"line-7","createdDateTimeUtc":"2022-08-31T22:02:50.5163352Z","assignedHub":"hub1.example.net","deviceId":"line-7","status":"assigned","substatus":"initialAssignment","lastUpdatedDateTimeUtc":"2022-08-31T22:02:50.7370676Z","etag":"InYxIg==","x509":{{}},"payload":[1]}}}}"#
        ),
    );
    add(
        "failed",
        &format!(
            r#"{{"operationId":"{ID}","status":"failed","registrationState":{{"registrationId":"line-7","status":"failed","errorCode":400208,"errorMessage":"no hub"}}}}"#
        ),
    );
    add(
        "challenge",
        r#"{"message":"Authorization required","authenticationKey":"AAAA","keyName":"registration"}"#,
    );
    add(
        "error",
        r#"{"errorCode":401002,"trackingId":"1ac2a6d6","message":"Unauthorized","timestampUtc":"2021-10-13T09:00:13.2276933Z","info":{"code":"X"}}"#,
    );
    add(
        "enrollment",
        &format!(
            "PUT /enrollments/line-7?api-version=2021-10-01\n{}",
            r#"{"registrationId":"line-7","deviceId":"pump","attestation":{"type":"tpm","tpm":{"endorsementKey":"AToAAQ=="}},"capabilities":{"iotEdge":true},"initialTwin":{"tags":{"site":"Lyon"},"properties":{"desired":{"rate":1.50,"$version":1}}},"etag":"InYxIg==","provisioningStatus":"disabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"allocationPolicy":"static","iotHubs":["hub1.example.net"],"note":"kept"}"#
        ),
    );
    add(
        "group",
        &format!(
            "PUT /enrollmentGroups/line?api-version=2021-10-01\n{}",
            r#"{"enrollmentGroupId":"line","attestation":{"type":"x509","x509":{"signingCertificates":{"primary":{"certificate":"MAMCAQE=","info":{"subjectName":"CN=x","version":3}}}}},"allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"https://f.example.net/api","apiVersion":"2021-10-01"}}"#
        ),
    );
    add(
        "symmetric-keys",
        r#"{"type":"symmetricKey","symmetricKey":{"primaryKey":"c2l4dGVlbiBieXRlcyBvbg==","secondaryKey":null}}"#,
    );
    add(
        "bulk",
        &format!(
            "POST /enrollments/?api-version=2021-10-01\n{}",
            r#"{"mode":"updateIfMatchETag","enrollments":[{"registrationId":"a","attestation":{"type":"symmetricKey"}}]}"#
        ),
    );
    add(
        "query",
        "POST /enrollmentgroups/query?api-version=2021-10-01\n{\"query\":\"SELECT *\"}",
    );
    add(
        "attestation-mechanism",
        "POST /enrollmentgroups/line/attestationmechanism?api-version=2021-10-01\n",
    );
    add(
        "page",
        r#"[{"registrationId":"a"},{"registrationId":"b","more":1.0}]"#,
    );
    add(
        "webhook-asked",
        r#"{"enrollmentGroup":{"enrollmentGroupId":"line"},"deviceRuntimeContext":{"registrationId":"line-7","symmetricKey":{},"payload":{"rack":3}},"linkedHubs":["hub1.example.net"]}"#,
    );
    add(
        "webhook-answer",
        r#"{"iotHubHostName":"hub1.example.net","initialTwin":{"tags":{"a":1}},"payload":"x"}"#,
    );
}

fn mqtt(seeds: &mut Seeds) {
    for (name, text) in [
        ("user-name", "0ne0A1B2C3D/registrations/line-7/api-version=2019-03-31&ClientVersion=azure%2F1.9.1".to_owned()),
        ("register", "$dps/registrations/PUT/iotdps-register/?$rid=b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550\n{\"payload\":null,\"registrationId\":\"line-7\"}".to_owned()),
        ("register-empty", "$dps/registrations/PUT/iotdps-register/?$rid=1\n".to_owned()),
        ("poll", format!("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={ID}\n ")),
        ("assigning", format!("$dps/registrations/res/202/?$rid=1&retry-after=3\n{{\"operationId\":\"{ID}\",\"status\":\"assigning\"}}")),
        ("assigned", format!("$dps/registrations/res/200/?$rid=2&retry-after=3\n{{\"operationId\":\"{ID}\",\"status\":\"assigned\",\"registrationState\":{{\"assignedHub\":\"hub1.example.net\",\"deviceId\":\"line-7\",\"status\":\"assigned\"}}}}")),
        ("refused", "$dps/registrations/res/401/?$rid=2\n{\"errorCode\":401000,\"message\":\"no\"}".to_owned()),
    ] {
        seeds.add("wire_mqtt", name, text.as_bytes());
    }
}

fn amqp(seeds: &mut Seeds) {
    for (name, bytes) in [
        (
            "plain",
            &b"\x000ne0A1B2C3D/registrations/line-7\0SharedAccessSignature sr=a"[..],
        ),
        ("tpm-init", b"\x000ne0A1B2C3D\0line-7\0\x01\x3a\0\x01\0\x0b"),
        ("tpm-parts", b"\x04\x80abc\x03\xc1de"),
        ("tpm-whole", b"\x04\0abc"),
        (
            "address",
            b"amqps://dps.example.net/0ne0A1B2C3D/registrations/line-7",
        ),
        (
            "register",
            b"iotdps-operation-type=iotdps-register\niotdps-forceRegistration=true",
        ),
        (
            "poll",
            b"iotdps-operation-type=iotdps-get-operationstatus\niotdps-operation-id=5.a.b",
        ),
    ] {
        seeds.add("wire_amqp", name, bytes);
    }
}

fn text(seeds: &mut Seeds) {
    for (name, text) in [
        ("time", "2022-08-31T22:02:50.5163352Z"),
        ("time-offset", "2022-09-01T00:02:50.5+02:00"),
        ("version", "2025-07-01-preview"),
        ("tag", "W/\"InYxIg==\""),
        ("wait", "3"),
        ("operation", ID),
        (
            "certificate",
            "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
        ),
        ("certificate-base64", "MAMCAQE="),
        ("subprotocol", "chat, AMQPWSB10"),
        (
            "query",
            "SELECT * FROM enrollments WHERE (a = 'x''y' OR NOT b.c <> true) AND IS_DEFINED(d) ORDER BY e DESC",
        ),
        ("bearer", "Bearer eyJ0eXAi"),
        ("sas", "SharedAccessSignature sr=a&sig=b&se=1"),
    ] {
        seeds.add("wire_text", name, text.as_bytes());
    }
}
