//! One rule for each attribute that trust depends on (traps 15 to 17 and 43 to 46).

use alloc::format;

use provisor_report::{Code, Rejection};

use crate::key::refuse;
use crate::{ObjectAttributes, Public};

const FIELD: &str = "objectAttributes";

/// The private key cannot exist outside this TPM: set, and made inside (traps 15, 16, 43, 45, 46).
pub(super) fn check_resident(public: &Public<'_>) -> Result<(), Rejection> {
    require(public, ObjectAttributes::FIXED_TPM, Code::TpmNotFixedTpm)?;
    require(
        public,
        ObjectAttributes::FIXED_PARENT,
        Code::TpmNotFixedParent,
    )?;
    require(
        public,
        ObjectAttributes::SENSITIVE_DATA_ORIGIN,
        Code::TpmExternalOrigin,
    )?;
    // What never leaves is never duplicated: a TPM makes no key with both attributes
    // (Part 2 section 8.3.3, encryptedDuplication).
    forbid(
        public,
        ObjectAttributes::ENCRYPTED_DUPLICATION,
        Code::TpmAttributes,
    )
}

/// A storage key decrypts only what it protects itself, and signs nothing (traps 17 and 48).
pub(super) fn check_storage(public: &Public<'_>) -> Result<(), Rejection> {
    require(public, ObjectAttributes::RESTRICTED, Code::TpmNotRestricted)?;
    require(public, ObjectAttributes::DECRYPT, Code::TpmNotDecrypt)?;
    forbid(public, ObjectAttributes::SIGN, Code::TpmStorageKeySigns)
}

/// An attestation key signs only what the TPM says, and decrypts nothing (traps 44 and 47).
pub(super) fn check_attestation(public: &Public<'_>) -> Result<(), Rejection> {
    require(public, ObjectAttributes::RESTRICTED, Code::TpmNotRestricted)?;
    require(public, ObjectAttributes::SIGN, Code::TpmNotSign)?;
    forbid(
        public,
        ObjectAttributes::DECRYPT,
        Code::TpmSigningKeyDecrypts,
    )
}

/// The attribute must be set.
pub(super) fn require(
    public: &Public<'_>,
    attribute: ObjectAttributes,
    code: Code,
) -> Result<(), Rejection> {
    if public.attributes().contains(attribute) {
        return Ok(());
    }
    Err(refuse(code, FIELD)
        .expected(format!("{attribute} set"))
        .found(format!("{}", public.attributes())))
}

/// The attribute must be clear.
pub(super) fn forbid(
    public: &Public<'_>,
    attribute: ObjectAttributes,
    code: Code,
) -> Result<(), Rejection> {
    if !public.attributes().intersects(attribute) {
        return Ok(());
    }
    Err(refuse(code, FIELD)
        .expected(format!("{attribute} clear"))
        .found(format!("{}", public.attributes())))
}
