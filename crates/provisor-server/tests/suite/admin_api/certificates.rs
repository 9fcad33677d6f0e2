//! CA certificates.

use data_encoding::BASE64;
use provisor_testkit::pki::{CertificateBuilder, DistinguishedName, KeyKind, KeyPair, ToyPki};

use crate::service_api::stand::{Stand, code, json};

fn body(der: &[u8]) -> String {
    format!(r#"{{"certificate":"{}"}}"#, BASE64.encode(der))
}

#[tokio::test]
async fn a_ca_from_its_upload_to_its_end() {
    let stand = Stand::new().await;
    // The toy PKI has a time of its own.
    stand
        .app
        .clock
        .advance(ToyPki::NOW.seconds() - stand.app.clock.now().seconds());
    let pki = ToyPki::new(7);
    let path = "/admin/certificates/line";
    let put = stand
        .ask("PUT", path, &[], &body(pki.root.certificate.der()))
        .await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!(json(&put)["status"], "unverified");
    assert_eq!(json(&put)["info"]["version"], 3);

    let early = stand
        .ask(
            "POST",
            &format!("{path}/verify"),
            &[],
            &body(pki.root.certificate.der()),
        )
        .await;
    assert_eq!(early.status, 400);
    assert!(
        early.body.contains("SERVICE_CODE_MISSING"),
        "{}",
        early.body
    );
    let drawn = stand
        .ask("POST", &format!("{path}/verificationCode"), &[], "")
        .await;
    let drawn = json(&drawn)["verificationCode"]
        .as_str()
        .unwrap()
        .to_owned();
    let key = KeyPair::new(KeyKind::P256, 7, "verification");
    let issued =
        CertificateBuilder::device(DistinguishedName::cn(&drawn), &key).issued_by(&pki.root);
    let other =
        CertificateBuilder::device(DistinguishedName::cn("other"), &key).issued_by(&pki.root);
    let wrong = stand
        .ask("POST", &format!("{path}/verify"), &[], &body(other.der()))
        .await;
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    let proved = stand
        .ask("POST", &format!("{path}/verify"), &[], &body(issued.der()))
        .await;
    assert_eq!(json(&proved)["status"], "verified", "{}", proved.body);
    assert_eq!(json(&proved)["verificationCode"], serde_json::Value::Null);

    // What refers to it keeps it: a group, and an individual enrollment, which is only found in the store.
    let attestation = r#"{"type":"x509","x509":{"caReferences":{"primary":"line"}}}"#;
    let group = format!(r#"{{"enrollmentGroupId":"line","attestation":{attestation}}}"#);
    assert_eq!(
        stand
            .ask("PUT", "/enrollmentGroups/line", &[], &group)
            .await
            .status,
        200
    );
    let used = stand.ask("DELETE", path, &[], "").await;
    assert_eq!(code(&used), 409_000, "{}", used.body);
    let one = format!(r#"{{"registrationId":"line-7","attestation":{attestation}}}"#);
    let put = stand.ask("PUT", "/enrollments/line-7", &[], &one).await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!(
        stand
            .ask("DELETE", "/enrollmentGroups/line", &[], "")
            .await
            .status,
        204
    );
    let used = stand.ask("DELETE", path, &[], "").await;
    assert_eq!(code(&used), 409_000, "{}", used.body);
    assert_eq!(
        stand
            .ask("DELETE", "/enrollments/line-7", &[], "")
            .await
            .status,
        204
    );
    assert_eq!(stand.ask("DELETE", path, &[], "").await.status, 204);
    assert_eq!(
        stand.ask("GET", "/admin/certificates", &[], "").await.body,
        "[]"
    );
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    let stand = Stand::new().await;
    for bad in [
        "{}",
        r#"{"certificate":"no"}"#,
        r#"{"certificate":"MAMCAQE="}"#,
        r#"{"name":"b","certificate":"MAMCAQE="}"#,
    ] {
        let refused = stand.ask("PUT", "/admin/certificates/a", &[], bad).await;
        assert_eq!(refused.status, 400, "{bad}");
    }
    assert_eq!(
        stand
            .ask("POST", "/admin/certificates/a/verificationCode", &[], "")
            .await
            .status,
        404
    );
    assert_eq!(
        stand
            .ask("PUT", "/admin/certificates/a%20b", &[], "{}")
            .await
            .status,
        400
    );
}
