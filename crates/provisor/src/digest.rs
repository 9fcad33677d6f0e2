//! SHA-256, and SHA-1 for identifiers, as arrays.

use provisor_tpm::HashAlg;

/// SHA-256 of the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    // SHA-256 has 32 bytes (FIPS 180-4), so the two lengths agree.
    array(HashAlg::Sha256.digest(parts).as_ref())
}

/// HMAC-SHA256 under `key` of the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    array(HashAlg::Sha256.hmac(key, parts).as_ref())
}

/// SHA-1. Two inputs with one digest can be made (SHAttered, 2017), so this names what is known by
/// something else as well, and proves nothing.
pub(crate) fn sha1(input: &[u8]) -> [u8; 20] {
    // SHA-1 has 20 bytes (FIPS 180-4), so the two lengths agree.
    array(HashAlg::Sha1.digest(&[input]).as_ref())
}

fn array<const N: usize>(digest: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(digest) {
        *to = *from;
    }
    out
}
