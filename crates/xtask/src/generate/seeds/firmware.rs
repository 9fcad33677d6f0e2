//! Seeds of the targets `device_answer`, `device_http` and `device_registration`: bodies as services send them, and courses of
//! registrations as `fuzz/src/registration.rs` reads them.

use super::made::Seeds;

pub(super) fn firmware(seeds: &mut Seeds) {
    let deep = |depth| format!("{{\"payload\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    for (name, body) in [
        (
            "assigning",
            r#"{"operationId":"5.316aac5bdc130deb.b1e02da8","status":"assigning"}"#,
        ),
        (
            "assigned",
            r#"{"operationId":"5.a","status":"assigned","registrationState":{"registrationId":"dev-1","createdDateTimeUtc":"2022-08-31T22:02:50.5163352Z","assignedHub":"hub-1.example.net","deviceId":"dev-1","status":"assigned","substatus":"initialAssignment","tpm":{"authenticationKey":"AAA="},"payload":{"rate":[1,2.5e3,null]},"etag":"Im4i"}}"#,
        ),
        (
            "failed",
            r#"{"operationId":"5.a","status":"failed","registrationState":{"registrationId":"dev-1","status":"failed","errorCode":400208,"errorMessage":"no hub"}}"#,
        ),
        (
            "error",
            r#"{"errorCode":401002,"trackingId":"1ac2a6d6","message":"Unauthorized","info":{"a":"b"}}"#,
        ),
        (
            "challenge",
            r#"{"message":"m","authenticationKey":"Zm9v\/w==","keyName":"registration"}"#,
        ),
        (
            "escapes",
            r#" { "deviceI\u0064" : "\ud83d\ude00\ud800\/\"" , "status" : "ASSIGNED" } "#,
        ),
        ("twice", r#"{"status":"assigned","status":"failed"}"#),
    ] {
        seeds.add("device_answer", name, body.as_bytes());
    }
    seeds.add("device_answer", "deep", deep(31).as_bytes());
    seeds.add("device_answer", "too-deep", deep(32).as_bytes());
    for (name, text) in [
        (
            "length",
            "HTTP/1.1 202 Accepted\r\nretry-after: 3\r\nContent-Length: 2\r\n\r\n{}",
        ),
        (
            "chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: r\r\n\r\n",
        ),
        ("topic", "$dps/registrations/res/202/?$rid=7&retry-after=3"),
        ("seconds", " 300 "),
        ("until-closed", "HTTP/1.0 429 Too Many Requests\r\n\r\n{}"),
        (
            "two-lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        ),
    ] {
        seeds.add("device_http", name, text.as_bytes());
    }
    // Credential, seed; then for each request how it is answered (the high half is the body), its status, retry-after, and
    // whether the clock begins anew.
    let working = [0x04, 1, 0, 0, 0];
    let assigned = [0x14, 0, 0, 0, 0];
    let confirmed = [1, 0];
    let course = |credential: u8, parts: &[&[u8]]| {
        [&[credential, 0, 1, 0], parts.concat().as_slice()].concat()
    };
    let mut add = |name: &str, bytes: &[u8]| seeds.add("device_registration", name, bytes);
    add(
        "certificate",
        &course(0, &[&working, &[0], &assigned, &confirmed]),
    );
    add(
        "key-over-mqtt",
        &course(
            3,
            &[&[0x02, 1, 0, 3, 0], &[0], &[0x12, 0, 0, 3, 0], &confirmed],
        ),
    );
    let challenge = [0x44, 2, 0, 0, 0];
    add(
        "tpm",
        &course(
            4,
            &[
                &challenge,
                &[1, 0],
                &working,
                &[0],
                &assigned,
                &[1, 0],
                &confirmed,
            ],
        ),
    );
    add(
        "challenged-for-ever",
        &course(4, &[challenge.as_slice(), &[1, 0]].repeat(6)),
    );
    add(
        "busy",
        &course(
            2,
            &[[0x64, 5, 0, 2, b'9', b'9', 0].as_slice(), &[0]].repeat(4),
        ),
    );
    add(
        "restarts",
        &course(1, &[&[0x74, 0, 0, 0, 7, 0, 9], &working, &[7, 1, 0]]),
    );
    add("refused", &course(2, &[&[0x54, 2, 0, 0, 0]]));
    add(
        "hub-refuses",
        &course(0, &[&assigned, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]),
    );
}
