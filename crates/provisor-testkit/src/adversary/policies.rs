//! Policies that multiply, on one path and on many.

use super::cast::{Cast, der};
use super::request::{Adversary, Family, Size};
use crate::asn1;
use crate::pki::{Extension, KeyKind};

pub(super) fn families() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for (name, copies) in [("one path", 1), ("many paths", 3)] {
        families.push((
            format!("policies mapped to each other on {name}"),
            Box::new(move |size| layers(size, copies)),
        ));
    }
    families
}

fn policy(n: usize) -> Vec<u8> {
    asn1::oid(&format!("1.3.6.1.4.1.99999.7.{n}"))
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    asn1::tlv(asn1::SEQUENCE, &items.concat())
}

/// Five CAs above each other, each in so many certificates; the leaf states none of their policies.
fn layers(size: Size, copies: u8) -> Adversary {
    let cast = Cast::new(KeyKind::P256);
    let count = size.of(32);
    let stated: Vec<_> = (0..count).map(|n| asn1::sequence(&[&policy(n)])).collect();
    let mapped: Vec<_> = (0..count)
        .flat_map(|a| (0..count).map(move |b| (a, b)))
        .take(32)
        .map(|(a, b)| asn1::sequence(&[&policy(a), &policy(b)]))
        .collect();
    let mut parent = cast.ca.clone();
    let mut sent = Vec::new();
    for layer in 0..5 {
        let mut next = parent.clone();
        for copy in 0..copies {
            next = cast.child_of(
                &parent,
                layer,
                vec![
                    Extension::new("2.5.29.32", true, list(&stated)),
                    Extension::new("2.5.29.33", true, list(&mapped)),
                    Extension::new("2.5.29.36", true, [0x30, 3, 0x80, 1, 0]),
                    Extension::new("1.3.6.1.4.1.99999.1", false, [2, 1, copy]),
                ],
            );
            sent.push(der(&next));
        }
        parent = next;
    }
    let other = asn1::sequence(&[&policy(99)]);
    let leaf = Cast::leaf(
        &parent,
        vec![Extension::new("2.5.29.32", false, list(&[other]))],
    );
    let mut request = cast.request(leaf, &[]);
    request.sent.extend(sent);
    request
}
