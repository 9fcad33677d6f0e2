//! The strict profile: RFC 5280 section 4, one broken rule at a time.

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    Authority, COMMON_NAME, CertificateBuilder, DistinguishedName, Extension, GeneralName,
    IssuedCertificate, KeyKind, KeyPair, KeyUsage, SignatureAlgorithm,
};
use provisor_x509::{Certificate, Code, TrustAnchor, profile};

use crate::world::{Chain, NOW, World};

const SUBJECT_KEY_ID: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const POLICIES: &str = "2.5.29.32";
const CRL_POINTS: &str = "2.5.29.31";
const AUTHORITY_INFO: &str = "1.3.6.1.5.5.7.1.1";

type Change = fn(CertificateBuilder) -> CertificateBuilder;

/// Refused by the strict profile with that code, accepted by the usual one.
#[track_caller]
fn only_strict(chain: Chain, code: Code) {
    chain.accepted();
    let strict = chain.profile.strict();
    chain.profile(strict).refused(code);
}

fn alt_name(name: GeneralName) -> Extension {
    Extension::subject_alt_name(&[name])
}

#[test]
fn a_chain_as_it_should_be_is_accepted() {
    let world = World::new();
    let strict = profile::DEVICE.strict();
    world.chain().profile(strict).accepted();
    world
        .with_leaf(|leaf| {
            leaf.extension(Extension::subject_alt_name(&[
                GeneralName::Dns("*.plant-7.example".into()),
                GeneralName::Rfc822("a@plant.example".into()),
                GeneralName::Uri("urn:device:7".into()),
                GeneralName::Ip(vec![10, 0, 0, 7]),
                GeneralName::Directory(DistinguishedName::cn("x")),
            ]))
            // caIssuers with a URI.
            .extension(Extension::new(
                AUTHORITY_INFO,
                false,
                [
                    &[
                        0x30, 16, 0x30, 14, 6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, 2,
                    ][..],
                    b"a:",
                ]
                .concat(),
            ))
        })
        .profile(strict)
        .accepted();
    // An anchor without a certificate has nothing to look at.
    let chain = world.chain();
    let (name, key) = (world.root.name.der(), world.root.key.public_key_info());
    let anchors = [TrustAnchor::from_name_and_key(&name, &key).unwrap()];
    let sent = [Certificate::from_der(&chain.sent[0]).unwrap()];
    provisor_x509::PathVerifier::new(&strict, &anchors)
        .intermediates(&sent)
        .verify(&Certificate::from_der(&chain.leaf).unwrap(), NOW)
        .unwrap();
}

