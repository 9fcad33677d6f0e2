//! The search: signatures of look-alikes, certificates that certify each other, issuers to be looked
//! at, long certificates.

use super::cast::{Cast, der};
use super::lists::long_name;
use super::request::{Adversary, Asked, Family, Size};
use crate::asn1;
use crate::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, GeneralName, KeyKind, KeyPair,
    key_id,
};

pub(super) fn families() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let mut add = |name: String, make: Box<dyn Fn(Size) -> Adversary>| families.push((name, make));
    for kind in KeyKind::ALL {
        add(
            format!("look-alikes of the issuer, {}", kind.name()),
            Box::new(move |size| lookalikes(kind, size, &[])),
        );
    }
    for kind in [KeyKind::Ed25519, KeyKind::P256] {
        add(
            format!("look-alikes of the issuer of a long leaf, {}", kind.name()),
            Box::new(move |size| lookalikes(kind, size, &vec![0x55; 250_000])),
        );
    }
    add("look-alikes with RSA-8192".into(), Box::new(largest_keys));
    add(
        "look-alikes with keys of another kind".into(),
        Box::new(other_keys),
    );
    add("CAs that all certify each other".into(), Box::new(mesh));
    add(
        "CAs of one name that all certify each other".into(),
        Box::new(folded_mesh),
    );
    add(
        "CAs with many purposes that certify each other".into(),
        Box::new(purposes),
    );
    add(
        "issuers with long key identifiers".into(),
        Box::new(long_ids),
    );
    for asked in [Asked::Device, Asked::StrictDevice] {
        add(
            format!("long CAs of one key, {asked:?}"),
            Box::new(move |size| long_cas(asked, size)),
        );
    }
    add(
        "a long strict anchor on many paths".into(),
        Box::new(long_anchor),
    );
    add(
        "an endorsement key with many names".into(),
        Box::new(endorsement),
    );
    families
}

/// More look-alikes than signatures may be checked, the issuer last.
fn lookalikes(kind: KeyKind, size: Size, filler: &[u8]) -> Adversary {
    let cast = Cast::new(kind);
    let extensions = match filler.is_empty() {
        true => Vec::new(),
        false => vec![Extension::new("1.3.6.1.4.1.99999.2", false, filler)],
    };
    let leaf = Cast::leaf(&cast.ca, extensions);
    let mut request = cast.request(leaf, &[]);
    let mut sent = Cast::lookalikes(&cast.ca, size.of(500));
    sent.append(&mut request.sent);
    request.sent = sent;
    request
}

/// Certificates of one CA, all different, with this key under its key identifier.
fn with_key(cast: &Cast, key_info: &[u8], count: usize) -> Vec<Vec<u8>> {
    let signer = Authority::root("nobody", KeyKind::Ed25519, 1);
    let id = Extension::subject_key_id(&key_id(&cast.ca.key));
    (0..count as u64)
        .map(|n| {
            CertificateBuilder::ca(cast.ca.name.clone(), &cast.ca.key, None)
                .serial(&[&[1][..], &n.to_be_bytes()].concat())
                .public_key_info(key_info)
                .extension(id.clone())
                .issued_by(&signer)
                .der()
                .to_vec()
        })
        .collect()
}

/// The dearest keys that are taken: 8192 bits, and the largest exponent that is read.
fn largest_keys(size: Size) -> Adversary {
    let identifier = asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.11"), &[5, 0]]);
    let cast = Cast::new(KeyKind::Ed25519);
    let modulus: Vec<u8> = (0..1024_u32)
        .map(|n| u8::try_from(n * 167 % 251).unwrap() | 1)
        .collect();
    let modulus = [&[0xf1][..], &modulus[1..]].concat();
    let exponent = [1, 0xff, 0xff, 0xff, 0xff];
    let key = asn1::sequence(&[&asn1::unsigned(&modulus), &asn1::unsigned(&exponent)]);
    let info = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid("1.2.840.113549.1.1.1"), &[5, 0]]),
        &asn1::bit_string(&key),
    ]);
    let stranger = KeyPair::new(KeyKind::Ed25519, 1, "stranger");
    let leaf = CertificateBuilder::device(DistinguishedName::cn("stranger"), &stranger)
        .extension(Extension::new(
            "1.3.6.1.4.1.99999.2",
            false,
            vec![0x55; 200_000],
        ))
        .inner_algorithm(&identifier)
        .outer_algorithm(&identifier)
        .replaced_signature(&[0x55; 1024])
        .issued_by(&cast.ca);
    let mut request = cast.request(leaf.der().to_vec(), &[]);
    request.sent.extend(with_key(&cast, &info, size.of(200)));
    request
}

fn other_keys(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let mut request = cast.request(Cast::leaf(&cast.ca, Vec::new()), &[]);
    let info = KeyPair::rsa(1, 0).public_key_info();
    request.sent = with_key(&cast, &info, size.of(8_000));
    request
}

fn cross(names: &[DistinguishedName], extensions: &[Extension]) -> (Vec<Vec<u8>>, Authority) {
    let cas: Vec<Authority> = names
        .iter()
        .zip(0..)
        .map(|(name, seed)| {
            let key = KeyPair::new(KeyKind::Ed25519, seed, "mesh");
            let certificate = CertificateBuilder::ca(name.clone(), &key, None).self_signed(&key);
            Authority {
                certificate,
                name: name.clone(),
                key,
            }
        })
        .collect();
    let mut sent = Vec::new();
    for subject in &cas {
        for issuer in &cas {
            let ca = CertificateBuilder::ca(subject.name.clone(), &subject.key, None);
            let ca = extensions
                .iter()
                .cloned()
                .fold(ca, CertificateBuilder::extension);
            sent.push(ca.issued_by(issuer).der().to_vec());
        }
    }
    (sent, cas[0].clone())
}

