//! Keys of issuers and devices in the forms that people write them: compressed points verify, and
//! what is miswritten is named.

use p521::ecdsa::signature::hazmat::PrehashSigner as _;
use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, CertificateBuilder, CrlBuilder, DistinguishedName, KeyKind, KeyPair,
};
use provisor_x509::{Certificate, Code, PathVerifier, TrustAnchor, profile};

use ring::digest;

use crate::crl_world::{CrlWorld, Revocation};
use crate::world::{Chain, NOW, World, device};

const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const PRIME256V1: &str = "1.2.840.10045.3.1.7";

/// SubjectPublicKeyInfo of an elliptic curve with these parameters and bits.
fn info(parameters: &[u8], bits: &[u8]) -> Vec<u8> {
    asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid(EC_PUBLIC_KEY), parameters]),
        &asn1::bit_string(bits),
    ])
}

fn compress(point: &[u8]) -> Vec<u8> {
    let (x, y) = point[1..].split_at(point.len() / 2);
    [&[2 | (y[y.len() - 1] & 1)], x].concat()
}

/// The key's SubjectPublicKeyInfo with its point compressed.
fn compressed(key: &KeyPair) -> Vec<u8> {
    let curve = match key.kind() {
        KeyKind::P384 => "1.3.132.0.34",
        _ => PRIME256V1,
    };
    info(&asn1::oid(curve), &compress(&key.public_key_bits()))
}

/// A root whose certificate has its key as that SubjectPublicKeyInfo.
fn root_with(kind: KeyKind, written: impl FnOnce(&KeyPair) -> Vec<u8>) -> Authority {
    let key = KeyPair::new(kind, 1, "Root");
    let name = DistinguishedName::cn("Root");
    Authority {
        certificate: CertificateBuilder::ca(name.clone(), &key, None)
            .public_key_info(&written(&key))
            .self_signed(&key),
        name,
        key,
    }
}

#[test]
fn an_issuers_key_may_be_a_compressed_point() {
    for kind in [KeyKind::P256, KeyKind::P384] {
        let root = root_with(kind, compressed);
        let key = KeyPair::new(kind, 1, "CA");
        let name = DistinguishedName::cn("CA");
        let ca = CertificateBuilder::ca(name.clone(), &key, None)
            .public_key_info(&compressed(&key))
            .into_authority(name, key, &root);
        let leaf = device("d").issued_by(&ca);
        let chain = Chain::new(&leaf, &[&ca.certificate], &[&root.certificate]);
        chain.accepted();
        chain
            .profile(profile::DEVICE.strict())
            .refused(Code::X509StrictPoint);
        // Another key stays another key, and a wrong signature a wrong one.
        let other = Authority::root("Root", kind, 9);
        Chain::new(&device("d").issued_by(&other), &[], &[&root.certificate])
            .refused(Code::X509IssuerKeyDiffers);
        let damaged = device("d").damaged_signature().issued_by(&root);
        Chain::new(&damaged, &[], &[&root.certificate]).refused(Code::X509SignatureWrong);
        // The point with the other y is another key.
        let other = root_with(kind, |key| {
            let mut bits = compress(&key.public_key_bits());
            bits[0] ^= 1;
            let curve = if kind == KeyKind::P384 {
                "1.3.132.0.34"
            } else {
                PRIME256V1
            };
            info(&asn1::oid(curve), &bits)
        });
        let leaf = device("d").issued_by(&root);
        Chain::new(&leaf, &[], &[&other.certificate]).refused(Code::X509SignatureWrong);
    }
}

