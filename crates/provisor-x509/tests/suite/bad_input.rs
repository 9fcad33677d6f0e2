//! Damaged certificates: never a panic, never accepted.

use proptest::prelude::*;
use provisor_x509::{Certificate, PathVerifier, TrustAnchor, lenient_cut_padding, profile};

use crate::world::{NOW, World};

#[test]
fn every_truncation_is_refused() {
    let leaf = World::new().chain().leaf;
    for length in 0..leaf.len() {
        assert!(
            Certificate::from_der(&leaf[..length]).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn every_flipped_byte_is_refused() {
    let world = World::new();
    let chain = world.chain();
    let anchors =
        [
            TrustAnchor::from_certificate(&Certificate::from_der(&chain.anchors[0]).unwrap())
                .unwrap(),
        ];
    let sent = [Certificate::from_der(&chain.sent[0]).unwrap()];
    let verifier = PathVerifier::new(&profile::DEVICE, &anchors).intermediates(&sent);
    for position in 0..chain.leaf.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut leaf = chain.leaf.clone();
            leaf[position] ^= flip;
            let Ok(leaf) = Certificate::from_der(&leaf) else {
                continue;
            };
            // What still reads is another certificate, and its signature is wrong.
            assert!(
                verifier.verify(&leaf, NOW).is_err(),
                "byte {position} ^ {flip:#04x}"
            );
            let _ = verifier.explain(&leaf, NOW).to_string();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::from_der(&bytes);
        prop_assert!(bytes.starts_with(lenient_cut_padding(&bytes)));
    }

    /// Several bytes changed at once, so that lengths and tags can fit each other again.
    #[test]
    fn mutated_certificates_are_answered(changes in prop::collection::vec((0_usize..500, any::<u8>()), 1..6)) {
        let mut leaf = LEAF.with(Clone::clone);
        for (position, value) in changes {
            if let Some(byte) = leaf.get_mut(position) {
                *byte = value;
            }
        }
        if let Ok(certificate) = Certificate::from_der(&leaf) {
            prop_assert_eq!(certificate.der(), &leaf[..]);
            let _ = certificate.tpm_identity();
            let _ = (certificate.subject().to_string(), certificate.issuer().to_string());
            for name in certificate.subject_alt_names() {
                let _ = name.to_string();
            }
        }
    }
}

std::thread_local! {
    static LEAF: Vec<u8> = World::new().chain().leaf;
}
