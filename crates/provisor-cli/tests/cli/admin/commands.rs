//! Each command.

use super::server::Server;
use crate::write;

#[test]
fn hubs_settings_and_reports() {
    let server = Server::start("admin-hubs");
    write(
        server.folder(),
        "credential",
        "HostName=hub-z.example.net;SharedAccessKey=c2VjcmV0\n",
    );
    let add = [
        "hub",
        "add",
        "hub-z.example.net",
        "--weight",
        "3",
        "--location",
        "north",
        "--credential-file",
        "credential",
    ];
    let added = server.admin(&add);
    assert_eq!(added.status, 0, "{}{}", added.out, added.err);
    assert_eq!(added.json()["allocationWeight"], 3);
    assert!(!added.out.contains("c2VjcmV0"));
    let weighed = server
        .admin(&["hub", "reweight", "hub-z.example.net", "9"])
        .json();
    assert_eq!(
        (&weighed["allocationWeight"], &weighed["location"]),
        (&9.into(), &"north".into())
    );
    let heavy = server.admin(&["hub", "reweight", "hub-z.example.net", "1001"]);
    assert_eq!(heavy.status, 1);
    assert!(heavy.out.contains("SERVICE_HUB_WEIGHT"), "{}", heavy.out);
    let list = server.admin(&["hub", "list"]);
    assert!(
        list.out.lines().count() >= 3 && list.out.contains("hub-z.example.net"),
        "{}",
        list.out
    );
    assert_eq!(
        server.admin(&["hub", "remove", "hub-z.example.net"]).out,
        "unlinked hub-z.example.net\n"
    );
    assert_eq!(
        server.admin(&["hub", "show", "hub-z.example.net"]).status,
        1
    );

    let set = server.admin(&["service", "set", "--allocation-policy", "evenlyWeighted"]);
    assert_eq!(set.json()["allocationPolicy"], "evenlyWeighted");
    assert_eq!(
        server
            .admin(&["service", "set", "--allocation-policy", "custom"])
            .status,
        1
    );
    assert_eq!(
        server.admin(&["service", "show"]).json()["allocationPolicy"],
        "evenlyWeighted"
    );

    assert!(server.admin(&["quotas"]).out.contains("linked hubs"));
    assert!(
        server.admin(&["metering"]).json()["total"]
            .as_u64()
            .unwrap()
            > 0
    );
    assert_eq!(server.admin(&["metering", "--from", "1/2/3"]).status, 2);
    let audit = server.admin(&["audit"]);
    let last: serde_json::Value = serde_json::from_str(audit.out.lines().last().unwrap()).unwrap();
    let after = last["number"].as_i64().unwrap().to_string();
    assert_eq!(server.admin(&["audit", "--after", &after]).out, "");
    assert!(audit.out.contains("SERVICE_HUB_WEIGHT"));
    assert_eq!(
        server.admin(&["events", "--registration-id", "nobody"]).out,
        ""
    );
}

