//! What a software TPM does wrong on demand.

use super::crypt::StorageKey;
use super::public::{self, ShownKey};
use crate::pki::{KeyKind, KeyPair};

/// What a software TPM does wrong, once it is told to. Every fault is there for every kind of key
/// unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    // --- what it shows ------------------------------------------------------------------------
    /// Shows an EK that is no key: a point beside its curve, an even modulus.
    BrokenEk,
    /// Shows its EK with those attribute bits changed.
    EkAttributes(u32),
    /// Shows the EK of another TPM, whose private half it does not have.
    ForeignEk,
    /// Shows the SRK of another TPM.
    ForeignSrk,
    /// Says that its EK has another size than it has: another curve, more bits.
    MisstatedSize,
    /// Shows its SRK with those attribute bits changed.
    SrkAttributes(u32),
    /// Shows its EK without the first byte of the coordinate x, or of the modulus.
    StrippedEk,
    /// Shows its EK with the coordinates in the wrong order. RSA keys have none.
    SwappedPoint,
    /// Shows the recipe in place of the EK: zeros where the key should be.
    TemplateEk,

    // --- what it opens ------------------------------------------------------------------------
    /// Answers so often with TPM_RC_RETRY (0x922) before it does what it is told.
    Busy(u8),
    /// Takes everything in without its last byte.
    CutInput,
    /// Is in lockout: refuses whatever needs authorization, with TPM_RC_LOCKOUT (0x921).
    Lockout,
    /// Has another object loaded than the one that the service took the Name from.
    WrongName,

    // --- what it answers ----------------------------------------------------------------------
    /// Answers with a secret in which one bit differs.
    FlippedSecret,
    /// Answers with the secret of the credential that it activated before, if there was one.
    StaleSecret,
    /// Opens each credential with the seed of the one before, if there was one, and does not look
    /// whether it fits.
    StaleSeed,
    /// Answers with the secret short of its last byte.
    TruncatedSecret,
    /// Derives the seed under the label of another use, and does not look whether it fits. With
    /// RSA a wrong label opens nothing at all.
    WrongLabel,
}

impl Fault {
    /// The endorsement key's public area as it is shown.
    pub(super) fn shown_ek(self, ek: &StorageKey) -> Option<Vec<u8>> {
        let shown = ShownKey::of(ek.key());
        let shown = match self {
            Self::BrokenEk => shown.broken(),
            Self::MisstatedSize => shown.misstated(),
            Self::StrippedEk => shown.stripped(),
            Self::SwappedPoint => shown.swapped(),
            Self::TemplateEk => shown.zeroed(),
            Self::ForeignEk => ShownKey::of(&foreign(ek.key())),
            Self::EkAttributes(bits) => return Some(public::with_attributes(ek.public(), bits)),
            _ => return None,
        };
        Some(shown.public(ek.role()))
    }

    /// The storage root key's.
    pub(super) fn shown_srk(self, srk: &StorageKey) -> Option<Vec<u8>> {
        match self {
            Self::ForeignSrk => Some(ShownKey::of(&foreign(srk.key())).public(srk.role())),
            Self::SrkAttributes(bits) => Some(public::with_attributes(srk.public(), bits)),
            _ => None,
        }
    }

    /// Whether an integrity that does not fit is overlooked.
    pub(super) const fn looks_away(self) -> bool {
        matches!(self, Self::StaleSeed | Self::WrongLabel)
    }
}

/// A key of the same kind that no software TPM has.
fn foreign(key: &KeyPair) -> KeyPair {
    const SEED: u64 = 0xF0E1_6E00;
    match key.kind() {
        KeyKind::Rsa2048 => KeyPair::rsa(SEED, 0),
        kind => KeyPair::new(kind, SEED, "foreign"),
    }
}
