//! Whose signature an attestation has to have.

use crate::{AkPublic, HashAlg, PublicKey, SignatureScheme};

/// A key, and the one way in which it signs.
#[derive(Clone, Copy)]
pub(super) struct Signer<'k> {
    pub(super) key: &'k PublicKey,
    pub(super) scheme: SignatureScheme,
    pub(super) hash: HashAlg,
}

impl<'k> From<&'k AkPublic> for Signer<'k> {
    fn from(ak: &'k AkPublic) -> Self {
        Self {
            key: ak.public_key(),
            scheme: ak.scheme(),
            hash: ak.hash(),
        }
    }
}
