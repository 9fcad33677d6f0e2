//! By ring: in assembly, on the processors that it has some for.

use ring::{digest as sha, hkdf, hmac as mac};

use super::alg::HashAlg;
use super::digest::{Digest, Mac};

pub(super) fn digest(hash: HashAlg, parts: &[&[u8]]) -> Digest {
    let mut context = sha::Context::new(match hash {
        HashAlg::Sha1 => &sha::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlg::Sha256 => &sha::SHA256,
        HashAlg::Sha384 => &sha::SHA384,
        HashAlg::Sha512 => &sha::SHA512,
    });
    for part in parts {
        context.update(part);
    }
    Digest::new(context.finish().as_ref())
}

pub(super) fn hmac(hash: HashAlg, key: &[u8], parts: &[&[u8]]) -> Mac {
    let mut context = mac::Context::with_key(&hmac_key(hash, key));
    for part in parts {
        context.update(part);
    }
    Digest::new(context.sign().as_ref())
}

pub(super) fn hmac_verify(hash: HashAlg, key: &[u8], message: &[u8], value: &[u8]) -> bool {
    mac::verify(&hmac_key(hash, key), message, value).is_ok()
}

/// HKDF-SHA256 (RFC 5869); nothing for more bytes than it has.
pub(crate) fn hkdf_sha256(
    salt: &[u8],
    key: &[u8],
    info: &[&[u8]],
    out: &mut [u8; 32],
) -> Option<()> {
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(key)
        .expand(info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out))
        .ok()
}

fn hmac_key(hash: HashAlg, key: &[u8]) -> mac::Key {
    let algorithm = match hash {
        HashAlg::Sha1 => mac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        HashAlg::Sha256 => mac::HMAC_SHA256,
        HashAlg::Sha384 => mac::HMAC_SHA384,
        HashAlg::Sha512 => mac::HMAC_SHA512,
    };
    mac::Key::new(algorithm, key)
}
