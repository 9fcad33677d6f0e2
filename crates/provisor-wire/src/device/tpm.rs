//! The keys of a TPM.

use alloc::string::String;
use alloc::vec::Vec;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject};

use crate::shape::{Body, body};

body! {
    /// The two keys of a TPM that a registration shows and an enrollment names, as base64 of
    /// `TPM2B_PUBLIC` with its size.
    TpmAttestation {
        /// The endorsement key. A registration has to show it; an enrollment without it is for any TPM,
        /// where the service takes such.
        endorsement_key: String = "endorsementKey";
        /// The storage root key; an enrollment may leave it out.
        storage_root_key: String = "storageRootKey";
    }
}

impl Body for TpmAttestation {}

impl TpmAttestation {
    /// The two keys of a device, from their bytes.
    #[must_use]
    pub fn of(endorsement_key: &[u8], storage_root_key: &[u8]) -> Self {
        Self::default()
            .endorsement_key(BASE64.encode(endorsement_key))
            .storage_root_key(BASE64.encode(storage_root_key))
    }

    /// The bytes of the endorsement key; line breaks in the base64 are passed over.
    ///
    /// # Errors
    ///
    /// `WIRE_MEMBER_MISSING`, `WIRE_BASE64`.
    pub fn endorsement_key_bytes(&self) -> Result<Vec<u8>, Rejection> {
        bytes(self.endorsement_key.as_deref(), "endorsementKey")
    }

    /// The bytes of the storage root key.
    ///
    /// # Errors
    ///
    /// `WIRE_MEMBER_MISSING`, `WIRE_BASE64`.
    pub fn storage_root_key_bytes(&self) -> Result<Vec<u8>, Rejection> {
        bytes(self.storage_root_key.as_deref(), "storageRootKey")
    }
}

fn bytes(text: Option<&str>, name: &'static str) -> Result<Vec<u8>, Rejection> {
    let subject = || Subject::field(name);
    let text = text.ok_or_else(|| Rejection::new(Code::WireMemberMissing, subject()))?;
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    BASE64
        .decode(&digits)
        .map_err(|fault| Rejection::new(Code::WireBase64, subject()).at(fault.position))
}
