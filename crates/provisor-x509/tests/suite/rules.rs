//! One rule, one test: the chain that keeps it is accepted, the one that breaks it has its code.

use provisor_testkit::asn1;
use provisor_testkit::pki::extension::{CLIENT_AUTH, SERVER_AUTH};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, KeyKind, KeyPair, KeyUsage,
    SignatureAlgorithm,
};
use provisor_x509::profile::{self, LeafKind};
use provisor_x509::{Code, UnixTime};

use crate::world::{Chain, NOW, World, device};

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";

#[test]
fn an_ordinary_chain_of_every_kind_of_key() {
    for kind in KeyKind::ALL {
        let root = Authority::root("Root", kind, 2);
        let ca = root.issuing_ca("CA", kind, 3, Some(0));
        let key = KeyPair::new(kind, 4, "device");
        let leaf = CertificateBuilder::device(DistinguishedName::cn("d"), &key).issued_by(&ca);
        let chain = Chain::new(&leaf, &[&ca.certificate], &[&root.certificate]);
        assert_eq!(chain.judge().unwrap(), 2, "{}", kind.name());
    }
}

#[test]
fn rsa_and_ecdsa_with_the_longer_hashes() {
    for (kind, algorithm) in [
        (KeyKind::P256, SignatureAlgorithm::EcdsaSha384),
        (KeyKind::P384, SignatureAlgorithm::EcdsaSha256),
        (KeyKind::Rsa2048, SignatureAlgorithm::RsaSha384),
        (KeyKind::Rsa2048, SignatureAlgorithm::RsaSha512),
    ] {
        let root = Authority::root("Root", kind, 2);
        let leaf = device("d").algorithm(algorithm).issued_by(&root);
        Chain::new(&leaf, &[], &[&root.certificate]).accepted();
    }
}

#[test]
fn validity_counts_both_ends() {
    let world = World::new();
    let (start, end) = (NOW, NOW.saturating_add(86_400));
    let before = |time: UnixTime| time.saturating_add(-1);
    let after = |time: UnixTime| time.saturating_add(1);
    let leaf = world.with_leaf(|b| b.valid(start, end));
    leaf.clone().at(start).accepted();
    leaf.clone().at(end).accepted();
    leaf.clone()
        .at(before(start))
        .refused(Code::X509NotYetValid);
    leaf.at(after(end)).refused(Code::X509Expired);

    let ca = world.with_ca(|b| b.valid(start, end));
    ca.clone().at(end).accepted();
    let rejection = ca.at(after(end)).rejection();
    assert_eq!(rejection.code(), Code::X509Expired);
    assert!(
        rejection
            .subject()
            .to_string()
            .contains("certificate 1 (CN=Issuing CA)")
    );
}

#[test]
fn a_certificate_without_expiry() {
    let never = UnixTime::parse_rfc3339("9999-12-31T23:59:59Z").unwrap();
    World::new()
        .with_leaf(|b| b.valid(NOW, never))
        .profile(profile::IDEVID)
        .at(UnixTime::parse_rfc3339("2300-01-01T00:00:00Z").unwrap())
        .refused(Code::X509Expired); // the CA, not the leaf
}

#[test]
fn an_issuer_is_a_ca() {
    let world = World::new();
    world
        .with_ca(|b| b.extension(Extension::basic_constraints(false, None)))
        .refused(Code::X509NotCa);
    world
        .with_ca(|b| b.without_extension(BASIC_CONSTRAINTS))
        .refused(Code::X509NotCa);
    world
        .with_ca(|b| b.version(None).without_extensions())
        .refused(Code::X509NotCa);
    world
        .with_ca(|b| b.extension(Extension::basic_constraints(true, None).critical(false)))
        .accepted();
}

#[test]
fn an_issuer_may_sign_certificates() {
    let world = World::new();
    world
        .with_ca(|b| b.extension(Extension::key_usage(&[KeyUsage::CrlSign])))
        .refused(Code::X509KeyCertSign);
    world.with_ca(|b| b.without_extension(KEY_USAGE)).accepted();
}

#[test]
fn the_path_length_leaves_out_self_issued_certificates() {
    let root = Authority::root("Root", KeyKind::P256, 1);
    let one = root.issuing_ca("One", KeyKind::P256, 1, Some(0));
    let two = one.issuing_ca("Two", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&two);
    let chain = Chain::new(
        &leaf,
        &[&one.certificate, &two.certificate],
        &[&root.certificate],
    );
    let rejection = chain.rejection();
    assert_eq!(rejection.code(), Code::X509PathLength);
    assert!(
        rejection.subject().to_string().contains("CN=One"),
        "{rejection}"
    );

    // The same name with a new key, certified by the old one: a rollover, not a level.
    let renewed = one.issuing_ca("One", KeyKind::P256, 9, None);
    let leaf = device("d").issued_by(&renewed);
    Chain::new(
        &leaf,
        &[&one.certificate, &renewed.certificate],
        &[&root.certificate],
    )
    .accepted();
}

