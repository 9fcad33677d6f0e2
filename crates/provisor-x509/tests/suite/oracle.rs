//! x509-parser as an oracle: whatever is accepted here, it reads with the same fields.

use proptest::prelude::*;
use provisor_testkit::pki::{Extension, GeneralName};
use provisor_x509::Certificate;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::world::World;

/// Panics when the two readers differ.
pub(crate) fn same_fields(der: &[u8]) {
    let ours = Certificate::from_der(der).unwrap();
    let (rest, theirs) = X509Certificate::from_der(der).expect("x509-parser must read it too");
    assert!(rest.is_empty());
    assert_eq!(ours.serial(), theirs.raw_serial());
    assert_eq!(ours.issuer().der(), theirs.issuer().as_raw());
    assert_eq!(ours.subject().der(), theirs.subject().as_raw());
    assert_eq!(ours.public_key_info(), theirs.public_key().raw);
    assert_eq!(
        ours.not_before().seconds(),
        theirs.validity().not_before.timestamp()
    );
    assert_eq!(
        ours.not_after().seconds(),
        theirs.validity().not_after.timestamp()
    );
    let bc = theirs.basic_constraints().unwrap();
    assert_eq!(ours.is_ca(), bc.as_ref().is_some_and(|bc| bc.value.ca));
    assert_eq!(
        ours.basic_constraints().and_then(|bc| bc.path_len()),
        bc.and_then(|bc| bc.value.path_len_constraint)
    );
    let names = theirs.subject_alternative_name().unwrap();
    assert_eq!(
        ours.subject_alt_names().count(),
        names.map_or(0, |names| names.value.general_names.len())
    );
    for (ours, theirs) in ours
        .subject()
        .common_names()
        .zip(theirs.subject().iter_common_name())
    {
        if let (Some(ours), Ok(theirs)) = (ours.as_str(), theirs.as_str()) {
            assert_eq!(ours, theirs);
        }
    }
}

#[test]
fn the_test_kits_certificates() {
    let chain = World::new().with_leaf(|b| {
        b.extension(Extension::subject_alt_name(&[
            GeneralName::Dns("a".into()),
            GeneralName::Ip(vec![1, 2, 3, 4]),
        ]))
    });
    for der in [&chain.leaf, &chain.sent[0], &chain.anchors[0]] {
        same_fields(der);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn what_survives_a_change(position in 0_usize..450, value: u8) {
        let mut leaf = LEAF.with(Clone::clone);
        if let Some(byte) = leaf.get_mut(position) {
            *byte = value;
        }
        if Certificate::from_der(&leaf).is_ok() {
            same_fields(&leaf);
        }
    }
}

std::thread_local! {
    static LEAF: Vec<u8> = World::new().chain().leaf;
}
