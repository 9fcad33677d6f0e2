//! What another service has.

use super::server::Server;
use crate::write;

#[test]
fn enrollments_groups_and_keys_come_along_and_what_cannot_is_said() {
    let old = Server::start("admin-import-old");
    let new = Server::start("admin-import-new");
    let openssl = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-subj",
            "/CN=dev-9",
            "-days",
            "10",
            "-keyout",
            "dev.key",
            "-out",
            "dev.pem",
        ])
        .args([
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .current_dir(old.folder())
        .output()
        .unwrap();
    assert!(openssl.status.success());
    assert_eq!(old.admin(&["hub", "add", "hub-old.example.net"]).status, 0);
    assert_eq!(new.admin(&["hub", "add", "hub-new.example.net"]).status, 0);
    let certificate = std::fs::read_to_string(old.folder().join("dev.pem")).unwrap();
    let by_keys = r#"{"type":"symmetricKey"}"#;
    let enrollments = serde_json::json!([
        {"registrationId": "dev-1", "attestation": {"type": "symmetricKey"}, "deviceId": "press",
         "iotHubs": ["hub-old.example.net"], "allocationPolicy": "static", "note": {"kept": true}},
        {"registrationId": "dev-9", "attestation":
            {"type": "x509", "x509": {"clientCertificates": {"primary": {"certificate": certificate}}}}},
    ]);
    write(old.folder(), "enrollments.json", enrollments.to_string());
    write(
        old.folder(),
        "group.json",
        format!(
            r#"{{"enrollmentGroupId":"line-old","provisioningStatus":"disabled","attestation":{by_keys}}}"#
        ),
    );
    let put = old.admin(&["enrollment", "put", "enrollments.json"]);
    assert_eq!(put.status, 0, "{}", put.out);
    assert_eq!(old.admin(&["group", "put", "group.json"]).status, 0);

    let import = |more: &[&str]| {
        let first = ["import", "--from", old.connection(), "--from-ca", old.ca()];
        new.admin(&[&first[..], more].concat())
    };
    let dry = import(&["--dry-run"]);
    assert!(
        dry.out.contains("would be copied"),
        "{}{}",
        dry.out,
        dry.err
    );
    assert_eq!(new.admin(&["group", "get", "line-old"]).status, 1);

    // Without the certificate and the name of the hub here, two cannot come along.
    let first = import(&[]);
    assert_eq!(first.status, 1);
    assert!(
        first
            .out
            .contains("enrollment dev-9: no service shows certificates"),
        "{}",
        first.out
    );
    assert!(
        first.out.contains("CN=dev-9")
            && first
                .out
                .contains("enrollment dev-1: SERVICE_HUB_NOT_LINKED"),
        "{}",
        first.out
    );
    assert!(
        first
            .out
            .contains("registrations: each device registers anew")
    );
    let folder = old.folder().to_str().unwrap();
    let second = import(&[
        "--hub",
        "hub-old.example.net=hub-new.example.net",
        "--certificates",
        folder,
    ]);
    assert_eq!(second.status, 0, "{}{}", second.out, second.err);
    // What is here is left as it is.
    let third = import(&[
        "--hub",
        "hub-old.example.net=hub-new.example.net",
        "--certificates",
        folder,
    ]);
    assert!(
        third.out.contains("individual enrollments: 0 copied"),
        "{}",
        third.out
    );

    let copied = new.admin(&["enrollment", "get", "dev-1"]).json();
    assert_eq!(
        (&copied["deviceId"], &copied["note"]["kept"]),
        (&"press".into(), &true.into())
    );
    assert_eq!(copied["iotHubs"][0], "hub-new.example.net");
    for (kind, id) in [("enrollment", "dev-1"), ("group", "line-old")] {
        let (there, here) = (
            old.admin(&[kind, "keys", id]),
            new.admin(&[kind, "keys", id]),
        );
        assert_eq!(there.json(), here.json(), "{kind} {id}");
    }
    assert_eq!(
        new.admin(&["group", "get", "line-old"]).json()["provisioningStatus"],
        "disabled"
    );
    let certified = new.admin(&["enrollment", "get", "dev-9"]).json();
    let info = &certified["attestation"]["x509"]["clientCertificates"]["primary"]["info"];
    assert_eq!(info["subjectName"], "CN=dev-9", "{certified}");
}