#[test]
fn enrollments_from_files_and_devices() {
    let server = Server::start("admin-enrollments");
    let one = |id: &str| {
        format!(r#"{{"registrationId":"{id}","attestation":{{"type":"symmetricKey"}}}}"#)
    };
    write(server.folder(), "one.json", one("dev-1"));
    write(
        server.folder(),
        "many.json",
        format!(
            "[{},{}]",
            one("dev-2"),
            one("dev-3").replace(
                "\"attestation\"",
                "\"iotHubs\":[\"nowhere\"],\"attestation\""
            )
        ),
    );
    write(server.folder(), "bad.json", "{}");
    let put = server.admin(&["enrollment", "put", "one.json"]);
    assert_eq!(put.status, 0, "{}{}", put.out, put.err);
    let many = server.admin(&["enrollment", "put", "many.json"]);
    assert_eq!(many.status, 1);
    assert!(
        many.out
            .starts_with("put      dev-2\nREFUSED  dev-3: 400: SERVICE_HUB_NOT_LINKED"),
        "{}",
        many.out
    );
    let bad = server.admin(&["enrollment", "put", "bad.json"]);
    assert_eq!(bad.status, 2);
    assert!(bad.err.contains("registrationId"), "{}", bad.err);
    // What `get` shows is put back as the version that it is, and as any by --force.
    let shown = server.admin(&["enrollment", "get", "dev-1"]);
    write(server.folder(), "shown.json", &shown.out);
    assert_eq!(server.admin(&["enrollment", "put", "shown.json"]).status, 0);
    let late = server.admin(&["enrollment", "put", "shown.json"]);
    assert_eq!(late.status, 1);
    assert!(late.out.contains("412"), "{}", late.out);
    assert_eq!(
        server
            .admin(&["enrollment", "put", "--force", "shown.json"])
            .status,
        0
    );
    let keys = server.admin(&["enrollment", "keys", "dev-1"]).json();
    assert_eq!(
        keys["symmetricKey"]["primaryKey"].as_str().unwrap().len(),
        88
    );
    let query = "SELECT * FROM enrollments WHERE registrationId = 'dev-2'";
    let found = server.admin(&["enrollment", "list", "--query", query]);
    assert_eq!(found.out.lines().count(), 1, "{}", found.out);
    assert_eq!(
        server.admin(&["enrollment", "delete", "dev-2"]).out,
        "deleted dev-2\n"
    );

    let removed = server.admin(&["device", "remove", "dev-1"]);
    assert_eq!(removed.status, 0, "{}", removed.out);
    assert_eq!(removed.json()["enrollment"], "disabled");
    assert_eq!(server.admin(&["device", "remove", "nobody"]).status, 1);
    assert_eq!(server.admin(&["registration", "get", "dev-1"]).status, 1);
    assert_eq!(server.admin(&["registration", "list", "nobody"]).out, "");
    assert_eq!(server.admin(&["registration", "delete", "dev-1"]).status, 1);

    write(
        server.folder(),
        "group.json",
        r#"{"enrollmentGroupId":"line","attestation":{"type":"symmetricKey"}}"#,
    );
    assert_eq!(server.admin(&["group", "put", "group.json"]).status, 0);
    assert_eq!(
        server.admin(&["group", "get", "line"]).json()["enrollmentGroupId"],
        "line"
    );
    assert_eq!(server.admin(&["group", "delete", "line"]).status, 0);
}

#[test]
fn a_ca_is_uploaded_and_proved_with_openssl() {
    let server = Server::start("admin-ca");
    let openssl = |arguments: &[&str]| {
        let done = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(server.folder())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    let ca = [
        "req", "-x509", "-subj", "/CN=line", "-days", "10", "-keyout", "ca.key", "-out", "ca.pem",
    ];
    openssl(&[&ca[..], &key].concat());
    let added = server.admin(&["ca", "add", "line", "ca.pem"]);
    assert_eq!(added.status, 0, "{}{}", added.out, added.err);
    let code = server.admin(&["ca", "code", "line"]);
    assert!(code.err.contains("openssl x509 -req"), "{}", code.err);
    let subject = format!("/CN={}", code.out.trim());
    openssl(
        &[
            &[
                "req",
                "-new",
                "-subj",
                &subject,
                "-keyout",
                "proof.key",
                "-out",
                "proof.csr",
            ][..],
            &key,
        ]
        .concat(),
    );
    openssl(&[
        "x509",
        "-req",
        "-in",
        "proof.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "1",
        "-out",
        "proof.pem",
    ]);
    let wrong = server.admin(&["ca", "verify", "line", "ca.pem"]);
    assert_eq!(wrong.status, 1, "{}", wrong.out);
    let proved = server.admin(&["ca", "verify", "line", "proof.pem"]);
    assert_eq!(proved.json()["status"], "verified", "{}", proved.out);
    assert_eq!(server.admin(&["ca", "delete", "line"]).status, 0);
    assert_eq!(server.admin(&["ca", "list"]).out, "");
}
