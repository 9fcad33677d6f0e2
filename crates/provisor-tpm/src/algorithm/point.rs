//! Points on curves.

use alloc::vec::Vec;

use super::curve::Curve;

/// Whether (x, y), both padded, is a point of the curve other than the one at infinity, with
/// reduced coordinates. Curves that no profile takes have no points here.
pub(crate) fn is_on_curve(curve: Curve, x: &[u8], y: &[u8]) -> bool {
    if x.len() != curve.field_bytes() || y.len() != curve.field_bytes() {
        return false;
    }
    let sec1: Vec<u8> = [&[4], x, y].concat();
    match curve {
        Curve::P256 => p256::PublicKey::from_sec1_bytes(&sec1).is_ok(),
        Curve::P384 => p384::PublicKey::from_sec1_bytes(&sec1).is_ok(),
        Curve::P521 => p521::PublicKey::from_sec1_bytes(&sec1).is_ok(),
        Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    // The base point of P-256 (SEC 2 section 2.4.2).
    const X: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    const Y: &str = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    #[test]
    fn the_base_point_and_its_neighbours() {
        let (x, mut y) = (hex(X), hex(Y));
        assert!(is_on_curve(Curve::P256, &x, &y));
        assert!(!is_on_curve(Curve::P384, &x, &y));
        assert!(!is_on_curve(Curve::P256, &x[1..], &y));
        y[31] ^= 1;
        assert!(!is_on_curve(Curve::P256, &x, &y));
        assert!(!is_on_curve(Curve::P256, &[0; 32], &[0; 32]));
        assert!(!is_on_curve(Curve::P256, &[0xFF; 32], &hex(Y)));
    }
}
