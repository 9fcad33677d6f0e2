//! Keys that live in a TPM.

use super::ak::AkPublic;
use super::srk::SrkPublic;
use crate::Name;

/// A key that was checked to live inside a TPM, so that its Name may go into a credential.
///
/// Activation proves only that two keys are in one TPM; that the second one cannot leave it is
/// read from its attributes (traps 43 to 46). This trait is implemented by the two types whose
/// checks say so, and by nothing else.
pub trait ResidentKey: sealed::Sealed {
    /// The Name of the key.
    fn name(&self) -> &Name;
}

impl ResidentKey for SrkPublic {
    fn name(&self) -> &Name {
        self.name()
    }
}

impl ResidentKey for AkPublic {
    fn name(&self) -> &Name {
        self.name()
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::SrkPublic {}
    impl Sealed for super::AkPublic {}
}
