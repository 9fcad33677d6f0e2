//! What is large in messages and explanations.

use super::cast::{Cast, der};
use super::request::{Adversary, Family, Size};
use crate::asn1;
use crate::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, GeneralName, KeyKind, KeyPair,
    key_id,
};

pub(super) fn families() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let mut add = |name: &str, make: fn(Size) -> Adversary| {
        families.push((name.to_owned(), Box::new(make)));
    };
    add("many other purposes", |size| {
        let purposes: Vec<u8> = (0..size.of(3_500))
            .flat_map(|_| asn1::tlv(asn1::OID, &[0x2b; 64]))
            .collect();
        let purposes = Extension::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &purposes));
        one_leaf(vec![purposes])
    });
    add("a long URI that is excluded", |size| {
        let uri = [b"https://y.org/", &vec![0xff; size.of(240_000)][..]].concat();
        constrained(
            GeneralName::Uri("y.org".into()),
            GeneralName::Raw(0x86, uri),
        )
    });
    add("a long address that cannot be compared", |size| {
        let bytes = vec![0x1b; size.of(240_000)];
        constrained(GeneralName::Ip(vec![0; 8]), GeneralName::Raw(0x87, bytes))
    });
    add("a long name of a private form", |size| {
        let oid = asn1::oid("1.3.6.1.4.1.99999.9");
        let value = asn1::tlv(0xa0, &asn1::octet_string(&vec![7; size.of(240_000)]));
        let name = GeneralName::Raw(0xa0, [oid, value].concat());
        constrained(name.clone(), name)
    });
    add("long names on many paths", long_names);
    add("long names of many anchors", many_anchors);
    add("a critical extension with a long identifier", |size| {
        let long = format!("1.3{}", ".6".repeat(size.of(36)));
        one_leaf(vec![Extension::new(&long, true, [5, 0])])
    });
    families
}

fn one_leaf(extensions: Vec<Extension>) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let mut request = cast.request(Cast::leaf(&cast.ca, extensions), &[]);
    request.sent.extend(Cast::lookalikes(&cast.ca, 120));
    request
}

fn constrained(excluded: GeneralName, name: GeneralName) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let child = cast.child(1, vec![Extension::name_constraints(&[], &[excluded])]);
    let leaf = Cast::leaf(&child, vec![Extension::subject_alt_name(&[name])]);
    cast.request(leaf, &[&child])
}

/// Four kilobytes of characters that are shown escaped, in every certificate of many paths.
fn escaped(n: usize, size: Size) -> DistinguishedName {
    let text = "\u{202e}".repeat(size.of(1_300));
    DistinguishedName::cn(&n.to_string()).and("2.5.4.10", &text)
}

fn long_names(size: Size) -> Adversary {
    let cast = Cast::new(KeyKind::Ed25519);
    let mut parent = cast.root.clone();
    let mut sent = Vec::new();
    for layer in 0..9 {
        let name = escaped(layer, size);
        let key = KeyPair::new(KeyKind::Ed25519, 1, &format!("layer {layer}"));
        let next =
            CertificateBuilder::ca(name.clone(), &key, None).into_authority(name, key, &parent);
        let stranger = Authority::root("nobody", KeyKind::Ed25519, 1);
        for n in 0..8_u8 {
            let twin = CertificateBuilder::ca(next.name.clone(), &stranger.key, None)
                .serial(&[1, n])
                .extension(Extension::subject_key_id(&key_id(&next.key)))
                .issuer(&parent.name)
                .issued_by(&stranger);
            sent.push(twin.der().to_vec());
        }
        sent.push(der(&next));
        parent = next;
    }
    let stranger = KeyPair::new(KeyKind::Ed25519, 1, "stranger");
    let leaf = CertificateBuilder::device(escaped(99, size), &stranger)
        .without_extension("2.5.29.37")
        .issued_by(&parent);
    let mut request = cast.request(leaf.der().to_vec(), &[]);
    request.sent = sent;
    request
}

fn many_anchors(size: Size) -> Adversary {
    let mut request = one_leaf(Vec::new());
    request.sent.clear();
    request.anchors = (0..size.of(400))
        .map(|n| {
            let name = escaped(n, Size::Full);
            let key = KeyPair::new(KeyKind::Ed25519, 1, "anchor");
            CertificateBuilder::ca(name, &key, None)
                .self_signed(&key)
                .der()
                .to_vec()
        })
        .collect();
    request
}
