//! Paths with keys on P-521, by both backends.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use provisor_testkit::asn1;
use provisor_testkit::pki::DistinguishedName;
use provisor_x509::crypto::AwsLc;
use provisor_x509::{
    Certificate, ChainVerifier, Code, PathVerifier, TrustAnchor, certificates_from_pem, profile,
};

use crate::devices::shared;
use crate::world::{NOW, World, device};

/// ecdsa-with-SHA512 (RFC 5758 section 3.2).
fn ecdsa_sha512() -> Vec<u8> {
    asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.4")])
}

/// Signed by one library, judged by both: the key whole and compressed, remembered and not.
#[test]
fn a_device_under_a_p521_ca() {
    let key = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_ASN1_SIGNING).unwrap();
    let point = key.public_key().as_ref();
    let info = |bits: &[u8]| {
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid("1.2.840.10045.2.1"), &asn1::oid("1.3.132.0.35")]),
            &asn1::bit_string(bits),
        ])
    };
    let (x, y) = point[1..].split_at(66);
    let compressed = |sign: u8| info(&[&[sign], x].concat());
    let sign = 2 | (y[65] & 1);
    let world = World::new();
    let name = DistinguishedName::cn("CA of 521 bits");
    // The builder has no such key: what it built is signed again.
    let built = device("d")
        .issuer(&name)
        .inner_algorithm(&ecdsa_sha512())
        .outer_algorithm(&ecdsa_sha512())
        .issued_by(&world.root);
    let tbs = Certificate::from_der(built.der()).unwrap().tbs().to_vec();
    let signature = key.sign(&SystemRandom::new(), &tbs).unwrap();
    let der = asn1::sequence(&[&tbs, &ecdsa_sha512(), &asn1::bit_string(signature.as_ref())]);
    let leaf = Certificate::from_der(&der).unwrap();
    let unsigned = Certificate::from_der(built.der()).unwrap();
    let name = name.der();
    let judge = |info: &[u8], leaf: &Certificate<'_>| {
        let anchors = [TrustAnchor::from_name_and_key(&name, info).unwrap()];
        let verifier = PathVerifier::new(&profile::DEVICE, &anchors);
        let by_ring = verifier.verify(leaf, NOW).map(|_| ());
        let by_aws = verifier.signature_checks(&AwsLc).verify(leaf, NOW);
        assert_eq!(by_ring, by_aws.map(|_| ()));
        by_ring.map_err(|rejection| rejection.code())
    };
    for info in [info(point), compressed(sign)] {
        assert_eq!(judge(&info, &leaf), Ok(()));
        assert_eq!(judge(&info, &unsigned), Err(Code::X509SignatureWrong));
    }
    let other = judge(&compressed(sign ^ 1), &leaf);
    assert_eq!(other, Err(Code::X509SignatureWrong));
    // A remembered key is the same key.
    let infos = [compressed(sign), info(point)];
    let anchors = [TrustAnchor::from_name_and_key(&name, &infos[0]).unwrap()];
    let anchors_whole = [TrustAnchor::from_name_and_key(&name, &infos[1]).unwrap()];
    let mut chains = ChainVerifier::with_backend(AwsLc);
    for anchors in [&anchors, &anchors_whole, &anchors, &anchors_whole] {
        let question = PathVerifier::new(&profile::DEVICE, anchors);
        chains.verify(&question, &leaf, NOW).unwrap();
    }
}

/// Every vendor CA certificate that was signed by a P-521 key of the same bundle.
#[test]
fn the_vendors_p521_signatures_are_right() {
    let Some(folder) = shared() else { return };
    let text = std::fs::read_to_string(folder.join("vendor-cas.pem")).unwrap();
    let ders = certificates_from_pem(&text).unwrap();
    let all: Vec<_> = ders
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect();
    let any = provisor_x509::Profile::new("any")
        .with_leaf_kind(profile::LeafKind::EndEntityOrCa)
        .danger_any_leaf_key();
    let mut right = 0;
    for child in &all {
        let issuers = || {
            all.iter()
                .filter(|issuer| issuer.subject() == child.issuer())
        };
        let anchors: Vec<_> = issuers()
            .filter_map(|issuer| TrustAnchor::from_certificate(issuer).ok())
            .collect();
        let verifier = PathVerifier::new(&any, &anchors);
        let now = child.not_before();
        let by_ring = verifier.verify(child, now).map(|_| ());
        let by_aws = verifier
            .signature_checks(&AwsLc)
            .verify(child, now)
            .map(|_| ());
        assert_eq!(by_ring, by_aws, "{}", child.subject());
        // secp521r1, the curve of the key.
        let is_p521 = |issuer: &Certificate<'_>| {
            let curve = asn1::oid("1.3.132.0.35");
            issuer.der().windows(curve.len()).any(|part| part == curve)
        };
        right += usize::from(by_ring.is_ok() && issuers().all(is_p521));
    }
    assert_eq!(right, 32);
}
