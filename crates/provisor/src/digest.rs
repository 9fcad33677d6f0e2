//! SHA-256, and SHA-1 for identifiers, so that ring's types stay in one place.

/// SHA-256 of the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    // SHA-256 has 32 bytes (FIPS 180-4), so the two lengths agree.
    for (to, from) in out.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    out
}

/// SHA-1. Two inputs with one digest can be made (SHAttered, 2017), so this names what is known by
/// something else as well, and proves nothing.
pub(crate) fn sha1(input: &[u8]) -> [u8; 20] {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, input);
    let mut out = [0; 20];
    // SHA-1 has 20 bytes (FIPS 180-4), so the two lengths agree.
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}
