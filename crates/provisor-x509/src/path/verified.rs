//! The proof that a path was accepted.

use alloc::vec::Vec;

use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;

/// A path that was judged and accepted. Only [`PathVerifier`](crate::PathVerifier) can make one, so
/// whoever holds it need not check again.
#[derive(Clone, Debug)]
pub struct VerifiedPath<'a> {
    leaf: Certificate<'a>,
    /// Upwards from the leaf.
    issuers: Vec<Certificate<'a>>,
    anchor: TrustAnchor<'a>,
}

impl<'a> VerifiedPath<'a> {
    pub(super) const fn seal(
        leaf: Certificate<'a>,
        issuers: Vec<Certificate<'a>>,
        anchor: TrustAnchor<'a>,
    ) -> Self {
        Self {
            leaf,
            issuers,
            anchor,
        }
    }

    /// The certificate that was judged.
    #[must_use]
    pub const fn leaf(&self) -> &Certificate<'a> {
        &self.leaf
    }

    /// The leaf, then each issuer, up to the one below the anchor.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate<'a>> {
        core::iter::once(&self.leaf).chain(&self.issuers)
    }

    /// The issuers between the leaf and the anchor, upwards.
    #[must_use]
    pub fn issuers(&self) -> &[Certificate<'a>] {
        &self.issuers
    }

    /// The anchor that the path ends in.
    #[must_use]
    pub const fn anchor(&self) -> &TrustAnchor<'a> {
        &self.anchor
    }
}
