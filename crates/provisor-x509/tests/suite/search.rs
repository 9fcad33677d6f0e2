//! Finding the path: order, dead ends, circles, several anchors.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair,
};
use provisor_x509::{AnchorValidity, Certificate, Code, PathVerifier, TrustAnchor, profile};

use crate::world::{Chain, NOW, World, device};

/// `subject`'s key certified by `issuer`.
fn cross(subject: &Authority, issuer: &Authority) -> IssuedCertificate {
    CertificateBuilder::ca(subject.name.clone(), &subject.key, None).issued_by(issuer)
}

#[test]
fn the_order_of_what_is_sent_does_not_matter() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let one = root.issuing_ca("One", KeyKind::P256, 1, None);
    let two = one.issuing_ca("Two", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&two);
    let noise = Authority::root("Noise", KeyKind::P256, 1);
    let (one, two) = (&one.certificate, &two.certificate);
    for sent in [
        [one, two, &noise.certificate, &root.certificate, &leaf],
        [&leaf, &root.certificate, &noise.certificate, two, one],
    ] {
        let chain = Chain::new(&leaf, &sent, &[&noise.certificate, &root.certificate]);
        assert_eq!(chain.judge().unwrap(), 3);
    }
}

#[test]
fn an_intermediate_can_be_the_anchor() {
    let world = World::new();
    let mut chain = world.chain();
    chain.anchors = vec![world.ca.certificate.der().to_vec()];
    assert_eq!(chain.judge().unwrap(), 1);
}

#[test]
fn a_name_and_a_key_can_be_the_anchor() {
    let world = World::new();
    let chain = world.chain();
    let name = world.root.name.der();
    let key = world.root.key.public_key_info();
    let anchors = [TrustAnchor::from_name_and_key(&name, &key).unwrap()];
    let sent = [Certificate::from_der(&chain.sent[0]).unwrap()];
    let leaf = Certificate::from_der(&chain.leaf).unwrap();
    let path = PathVerifier::new(&profile::DEVICE, &anchors)
        .intermediates(&sent)
        .verify(&leaf, NOW)
        .unwrap();
    assert_eq!(path.anchor().name().to_string(), "CN=Root");
    assert_eq!(path.anchor().certificate_der(), None);
    assert!(TrustAnchor::from_name_and_key(&[0x30, 0], &key).is_err());
    assert!(TrustAnchor::from_name_and_key(&name, &[&key[..], &[0]].concat()).is_err());
}

#[test]
fn certificates_that_cannot_be_anchors() {
    let world = World::new();
    for leaf in [
        device("d").issued_by(&world.ca),
        CertificateBuilder::ca(DistinguishedName::empty(), &world.ca.key, None)
            .issued_by(&world.root),
    ] {
        let rejection =
            TrustAnchor::from_certificate(&Certificate::from_der(leaf.der()).unwrap()).unwrap_err();
        assert_eq!(rejection.code(), Code::X509AnchorUnusable);
    }
}

#[test]
fn an_expired_cross_certificate_does_not_stop_the_other_path() {
    let (root, old) = (
        Authority::root("Root", KeyKind::P256, 1),
        Authority::root("Old Root", KeyKind::P256, 1),
    );
    let ca = root.issuing_ca("CA", KeyKind::P256, 1, None);
    let expired = CertificateBuilder::ca(ca.name.clone(), &ca.key, None)
        .valid(NOW.saturating_add(-9), NOW.saturating_add(-1))
        .issued_by(&old);
    let leaf = device("d").issued_by(&ca);
    for sent in [[&expired, &ca.certificate], [&ca.certificate, &expired]] {
        Chain::new(&leaf, &sent, &[&root.certificate, &old.certificate]).accepted();
    }
}

#[test]
fn circles_of_cross_certificates_end() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let a = Authority::root("A", KeyKind::P256, 1);
    let b = Authority::root("B", KeyKind::P256, 1);
    let (ab, ba, out) = (cross(&a, &b), cross(&b, &a), cross(&b, &root));
    let leaf = device("d").issued_by(&a);
    let trusted = [&root.certificate];
    Chain::new(&leaf, &[&ab, &ba], &trusted).refused(Code::X509Loop);
    Chain::new(&leaf, &[&ab, &ba, &out], &trusted).accepted();
}

#[test]
fn of_two_cas_with_one_name_the_right_key_is_found() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let right = root.issuing_ca("CA", KeyKind::P256, 1, None);
    let wrong = root.issuing_ca("CA", KeyKind::P256, 2, None);
    let sent = [&wrong.certificate, &right.certificate];
    let with_id = device("d").issued_by(&right);
    let without = device("d").without_authority_key_id().issued_by(&right);
    for leaf in [with_id, without] {
        Chain::new(&leaf, &sent, &[&root.certificate]).accepted();
    }
    let leaf = device("d").issued_by(&right);
    Chain::new(&leaf, &[&wrong.certificate], &[&root.certificate])
        .refused(Code::X509IssuerKeyDiffers);
}

#[test]
fn names_are_compared_as_people_read_them() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let ca = root.issuing_ca("Issuing CA", KeyKind::P256, 1, None);
    let shouted = DistinguishedName::empty().and_raw("2.5.4.3", 0x13, b" ISSUING  ca ");
    let leaf = device("d").issuer(&shouted).issued_by(&ca);
    Chain::new(&leaf, &[&ca.certificate], &[&root.certificate]).accepted();
}