/// ECDSA with SHA-512 on P-256 is not ring's: that is said, and not of the point.
#[test]
#[cfg(feature = "ring")]
fn a_scheme_that_the_backend_lacks_is_said_beside_a_compressed_point() {
    let root = root_with(KeyKind::P256, compressed);
    let algorithm = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.4")]);
    let leaf = device("d")
        .inner_algorithm(&algorithm)
        .outer_algorithm(&algorithm)
        .issued_by(&root);
    let rejection = Chain::new(&leaf, &[], &[&root.certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509SignatureUnsupported);
    let text = rejection.to_string();
    assert!(
        text.contains("P-256") && text.contains("compressed"),
        "{text}"
    );
    assert!(rejection.remedy_text().contains("aws-lc-rs"), "{text}");
}

/// On P-521, of which the test kit has no keys: what it built is signed again. With each hash.
#[test]
fn an_issuers_key_may_be_on_p521() {
    let key = p521::ecdsa::SigningKey::from_slice(&[&[0; 34][..], &[7; 32]].concat()).unwrap();
    let curve = asn1::oid("1.3.132.0.35");
    let whole = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
    let root = World::new().root;
    let name = root.name.der();
    for (algorithm, hash) in [
        ("1.2.840.10045.4.3.2", &digest::SHA256),
        ("1.2.840.10045.4.3.3", &digest::SHA384),
        ("1.2.840.10045.4.3.4", &digest::SHA512),
    ] {
        let algorithm = asn1::sequence(&[&asn1::oid(algorithm)]);
        let built = device("d")
            .inner_algorithm(&algorithm)
            .outer_algorithm(&algorithm)
            .issued_by(&root);
        let tbs = Certificate::from_der(built.der()).unwrap().tbs().to_vec();
        // As an integer of the size of the field (SEC 1 section 4.1.3, step 5).
        let hashed = digest::digest(hash, &tbs);
        let hashed = [&vec![0; 66 - hashed.as_ref().len()], hashed.as_ref()].concat();
        let signature: p521::ecdsa::Signature = key.sign_prehash(&hashed).unwrap();
        let (r, s) = signature.split_bytes();
        let leaf = |r: &[u8], s: &[u8]| {
            let value = asn1::sequence(&[r, s]);
            asn1::sequence(&[&tbs, &algorithm, &asn1::bit_string(&value)])
        };
        let judge = |bits: &[u8], der: &[u8]| {
            let key = info(&curve, bits);
            let anchors = [TrustAnchor::from_name_and_key(&name, &key).unwrap()];
            let leaf = Certificate::from_der(der).unwrap();
            let verdict = PathVerifier::new(&profile::DEVICE, &anchors).verify(&leaf, NOW);
            verdict.map(|_| ()).map_err(|rejection| rejection.code())
        };
        let right = leaf(&asn1::unsigned(&r), &asn1::unsigned(&s));
        let mut other = compress(&whole);
        other[0] ^= 1;
        let mut off = whole.clone();
        off[100] ^= 1;
        for (bits, verdict) in [
            (&whole, Ok(())),
            (&compress(&whole), Ok(())),
            (&other, Err(Code::X509SignatureWrong)),
            (&off, Err(Code::X509KeyPoint)),
        ] {
            assert_eq!(judge(bits, &right), verdict);
        }
        let wrong = leaf(&asn1::unsigned(&s), &asn1::unsigned(&r));
        assert_eq!(judge(&whole, &wrong), Err(Code::X509SignatureWrong));
        // The form is said of the signature, as on the other curves.
        let padded = asn1::tlv(asn1::INTEGER, &[&[0, 0][..], &r].concat());
        for misformed in [
            leaf(&padded, &asn1::unsigned(&s)),
            leaf(&asn1::unsigned(&r), &asn1::tlv(asn1::INTEGER, &[0x80, 1])),
            leaf(&asn1::unsigned(&[0]), &asn1::unsigned(&s)),
            leaf(&asn1::unsigned(&r), &asn1::unsigned(&[2; 66])),
        ] {
            for bits in [&whole, &compress(&whole)] {
                assert_eq!(judge(bits, &misformed), Err(Code::X509SignatureForm));
            }
        }
    }
}

#[test]
fn an_anchor_of_name_and_key_may_be_compressed() {
    let root = root_with(KeyKind::P256, KeyPair::public_key_info);
    let (name, key) = (root.name.der(), compressed(&root.key));
    let anchors = [TrustAnchor::from_name_and_key(&name, &key).unwrap()];
    let leaf = device("d").issued_by(&root);
    let leaf = Certificate::from_der(leaf.der()).unwrap();
    PathVerifier::new(&profile::DEVICE, &anchors)
        .verify(&leaf, NOW)
        .unwrap();
}

#[test]
fn a_compressed_key_signs_lists_too() {
    let w = CrlWorld::new();
    let key = w.world.ca.key.clone();
    let ca = CertificateBuilder::ca(w.world.ca.name.clone(), &key, None)
        .public_key_info(&compressed(&key))
        .into_authority(w.world.ca.name.clone(), key, &w.world.root);
    let leaf = device("d").issued_by(&ca);
    let chain = Chain::new(&leaf, &[&ca.certificate], &[&w.world.root.certificate]);
    let list = CrlBuilder::new().signed_by(&ca);
    Revocation::new(chain.clone(), &[&w.root_list, &list]).accepted();
    let revoked = CrlBuilder::new().revoke(&leaf, 1).signed_by(&ca);
    Revocation::new(chain, &[&w.root_list, &revoked]).refused(Code::X509Revoked);
}

#[test]
fn an_issuers_key_that_is_no_point_is_said_of_the_issuer() {
    let off = |key: &KeyPair| {
        let mut bits = key.public_key_bits();
        bits[40] ^= 1;
        info(&asn1::oid(PRIME256V1), &bits)
    };
    // No square root: x of five, for which there is no point on P-256.
    let none = |_: &KeyPair| {
        let x = (0_u8..).find(|last| {
            let bits = [&[2][..], &[0; 31], &[*last]].concat();
            let info = info(&asn1::oid(PRIME256V1), &bits);
            let leaf = World::new().with_leaf(|b| b.public_key_info(&info));
            leaf.judge().is_err()
        });
        info(
            &asn1::oid(PRIME256V1),
            &[&[2][..], &[0; 31], &[x.unwrap()]].concat(),
        )
    };
    for root in [
        root_with(KeyKind::P256, off),
        root_with(KeyKind::P256, none),
    ] {
        let leaf = device("d").issued_by(&root);
        let rejection = Chain::new(&leaf, &[], &[&root.certificate]).rejection();
        assert_eq!(rejection.code(), Code::X509KeyPoint, "{rejection}");
        assert_eq!(rejection.subject().to_string(), "trust anchor (CN=Root)");
    }
}

#[test]
fn an_exponent_that_no_backend_takes_is_said() {
    let root = root_with(KeyKind::Rsa2048, |key| {
        let bits = key.public_key_bits();
        // RSAPublicKey with the same modulus and an exponent of 40 bits.
        let modulus = &bits[4..bits.len() - 5];
        let key = asn1::sequence(&[modulus, &asn1::unsigned(&[0x81, 0, 0, 0, 1])]);
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.1"), &[5, 0]]),
            &asn1::bit_string(&key),
        ])
    });
    let leaf = device("d").issued_by(&root);
    let rejection = Chain::new(&leaf, &[], &[&root.certificate]).rejection();
    assert_eq!(rejection.code(), Code::X509KeyUnreadable, "{rejection}");
    assert!(rejection.to_string().contains("exponent"), "{rejection}");
}

