//! One signature by one key.

use crate::algorithm;
use crate::crypto::{Scheme, SignatureChecks, SignatureFault};
use crate::fault::Fact;
use crate::key::PublicKeyInfo;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Right,
    Wrong,
    /// The backend does not have the scheme.
    Unsupported,
    /// The backend cannot read the key.
    Unreadable,
    /// The key is no point of its curve, so that no signature by it is right.
    OffCurve,
}

/// Asks the backend, which gets points uncompressed.
pub(super) fn check(
    checks: &dyn SignatureChecks,
    scheme: Scheme,
    key: &PublicKeyInfo<'_>,
    message: &[u8],
    signature: &[u8],
) -> Outcome {
    let Some(bytes) = algorithm::for_backends(key.kind, key.key) else {
        return Outcome::OffCurve;
    };
    outcome(checks.check(scheme, &bytes, message, signature), key)
}

/// What a backend's answer comes to. A signature that it finds wrong may be so because of the key:
/// whether that is a point of its curve is asked then, and costs little beside.
pub(super) fn outcome(answer: Result<(), SignatureFault>, key: &PublicKeyInfo<'_>) -> Outcome {
    match answer {
        Ok(()) => Outcome::Right,
        Err(SignatureFault::Unsupported) => Outcome::Unsupported,
        Err(_) if algorithm::off_curve(key).is_some() => Outcome::OffCurve,
        Err(SignatureFault::Key) => Outcome::Unreadable,
        Err(SignatureFault::Wrong) => Outcome::Wrong,
    }
}

/// What would have been checked, where the backend lacks the scheme.
pub(super) const fn lacking(key: &PublicKeyInfo<'_>) -> Fact<'static> {
    Fact::Text(if algorithm::is_compressed(key) {
        "a scheme that the backend has (the issuer's compressed point can be read)"
    } else {
        "a scheme that the backend has"
    })
}