#[test]
fn the_number_of_intermediates_is_limited() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let mut authorities = vec![root];
    for level in 0..11 {
        let name = format!("Level {level}");
        let next = authorities[level].issuing_ca(&name, KeyKind::P256, 1, None);
        authorities.push(next);
    }
    let chain = |levels: usize| {
        let leaf = device("d").issued_by(&authorities[levels]);
        let sent: Vec<_> = authorities[1..=levels]
            .iter()
            .map(|a| &a.certificate)
            .collect();
        Chain::new(&leaf, &sent, &[&authorities[0].certificate])
    };
    chain(10).accepted();
    chain(11).refused(Code::X509TooDeep);
    let short = profile::DEVICE.with_max_intermediates(1);
    chain(1).profile(short).accepted();
    chain(2).profile(short).refused(Code::X509TooDeep);
    chain(0)
        .profile(profile::DEVICE.with_max_intermediates(0))
        .accepted();
}

#[test]
fn a_limit_on_the_depth_leaves_out_self_issued_certificates() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let ca = root.issuing_ca("CA", KeyKind::P256, 1, None);
    let mut authorities = vec![root, ca];
    for seed in 2..13 {
        let renewed =
            authorities[authorities.len() - 1].issuing_ca("CA", KeyKind::P256, seed, None);
        authorities.push(renewed);
    }
    // Under one CA, and as many renewals of it.
    let chain = |renewals: usize, limit: u8| {
        let leaf = device("d").issued_by(&authorities[1 + renewals]);
        let sent: Vec<_> = authorities[1..=1 + renewals]
            .iter()
            .map(|a| &a.certificate)
            .collect();
        Chain::new(&leaf, &sent, &[&authorities[0].certificate])
            .profile(profile::DEVICE.with_max_intermediates(limit))
    };
    chain(0, 1).accepted();
    chain(1, 1).accepted();
    chain(9, 1).accepted();
    // The work of a path counts them.
    chain(10, 1).refused(Code::X509BudgetDepth);
    chain(10, 10).refused(Code::X509BudgetDepth);
    for renewals in [0, 1, 9] {
        chain(renewals, 0).refused(Code::X509TooDeep);
    }
    // A self-issued CA above another one.
    let below = authorities[2].issuing_ca("Below", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&below);
    let sent = [
        &authorities[1].certificate,
        &authorities[2].certificate,
        &below.certificate,
    ];
    let chain = Chain::new(&leaf, &sent, &[&authorities[0].certificate]);
    let at_most = |limit| profile::DEVICE.with_max_intermediates(limit);
    chain.clone().profile(at_most(2)).accepted();
    chain.profile(at_most(1)).refused(Code::X509TooDeep);
}

#[test]
fn a_self_signed_device_is_no_anchor_of_its_own() {
    let key = KeyPair::new(KeyKind::P256, 1, "d");
    let leaf = CertificateBuilder::device(DistinguishedName::cn("d"), &key).self_signed(&key);
    let world = World::new();
    Chain::new(&leaf, &[], &[&world.root.certificate]).refused(Code::X509RootNotTrusted);
}

#[test]
fn an_anchor_ends_with_its_certificate_where_that_is_asked_for() {
    let key = KeyPair::new(KeyKind::P256, 1, "CA");
    let name = DistinguishedName::cn("CA");
    let ca = |from: i64, to: i64| {
        CertificateBuilder::ca(name.clone(), &key, None)
            .valid(NOW.saturating_add(from), NOW.saturating_add(to))
            .self_signed(&key)
    };
    let [old, new, early] = [ca(-9, -1), ca(-1, 0), ca(1, 9)];
    let root = Authority::root("Root", KeyKind::P256, 1);
    let authority = CertificateBuilder::ca(name.clone(), &key, None).into_authority(
        name.clone(),
        key.clone(),
        &root,
    );
    let leaf = device("d").issued_by(&authority);
    let judge = |anchors: &[&IssuedCertificate], validity| {
        Chain::new(&leaf, &[], anchors)
            .with(|verifier, leaf| {
                let verifier = verifier.anchor_validity(validity);
                let verdict = verifier.verify(leaf, NOW).map(|_| ());
                let report = verifier.explain(leaf, NOW);
                assert_eq!(report.rejection(), verdict.as_ref().err());
                verdict
            })
            .unwrap()
    };
    judge(&[&old], AnchorValidity::Ignored).unwrap();
    judge(&[&new], AnchorValidity::Checked).unwrap();
    // The search goes on to the secondary by itself.
    judge(&[&old, &new], AnchorValidity::Checked).unwrap();
    let rejection = judge(&[&old], AnchorValidity::Checked).unwrap_err();
    assert_eq!(rejection.code(), Code::X509Expired);
    assert_eq!(rejection.subject().to_string(), "trust anchor (CN=CA)");
    assert!(rejection.remedy_text().contains("secondary"), "{rejection}");
    let rejection = judge(&[&early], AnchorValidity::Checked).unwrap_err();
    assert_eq!(rejection.code(), Code::X509NotYetValid);
    let (name, key) = (name.der(), key.public_key_info());
    let anchors = [TrustAnchor::from_name_and_key(&name, &key).unwrap()];
    let leaf = Certificate::from_der(leaf.der()).unwrap();
    PathVerifier::new(&profile::DEVICE, &anchors)
        .anchor_validity(AnchorValidity::Checked)
        .verify(&leaf, NOW)
        .unwrap();
}
