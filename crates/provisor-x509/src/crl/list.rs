//! The list as a view of its bytes.

use provisor_report::UnixTime;

use super::index::Index;
use super::point::IssuingPoint;
use crate::name::Name;
use crate::spans::Bytes;

/// A certificate revocation list, borrowed from its DER bytes.
///
/// It exists only when the bytes are strict, down to the last entry. Reading allocates nothing: the
/// entries stay where they are and are read again when one is looked for. Being readable says
/// nothing about trust: its signature is checked when a path is judged with
/// [`PathVerifier::revocation`](crate::PathVerifier::revocation).
#[derive(Clone, Copy, Debug)]
pub struct Crl<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) tbs: &'a [u8],
    /// The AlgorithmIdentifier, tag and length included; inside and outside are the same bytes.
    pub(crate) signature_algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) issuer: Name<'a>,
    pub(crate) this_update: UnixTime,
    pub(crate) next_update: Option<UnixTime>,
    /// Contents octets of revokedCertificates.
    pub(crate) entries: &'a [u8],
    /// Magnitude of the CRL number, without leading zeros.
    pub(crate) number: Option<&'a [u8]>,
    /// Magnitude of the number of the base, in a delta CRL.
    pub(crate) base: Option<&'a [u8]>,
    /// The value of the authority key identifier extension.
    pub(crate) authority_key_id: Option<&'a [u8]>,
    pub(crate) point: Option<IssuingPoint<'a>>,
    /// The first critical extension that is not processed, in the list or in one of its entries.
    pub(crate) unknown_critical: Option<&'a [u8]>,
    /// Its entries by serial number, where it is kept.
    pub(crate) index: Option<&'a Index>,
}

impl<'a> Crl<'a> {
    /// The same list over other bytes, without an index.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> Crl<'b> {
        Crl {
            der: bytes(self.der),
            tbs: bytes(self.tbs),
            signature_algorithm: bytes(self.signature_algorithm),
            signature: bytes(self.signature),
            issuer: self.issuer.over(bytes),
            this_update: self.this_update,
            next_update: self.next_update,
            entries: bytes(self.entries),
            number: self.number.map(&mut *bytes),
            base: self.base.map(&mut *bytes),
            authority_key_id: self.authority_key_id.map(&mut *bytes),
            point: self.point.map(|point| point.over(bytes)),
            unknown_critical: self.unknown_critical.map(&mut *bytes),
            index: None,
        }
    }

    /// The bytes it was read from.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// Who issued it: a CA, or whom it has entrusted with its lists.
    #[must_use]
    pub const fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    /// When it was issued.
    #[must_use]
    pub const fn this_update(&self) -> UnixTime {
        self.this_update
    }

    /// When the next one is due; a list that does not say so is never current.
    #[must_use]
    pub const fn next_update(&self) -> Option<UnixTime> {
        self.next_update
    }

    /// Its number, big-endian without leading zeros.
    #[must_use]
    pub const fn number(&self) -> Option<&'a [u8]> {
        self.number
    }

    /// Whether it lists only what changed since a complete list.
    #[must_use]
    pub const fn is_delta(&self) -> bool {
        self.base.is_some()
    }

    /// Whether it lists certificates of other issuers too.
    #[must_use]
    pub fn is_indirect(&self) -> bool {
        self.point.is_some_and(|point| point.indirect)
    }
}