#[test]
fn faults_of_the_leaf() {
    let faults: [(Change, Code); 26] = [
        (|leaf| leaf.serial(&[0]), Code::X509StrictSerial),
        (|leaf| leaf.serial_raw(&[0x80]), Code::X509StrictSerial),
        (|leaf| leaf.serial(&[1; 21]), Code::X509StrictSerial),
        (|leaf| leaf.serial_raw(&[0, 1]), Code::X509StrictDer),
        (
            // GeneralizedTime for 2026 and for 2035.
            |leaf| leaf.valid_raw(b"\x18\x0f20260101000000Z", b"\x18\x0f20351231235959Z"),
            Code::X509StrictDer,
        ),
        (
            // cA FALSE written out.
            |leaf| leaf.extension(Extension::new(BASIC_CONSTRAINTS, true, [0x30, 3, 1, 1, 0])),
            Code::X509StrictDer,
        ),
        (
            // digitalSignature, and zeros behind it.
            |leaf| leaf.extension(Extension::new(KEY_USAGE, true, [3, 2, 0, 0x80])),
            Code::X509StrictDer,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Dns("a_b.example".into()))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Dns("10.0.0.1".into()))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Rfc822("nobody".into()))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Uri("/here".into()))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Ip(vec![1, 2, 3]))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.extension(alt_name(GeneralName::Directory(DistinguishedName::empty()))),
            Code::X509StrictAltName,
        ),
        (
            |leaf| leaf.without_authority_key_id(),
            Code::X509StrictAuthorityKeyId,
        ),
        (
            |leaf| {
                leaf.extension(Extension::key_usage(&[
                    KeyUsage::DigitalSignature,
                    KeyUsage::KeyCertSign,
                ]))
            },
            Code::X509StrictCertSign,
        ),
        (
            |leaf| {
                leaf.extension(
                    Extension::name_constraints(&[GeneralName::Dns("example".into())], &[])
                        .critical(false),
                )
            },
            Code::X509StrictNameConstraints,
        ),
        (
            |leaf| leaf.extension(Extension::subject_key_id(&[7]).critical(true)),
            Code::X509StrictCritical,
        ),
        (
            |leaf| leaf.extension(Extension::new(AUTHORITY_INFO, false, [0x30, 0])),
            Code::X509StrictAuthorityInfo,
        ),
        (
            |leaf| leaf.extension(Extension::new(AUTHORITY_INFO, false, [0x30, 2, 0x30, 0])),
            Code::X509StrictAuthorityInfo,
        ),
        (
            |leaf| {
                leaf.extension(Extension::new(
                    POLICIES,
                    false,
                    [0x30, 10, 0x30, 3, 6, 1, 0x55, 0x30, 3, 6, 1, 0x55],
                ))
            },
            Code::X509StrictPolicyTwice,
        ),
        (
            // No distribution point at all; one with reasons alone.
            |leaf| leaf.extension(Extension::new(CRL_POINTS, false, [0x30, 0])),
            Code::X509StrictCrlPoints,
        ),
        (
            |leaf| leaf.extension(Extension::new(CRL_POINTS, false, [0x30, 2, 0x30, 0])),
            Code::X509StrictCrlPoints,
        ),
        (
            // Qualifiers without one; a CPS pointer that is NULL.
            |leaf| {
                leaf.extension(Extension::new(
                    POLICIES,
                    false,
                    [0x30, 7, 0x30, 5, 6, 1, 0x55, 0x30, 0],
                ))
            },
            Code::X509StrictQualifier,
        ),
        (
            |leaf| {
                let pointer = [6, 8, 0x2b, 6, 1, 5, 5, 7, 2, 1, 5, 0];
                let value = [
                    &[0x30, 21, 0x30, 19, 6, 1, 0x55, 0x30, 14, 0x30, 12][..],
                    &pointer,
                ]
                .concat();
                leaf.extension(Extension::new(POLICIES, false, value))
            },
            Code::X509StrictQualifier,
        ),
        (
            // policyConstraints that nothing has to obey.
            |leaf| leaf.extension(Extension::new("2.5.29.36", false, [0x30, 3, 0x80, 1, 9])),
            Code::X509StrictNotCritical,
        ),
        (
            |leaf| leaf.extension(Extension::new("2.5.29.54", false, [2, 1, 9])),
            Code::X509StrictNotCritical,
        ),
    ];
    let world = World::new();
    for (number, (change, code)) in faults.into_iter().enumerate() {
        println!("fault {number}");
        only_strict(world.with_leaf(change), code);
    }
}

#[test]
fn faults_of_the_issuer() {
    let faults: [(Change, Code); 7] = [
        (|ca| ca.serial(&[0]), Code::X509StrictSerial),
        (
            |ca| ca.without_authority_key_id(),
            Code::X509StrictAuthorityKeyId,
        ),
        (
            |ca| ca.without_extension(SUBJECT_KEY_ID),
            Code::X509StrictSubjectKeyId,
        ),
        (
            |ca| ca.without_extension(KEY_USAGE),
            Code::X509StrictKeyUsageMissing,
        ),
        (
            |ca| ca.extension(Extension::basic_constraints(true, None).critical(false)),
            Code::X509StrictNotCritical,
        ),
        (
            |ca| {
                let constraints =
                    Extension::name_constraints(&[GeneralName::Dns("example".into())], &[]);
                ca.extension(constraints.critical(false))
            },
            Code::X509StrictNotCritical,
        ),
        (
            |ca| ca.extension(Extension::authority_key_id(&[7]).critical(true)),
            Code::X509StrictCritical,
        ),
    ];
    let world = World::new();
    for (number, (change, code)) in faults.into_iter().enumerate() {
        println!("fault {number}");
        let chain = world.with_ca(change);
        only_strict(chain.clone(), code);
        let rejection = chain.profile(profile::DEVICE.strict()).rejection();
        assert!(
            rejection.subject().to_string().contains("Issuing CA"),
            "{rejection}"
        );
    }
}