#[test]
fn miswritten_keys_are_named() {
    let world = World::new();
    let key = KeyPair::new(KeyKind::P256, 1, "device-7");
    let point = key.public_key_bits();
    let curve = asn1::oid(PRIME256V1);
    let ed = |parameters: &[u8], bits: &[u8]| {
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid("1.3.101.112"), parameters]),
            &asn1::bit_string(bits),
        ])
    };
    let rsa = |parameters: &[u8], bits: &[u8]| {
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.1"), parameters]),
            &asn1::bit_string(bits),
        ])
    };
    let rsa_bits = KeyPair::rsa(1, 0).public_key_bits();
    let mut hybrid = point.clone();
    hybrid[0] = 6 | (point[64] & 1);
    let ed_bits = KeyPair::new(KeyKind::Ed25519, 1, "x").public_key_bits();
    let size = [0, 32];
    let tpm = [&size[..], &point[1..33], &size, &point[33..]].concat();
    for (spki, code, words) in [
        (
            info(&curve, &asn1::octet_string(&point)),
            Code::X509KeyForm,
            "OCTET STRING",
        ),
        (
            info(&curve, &asn1::octet_string(&compress(&point))),
            Code::X509KeyForm,
            "OCTET STRING",
        ),
        (
            info(&curve, &asn1::bit_string(&point)),
            Code::X509KeyForm,
            "second BIT STRING",
        ),
        (
            info(&curve, &key.public_key_info()),
            Code::X509KeyForm,
            "SubjectPublicKeyInfo",
        ),
        (info(&curve, &hybrid), Code::X509KeyForm, "hybrid"),
        (
            info(&curve, &point[1..]),
            Code::X509KeyForm,
            "without the 04",
        ),
        (info(&curve, &tpm), Code::X509KeyForm, "TPMs"),
        (info(&curve, &[0]), Code::X509KeyForm, "infinity"),
        (
            info(&curve, &[4; 97]),
            Code::X509KeyForm,
            "another curve's size",
        ),
        (info(&curve, &point[..60]), Code::X509Key, "so many: 60"),
        (
            info(&asn1::oid("1.3.132.0.10"), &point),
            Code::X509KeyCurve,
            "secp256k1 (1.3.132.0.10)",
        ),
        (
            info(&asn1::oid("1.3.36.3.3.2.8.1.1.7"), &point),
            Code::X509KeyCurve,
            "brainpoolP256r1",
        ),
        (
            info(&asn1::oid("1.2.156.10197.1.301"), &point),
            Code::X509KeyCurve,
            "SM2",
        ),
        (
            info(&asn1::oid("1.2.3.4"), &point),
            Code::X509KeyCurve,
            "1.2.3.4",
        ),
        (
            info(&[5, 0], &point),
            Code::X509Key,
            "NULL in place of the curve",
        ),
        (info(&[], &point), Code::X509Key, "no parameters"),
        (
            ed(&[], &asn1::octet_string(&ed_bits)),
            Code::X509KeyForm,
            "OCTET STRING",
        ),
        (ed(&[], &ed_bits[..31]), Code::X509Key, "so many: 31"),
        (ed(&[5, 0], &ed_bits), Code::X509Key, "parameters"),
        (rsa(&[], &rsa_bits), Code::X509Key, "no parameters"),
        (
            rsa(&[5, 0], &asn1::octet_string(&rsa_bits)),
            Code::X509KeyForm,
            "OCTET STRING",
        ),
    ] {
        let chain = world.with_leaf(|b| b.public_key_info(&spki));
        let rejection = chain.rejection();
        assert_eq!(rejection.code(), code, "{words}: {rejection}");
        assert!(
            rejection.found_text().contains(words),
            "{words}: {rejection}"
        );
        // The same of an issuer.
        let root = root_with(KeyKind::P256, |_| spki.clone());
        let parsed = Certificate::from_der(root.certificate.der()).unwrap();
        let refused = TrustAnchor::from_certificate(&parsed).unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
}
