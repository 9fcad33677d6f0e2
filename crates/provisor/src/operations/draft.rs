//! What an operator sends: an enrollment as it shall be, not judged yet.
//!
//! Every member that the wire knows can be there or not, in every combination, so that what is wrong
//! with a combination can be said by the one who judges it.

mod attestation;
mod group;
mod individual;
mod settings;

pub use attestation::{
    AttestationDraft, CertificateDraft, KeysDraft, MechanismKind, Pair, TpmDraft, X509Draft,
};
pub use group::GroupDraft;
pub use individual::IndividualDraft;
pub use settings::{PolicyDraft, ReprovisionDraft, SettingsDraft};
