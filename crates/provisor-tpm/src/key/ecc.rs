//! Is this a point that anyone should agree on a secret with?

use alloc::format;

use provisor_report::{Code, Rejection};

use super::field::refuse;
use crate::Curve;
use crate::algorithm::point;
use crate::public::EccParameters;

/// Checks curve and point of an elliptic-curve key.
pub(super) fn check(ecc: &EccParameters<'_>) -> Result<(), Rejection> {
    check_curve(ecc.curve)?;
    check_padding(ecc.curve, ecc.x)?;
    check_padding(ecc.curve, ecc.y)?;
    check_point(ecc)
}

/// Curves below 128 bits of strength, and those that no TCG template has (trap 25).
fn check_curve(curve: Curve) -> Result<(), Rejection> {
    match curve {
        Curve::P256 | Curve::P384 | Curve::P521 => Ok(()),
        Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => {
            Err(refuse(Code::TpmCurveRefused, "curveID")
                .expected("P-256, P-384 or P-521")
                .found(format!("{curve}")))
        }
    }
}

/// TPMs differ on stripped leading zeros: only the padded form has one meaning (trap 28).
fn check_padding(curve: Curve, coordinate: &[u8]) -> Result<(), Rejection> {
    if coordinate.len() == curve.field_bytes() {
        return Ok(());
    }
    Err(refuse(Code::TpmPointPadding, "unique")
        .expected(format!("coordinates of {} bytes", curve.field_bytes()))
        .found(format!("{} bytes", coordinate.len())))
}

/// Off the curve, or not reduced: the shared secret could be guessed (trap 24).
fn check_point(ecc: &EccParameters<'_>) -> Result<(), Rejection> {
    if point::is_on_curve(ecc.curve, ecc.x, ecc.y) {
        return Ok(());
    }
    Err(refuse(Code::TpmPoint, "unique")
        .expected(format!("a point on {}", ecc.curve))
        .found("a point elsewhere"))
}
