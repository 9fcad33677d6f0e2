//! The strict profile on what one certificate says of another, on the anchor's dates, and on text.

use provisor_testkit::asn1;
use provisor_testkit::pki::{
    CertificateBuilder, DistinguishedName, Extension, GeneralName, IssuedCertificate, KeyKind,
    KeyPair, ToyPki,
};
use provisor_x509::{Certificate, Code, UnixTime, profile};

use crate::world::{Chain, World};

/// An authorityKeyIdentifier of these parts; the names are those of the directory.
fn key_id(
    id: Option<&[u8]>,
    issuer: Option<&DistinguishedName>,
    serial: Option<&[u8]>,
) -> Extension {
    let mut parts = Vec::new();
    if let Some(id) = id {
        parts.push(asn1::tlv(0x80, id));
    }
    if let Some(name) = issuer {
        parts.push(asn1::tlv(0xa1, &asn1::tlv(0xa4, &name.der())));
    }
    if let Some(serial) = serial {
        parts.push(asn1::tlv(0x82, serial));
    }
    Extension::new("2.5.29.35", false, asn1::tlv(0x30, &parts.concat()))
}

/// The identifier in a CA's certificate.
fn own_id(ca: &IssuedCertificate) -> Vec<u8> {
    let ca = Certificate::from_der(ca.der()).unwrap();
    let stated = ca
        .extensions()
        .find(|extension| extension.oid_bytes() == [0x55, 0x1d, 14])
        .unwrap();
    // Without the tag and the length of the OCTET STRING.
    stated.value()[2..].to_vec()
}

#[track_caller]
fn only_strict(chain: Chain, code: Code) {
    chain.accepted();
    let strict = chain.profile.strict();
    chain.profile(strict).refused(code);
}

#[test]
fn the_issuer_is_the_one_that_the_certificate_below_names() {
    let world = World::new();
    let strict = profile::DEVICE.strict();
    let id = own_id(&world.ca.certificate);
    let ca = Certificate::from_der(world.ca.certificate.der()).unwrap();
    let serial = ca.serial();
    let (root, other) = (&world.root.name, DistinguishedName::cn("Other"));
    let with = |extension: Extension| world.with_leaf(|leaf| leaf.extension(extension));
    with(key_id(Some(&id), Some(root), Some(serial)))
        .profile(strict)
        .accepted();
    for wrong in [
        key_id(Some(&[7]), None, None),
        key_id(Some(&[]), None, None),
        key_id(Some(&id), Some(root), Some(&[1])),
        key_id(Some(&id), Some(&other), Some(serial)),
        // Both or neither.
        key_id(Some(&id), Some(root), None),
        key_id(Some(&id), None, Some(serial)),
    ] {
        only_strict(with(wrong), Code::X509StrictIssuerNamed);
    }
}

#[test]
fn an_anchor_is_the_one_that_the_certificate_below_names() {
    let world = World::new();
    only_strict(
        world.with_ca(|ca| ca.extension(Extension::authority_key_id(&[7]))),
        Code::X509StrictIssuerNamed,
    );
    // A root that names another key as its signer's.
    let key = world.root.key.clone();
    let root = CertificateBuilder::ca(world.root.name.clone(), &key, None)
        .extension(Extension::authority_key_id(&[7]))
        .self_signed(&key);
    let mut chain = world.chain();
    chain.anchors = vec![root.der().to_vec()];
    only_strict(chain, Code::X509StrictIssuerNamed);
}

#[test]
fn an_anchor_is_in_its_time() {
    let world = World::new();
    let key = world.root.key.clone();
    let with_root = |from: i64, to: i64| {
        let at = |offset| UnixTime::new(ToyPki::NOW.seconds() + offset);
        let root = CertificateBuilder::ca(world.root.name.clone(), &key, None)
            .valid(at(from), at(to))
            .self_signed(&key);
        let mut chain = world.chain();
        chain.anchors = vec![root.der().to_vec()];
        chain
    };
    with_root(0, 0).profile(profile::DEVICE.strict()).accepted();
    only_strict(with_root(-2, -1), Code::X509Expired);
    only_strict(with_root(1, 2), Code::X509NotYetValid);
}

#[test]
fn names_are_text_of_their_type() {
    let world = World::new();
    let key = KeyPair::new(KeyKind::P256, 1, "device-7");
    let named = |oid: &str, tag: u8, value: &[u8]| {
        let name = DistinguishedName::cn("device-7").and_raw(oid, tag, value);
        let leaf = CertificateBuilder::device(name, &key).issued_by(&world.ca);
        Chain::new(&leaf, &[&world.ca.certificate], &[&world.root.certificate])
    };
    let strict = profile::DEVICE.strict();
    const O: &str = "2.5.4.10";
    for (oid, tag, value) in [
        (O, 0x0c, "W\u{e4}rk".as_bytes()),
        (O, 0x13, b"Plant (7)+1, a/b:c=d?-.'"),
        (O, 0x14, b"W\xe4rk"),
        (O, 0x16, b"a@b_c"),
        (O, 0x1a, b"a@b_c"),
        (O, 0x12, b"12 3"),
        (O, 0x1e, b"\0A"),
        (O, 0x1c, b"\0\0\0A"),
        // x500UniqueIdentifier is a BIT STRING; of private attributes nothing is known.
        ("2.5.4.45", 3, b"\0\x01"),
        ("1.3.6.1.4.1.99999.1", 5, b""),
    ] {
        named(oid, tag, value).profile(strict).accepted();
    }
    for (oid, tag, value) in [
        (O, 0x0c, &b"W\xe4rk"[..]),
        (O, 0x13, b"a@b"),
        (O, 0x13, b"a*"),
        (O, 0x16, b"W\xe4rk"),
        (O, 0x1a, b"a\tb"),
        (O, 0x12, b"1a"),
        (O, 0x1e, b"\0A\0"),
        (O, 0x1e, b"\xd8\0"),
        (O, 0x1c, b"\0\0A"),
        (O, 5, b""),
        (O, 2, b"\x05"),
        ("1.3.6.1.4.1.99999.1", 0x13, b"*"),
    ] {
        only_strict(named(oid, tag, value), Code::X509StrictText);
    }
    let beside = DistinguishedName::cn("x").and_raw(O, 0x13, b"*");
    let beside = [GeneralName::Directory(beside)];
    only_strict(
        world.with_leaf(|leaf| leaf.extension(Extension::subject_alt_name(&beside))),
        Code::X509StrictText,
    );
    only_strict(
        world.with_ca(|ca| ca.extension(Extension::name_constraints(&[], &beside))),
        Code::X509StrictText,
    );
}
