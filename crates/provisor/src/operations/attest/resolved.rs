//! What was made of a draft.

use alloc::vec::Vec;

use crate::operations::certificate::CertificateInfo;
use crate::operations::transaction::Condition;

/// How devices prove themselves, with what belongs to it.
pub(in crate::operations) struct Resolved<A> {
    /// How devices prove themselves.
    pub(in crate::operations) attestation: A,
    /// What is shown of the certificates.
    pub(in crate::operations) certificates: Vec<CertificateInfo>,
    /// What must hold when it is stored.
    pub(in crate::operations) conditions: Vec<Condition>,
}

impl<A> Resolved<A> {
    /// Without certificates and conditions.
    pub(super) const fn plain(attestation: A) -> Self {
        Self {
            attestation,
            certificates: Vec::new(),
            conditions: Vec::new(),
        }
    }
}
