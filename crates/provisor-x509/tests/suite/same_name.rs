//! Certificates that have the name of their issuer: self-signed is said only of what its own key
//! signed.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair,
};
use provisor_x509::{Code, Rejection};

use crate::world::{Chain, World, device};

fn root(seed: u64) -> Authority {
    Authority::root("Root", KeyKind::P256, seed)
}

/// A device with the name of the root that issued it.
fn namesake(root: &Authority) -> IssuedCertificate {
    let key = KeyPair::new(KeyKind::P256, 7, "device");
    CertificateBuilder::device(root.name.clone(), &key).issued_by(root)
}

fn says_self_signed(rejection: &Rejection) -> bool {
    rejection.to_string().contains("self-signed")
}

#[test]
fn a_device_with_the_name_of_its_root() {
    let (own, other) = (root(1), World::new().ca);
    let leaf = namesake(&own);
    Chain::new(&leaf, &[], &[&own.certificate]).accepted();
    Chain::new(&leaf, &[&own.certificate], &[&own.certificate]).accepted();
    // Neither the root nor another is at hand.
    let chain = Chain::new(&leaf, &[], &[&other.certificate]);
    let rejection = chain.rejection();
    assert_eq!(rejection.code(), Code::X509IssuerNotFound, "{rejection}");
    assert!(!says_self_signed(&rejection), "{rejection}");
    assert!(
        rejection
            .found_text()
            .contains("its own key did not sign it"),
        "{rejection}"
    );
    assert!(
        rejection.remedy_text().contains("share a name"),
        "{rejection}"
    );
    assert!(!chain.report().to_string().contains("X509_ROOT_NOT_TRUSTED"));
    // The leaf sent twice is no circle.
    Chain::new(&leaf, &[&leaf], &[&other.certificate]).refused(Code::X509IssuerNotFound);
    // Another root of that name.
    let rejection = Chain::new(&leaf, &[], &[&root(2).certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509IssuerKeyDiffers, "{rejection}");
    // Its own root is sent, and nobody trusts it: that one is self-signed.
    let rejection = Chain::new(&leaf, &[&own.certificate], &[&other.certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509RootNotTrusted, "{rejection}");
    assert!(
        rejection.subject().to_string().contains("certificate 1"),
        "{rejection}"
    );
    assert!(
        rejection.remedy_text().contains("register CN=Root"),
        "{rejection}"
    );
}

#[test]
fn an_intermediate_with_the_name_of_its_root() {
    let own = root(1);
    let ca = own.issuing_ca("Root", KeyKind::P256, 5, None);
    let leaf = device("d").issued_by(&ca);
    Chain::new(&leaf, &[&ca.certificate], &[&own.certificate]).accepted();
    let other = World::new().ca;
    let rejection = Chain::new(&leaf, &[&ca.certificate], &[&other.certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509IssuerNotFound, "{rejection}");
    assert!(
        rejection.subject().to_string().contains("certificate 1"),
        "{rejection}"
    );
    assert!(!says_self_signed(&rejection), "{rejection}");
}

#[test]
fn a_self_signed_device_is_told_so() {
    let key = KeyPair::new(KeyKind::P256, 1, "d");
    let leaf = |b: fn(CertificateBuilder) -> CertificateBuilder| {
        b(CertificateBuilder::device(DistinguishedName::cn("d"), &key)).self_signed(&key)
    };
    let world = World::new();
    let chain = |leaf: &IssuedCertificate| Chain::new(leaf, &[], &[&world.root.certificate]);
    for signed in [
        leaf(|b| b),
        leaf(CertificateBuilder::without_authority_key_id),
    ] {
        let rejection = chain(&signed).rejection();
        assert_eq!(rejection.code(), Code::X509RootNotTrusted, "{rejection}");
        assert!(
            rejection.remedy_text().contains("this very certificate"),
            "{rejection}"
        );
    }
    // Its name is its issuer's, and its signature is wrong: not by its own key.
    let rejection = chain(&leaf(CertificateBuilder::damaged_signature)).rejection();
    assert_eq!(rejection.code(), Code::X509IssuerNotFound, "{rejection}");
    // What cannot be checked is not called self-signed either.
    let unknown = leaf(|b| {
        let sha1 =
            provisor_testkit::asn1::sequence(&[&provisor_testkit::asn1::oid("1.2.840.10045.4.1")]);
        b.inner_algorithm(&sha1).outer_algorithm(&sha1)
    });
    let rejection = chain(&unknown).rejection();
    assert_eq!(rejection.code(), Code::X509IssuerNotFound, "{rejection}");
    assert!(
        rejection.found_text().contains("not checked"),
        "{rejection}"
    );
    // Nothing is trusted at all, as where the leaf itself was to be the anchor.
    let rejection = Chain::new(&leaf(|b| b), &[], &[]).rejection();
    assert_eq!(rejection.code(), Code::X509NoAnchors, "{rejection}");
    assert!(
        rejection.remedy_text().contains("this very certificate"),
        "{rejection}"
    );
    let rejection = Chain::new(&device("d").issued_by(&world.root), &[], &[]).rejection();
    assert!(
        !rejection.remedy_text().contains("this very certificate"),
        "{rejection}"
    );
}