/// What the builder does not make, put into the signed bytes and signed again.
fn resigned(world: &World, der: &[u8], from: &[u8], to: &[u8]) -> Chain {
    let leaf = Certificate::from_der(der).unwrap();
    let at = leaf
        .tbs()
        .windows(from.len())
        .position(|bytes| bytes == from)
        .unwrap();
    let mut tbs = leaf.tbs().to_vec();
    tbs[at..at + from.len()].copy_from_slice(to);
    let algorithm = SignatureAlgorithm::EcdsaSha256;
    let signature = asn1::bit_string(&world.ca.key.sign(algorithm, &tbs));
    let mut chain = world.chain();
    chain.leaf = asn1::sequence(&[&tbs, &algorithm.identifier(), &signature]);
    chain
}

#[test]
fn attributes_of_a_set_out_of_order() {
    let world = World::new();
    let key = KeyPair::new(KeyKind::P256, 1, "device-7");
    let name = DistinguishedName::cn("one").joined_by(COMMON_NAME, "two");
    let leaf = CertificateBuilder::device(name, &key).issued_by(&world.ca);
    resigned(&world, leaf.der(), b"one", b"one")
        .profile(profile::DEVICE.strict())
        .accepted();
    only_strict(
        resigned(&world, leaf.der(), b"one", b"zwo"),
        Code::X509StrictDer,
    );
}

#[test]
fn a_unique_identifier() {
    let world = World::new();
    let key = KeyPair::new(KeyKind::P256, 1, "device-7");
    // Behind the key stands what the field after it holds.
    let info = [&key.public_key_info()[..], &[0x81, 2, 0, 1]].concat();
    only_strict(
        world.with_leaf(|leaf| leaf.public_key_info(&info)),
        Code::X509StrictUniqueId,
    );
}

#[test]
fn a_leaf_without_a_name() {
    let world = World::new();
    let key = KeyPair::new(KeyKind::P256, 1, "device-7");
    let build = |extension: Extension| {
        CertificateBuilder::device(DistinguishedName::empty(), &key)
            .extension(extension)
            .issued_by(&world.ca)
    };
    let chain = |leaf: &IssuedCertificate| {
        Chain::new(leaf, &[&world.ca.certificate], &[&world.root.certificate])
    };
    let names = || alt_name(GeneralName::Dns("d.example".into()));
    only_strict(chain(&build(names())), Code::X509StrictNoName);
    chain(&build(names().critical(true)))
        .profile(profile::DEVICE.strict())
        .accepted();
    // A key usage that allows nothing is refused by the device profile anyway.
    let idle = build(Extension::new(KEY_USAGE, true, [3, 1, 0]))
        .der()
        .to_vec();
    let mut idle_chain = world.chain();
    idle_chain.leaf = idle;
    idle_chain.profile = provisor_x509::Profile::new("any").strict();
    idle_chain.refused(Code::X509StrictNoName);
    let named = world.with_leaf(|leaf| leaf.extension(Extension::new(KEY_USAGE, true, [3, 1, 0])));
    named
        .profile(provisor_x509::Profile::new("any").strict())
        .refused(Code::X509StrictKeyUsageEmpty);
}

