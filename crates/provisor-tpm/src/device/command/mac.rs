//! HMACs with a key in the TPM, in one command or in parts; and quotes.

use alloc::format;

use provisor_report::Rejection;

use super::build::{Authorization, Command};
use super::code::CommandCode;
use crate::attest::{Nonce, PcrSelection};
use crate::device::response::form;
use crate::device::{Handle, Response};
use crate::{HashAlg, Mac};

const PASSWORD: &[Authorization] = &[Authorization::EmptyPassword];
/// `TPM_ALG_NULL`.
const NULL: u16 = 0x0010;

/// `TPM2_HMAC`: `data` must fit the input buffer of the TPM.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn hmac(key: Handle, hash: HashAlg, data: &[u8]) -> Result<Command, Rejection> {
    Command::build(CommandCode::Hmac, &[key], PASSWORD, |out| {
        out.sized(data)?.u16(hash.id().value());
        Ok(())
    })
}

/// `TPM2_HMAC_Start`: the sequence has the empty password, like everything here.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn hmac_start(key: Handle, hash: HashAlg) -> Result<Command, Rejection> {
    Command::build(CommandCode::HmacStart, &[key], PASSWORD, |out| {
        out.sized(&[])?.u16(hash.id().value());
        Ok(())
    })
}

/// `TPM2_SequenceUpdate`: a part that must fit the input buffer of the TPM.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn sequence_update(sequence: Handle, part: &[u8]) -> Result<Command, Rejection> {
    let code = CommandCode::SequenceUpdate;
    Command::build(code, &[sequence], PASSWORD, |out| {
        out.sized(part)?;
        Ok(())
    })
}

/// `TPM2_SequenceComplete`: the last part, and no ticket. The sequence is gone afterwards.
///
/// # Errors
///
/// `TPM_TOO_LONG`.
pub fn sequence_complete(sequence: Handle, part: &[u8]) -> Result<Command, Rejection> {
    let code = CommandCode::SequenceComplete;
    let command = Command::build(code, &[sequence], PASSWORD, |out| {
        out.sized(part)?.u32(Handle::NULL.value());
        Ok(())
    })?;
    Ok(command.closing(sequence))
}

/// The HMAC in the response of `TPM2_HMAC` or `TPM2_SequenceComplete`.
///
/// # Errors
///
/// `TPM_RESPONSE_FORM` when it is not as long as a digest of `hash`; `TPM_TRUNCATED` or
/// `TPM_TRAILING_BYTES`.
pub fn mac(response: &Response<'_>, hash: HashAlg) -> Result<Mac, Rejection> {
    let mut reader = response.parameters();
    let value = reader.sized()?;
    if response.code() == CommandCode::SequenceComplete {
        // The ticket: tag, hierarchy, digest.
        let _ticket = (reader.u16()?, reader.u32()?, reader.sized()?);
    }
    reader.end()?;
    if value.len() == hash.digest_bytes() {
        return Ok(Mac::new(value));
    }
    Err(form(response.code(), 10)
        .expected(format!("{} bytes of HMAC", hash.digest_bytes()))
        .found(format!("{}", value.len())))
}

/// `TPM2_Quote` with the key's own scheme, over the service's nonce and those PCRs.
///
/// # Errors
///
/// None; the signature is that of all commands.
pub fn quote(key: Handle, nonce: &Nonce<'_>, pcrs: PcrSelection) -> Result<Command, Rejection> {
    let [a, b, c, d] = pcrs.mask().to_le_bytes();
    Command::build(CommandCode::Quote, &[key], PASSWORD, |out| {
        out.sized(nonce.as_bytes())?.u16(NULL);
        out.u32(1).u16(pcrs.bank().id().value());
        // Platforms have 24 PCRs, and some refuse a bit map that speaks of more.
        if d == 0 {
            out.u8(3).bytes(&[a, b, c]);
        } else {
            out.u8(4).bytes(&[a, b, c, d]);
        }
        Ok(())
    })
}

/// The `TPMS_ATTEST` and the `TPMT_SIGNATURE` in the response of `TPM2_Quote`, for
/// [`crate::attest::verify_quote`] on the other side.
///
/// # Errors
///
/// `TPM_TRUNCATED`.
pub fn quoted<'a>(response: &Response<'a>) -> Result<(&'a [u8], &'a [u8]), Rejection> {
    let mut reader = response.parameters();
    let attest = reader.sized()?;
    Ok((attest, reader.rest()))
}
