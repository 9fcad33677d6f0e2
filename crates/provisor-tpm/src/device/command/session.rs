//! Policy sessions: what an endorsement key asks for before it is used.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::build::{Authorization, Command};
use super::code::CommandCode;
use crate::HashAlg;
use crate::device::Handle;
use crate::profile::WellKnownPolicy;

/// `TPM_SE_POLICY` (Part 2 section 6.11).
const POLICY_SESSION: u8 = 0x01;
/// `TPM_ALG_NULL`.
const NULL: u16 = 0x0010;

/// `TPM2_StartAuthSession`: a policy session without salt, binding and encryption. `hash` must be
/// the nameAlg of the key whose policy is to be satisfied.
///
/// `nonce` is nonceCaller, 16 bytes to one digest of `hash` (Part 3 section 11.1). Nothing secret hangs
/// on it here, for the session carries neither HMAC nor encryption.
///
/// # Errors
///
/// `TPM_NONCE_EMPTY` for a nonce of another length.
pub fn start_policy_session(hash: HashAlg, nonce: &[u8]) -> Result<Command, Rejection> {
    if !(16..=hash.digest_bytes()).contains(&nonce.len()) {
        return Err(
            Rejection::new(Code::TpmNonceEmpty, Subject::field("nonceCaller"))
                .expected(format!("16 to {} bytes", hash.digest_bytes()))
                .found(format!("{} bytes", nonce.len())),
        );
    }
    let handles = [Handle::NULL, Handle::NULL];
    Command::build(CommandCode::StartAuthSession, &handles, &[], |out| {
        out.sized(nonce)?.sized(&[])?;
        out.u8(POLICY_SESSION).u16(NULL).u16(hash.id().value());
        Ok(())
    })
}

/// `TPM2_PolicySecret` with the endorsement hierarchy and its empty password: policy A of the TCG EK
/// Credential Profile.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn policy_secret(session: Handle) -> Result<Command, Rejection> {
    let handles = [Handle::ENDORSEMENT, session];
    let password = [Authorization::EmptyPassword];
    Command::build(CommandCode::PolicySecret, &handles, &password, |out| {
        // nonceTPM, cpHashA and policyRef empty; no expiration, so no ticket.
        out.u16(0).u16(0).u16(0).u32(0);
        Ok(())
    })
}

/// `TPM2_PolicyOR` of policy A and policy C: policy B, which high-range keys have.
///
/// # Errors
///
/// `TPM_HASH_ALGORITHM` for SHA-1, which the profile does not define.
pub fn policy_or(session: Handle, hash: HashAlg) -> Result<Command, Rejection> {
    let digests = [WellKnownPolicy::A, WellKnownPolicy::C].map(|policy| policy.digest(hash));
    let [Some(a), Some(c)] = digests else {
        return Err(
            Rejection::new(Code::TpmHashAlgorithm, Subject::field("pHashList"))
                .expected("SHA-256, SHA-384 or SHA-512")
                .found(format!("{hash}")),
        );
    };
    Command::build(CommandCode::PolicyOr, &[session], &[], |out| {
        out.u32(2).sized(a.as_ref())?.sized(c.as_ref())?;
        Ok(())
    })
}
