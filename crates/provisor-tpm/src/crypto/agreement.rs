//! One-pass Diffie-Hellman with an ephemeral key from the caller's randomness
//! (TPM 2.0 Part 1 annex C.6.1).

use provisor_report::Rejection;
use zeroize::Zeroizing;

use super::failed::encryption_failed;
use super::operations::Agreement;
use crate::key::EccPublicKey;
use crate::random::random_failed;
use crate::{Curve, Random, SecretBytes, limits};

/// Agrees with `peer`; see [`super::Crypto::agree`].
pub(super) fn agree(peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
    match peer.curve() {
        Curve::P256 => p256(peer, random),
        Curve::P384 => p384(peer, random),
        Curve::P521 => p521(peer, random),
        Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => {
            Err(encryption_failed("the curve is not computed here"))
        }
    }
}

/// The three curves are three crates with one interface; generics over their traits would need
/// eight bounds to say what these lines say.
macro_rules! agree_on {
    ($name:ident) => {
        fn $name(peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
            let peer_key = ::$name::PublicKey::from_sec1_bytes(&peer.to_sec1())
                .map_err(|_| encryption_failed("the point is not on the curve"))?;
            let curve = peer.curve();
            let secret = draw(curve, top_byte(curve), random, |scalar| {
                ::$name::SecretKey::from_slice(scalar).ok()
            })?;
            let shared = secret.diffie_hellman(&peer_key);
            let point = secret.public_key().to_sec1_bytes();
            let (x, y) = point
                .get(1..)
                .and_then(|both| both.split_at_checked(peer.curve().field_bytes()))
                .ok_or_else(|| encryption_failed("the point was not uncompressed"))?;
            Ok(Agreement {
                x: x.to_vec(),
                y: y.to_vec(),
                z: SecretBytes::new(shared.raw_secret_bytes().to_vec()),
            })
        }
    };
}

agree_on!(p256);
agree_on!(p384);
agree_on!(p521);

/// The bits of a scalar's first byte that are used: 521 bits in 66 bytes leave one.
pub(super) const fn top_byte(curve: Curve) -> u8 {
    match curve {
        Curve::P521 => 0x01,
        Curve::P192
        | Curve::P224
        | Curve::P256
        | Curve::P384
        | Curve::BnP256
        | Curve::BnP638
        | Curve::Sm2P256 => 0xFF,
    }
}

/// Draws until the number is a scalar (FIPS 186-5 appendix A.2.2, rejection sampling).
pub(super) fn draw<K>(
    curve: Curve,
    top: u8,
    random: &mut dyn Random,
    scalar: impl Fn(&[u8]) -> Option<K>,
) -> Result<K, Rejection> {
    let mut bytes = Zeroizing::new([0_u8; 66]);
    for _ in 0..limits::SCALAR_DRAWS {
        let Some(field) = bytes.get_mut(..curve.field_bytes()) else {
            break;
        };
        random.fill(field)?;
        if let Some(first) = field.first_mut() {
            *first &= top;
        }
        if let Some(key) = scalar(field) {
            return Ok(key);
        }
    }
    Err(random_failed("no ephemeral scalar in eight draws"))
}
