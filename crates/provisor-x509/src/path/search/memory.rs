//! What the search takes from earlier searches, and leaves for later ones.

use super::Search;
use super::check::{Outcome, check, outcome};
use crate::algorithm::{is_compressed, scheme};
use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::crypto::Scheme;
use crate::key::PublicKeyInfo;
use crate::path::chain::Signed;
use crate::path::observe::Observer;

impl<'a, O: Observer<'a>> Search<'_, '_, 'a, O> {
    /// Whether the signature of `child`, the topmost certificate of the path, is known to be right.
    /// Leaves are never known: they are many, and each comes seldom.
    pub(super) fn recalls(&self, child: &Certificate<'a>, key: &PublicKeyInfo<'a>) -> bool {
        self.length > 0
            && self.known.as_ref().is_some_and(|known| {
                known
                    .issuers
                    .recall(&Signed::certificate(child), key, self.now)
            })
    }

    /// Asks the backend, by the key that it has read already if there is one of these bytes.
    pub(super) fn check(
        &mut self,
        scheme: Scheme,
        key: &PublicKeyInfo<'a>,
        child: &Certificate<'a>,
    ) -> Outcome {
        let known = self.known.as_ref();
        match known.and_then(|known| known.keys.recall(scheme, key.key)) {
            Some(prepared) => {
                if self.length == 0 {
                    self.kept = Some((scheme, key.key));
                }
                outcome(prepared.check(child.tbs, child.signature), key)
            }
            None => check(
                self.verifier.checks,
                scheme,
                key,
                child.tbs,
                child.signature,
            ),
        }
    }

    /// Whether the signature of this list is known to be right.
    pub(super) fn recalls_list(&self, crl: &Crl<'a>, key: &PublicKeyInfo<'a>) -> bool {
        match (&self.known, Signed::list(crl)) {
            (Some(known), Some(signed)) => known.lists.recall(&signed, key, self.now),
            _ => false,
        }
    }

    /// Remembers the signatures of the issuers on a path that was accepted, and of the lists that
    /// were consulted, and the key of the leaf's issuer. (The path of a list's signer is not accepted
    /// for itself: it leaves what it found out to the path that asked for it.)
    pub(super) fn remember(&mut self, anchor: &TrustAnchor<'a>) {
        let Some(known) = self.known.take() else {
            return;
        };
        let above = |depth: usize| {
            if depth == self.length {
                &anchor.key
            } else {
                &self.certificate(depth.saturating_add(1)).key
            }
        };
        let signer = above(0);
        // Found there before, it need not be compared once more.
        if let Some((scheme, key)) = self.kept
            && core::ptr::eq(key, signer.key)
        {
            known.keys.used(scheme, key);
        // Backends get points uncompressed, and a key is found again by the bytes they got.
        } else if let Ok(scheme) = scheme(self.leaf.signature_algorithm, signer)
            && !is_compressed(signer)
        {
            let checks = self.verifier.checks;
            known.keys.remember(checks, scheme, signer.key);
        }
        for depth in 1..=self.length {
            let signer = above(depth);
            let signed = Signed::certificate(self.certificate(depth));
            // Found there before, it need not be compared once more.
            if !(self.memo.recalled(self.number(depth)) && known.issuers.used(&signed)) {
                known.issuers.remember(&signed, signer, self.now);
            }
        }
        for (index, key) in self.crls.rightly_signed() {
            if let Some(signed) = self.verifier.crls.get(index).and_then(Signed::list) {
                known.lists.remember(&signed, key, self.now);
            }
        }
        self.known = Some(known);
    }
}
