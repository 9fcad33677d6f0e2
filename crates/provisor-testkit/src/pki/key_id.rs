//! Key identifiers.

use sha2::{Digest as _, Sha256};

use super::key::KeyPair;

/// The key identifier that goes into the extensions: 20 bytes of SHA-256 over the BIT STRING's
/// content (RFC 7093 section 2, method 1).
#[must_use]
pub fn key_id(key: &KeyPair) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&Sha256::digest(key.public_key_bits())[..20]);
    id
}
