//! Encodings that are refused, each with its code, and those that are let through on purpose.

use provisor_testkit::asn1;
use provisor_testkit::pki::{DistinguishedName, Extension};
use provisor_x509::{Certificate, Code, Version, lenient_cut_padding};

use crate::world::{Chain, World};

fn code(chain: &Chain) -> Code {
    Certificate::from_der(&chain.leaf).unwrap_err().code()
}

#[test]
fn versions_go_with_their_fields() {
    let world = World::new();
    assert_eq!(
        code(&world.with_leaf(|b| b.version(None))),
        Code::X509Version
    );
    assert_eq!(
        code(&world.with_leaf(|b| b.version(Some(1)))),
        Code::X509Version
    );
    assert_eq!(
        code(&world.with_leaf(|b| b.version(Some(3)))),
        Code::X509Version
    );
    assert_eq!(
        code(&world.with_leaf(|b| b.version(Some(0)))),
        Code::X509Version
    );
    let plain = world.with_leaf(|b| b.version(None).without_extensions());
    assert_eq!(
        Certificate::from_der(&plain.leaf).unwrap().version(),
        Version::V1
    );
    plain.accepted();
}

#[test]
fn serial_numbers_are_taken_as_they_are_but_not_empty() {
    let world = World::new();
    assert_eq!(
        code(&world.with_leaf(|b| b.serial_raw(&[]))),
        Code::X509Serial
    );
    for serial in [&[0][..], &[0xff], &[0, 1], &[1; 30]] {
        let chain = world.with_leaf(|b| b.serial_raw(serial));
        assert_eq!(Certificate::from_der(&chain.leaf).unwrap().serial(), serial);
        chain.accepted();
    }
}

#[test]
fn times_have_one_form() {
    let world = World::new();
    let late = asn1::tlv(asn1::UTC_TIME, b"491231235959Z");
    for wrong in [
        "260101000000+0000",
        "2601010000Z",
        "260230000000Z",
        "260101000060Z",
    ] {
        let wrong = asn1::tlv(asn1::UTC_TIME, wrong.as_bytes());
        assert_eq!(
            code(&world.with_leaf(|b| b.valid_raw(&wrong, &late))),
            Code::X509Time
        );
    }
    let generalized = asn1::tlv(asn1::GENERALIZED_TIME, b"20260101000000Z");
    world
        .with_leaf(|b| b.valid_raw(&generalized, &late))
        .accepted();
    let pre_epoch = asn1::tlv(asn1::UTC_TIME, b"500101000000Z");
    world
        .with_leaf(|b| b.valid_raw(&pre_epoch, &late))
        .accepted();
}

/// Found by fuzzing: the two were compared, and what they are was looked at only where a signature
/// is checked, which an anchor's is not.
#[test]
fn an_algorithm_identifier_is_one() {
    let sha256 = asn1::oid("1.2.840.10045.4.3.2");
    for (wrong, expected) in [
        (asn1::sequence(&[]), Code::X509Truncated),
        (
            asn1::sequence(&[&asn1::octet_string(&sha256)]),
            Code::X509Element,
        ),
        (
            asn1::sequence(&[&asn1::tlv(asn1::OID, &[0x80, 1])]),
            Code::X509Der,
        ),
        (
            asn1::sequence(&[&sha256, &[5, 0], &[5, 0]]),
            Code::X509TrailingBytes,
        ),
    ] {
        let chain = World::new().with_leaf(|b| b.inner_algorithm(&wrong).outer_algorithm(&wrong));
        assert_eq!(code(&chain), expected, "{wrong:02x?}");
    }
}

#[test]
fn one_signature_algorithm_inside_and_outside() {
    let other = asn1::sequence(&[&asn1::oid("1.2.840.10045.4.3.3")]);
    let world = World::new();
    for chain in [
        world.with_leaf(|b| b.inner_algorithm(&other)),
        world.with_leaf(|b| b.outer_algorithm(&other)),
    ] {
        assert_eq!(code(&chain), Code::X509AlgorithmMismatch);
    }
}

