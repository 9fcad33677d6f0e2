//! What the toy PKI writes is read and accepted by implementations that are not ours.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::path::Path;
use std::process::Command;

use provisor_testkit::pki::{
    CertificateBuilder, DistinguishedName, Extension, GeneralName, IssuedCertificate, KeyKind,
    KeyPair, SignatureAlgorithm, ToyPki, TpmVendor,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use x509_parser::parse_x509_certificate;

/// Runs `openssl verify` in a folder of its own, or says loudly that it cannot.
fn openssl_verify(
    test: &str,
    leaf: &IssuedCertificate,
    chain: &[&IssuedCertificate],
    root: &IssuedCertificate,
) -> Option<Result<(), String>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).unwrap();
    let chain: String = chain.iter().map(|certificate| certificate.pem()).collect();
    for (file, text) in [
        ("leaf.pem", leaf.pem()),
        ("chain.pem", chain),
        ("root.pem", root.pem()),
    ] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    let run = Command::new("openssl")
        .args([
            "verify",
            "-x509_strict",
            "-attime",
            &ToyPki::NOW.seconds().to_string(),
        ])
        .args(["-CAfile", "root.pem", "-untrusted", "chain.pem", "leaf.pem"])
        .current_dir(&folder)
        .output();
    match run {
        Ok(output) if output.status.success() => Some(Ok(())),
        Ok(output) => Some(Err(String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) => {
            eprintln!("SKIPPED {test}: the openssl command does not run: {error}");
            None
        }
    }
}

#[test]
fn openssl_accepts_devices_of_every_kind() {
    let pki = ToyPki::new(1);
    for kind in KeyKind::ALL {
        let device = pki.device("device-1", kind);
        let name = format!("accepts-{}", kind.name());
        let verdict = openssl_verify(
            &name,
            &device.certificate,
            &[&pki.intermediate.certificate],
            &pki.root.certificate,
        );
        if let Some(verdict) = verdict {
            verdict.unwrap();
        }
    }
}

#[test]
fn openssl_accepts_issuers_of_every_kind_and_algorithm() {
    use SignatureAlgorithm as Alg;
    for (number, (kind, algorithm)) in [
        (KeyKind::Ed25519, Alg::Ed25519),
        (KeyKind::P256, Alg::EcdsaSha256),
        (KeyKind::P256, Alg::EcdsaSha384),
        (KeyKind::P384, Alg::EcdsaSha256),
        (KeyKind::P384, Alg::EcdsaSha384),
        (KeyKind::Rsa2048, Alg::RsaSha256),
        (KeyKind::Rsa2048, Alg::RsaSha384),
        (KeyKind::Rsa2048, Alg::RsaSha512),
    ]
    .into_iter()
    .enumerate()
    {
        let pki = ToyPki::new(2);
        let issuing = pki.root.issuing_ca("CA", kind, 2, Some(0));
        let key = KeyPair::new(KeyKind::P256, 2, "d");
        let leaf = CertificateBuilder::device(DistinguishedName::cn("d"), &key)
            .extension(Extension::subject_alt_name(&[GeneralName::Dns(
                "d.example".into(),
            )]))
            .algorithm(algorithm)
            .issued_by(&issuing);
        if let Some(verdict) = openssl_verify(
            &format!("issuer-{number}"),
            &leaf,
            &[&issuing.certificate],
            &pki.root.certificate,
        ) {
            verdict.unwrap_or_else(|e| panic!("{algorithm:?}: {e}"));
        }
    }
}

#[test]
fn openssl_accepts_ek_certificates() {
    let vendor = TpmVendor::new(3);
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        let certificate = vendor.ek_certificate(&SoftTpm::new(kind, 3, 0));
        if let Some(verdict) = openssl_verify(
            &format!("ek-{kind:?}"),
            &certificate,
            &[&vendor.issuing.certificate],
            &vendor.root.certificate,
        ) {
            verdict.unwrap();
        }
    }
}

#[test]
fn openssl_refuses_what_was_damaged() {
    let pki = ToyPki::new(1);
    let key = KeyPair::new(KeyKind::P256, 1, "d");
    let leaf = CertificateBuilder::device(DistinguishedName::cn("d"), &key)
        .damaged_signature()
        .issued_by(&pki.intermediate);
    if let Some(verdict) = openssl_verify(
        "damaged",
        &leaf,
        &[&pki.intermediate.certificate],
        &pki.root.certificate,
    ) {
        assert!(verdict.unwrap_err().contains("signature failure"));
    }
}

#[test]
fn x509_parser_reads_back_what_was_written() {
    let pki = ToyPki::new(4);
    for kind in KeyKind::ALL {
        let device = pki.device("device-4", kind);
        let (rest, read) = parse_x509_certificate(device.certificate.der()).unwrap();
        assert!(rest.is_empty());
        assert_eq!(read.subject().to_string(), "CN=device-4");
        assert_eq!(read.issuer().to_string(), "CN=Toy Issuing CA");
        assert_eq!(
            read.validity().not_before.timestamp(),
            ToyPki::VALID.0.seconds()
        );
        assert_eq!(
            read.validity().not_after.timestamp(),
            ToyPki::VALID.1.seconds()
        );
        assert_eq!(read.public_key().raw, device.key.public_key_info());
        assert!(!read.is_ca());
        assert!(read.key_usage().unwrap().unwrap().value.digital_signature());
        assert!(
            read.extended_key_usage()
                .unwrap()
                .unwrap()
                .value
                .client_auth
        );
        assert_eq!(read.extensions().len(), 5);
    }
}

#[test]
fn every_field_can_be_made_wrong() {
    let pki = ToyPki::new(5);
    let key = KeyPair::new(KeyKind::P256, 5, "d");
    let good = CertificateBuilder::device(DistinguishedName::cn("d"), &key);
    let reference = good.clone().issued_by(&pki.intermediate);
    let broken = [
        good.clone().version(Some(6)),
        good.clone().version(None),
        good.clone().serial_raw(&[0xff]),
        good.clone().serial(&[1; 40]),
        good.clone()
            .inner_algorithm(&SignatureAlgorithm::Ed25519.identifier()),
        good.clone()
            .outer_algorithm(&SignatureAlgorithm::Ed25519.identifier()),
        good.clone().issuer(&DistinguishedName::cn("nobody")),
        good.clone()
            .repeated_extension(Extension::basic_constraints(false, None)),
        good.clone()
            .extension(Extension::new("1.2.3.4", true, [5, 0])),
        good.clone().without_extension("2.5.29.15"),
        good.clone().without_extensions(),
        good.clone().replaced_signature(&[]),
        good.clone().valid_raw(&[0x17, 1, b'x'], &[0x17, 0]),
        good.public_key_info(&[0x30, 0]),
    ];
    let mut seen = vec![reference];
    for builder in broken {
        let certificate = builder.issued_by(&pki.intermediate);
        assert!(!seen.contains(&certificate), "a knob without effect");
        seen.push(certificate);
    }
}
