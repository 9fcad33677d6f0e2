//! What the search takes from earlier searches, and leaves for later ones.

use super::Search;
use crate::anchor::TrustAnchor;
use crate::certificate::{Certificate, PublicKeyInfo};
use crate::path::observe::Observer;

impl<'a, O: Observer<'a>> Search<'_, '_, 'a, O> {
    /// Whether the signature of `child`, the topmost certificate of the path, is known to be right.
    /// Leaves are never known: they are many, and each comes seldom.
    pub(super) fn recalls(&self, child: &Certificate<'a>, key: &PublicKeyInfo<'a>) -> bool {
        self.length > 0
            && self
                .known
                .as_ref()
                .is_some_and(|known| known.recall(child, key, self.now))
    }

    /// Remembers the signatures of the issuers on a path that was accepted.
    pub(super) fn remember(&mut self, anchor: &TrustAnchor<'a>) {
        let Some(known) = self.known.take() else {
            return;
        };
        for depth in 1..=self.length {
            let signer = if depth == self.length {
                &anchor.key
            } else {
                &self.certificate(depth.saturating_add(1)).key
            };
            known.remember(self.certificate(depth), signer, self.now);
        }
    }
}