#[test]
fn no_extension_comes_twice() {
    let world = World::new();
    let private = Extension::new("1.3.6.1.4.1.99999.1", false, [5, 0]);
    for repeated in [Extension::basic_constraints(false, None), private.clone()] {
        let chain = world.with_leaf(|b| {
            b.extension(private.clone())
                .repeated_extension(repeated.clone())
        });
        assert_eq!(code(&chain), Code::X509DuplicateExtension);
    }
}

#[test]
fn known_extensions_are_well_formed() {
    let world = World::new();
    for (oid, value) in [
        ("2.5.29.19", &[0x30, 3, 1, 1, 1][..]),
        ("2.5.29.19", &[0x30, 0, 5, 0]),
        ("2.5.29.15", &[3, 2, 7, 0x80, 0]),
        ("2.5.29.37", &[0x30, 2, 5, 0]),
        ("2.5.29.17", &[0x30, 0]),
        ("2.5.29.17", &[0x30, 2, 0x89, 0]),
        ("2.5.29.17", &[0x30, 4, 0xa4, 2, 5, 0]),
        // otherName whose explicit value is nothing, two elements, cut; registeredID of no byte, and
        // of a part that does not end.
        ("2.5.29.17", &[0x30, 7, 0xa0, 5, 6, 1, 0x55, 0xa0, 0]),
        (
            "2.5.29.17",
            &[0x30, 11, 0xa0, 9, 6, 1, 0x55, 0xa0, 4, 5, 0, 5, 0],
        ),
        ("2.5.29.17", &[0x30, 8, 0xa0, 6, 6, 1, 0x55, 0xa0, 1, 5]),
        ("2.5.29.17", &[0x30, 2, 0x88, 0]),
        ("2.5.29.17", &[0x30, 3, 0x88, 1, 0x84]),
        ("2.5.29.31", &[5, 0]),
        ("2.5.29.31", &[0x30, 0, 0]),
        ("2.5.29.14", &[0x04, 2, 1]),
        ("2.5.29.35", &[0x30, 3, 0x80, 2, 1]),
        ("2.5.29.30", &[0x30, 4, 0xa0, 2, 0x30, 0]),
        ("2.5.29.32", &[5, 0]),
        ("1.3.6.1.5.5.7.1.1", &[0x31, 0]),
    ] {
        let chain = world.with_leaf(|b| b.extension(Extension::new(oid, false, value)));
        assert!(
            Certificate::from_der(&chain.leaf).is_err(),
            "{oid} {value:02x?}"
        );
    }
}

#[test]
fn set_bits_said_to_be_unused_need_a_lenient_profile() {
    let world = World::new();
    let usage = Extension::new("2.5.29.15", true, [3, 2, 4, 4]);
    let chain = world.with_ca(|b| b.extension(usage));
    chain.refused(Code::X509Extension);
    let lenient = chain.profile.lenient_key_usage_bits();
    chain.profile(lenient).accepted();
}

#[test]
fn names_have_attributes_and_an_issuer_has_a_name() {
    let world = World::new();
    let nobody = world.with_leaf(|b| b.issuer(&DistinguishedName::empty()));
    assert_eq!(code(&nobody), Code::X509IssuerEmpty);
}

#[test]
fn padding_is_cut_only_on_request() {
    let chain = World::new().chain();
    for padding in [&[0; 9][..], &[0xff; 431], &[]] {
        let padded = [&chain.leaf[..], padding].concat();
        assert_eq!(lenient_cut_padding(&padded), chain.leaf);
        if !padding.is_empty() {
            let rejection = Certificate::from_der(&padded).unwrap_err();
            assert_eq!(rejection.code(), Code::X509TrailingBytes);
            assert_eq!(rejection.position(), Some(chain.leaf.len()));
        }
    }
    for more in [&[1][..], &[0, 0xff], &[0xff, 0]] {
        let more = [&chain.leaf[..], more].concat();
        assert_eq!(lenient_cut_padding(&more), more);
    }
}
