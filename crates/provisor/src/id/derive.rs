//! Registration IDs that are not chosen but follow from the device's key or certificate.

use data_encoding::BASE32_NOPAD;
use provisor_tpm::EkPublic;

use super::RegistrationId;
use crate::digest::sha256;

impl RegistrationId {
    /// The ID of a TPM: SHA-256 over the whole `TPM2B_PUBLIC` of its endorsement key, its two size
    /// bytes included, in lowercase base32 without padding; 52 characters.
    ///
    /// It is what the official device clients compute, so that an operator can enroll a TPM before
    /// its device ever connects. Legal under both rule sets.
    #[must_use]
    pub fn from_ek(ek: &EkPublic) -> Self {
        let text = BASE32_NOPAD.encode(&sha256(&[ek.tpm2b()]));
        Self::from_legal(&text.to_ascii_lowercase())
    }
}
