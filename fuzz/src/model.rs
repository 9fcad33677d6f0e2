//! What an accepted path must be, said again by another reader and in a few lines: the rules of RFC
//! 5280 section 6.1 that no policy can take away.

use provisor::UnixTime;
use provisor::x509::{Certificate, Crl, VerifiedPath};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::mutate::tlv::Node;
use crate::toy;

/// Extensions that may be critical; a path with another is never accepted (RFC 5280 section 4.2).
const UNDERSTOOD: [&str; 12] = [
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.32",
    "2.5.29.33",
    "2.5.29.35",
    "2.5.29.36",
    "2.5.29.37",
    "2.5.29.54",
];

/// Panics when the path should not have been accepted.
pub(crate) fn check(path: &VerifiedPath<'_>, now: UnixTime) {
    let mut below = 0_u32;
    for (depth, (one, key)) in links(path).enumerate() {
        let issuer = match path.issuers().get(depth) {
            Some(next) => next.subject(),
            None => path.anchor().name(),
        };
        assert!(one.issuer() == issuer, "another issuer");
        assert!(
            one.not_before() <= now && now <= one.not_after(),
            "not valid then"
        );
        signature(one, key);
        let theirs = same_fields(one);
        for extension in theirs.extensions() {
            let oid = extension.oid.to_id_string();
            assert!(
                !extension.critical || UNDERSTOOD.contains(&oid.as_str()),
                "critical {oid}"
            );
        }
        if depth > 0 {
            let (is_ca, most) = constraints(&theirs).expect("an issuer has basicConstraints");
            assert!(is_ca, "an issuer that is no CA");
            assert!(most.is_none_or(|most| below <= most), "too long a path");
            let usage = theirs.key_usage().expect("once");
            assert!(usage.is_none_or(|usage| usage.value.key_cert_sign()));
            // Section 6.1.4 (l): self-issued certificates do not count.
            below += u32::from(!one.is_self_issued());
        }
    }
}

/// Panics when the one list that its issuer has in the bag names a certificate of the path.
///
/// Only lists that nothing can overrule: complete, for everything, current, rightly signed, and the
/// only one, by an issuer that may sign lists (RFC 5280 section 6.3.3).
pub(crate) fn not_listed(path: &VerifiedPath<'_>, lists: &[Crl<'_>], now: UnixTime) {
    for (depth, (one, key)) in links(path).enumerate() {
        let issuer = match path.issuers().get(depth) {
            Some(next) => Some(next.der()),
            None => path.anchor().certificate_der(),
        };
        if !issuer.is_none_or(may_sign_lists) {
            continue;
        }
        let mut named = lists.iter().filter(|list| list.issuer() == one.issuer());
        let (Some(list), None) = (named.next(), named.next()) else {
            continue;
        };
        let current = list.this_update() <= now && list.next_update().is_some_and(|end| now <= end);
        let overruled = list.is_delta() || has_issuing_point(list) || !rightly_signed(list, key);
        if current && !overruled {
            let mut listed = list.revoked();
            assert!(
                !listed.any(|entry| entry.serial() == one.serial()),
                "revoked"
            );
        }
    }
}

/// Each certificate with the key that signed it.
fn links<'p, 'a>(
    path: &'p VerifiedPath<'a>,
) -> impl Iterator<Item = (&'p Certificate<'a>, &'a [u8])> {
    let keys = path.issuers().iter().map(Certificate::public_key_info);
    let keys = keys.chain([path.anchor().public_key_info()]);
    path.certificates().zip(keys)
}

/// Without a key usage extension every use is allowed (RFC 5280 section 4.2.1.3).
fn may_sign_lists(der: &[u8]) -> bool {
    let Ok((_, issuer)) = X509Certificate::from_der(der) else {
        return false;
    };
    let usage = issuer.key_usage();
    usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.value.crl_sign()))
}

fn has_issuing_point(list: &Crl<'_>) -> bool {
    // The identifier 2.5.29.28, with its tag.
    list.der()
        .windows(5)
        .any(|bytes| bytes == [6, 3, 0x55, 0x1d, 0x1c])
}

fn rightly_signed(list: &Crl<'_>, key: &[u8]) -> bool {
    let (Some(tree), Some(key)) = (Node::parse(list.der()), last_bits(key)) else {
        return false;
    };
    let tbs = tree.children().first().map(Node::write);
    tbs.map(|tbs| toy::sign(&key, &tbs)) == last_bits(list.der())
}

/// The contents of the BIT STRING at the end: a signature, or a key.
fn last_bits(der: &[u8]) -> Option<Vec<u8>> {
    let node = Node::parse(der)?;
    let bits = node.children().last()?.value();
    bits.get(1..).map(<[u8]>::to_vec)
}

/// A toy signature is right; the others were ring's to judge.
fn signature(one: &Certificate<'_>, key: &[u8]) {
    let key = last_bits(key).expect("a key");
    let found = last_bits(one.der()).expect("a signature");
    if found.starts_with(b"toy:") {
        assert_eq!(found, toy::sign(&key, one.tbs()));
    }
}

/// x509-parser reads what we accept, and reads the same.
///
/// # Panics
///
/// When it does not.
pub(crate) fn same_fields<'a>(ours: &Certificate<'a>) -> X509Certificate<'a> {
    let (rest, theirs) = X509Certificate::from_der(ours.der()).expect("x509-parser reads it too");
    assert!(rest.is_empty());
    assert_eq!(ours.serial(), theirs.raw_serial());
    assert_eq!(ours.issuer().der(), theirs.issuer().as_raw());
    assert_eq!(ours.subject().der(), theirs.subject().as_raw());
    assert_eq!(ours.public_key_info(), theirs.public_key().raw);
    let validity = theirs.validity();
    assert_eq!(ours.not_before().seconds(), validity.not_before.timestamp());
    assert_eq!(ours.not_after().seconds(), validity.not_after.timestamp());
    let (is_ca, path_len) = constraints(&theirs).unwrap_or_default();
    assert_eq!(ours.is_ca(), is_ca);
    assert_eq!(
        ours.basic_constraints().and_then(|value| value.path_len()),
        path_len
    );
    let names = theirs.subject_alternative_name().expect("read and once");
    assert_eq!(
        ours.subject_alt_names().count(),
        names.map_or(0, |names| names.value.general_names.len())
    );
    assert_eq!(ours.extensions().count(), theirs.extensions().len());
    theirs
}

/// cA and pathLenConstraint; x509-parser has no number above 2^32. A larger one limits nothing.
fn constraints(certificate: &X509Certificate<'_>) -> Option<(bool, Option<u32>)> {
    let oid = x509_parser::oid_registry::OID_X509_EXT_BASIC_CONSTRAINTS;
    let extension = certificate.extensions().iter().find(|one| one.oid == oid)?;
    let value = Node::parse(extension.value).expect("one value");
    let field = |tag| {
        value
            .children()
            .iter()
            .find(|node| node.tag == tag)
            .map(Node::value)
    };
    let number = |bytes: Vec<u8>| {
        bytes.iter().fold(0_u32, |sum, byte| {
            sum.checked_mul(256)
                .map_or(u32::MAX, |sum| sum.saturating_add((*byte).into()))
        })
    };
    Some((field(1) == Some(vec![0xff]), field(2).map(number)))
}
