//! What a search remembers about lists.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::certificate::Certificate;
use crate::crl::point::{self, Point};
use crate::crl::{Crl, RevokedCertificate};
use crate::key::PublicKeyInfo;
use crate::path::search::check::Outcome;

/// What a search remembers about lists.
#[derive(Debug, Default)]
pub(in crate::path::search) struct CrlState<'a> {
    /// Signatures checked before.
    pub(super) signatures: Vec<CrlSignature<'a>>,
    /// The certificates of signers that are being judged, the innermost last.
    pub(super) signers: Vec<&'a [u8]>,
    /// The distribution points of certificates, read once; `None` where they cannot be read.
    points: BTreeMap<Place, Option<Vec<Point<'a>>>>,
    /// What was found in a list for a certificate: however many paths ask, it is looked for once.
    found: BTreeMap<(Place, Place), Option<RevokedCertificate<'a>>>,
}

/// Where a certificate or a list stands in memory, which does not change while a verdict is found.
type Place = usize;

fn place(der: &[u8]) -> Place {
    der.as_ptr().addr()
}

/// Whether the list of that number was signed by that key.
#[derive(Debug)]
pub(super) struct CrlSignature<'a> {
    pub(super) crl: usize,
    pub(super) key: PublicKeyInfo<'a>,
    pub(super) outcome: Outcome,
}

impl<'a> CrlState<'a> {
    /// The distribution points of the certificate, and the bytes that were read for them this time.
    /// `None` where they cannot be read.
    pub(super) fn points(
        &mut self,
        certificate: &Certificate<'a>,
    ) -> (Option<Vec<Point<'a>>>, usize) {
        let Some(value) = certificate.extensions.crl_points else {
            return (Some(Vec::new()), 0);
        };
        if let Some(known) = self.points.get(&place(value)) {
            return (known.clone(), 0);
        }
        let read = point::points(value).ok();
        self.points.insert(place(value), read.clone());
        (read, value.len())
    }

    /// What was found before in this list for this certificate.
    pub(super) fn found(
        &self,
        crl: &Crl<'a>,
        certificate: &Certificate<'a>,
    ) -> Option<Option<RevokedCertificate<'a>>> {
        let places = (place(crl.der), place(certificate.der));
        self.found.get(&places).copied()
    }

    pub(super) fn remember_found(
        &mut self,
        crl: &Crl<'a>,
        certificate: &Certificate<'a>,
        found: Option<RevokedCertificate<'a>>,
    ) {
        let places = (place(crl.der), place(certificate.der));
        self.found.insert(places, found);
    }

    /// Whether this list's signature was checked with some key before.
    pub(super) fn was_hashed(&self, index: usize) -> bool {
        self.signatures.iter().any(|known| known.crl == index)
    }

    /// Whether the search is one for the path of a list's signer.
    pub(in crate::path::search) const fn is_for_a_signer(&self) -> bool {
        !self.signers.is_empty()
    }

    /// The lists whose signatures were found right, and the keys of their signers.
    pub(in crate::path::search) fn rightly_signed(
        &self,
    ) -> impl Iterator<Item = (usize, &PublicKeyInfo<'a>)> {
        let right = self
            .signatures
            .iter()
            .filter(|known| known.outcome == Outcome::Right);
        right.map(|known| (known.crl, &known.key))
    }
}
