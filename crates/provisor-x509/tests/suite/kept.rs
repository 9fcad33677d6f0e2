//! Certificates and anchors that own their bytes say what the borrowed ones said.

use provisor_testkit::pki::{
    CertificateBuilder, CrlBuilder, DistinguishedName, Extension, GeneralName, IssuedCertificate,
    IssuingPoint, KeyKind, KeyPair, KeyUsage, ToyPki,
};
use provisor_x509::crypto::DefaultChecks;
use provisor_x509::{
    Certificate, CertificateBuf, Code, Crl, CrlBuf, PathVerifier, RevocationPolicy, TrustAnchor,
    TrustAnchorBuf, profile,
};

/// Certificates that between them have every extension that is remembered.
fn certificates() -> Vec<IssuedCertificate> {
    let pki = ToyPki::new(7);
    let key = KeyPair::new(KeyKind::P256, 7, "everything");
    let everything = |builder: CertificateBuilder| {
        let dns = [GeneralName::Dns("device-7.example".into())];
        builder
            .extension(Extension::subject_alt_name(&dns))
            .extension(Extension::name_constraints(&dns, &dns))
            .extension(Extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2"]))
            .extension(Extension::new(
                "2.5.29.32",
                false,
                [0x30, 6, 0x30, 4, 6, 2, 42, 3],
            ))
            .extension(Extension::new(
                "2.5.29.33",
                false,
                [0x30, 10, 0x30, 8, 6, 2, 42, 3, 6, 2, 42, 4],
            ))
            .extension(Extension::new("2.5.29.36", true, [0x30, 3, 0x80, 1, 0]))
            .extension(Extension::crl_distribution_points(&[Extension::crl_point(
                None,
                None,
                Some(&pki.root),
            )]))
    };
    let name = || DistinguishedName::cn("everything");
    vec![
        pki.root.certificate.clone(),
        pki.intermediate.certificate.clone(),
        pki.device("device-7", KeyKind::Ed25519).certificate,
        everything(CertificateBuilder::ca(name(), &key, Some(1))).issued_by(&pki.root),
        everything(CertificateBuilder::device(name(), &key)).issued_by(&pki.root),
        CertificateBuilder::new(name(), &key)
            .version(None)
            .without_extensions()
            .self_signed(&key),
    ]
}

#[test]
fn a_kept_certificate_is_the_same_as_the_one_read() {
    for issued in certificates() {
        let der = issued.der().to_vec();
        let read = Certificate::from_der(&der).unwrap();
        let kept = CertificateBuf::from_der(&der).unwrap();
        // Debug shows every part of a view.
        assert_eq!(format!("{:?}", kept.view()), format!("{read:?}"));
        assert_eq!(kept, CertificateBuf::of(&kept.view()));
        assert_eq!(kept.der(), der);
        let view = kept.view();
        assert_eq!(view.tbs(), read.tbs());
        assert_ne!(view.tbs().as_ptr(), read.tbs().as_ptr(), "its own bytes");
        match TrustAnchor::from_certificate(&read) {
            Ok(anchor) => {
                let kept = TrustAnchorBuf::from_der(&der).unwrap();
                assert_eq!(format!("{:?}", kept.view()), format!("{anchor:?}"));
                assert_eq!(kept.name_hash(), anchor.name().lookup_hash());
                assert!(format!("{kept:?}").contains(&anchor.name().to_string()));
            }
            Err(cause) => assert_eq!(TrustAnchorBuf::from_der(&der).unwrap_err(), cause),
        }
    }
    let bad = CertificateBuf::from_der(b"x").unwrap_err();
    assert_eq!(bad, Certificate::from_der(b"x").unwrap_err());
    assert_eq!(TrustAnchorBuf::from_der(b"x").unwrap_err(), bad);
}

#[test]
fn self_signed_is_what_its_own_key_signed() {
    let pki = ToyPki::new(7);
    let signed = |certificate: &IssuedCertificate| {
        Certificate::from_der(certificate.der())
            .unwrap()
            .is_self_signed(&DefaultChecks)
    };
    assert!(signed(&pki.root.certificate));
    assert!(!signed(&pki.intermediate.certificate));
    // The same name, another key.
    let key = KeyPair::new(KeyKind::P256, 7, "another");
    let rolled = CertificateBuilder::ca(pki.root.name.clone(), &key, None).issued_by(&pki.root);
    assert!(!signed(&rolled));
    let usage = Extension::key_usage(&[KeyUsage::KeyCertSign]);
    let damaged = CertificateBuilder::ca(pki.root.name.clone(), &pki.root.key, None)
        .extension(usage)
        .damaged_signature()
        .self_signed(&pki.root.key);
    assert!(!signed(&damaged));
    let device = TrustAnchorBuf::from_der(pki.device("d", KeyKind::P256).certificate.der());
    assert_eq!(device.unwrap_err().code(), Code::X509AnchorUnusable);
}

#[test]
fn a_kept_list_finds_what_a_borrowed_one_finds() {
    let pki = ToyPki::new(7);
    let leaves: Vec<_> = (0..40_u8)
        .map(|n| {
            let key = KeyPair::new(KeyKind::Ed25519, 7, "device");
            CertificateBuilder::device(DistinguishedName::cn(&n.to_string()), &key)
                .serial(&[1 + n / 8, n.wrapping_mul(37)])
                .issued_by(&pki.root)
        })
        .collect();
    for indirect in [false, true] {
        let point = IssuingPoint {
            indirect,
            ..IssuingPoint::default()
        };
        let mut builder = CrlBuilder::new();
        if indirect {
            builder = builder.issuing_point(&point);
        }
        let revoked = leaves.iter().step_by(3).rev();
        let list = revoked
            .fold(builder, |builder, leaf| builder.revoke(leaf, 1))
            .signed_by(&pki.root);
        let (borrowed, kept) = (
            Crl::from_der(list.der()).unwrap(),
            CrlBuf::from_der(list.der()).unwrap(),
        );
        assert_eq!(kept.view().revoked().count(), borrowed.revoked().count());
        let root = Certificate::from_der(pki.root.certificate.der()).unwrap();
        let anchors = [TrustAnchor::from_certificate(&root).unwrap()];
        for (number, leaf) in leaves.iter().enumerate() {
            let leaf = Certificate::from_der(leaf.der()).unwrap();
            let ask = |list| {
                let lists = [list];
                let verifier = PathVerifier::new(&profile::DEVICE, &anchors)
                    .revocation(RevocationPolicy::DenyUnknown, &lists);
                verifier.verify(&leaf, ToyPki::NOW).map(drop)
            };
            let found = ask(kept.view());
            assert_eq!(found, ask(borrowed), "{number}");
            let code = found.err().map(|rejection| rejection.code());
            let wanted = (number % 3 == 0).then_some(Code::X509Revoked);
            assert_eq!(code, wanted, "{number}");
        }
    }
}