#[test]
fn the_path_length_of_an_anchor_counts() {
    let key = KeyPair::new(KeyKind::P256, 1, "Root");
    let name = DistinguishedName::cn("Root");
    let root = Authority {
        certificate: CertificateBuilder::ca(name.clone(), &key, Some(0)).self_signed(&key),
        name,
        key,
    };
    let ca = root.issuing_ca("CA", KeyKind::P256, 1, None);
    let leaf = device("d").issued_by(&ca);
    Chain::new(&leaf, &[&ca.certificate], &[&root.certificate]).refused(Code::X509PathLength);
    Chain::new(&device("d").issued_by(&root), &[], &[&root.certificate]).accepted();
}

#[test]
fn rules_for_issuers_are_not_read_into_the_last_certificate() {
    let world = World::new();
    let path_len = asn1::tlv(asn1::INTEGER, &[0]);
    let false_written = asn1::tlv(asn1::BOOLEAN, &[0]);
    for contents in [path_len.clone(), [false_written, path_len].concat()] {
        let odd = || {
            Extension::new(
                BASIC_CONSTRAINTS,
                true,
                asn1::tlv(asn1::SEQUENCE, &contents),
            )
        };
        let leaf = world.with_leaf(|b| b.extension(odd()));
        leaf.clone().accepted();
        // FALSE written out is no DER, which the strict profile says first.
        leaf.profile(profile::DEVICE.strict())
            .refused(match contents.len() {
                3 => Code::X509StrictPathLength,
                _ => Code::X509StrictDer,
            });
        // As an issuer it is no CA, and no anchor either.
        world
            .with_ca(|b| b.extension(odd()))
            .refused(Code::X509NotCa);
        let root = CertificateBuilder::ca(world.root.name.clone(), &world.root.key, None)
            .extension(odd())
            .self_signed(&world.root.key);
        Chain::new(&device("d").issued_by(&world.root), &[], &[&root])
            .refused(Code::X509AnchorUnusable);
    }
    // keyCertSign and a critical nameConstraints are for issuers as well.
    let both = [KeyUsage::DigitalSignature, KeyUsage::KeyCertSign];
    world
        .with_leaf(|b| b.extension(Extension::key_usage(&both)))
        .accepted();
}

#[test]
fn the_leaf_key_usage_fits_the_profile() {
    let world = World::new();
    let agrees = world.with_leaf(|b| b.extension(Extension::key_usage(&[KeyUsage::KeyAgreement])));
    agrees.refused(Code::X509KeyUsage);
    agrees
        .profile(profile::EK.with_purpose(profile::Purpose::Any))
        .accepted();
    world
        .with_leaf(|b| b.without_extension(KEY_USAGE))
        .accepted();
}

#[test]
fn the_purpose_is_there_all_along_the_path() {
    let world = World::new();
    let eku = Extension::extended_key_usage;
    world
        .with_leaf(|b| b.extension(eku(&[SERVER_AUTH])))
        .refused(Code::X509ExtendedKeyUsage);
    world
        .with_leaf(|b| b.extension(eku(&["2.5.29.37.0"])))
        .accepted();
    world
        .with_leaf(|b| b.without_extension("2.5.29.37"))
        .accepted();
    world
        .with_leaf(|b| b.extension(eku(&[])))
        .refused(Code::X509ExtendedKeyUsageEmpty);
    world
        .with_ca(|b| b.extension(eku(&[CLIENT_AUTH])))
        .accepted();
    let rejection = world
        .with_ca(|b| b.extension(eku(&[SERVER_AUTH])))
        .rejection();
    assert_eq!(rejection.code(), Code::X509ExtendedKeyUsage);
    assert!(rejection.found_text().contains("serverAuth"), "{rejection}");
}

#[test]
fn unknown_critical_extensions() {
    let world = World::new();
    let private = |critical| Extension::new("1.3.6.1.4.1.99999.1", critical, [5, 0]);
    for chain in [
        world.with_leaf(|b| b.extension(private(true))),
        world.with_ca(|b| b.extension(private(true))),
        // Understood, but not to be critical.
        world.with_leaf(|b| b.extension(Extension::new("1.3.6.1.5.5.7.1.1", true, [0x30, 0]))),
    ] {
        chain.refused(Code::X509UnknownCritical);
    }
    world.with_leaf(|b| b.extension(private(false))).accepted();
}

#[test]
fn a_ca_in_the_place_of_the_leaf_is_the_profiles_business() {
    let world = World::new();
    let chain = Chain::new(&world.ca.certificate, &[], &[&world.root.certificate]);
    chain.refused(Code::X509LeafIsCa);
    chain.clone().profile(profile::ISSUING_CA).accepted();
    chain
        .profile(profile::Profile::new("any").with_leaf_kind(LeafKind::EndEntityOrCa))
        .accepted();
    world
        .chain()
        .profile(profile::ISSUING_CA)
        .refused(Code::X509LeafNotCa);
}

