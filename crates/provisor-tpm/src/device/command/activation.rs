//! Credential and import: how a key of the service gets into the TPM.

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::build::{Authorization, Command, own_size};
use super::code::CommandCode;
use crate::device::{Handle, Response};
use crate::marshal::tpm2b;
use crate::{AlgId, Secret};

/// `TPM2_ActivateCredential`: `object` is authorised by the empty password, the endorsement key
/// `ek` by `authorization`. `blob` and `secret` bring their size fields.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn activate_credential(
    object: Handle,
    ek: Handle,
    authorization: Authorization,
    blob: &[u8],
    secret: &[u8],
) -> Result<Command, Rejection> {
    let authorizations = [Authorization::EmptyPassword, authorization];
    let handles = [object, ek];
    let code = CommandCode::ActivateCredential;
    Command::build(code, &handles, &authorizations, |out| {
        own_size(out, blob);
        own_size(out, secret);
        Ok(())
    })
}

/// The secret that the credential held.
///
/// # Errors
///
/// `TPM_TRUNCATED`, `TPM_TRAILING_BYTES`, or the codes of a secret of another length.
pub fn activated_secret(response: &Response<'_>) -> Result<Secret, Rejection> {
    let mut reader = response.parameters();
    let secret = Secret::new(reader.sized()?)?;
    reader.end()?;
    Ok(secret)
}

/// `TPM2_Import` under `parent`: `inner_key` is the AES key of the inner wrapper; the other three
/// bring their size fields.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn import(
    parent: Handle,
    inner_key: &Secret,
    public: &[u8],
    duplicate: &[u8],
    seed: &[u8],
) -> Result<Command, Rejection> {
    let password = [Authorization::EmptyPassword];
    // A secret has 64 bytes at most.
    let bits = u16::try_from(inner_key.len() * 8).unwrap_or(u16::MAX);
    Command::build(CommandCode::Import, &[parent], &password, |out| {
        out.sized(inner_key.expose())?;
        own_size(out, public);
        own_size(out, duplicate);
        own_size(out, seed);
        out.u16(AlgId::AES.value())
            .u16(bits)
            .u16(AlgId::CFB.value());
        Ok(())
    })
}

/// The `TPM2B_PRIVATE` of the imported object: wrapped by its parent, so no secret.
///
/// # Errors
///
/// `TPM_TRUNCATED` or `TPM_TRAILING_BYTES`.
pub fn imported_private(response: &Response<'_>) -> Result<Vec<u8>, Rejection> {
    let mut reader = response.parameters();
    let private = tpm2b(reader.sized()?)?;
    reader.end()?;
    Ok(private)
}
