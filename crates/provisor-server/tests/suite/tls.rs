//! TLS: any certificate comes as far as the engine, and its key has to be there.

use std::sync::Arc;

use provisor_server::dev::pki;
use provisor_server::listen::tls::Identity;
use rcgen::{CertificateParams, CustomExtension, DnType, KeyPair};
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};

use crate::kit::wire::{Live, identity, text};

/// `openssl x509 -req` without extensions makes version 1 (OpenSSL 3.0).
const VERSION_1: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBIzCBywIUEGPUM3F2Ik/RP9xQRM1T59Rv9YwwCgYIKoZIzj0EAwIwFDESMBAG
A1UEAwwJdmVyc2lvbi0xMCAXDTI2MTEyODE2MzgxMVoYDzIwNTEwNzIwMTYzODEx
WjAUMRIwEAYDVQQDDAl2ZXJzaW9uLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAQlK6eIAL17jmHXAcosjA9+Y5We3Sp2dxzSkcuw7TpT3sQe3ni18K8v0WeeCFKt
b610Tw0Id0s6UeRrmYtzAIiEMAoGCCqGSM49BAMCA0cAMEQCIHcMnOSt8lt98+c7
ozhrYBQCD7VEpgMwiNHslxvIczTgAiBE9G2Yd/1aTD2+wvaJSBEZV4Vlxwhw3oES
1DVJxIfMLg==
-----END CERTIFICATE-----
";
const VERSION_1_KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtc25rF56jIn74Udb
ZdRtKlSorF6HgXZcCA22JfhP+ZihRANCAAQlK6eIAL17jmHXAcosjA9+Y5We3Sp2
dxzSkcuw7TpT3sQe3ni18K8v0WeeCFKtb610Tw0Id0s6UeRrmYtzAIiE
-----END PRIVATE KEY-----
";

#[tokio::test]
async fn certificates_of_any_kind_reach_the_engine() {
    let live = Live::start().await;
    let key = KeyPair::generate().unwrap();
    let mut unknown = CertificateParams::new(Vec::new()).unwrap();
    unknown.distinguished_name = rcgen::DistinguishedName::new();
    unknown
        .distinguished_name
        .push(DnType::CommonName, "unknown-critical");
    let mut extension =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
    extension.set_criticality(true);
    unknown.custom_extensions.push(extension);
    let unknown = unknown.self_signed(&key).unwrap().pem();
    let key = key.serialize_pem();
    for (id, certificate, key) in [
        ("version-1", VERSION_1, VERSION_1_KEY),
        ("unknown-critical", unknown.as_bytes(), key.as_bytes()),
    ] {
        for version in [&TLS12, &TLS13] {
            let client = live.client_with(Some(identity(certificate, key)), &[version]);
            let mut connection = client.connect().await.unwrap();
            let told = connection.ask("PUT", &live.register(id), "{}").await;
            // Why is the engine's to say.
            assert_eq!(told.status, 401, "{id} {told:?}");
            assert!(
                told.body.contains("X509") || told.body.contains("ATTEST"),
                "{told:?}"
            );
        }
    }
    live.serves().await;
    live.stop().await;
}

#[tokio::test]
async fn a_certificate_without_its_key_does_not_come_in() {
    let live = Live::start().await;
    let other = KeyPair::generate().unwrap().serialize_pem();
    let certificates = text(&live.file("sample-x509-device.pem"));
    for version in [&TLS12, &TLS13] {
        let shown = identity(certificates.as_bytes(), other.as_bytes());
        let client = live.client_with(Some(shown), &[version]);
        // In TLS 1.3 the client is done before the server has looked.
        if let Ok(mut connection) = client.connect().await {
            let request = format!("PUT {} HTTP/1.1\r\nhost: a\r\n\r\n", live.register("a"));
            let _ = connection.say(request.as_bytes()).await;
            assert!(connection.hear().await.is_none());
        }
    }
    let metrics = &live.dev.running.context().metrics;
    assert!(
        metrics
            .text()
            .contains("provisor_handshakes_total{outcome=\"failed\"} 2")
    );
    live.stop().await;
}

#[tokio::test]
async fn a_resumed_session_has_the_whole_chain() {
    let live = Live::start().await;
    for version in [&TLS12, &TLS13] {
        let client = live.client_with(Some(live.sample()), &[version]);
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut connection = client.connect().await.unwrap();
            let told = connection
                .ask("PUT", &live.register("sample-x509-device"), "{}")
                .await;
            // The root alone is enrolled: without the CA between there is no path.
            assert_eq!(told.status, 202, "{told:?}");
            let (_, tls) = connection.0.get_ref();
            let found = tls.handshake_kind().unwrap();
            match expected {
                HandshakeKind::Resumed => assert_eq!(found, HandshakeKind::Resumed, "{version:?}"),
                _ => assert_ne!(found, HandshakeKind::Resumed),
            }
        }
    }
    live.stop().await;
}

#[tokio::test]
async fn another_certificate_takes_the_place_of_the_first() {
    let live = Live::start().await;
    let certificate = |connection: &crate::kit::wire::Connection| {
        let (_, tls) = connection.0.get_ref();
        tls.peer_certificates().unwrap()[0].to_vec()
    };
    let mut old = live.client().connect().await.unwrap();
    let ca = pki::Pem {
        certificates: text(&live.file("ca.pem")),
        key: text(&live.file("ca.key")),
    };
    let new = pki::server(&ca, &["localhost".to_owned()], &[]).unwrap();
    let pair = (new.certificates.as_bytes(), new.key.as_bytes());
    let context = Arc::clone(live.dev.running.context());
    context.tls.exchange(Identity::from_pem([pair]).unwrap());
    let fresh = live.client().connect().await.unwrap();
    assert_ne!(certificate(&old), certificate(&fresh));
    // Who is connected stays connected.
    assert_eq!(old.ask("GET", "/nothing", "").await.status, 404);
    live.stop().await;
}

#[test]
fn keys_that_do_not_fit_are_refused_before_they_are_used() {
    let ca = pki::ca().unwrap();
    let names = ["localhost".to_owned()];
    let one = pki::server(&ca, &names, &[]).unwrap();
    let other = pki::server(&ca, &names, &[]).unwrap();
    let of = |certificates: &str, key: &str| {
        Identity::from_pem([(certificates.as_bytes(), key.as_bytes())])
    };
    assert!(of(&one.certificates, &one.key).is_ok());
    for (certificates, key) in [
        (&*one.certificates, &*other.key),
        ("", &*one.key),
        (&*one.certificates, ""),
        (&*one.key, &*one.key),
    ] {
        assert!(of(certificates, key).is_err());
    }
    assert!(Identity::from_pem([]).is_err());
}