#[test]
fn wrong_signatures() {
    let world = World::new();
    world
        .with_leaf(CertificateBuilder::damaged_signature)
        .refused(Code::X509SignatureWrong);
    world
        .with_ca(CertificateBuilder::damaged_signature)
        .refused(Code::X509SignatureWrong);
    world
        .with_leaf(|b| b.replaced_signature(&[0x30, 0]))
        .refused(Code::X509SignatureForm);
}

#[test]
fn algorithms_that_are_refused_have_their_own_codes() {
    let world = World::new();
    for (identifier, code) in [
        (vec!["1.2.840.113549.1.1.5"], Code::X509SignatureSha1),
        (vec!["1.2.840.10045.4.1"], Code::X509SignatureSha1),
        (vec!["1.2.840.113549.1.1.4"], Code::X509SignatureMd5),
        (vec!["2.16.840.1.101.3.4.3.2"], Code::X509SignatureDsa),
        (vec!["1.3.101.113"], Code::X509SignatureUnsupported),
        // ECDSA with SHA-512 on P-256: ring has it not, and for the others the signature is wrong.
        #[cfg(feature = "ring")]
        (vec!["1.2.840.10045.4.3.4"], Code::X509SignatureUnsupported),
        #[cfg(not(feature = "ring"))]
        (vec!["1.2.840.10045.4.3.4"], Code::X509SignatureWrong),
        (vec!["1.3.101.112"], Code::X509KeyMismatch),
        (vec!["1.2.3.4"], Code::X509SignatureAlgorithm),
        (vec!["1.2.840.113549.1.1.10"], Code::X509PssParameters),
    ] {
        let identifier = asn1::sequence(&[&asn1::oid(identifier[0])]);
        world
            .with_leaf(|b| b.inner_algorithm(&identifier).outer_algorithm(&identifier))
            .refused(code);
    }
}

#[test]
fn weak_keys_are_refused_in_issuers_and_in_leaves() {
    let world = World::new();
    let odd = |bytes: usize| {
        let mut modulus = vec![0x80];
        modulus.resize(bytes, 1);
        asn1::unsigned(&modulus)
    };
    let rsa_key = |parameters: &[u8], modulus: &[u8], exponent: &[u8]| {
        let key = asn1::sequence(&[modulus, &asn1::unsigned(exponent)]);
        let algorithm = asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.1"), parameters]);
        asn1::sequence(&[&algorithm, &asn1::bit_string(&key)])
    };
    let rsa = |bytes| rsa_key(&[5, 0], &odd(bytes), &[1, 0, 1]);
    let even = asn1::unsigned(&[[0x80; 255].as_slice(), &[2]].concat());
    let mut long = odd(64);
    long.splice(0..3, [2, 0x82, 1, 65 + 3].into_iter().chain([0; 260]));
    let curve = |parameters: &[u8]| {
        let algorithm = asn1::sequence(&[&asn1::oid("1.2.840.10045.2.1"), parameters]);
        asn1::sequence(&[&algorithm, &asn1::bit_string(&[4; 49])])
    };
    let unknown = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid("1.2.3.4")]),
        &asn1::bit_string(&[2, 1, 1]),
    ]);
    let dsa = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid("1.2.840.10040.4.1")]),
        &asn1::bit_string(&[2, 1, 1]),
    ]);
    for (key, code) in [
        (rsa(128), Code::X509KeyRsaSize),
        (rsa(1025), Code::X509KeyRsaSize),
        (rsa_key(&[], &odd(64), &[1, 0, 1]), Code::X509Key),
        (rsa_key(&[5, 0], &even, &[1, 0, 1]), Code::X509Key),
        (rsa_key(&[5, 0], &long, &[1, 0, 1]), Code::X509Key),
        (rsa_key(&[5, 0], &odd(256), &[1]), Code::X509Key),
        (rsa_key(&[5, 0], &odd(256), &[4]), Code::X509Key),
        (curve(&asn1::oid("1.2.840.10045.3.1.7")), Code::X509Key),
        (unknown, Code::X509KeyAlgorithm),
        (curve(&asn1::oid("1.2.840.10045.3.1.1")), Code::X509KeyCurve),
        (curve(&[0x30, 0]), Code::X509KeyCurveExplicit),
        (dsa, Code::X509KeyDsa),
    ] {
        world.with_ca(|b| b.public_key_info(&key)).refused(code);
        let leaf = world.with_leaf(|b| b.public_key_info(&key));
        leaf.refused(code);
        leaf.profile(profile::DEVICE.danger_any_leaf_key())
            .accepted();
    }
}
