//! Points on curves (SEC 1 section 3.2.2.1).

use alloc::borrow::Cow;

use p521::elliptic_curve::sec1::ToSec1Point as _;

use crate::key::{KeyKind, PublicKeyInfo};

/// Whether the key is a point of its curve other than the one at infinity, with reduced coordinates;
/// of a compressed one, whether there is a point of this x. Other kinds of keys have no points, so
/// nothing is wrong with theirs.
pub(super) fn is_on_curve(kind: KeyKind, key: &[u8]) -> bool {
    match kind {
        KeyKind::P256 => p256::PublicKey::from_sec1_bytes(key).is_ok(),
        KeyKind::P384 => p384::PublicKey::from_sec1_bytes(key).is_ok(),
        KeyKind::P521 => p521::PublicKey::from_sec1_bytes(key).is_ok(),
        KeyKind::Rsa(_)
        | KeyKind::RsaPss(_)
        | KeyKind::RsaOaep(_)
        | KeyKind::Ed25519
        | KeyKind::OtherCurve
        | KeyKind::ExplicitCurve
        | KeyKind::Dsa
        | KeyKind::Malformed
        | KeyKind::Unknown => true,
    }
}

/// Whether the key is a compressed point (SEC 1 section 2.3.3).
pub(crate) const fn is_compressed(key: &PublicKeyInfo<'_>) -> bool {
    matches!(key.kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
        && matches!(key.key, [2 | 3, ..])
}

/// The key as backends read it: a compressed point uncompressed (SEC 1 section 2.3.4), other keys as
/// they are; `None` for a compressed point that is none of its curve. The square root costs some
/// microseconds, an eighth of a signature check.
pub(crate) fn for_backends(kind: KeyKind, key: &[u8]) -> Option<Cow<'_, [u8]>> {
    let [2 | 3, ..] = key else {
        return Some(Cow::Borrowed(key));
    };
    let point = match kind {
        KeyKind::P256 => p256::PublicKey::from_sec1_bytes(key)
            .map(|point| point.to_sec1_point(false).as_bytes().into()),
        KeyKind::P384 => p384::PublicKey::from_sec1_bytes(key)
            .map(|point| point.to_sec1_point(false).as_bytes().into()),
        KeyKind::P521 => p521::PublicKey::from_sec1_bytes(key)
            .map(|point| point.to_sec1_point(false).as_bytes().into()),
        KeyKind::Rsa(_)
        | KeyKind::RsaPss(_)
        | KeyKind::RsaOaep(_)
        | KeyKind::Ed25519
        | KeyKind::OtherCurve
        | KeyKind::ExplicitCurve
        | KeyKind::Dsa
        | KeyKind::Malformed
        | KeyKind::Unknown => return Some(Cow::Borrowed(key)),
    };
    point.ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// The base point of each curve, uncompressed and compressed.
    fn points() -> [(KeyKind, Vec<u8>, Vec<u8>); 3] {
        macro_rules! both {
            ($curve:ident) => {
                [false, true].map(|compress| {
                    let point = $curve::AffinePoint::GENERATOR.to_sec1_point(compress);
                    point.as_bytes().to_vec()
                })
            };
        }
        let ([a, b], [c, d], [e, f]) = (both!(p256), both!(p384), both!(p521));
        [
            (KeyKind::P256, a, b),
            (KeyKind::P384, c, d),
            (KeyKind::P521, e, f),
        ]
    }

    #[test]
    fn the_base_points_and_their_neighbours() {
        for (kind, whole, compressed) in points() {
            assert!(is_on_curve(kind, &whole), "{kind:?}");
            assert!(is_on_curve(kind, &compressed), "{kind:?}");
            let mut neighbour = whole.clone();
            *neighbour.last_mut().unwrap() ^= 1;
            assert!(!is_on_curve(kind, &neighbour), "{kind:?}");
            // (0, 0) is on none of them, as b is not 0; this x is not reduced.
            let with = |byte: u8| [&[4][..], &std::vec![byte; whole.len() - 1]].concat();
            assert!(!is_on_curve(kind, &with(0)) && !is_on_curve(kind, &with(0xff)));
            assert!(!is_on_curve(kind, &[]) && !is_on_curve(kind, &[0]));
        }
    }

    #[test]
    fn backends_get_the_whole_point() {
        for (kind, whole, compressed) in points() {
            assert_eq!(for_backends(kind, &whole).unwrap(), whole);
            assert_eq!(for_backends(kind, &compressed).unwrap(), whole);
            // The other root is another key.
            let mut other = compressed.clone();
            other[0] ^= 1;
            let other = for_backends(kind, &other).unwrap();
            assert!(other != whole && is_on_curve(kind, &other));
            let none = [&[2][..], &std::vec![0xff; compressed.len() - 1]].concat();
            assert!(for_backends(kind, &none).is_none());
        }
        // What begins with such a byte and is no point stays as it is.
        assert_eq!(*for_backends(KeyKind::Ed25519, &[2; 32]).unwrap(), [2; 32]);
    }

    #[test]
    fn about_half_of_all_x_have_a_point() {
        for (kind, _, compressed) in points() {
            let (mut with, mut without) = (0, 0);
            for last in 0..=31 {
                let mut other = compressed.clone();
                *other.last_mut().unwrap() = last;
                match is_on_curve(kind, &other) {
                    true => with += 1,
                    false => without += 1,
                }
            }
            assert!(with > 4 && without > 4, "{kind:?}: {with}, {without}");
        }
    }

    #[test]
    fn other_keys_have_no_points() {
        assert!(is_on_curve(KeyKind::Rsa(2048), &[]));
        assert!(is_on_curve(KeyKind::Ed25519, &[0; 32]));
    }
}
