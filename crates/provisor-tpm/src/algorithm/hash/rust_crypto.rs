//! By RustCrypto's crates: for every processor.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::alg::HashAlg;
use super::digest::{Digest, Mac};

macro_rules! by {
    ($hash:expr, $with:ident, $($argument:expr),*) => {
        match $hash {
            HashAlg::Sha1 => $with!(Sha1, $($argument),*),
            HashAlg::Sha256 => $with!(Sha256, $($argument),*),
            HashAlg::Sha384 => $with!(Sha384, $($argument),*),
            HashAlg::Sha512 => $with!(Sha512, $($argument),*),
        }
    };
}

macro_rules! digest_of {
    ($hash:ty, $parts:expr) => {{
        let mut context = <$hash>::new();
        for part in $parts {
            context.update(part);
        }
        Digest::new(&context.finalize())
    }};
}

// A key of any length is a key of HMAC (RFC 2104 section 3): the `Err` does not come.
macro_rules! mac_of {
    ($hash:ty, $key:expr, $parts:expr) => {
        Hmac::<$hash>::new_from_slice($key).map_or_else(
            |_| Digest::new(&[]),
            |mut context| {
                for part in $parts {
                    context.update(part);
                }
                Digest::new(&context.finalize().into_bytes())
            },
        )
    };
}

macro_rules! is_mac {
    ($hash:ty, $key:expr, $message:expr, $value:expr) => {
        Hmac::<$hash>::new_from_slice($key).is_ok_and(|mut context| {
            context.update($message);
            context.verify_slice($value).is_ok()
        })
    };
}

pub(super) fn digest(hash: HashAlg, parts: &[&[u8]]) -> Digest {
    by!(hash, digest_of, parts)
}

pub(super) fn hmac(hash: HashAlg, key: &[u8], parts: &[&[u8]]) -> Mac {
    by!(hash, mac_of, key, parts)
}

pub(super) fn hmac_verify(hash: HashAlg, key: &[u8], message: &[u8], value: &[u8]) -> bool {
    by!(hash, is_mac, key, message, value)
}

/// HKDF-SHA256 (RFC 5869); nothing for more bytes than it has.
pub(crate) fn hkdf_sha256(
    salt: &[u8],
    key: &[u8],
    info: &[&[u8]],
    out: &mut [u8; 32],
) -> Option<()> {
    let (_, extracted) = hkdf::Hkdf::<Sha256>::extract(Some(salt), key);
    extracted.expand_multi_info(info, out).ok()
}
