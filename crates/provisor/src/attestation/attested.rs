//! The sealed result of attestation.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use provisor_tpm::Name;

use crate::enrollment::{Generation, KeySlot, Mark, Thumbprint};
use crate::id::{GroupId, RegistrationId};

/// A device that proved to be the one that an enrollment admits.
///
/// It has no public constructor: whoever holds one went through the binding rules.
#[derive(Clone, Debug)]
pub struct Attested {
    registration_id: RegistrationId,
    enrollment: EnrollmentRef,
    proof: Proof,
    marks: Arc<[Mark]>,
    /// Of the enrollment, once it is known which one it is.
    #[cfg_attr(
        not(feature = "x509"),
        expect(
            dead_code,
            reason = "only certificates are attested before they are decided on"
        )
    )]
    generation: Option<Generation>,
    /// What that enrollment accepted.
    #[cfg(feature = "x509")]
    accepted: Option<Arc<[Mark]>>,
}

/// The enrollment that admits a device: its name, which says nothing of its
/// [generation](crate::enrollment::Generation).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum EnrollmentRef {
    /// The group with that ID.
    Group(GroupId),
    /// The individual enrollment under the device's own registration ID.
    Individual,
}

/// What the device proved itself by. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// A symmetric key of the enrollment, or one that is derived from it.
    SymmetricKey {
        /// Which of the two: how far a change of keys has come.
        key: KeySlot,
    },
    /// A TPM that holds both keys.
    Tpm {
        /// The Name of its endorsement key.
        ek: Name,
        /// The Name of its storage root key.
        srk: Name,
    },
    /// The key of this leaf certificate.
    X509 {
        /// The leaf's thumbprint.
        leaf: Thumbprint,
    },
}

impl Attested {
    pub(crate) fn new(
        registration_id: RegistrationId,
        enrollment: EnrollmentRef,
        proof: Proof,
        marks: Vec<Mark>,
    ) -> Self {
        Self {
            registration_id,
            enrollment,
            proof,
            marks: marks.into(),
            generation: None,
            #[cfg(feature = "x509")]
            accepted: None,
        }
    }

    /// The same, by an enrollment that accepts these.
    #[cfg(feature = "x509")]
    pub(crate) fn by_accepting(mut self, accepted: &[Mark]) -> Self {
        self.accepted = Some(accepted.into());
        self
    }

    /// Whether the enrollment that admitted it accepted these.
    #[cfg(feature = "x509")]
    pub(crate) fn is_by_accepting(&self, accepted: &[Mark]) -> bool {
        self.accepted.as_deref() == Some(accepted)
    }

    /// The same, by that making of its enrollment.
    #[cfg(feature = "x509")]
    pub(crate) const fn of_generation(mut self, generation: Generation) -> Self {
        self.generation = Some(generation);
        self
    }

    /// The making of the enrollment that admitted it.
    #[cfg(feature = "x509")]
    pub(crate) const fn generation(&self) -> Option<Generation> {
        self.generation
    }

    /// Which device it is.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.registration_id
    }

    /// The enrollment that admits it.
    #[must_use]
    pub const fn enrollment(&self) -> &EnrollmentRef {
        &self.enrollment
    }

    /// What the device, and who vouched for it on the way, will be known by.
    pub(crate) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// What it proved itself by.
    #[must_use]
    pub const fn proof(&self) -> &Proof {
        &self.proof
    }
}

impl fmt::Display for EnrollmentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group {id}"),
            Self::Individual => f.write_str("individual enrollment"),
        }
    }
}