#[test]
fn faults_of_the_anchor() {
    let world = World::new();
    let key = world.root.key.clone();
    let with_root = |root: IssuedCertificate| {
        let mut chain = world.chain();
        chain.anchors = vec![root.der().to_vec()];
        chain
    };
    let build = || CertificateBuilder::ca(world.root.name.clone(), &key, None);
    let strict = profile::DEVICE.strict();
    with_root(build().without_authority_key_id().self_signed(&key))
        .profile(strict)
        .accepted();
    for (root, code) in [
        (
            build().extension(Extension::basic_constraints(true, None).critical(false)),
            Code::X509StrictNotCritical,
        ),
        (
            build().without_extension(KEY_USAGE),
            Code::X509StrictKeyUsageMissing,
        ),
        (
            build().without_extension(SUBJECT_KEY_ID),
            Code::X509StrictSubjectKeyId,
        ),
        (build().serial(&[0]), Code::X509StrictSerial),
    ] {
        only_strict(with_root(root.self_signed(&key)), code);
    }
    // A version 1 root cannot say that it is a CA.
    let old = build().version(None).without_extensions().self_signed(&key);
    only_strict(with_root(old), Code::X509StrictSubjectKeyId);
    // An intermediate as the anchor was signed by somebody, and says by whom.
    let other = Authority::root("Other", KeyKind::P256, 1);
    let cross = build().without_authority_key_id().issued_by(&other);
    only_strict(with_root(cross), Code::X509StrictAuthorityKeyId);
}

#[test]
fn the_report_names_the_rule_where_it_is_applied() {
    let world = World::new();
    assert!(
        !world
            .chain()
            .report()
            .to_string()
            .contains("strict-certificate")
    );
    let report = world
        .chain()
        .profile(profile::DEVICE.strict())
        .report()
        .to_string();
    // The leaf, the CA, the anchor.
    assert_eq!(
        report.matches("ok    strict-certificate").count(),
        3,
        "{report}"
    );
}

/// The public key information of a key on P-256, its point changed.
fn with_point(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let key = KeyPair::new(KeyKind::P256, 7, "device");
    let mut point = key.public_key_bits();
    change(&mut point);
    let ec_public_key = asn1::oid("1.2.840.10045.2.1");
    let p256 = asn1::oid("1.2.840.10045.3.1.7");
    asn1::sequence(&[
        &asn1::sequence(&[&ec_public_key, &p256]),
        &asn1::tlv(3, &[&[0][..], &point].concat()),
    ])
}

#[test]
fn compressed_points() {
    let world = World::new();
    let compressed = with_point(|point| {
        let odd = point[64] & 1;
        point.truncate(33);
        point[0] = 2 | odd;
    });
    only_strict(
        world.with_leaf(|leaf| leaf.public_key_info(&compressed)),
        Code::X509StrictPoint,
    );
    // A key of another kind may begin with any byte.
    let mut ed25519 = KeyPair::new(KeyKind::Ed25519, 7, "device").public_key_info();
    *ed25519.iter_mut().rev().nth(31).unwrap() = 2;
    world
        .with_leaf(|leaf| leaf.public_key_info(&ed25519))
        .profile(profile::DEVICE.strict())
        .accepted();
}

/// Nobody can hold such a key, so every profile refuses it that wants a strong one.
#[test]
fn points_off_their_curve() {
    let world = World::new();
    let whole = with_point(|_| {});
    world
        .with_leaf(|leaf| leaf.public_key_info(&whole))
        .accepted();
    let off = with_point(|point| point[64] ^= 1);
    // About half of all x have no point.
    let nowhere = (0..64).find_map(|last| {
        let der = with_point(|point| {
            point.truncate(33);
            point[0] = 2;
            point[32] = last;
        });
        let chain = world.with_leaf(|leaf| leaf.public_key_info(&der));
        chain.judge().is_err().then_some(der)
    });
    for wrong in [off, nowhere.unwrap()] {
        let chain = world.with_leaf(|leaf| leaf.public_key_info(&wrong));
        chain.refused(Code::X509KeyPoint);
        let strict = profile::DEVICE.strict();
        chain.clone().profile(strict).refused(Code::X509KeyPoint);
        let any = profile::DEVICE.danger_any_leaf_key();
        chain.profile(any).accepted();
    }
}