fn mesh(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let names: Vec<_> = (0..size.of(60))
        .map(|n| DistinguishedName::cn(&format!("CA {n}")))
        .collect();
    let (sent, first) = cross(&names, &[]);
    let mut request = cast.request(Cast::leaf(&first, Vec::new()), &[]);
    request.sent = sent;
    request
}

fn folded_mesh(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let names: Vec<_> = (0..size.of(12))
        .map(|n| long_name("", |at| (at + n) % 8))
        .collect();
    let (sent, first) = cross(&names, &[]);
    let mut request = cast.request(Cast::leaf(&first, Vec::new()), &[]);
    request.sent = sent;
    request
}

fn purposes(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let purposes: Vec<u8> = (0..size.of(15_000))
        .flat_map(|n| asn1::oid(&format!("1.3.6.1.4.1.99999.{n}.1")))
        .chain(asn1::oid("1.3.6.1.5.5.7.3.2"))
        .collect();
    let purposes = Extension::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &purposes));
    let names: Vec<_> = (0..5)
        .map(|n| DistinguishedName::cn(&format!("CA {n}")))
        .collect();
    let (sent, first) = cross(&names, &[purposes]);
    let mut request = cast.request(Cast::leaf(&first, Vec::new()), &[]);
    request.sent = sent;
    request
}

/// The longest key identifiers that are read, alike but for their ends.
fn long_ids(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let id = |n: usize| {
        let mut id = vec![7; 120];
        id.extend(n.to_be_bytes());
        id
    };
    let signer = Authority::root("nobody", KeyKind::Ed25519, 1);
    let leaf = Cast::leaf(&cast.ca, vec![Extension::authority_key_id(&id(0))]);
    let mut request = cast.request(leaf, &[]);
    request.sent = (1..=size.of(8_000))
        .map(|n| {
            CertificateBuilder::ca(cast.ca.name.clone(), &cast.ca.key, None)
                .extension(Extension::subject_key_id(&id(n)))
                .issued_by(&signer)
                .der()
                .to_vec()
        })
        .collect();
    request
}

/// CAs of one name and key, each in a certificate full of names, extensions and purposes: every path
/// reads them again.
fn long_cas(asked: Asked, size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let names: Vec<_> = (0..size.of(13_000))
        .map(|n| GeneralName::Dns(format!("h{n}.example")))
        .collect();
    let mut child = cast.ca.clone();
    let mut sent = Vec::new();
    for layer in 0..4_u64 {
        let mut next = cast.child_of(&child, layer, Vec::new());
        for copy in 0..3_u8 {
            let mut builder = CertificateBuilder::ca(cast.ca.name.clone(), &next.key, None)
                .extension(Extension::subject_alt_name(&names))
                .extension(Extension::new("1.3.6.1.4.1.99999.1", false, [2, 1, copy]));
            for n in 0..50 {
                let oid = format!("1.3.6.1.4.1.99999.7.{n}");
                builder = builder.extension(Extension::new(&oid, false, [5, 0]));
            }
            next.certificate = builder.issued_by(&child);
            sent.push(der(&next));
        }
        child = next;
    }
    let mut request = cast.request(Cast::leaf(&child, Vec::new()), &[]);
    request.sent.extend(sent);
    // Refused by the last rule there is, so that every path is tried.
    request.leaf = Cast::leaf(&child, vec![critical_nothing()]);
    request.asked = asked;
    request
}

/// Names in a leaf that no anchor of the tests permits; harmless elsewhere.
fn critical_nothing() -> Extension {
    Extension::new("2.5.29.36", true, [0x30, 3, 0x80, 1, 0])
}

/// The operator's root states as much as fits, and is met at the end of many paths.
fn long_anchor(size: Size) -> Adversary {
    let mut cast = Cast::new(KeyKind::P256);
    let names: Vec<_> = (0..size.of(12_000))
        .map(|n| GeneralName::Dns(format!("h{n}.example")))
        .collect();
    cast.root.certificate = CertificateBuilder::ca(cast.root.name.clone(), &cast.root.key, None)
        .extension(Extension::subject_alt_name(&names))
        .self_signed(&cast.root.key);
    let mut request = cast.request(Cast::leaf(&cast.ca, vec![critical_nothing()]), &[]);
    for n in 0..100_u8 {
        let twin = CertificateBuilder::ca(cast.ca.name.clone(), &cast.ca.key, None)
            .serial(&[1, n])
            .issued_by(&cast.root);
        request.sent.push(twin.der().to_vec());
    }
    request.asked = Asked::StrictDevice;
    request
}

/// Directory names, none of which holds the TPM's manufacturer.
fn endorsement(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let names: Vec<_> = (0..size.of(8_000))
        .map(|n| GeneralName::Directory(DistinguishedName::cn(&n.to_string())))
        .collect();
    let leaf = Cast::leaf(
        &cast.ca,
        vec![
            Extension::subject_alt_name(&names),
            Extension::extended_key_usage(&["2.23.133.8.1"]),
        ],
    );
    let mut request = cast.request(leaf, &[]);
    request.asked = Asked::EndorsementKey;
    request.sent.extend(Cast::lookalikes(&cast.ca, 120));
    request
}
