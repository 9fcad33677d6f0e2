//! What a search remembers about lists.

use alloc::vec::Vec;

use crate::key::PublicKeyInfo;

/// What a search remembers about lists.
#[derive(Debug, Default)]
pub(in crate::path::search) struct CrlState<'a> {
    /// Signatures checked before.
    pub(super) signatures: Vec<CrlSignature<'a>>,
    /// The certificates of signers that are being judged, the innermost last.
    pub(super) signers: Vec<&'a [u8]>,
}

/// Whether the list of that number was signed by that key.
#[derive(Debug)]
pub(super) struct CrlSignature<'a> {
    pub(super) crl: usize,
    pub(super) key: PublicKeyInfo<'a>,
    pub(super) right: bool,
}

impl<'a> CrlState<'a> {
    /// Whether the search is one for the path of a list's signer.
    pub(in crate::path::search) const fn is_for_a_signer(&self) -> bool {
        !self.signers.is_empty()
    }

    /// The lists whose signatures were found right, and the keys of their signers.
    pub(in crate::path::search) fn rightly_signed(
        &self,
    ) -> impl Iterator<Item = (usize, &PublicKeyInfo<'a>)> {
        let right = self.signatures.iter().filter(|known| known.right);
        right.map(|known| (known.crl, &known.key))
    }
}
