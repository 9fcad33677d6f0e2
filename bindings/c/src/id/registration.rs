//! Registration IDs.

use core::ffi::c_char;

use provisor::tpm::EkPublic;
use provisor::x509::Certificate;
use provisor::{Code, IdRules, RegistrationId, Rejection, Subject};

use crate::boundary;
use crate::input::{Bytes, Text};
use crate::output::{Buffer, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// Which rules a registration ID is held to: one of the constants `PROVISOR_ID_RULES_...`.
pub type provisor_id_rules = u32;

/// 1 to 128 characters, letters, digits, `-`, `.`, `_`, `:`, case not significant; the last
/// character a letter, a digit or `-`.
pub const PROVISOR_ID_RULES_CURRENT: provisor_id_rules = 1;
/// The rules of 2017: 1 to 128 characters, lowercase letters, digits, hyphens.
pub const PROVISOR_ID_RULES_2017: provisor_id_rules = 2017;

/// Checks a registration ID.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_registration_id_check(
    text: *const c_char,
    len: usize,
    rules: provisor_id_rules,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, rejection) = unsafe { (Text::new(text, len, "text"), RejectionOut::new(rejection)) };
    boundary::run(rejection, || {
        RegistrationId::parse(text.read()?, id_rules(rules)?).map(drop)
    })
}

/// Writes a registration ID in lower case: what is compared and stored. At most
/// `PROVISOR_REGISTRATION_ID_MAX` bytes.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `buffer` has `capacity` writable
/// bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_registration_id_normal_form(
    text: *const c_char,
    len: usize,
    rules: provisor_id_rules,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, buffer, rejection) = unsafe {
        (
            Text::new(text, len, "text"),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let id = RegistrationId::parse(text.read()?, id_rules(rules)?)?;
        buffer.write_text(id.normal_form())
    })
}

/// Writes the registration ID of a TPM: 52 characters that follow from its endorsement key.
///
/// `ek` is the key's `TPM2B_PUBLIC`, its two size bytes included.
///
/// # Safety
///
/// `ek` has `ek_len` readable bytes, or is NULL when `ek_len` is 0; `buffer` has `capacity` writable
/// bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_registration_id_from_ek(
    ek: *const u8,
    ek_len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (ek, buffer, rejection) = unsafe {
        (
            Bytes::new(ek, ek_len, "ek"),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let ek = EkPublic::from_tpm2b(ek.read()?)?;
        buffer.write_text(RegistrationId::from_ek(&ek).as_str())
    })
}

/// Writes the registration ID that a certificate names: the one common name of its subject.
///
/// It says what the certificate claims, not that the certificate is genuine: verify it first.
///
/// # Safety
///
/// `certificate` (DER) has `certificate_len` readable bytes, or is NULL when that is 0; `buffer` has
/// `capacity` writable bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_registration_id_from_certificate(
    certificate: *const u8,
    certificate_len: usize,
    rules: provisor_id_rules,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (certificate, buffer, rejection) = unsafe {
        (
            Bytes::new(certificate, certificate_len, "certificate"),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let rules = id_rules(rules)?;
        let certificate = Certificate::from_der(certificate.read()?)?;
        let id = RegistrationId::from_certificate(&certificate, rules)?;
        buffer.write_text(id.as_str())
    })
}

fn id_rules(number: provisor_id_rules) -> Result<IdRules, Rejection> {
    match number {
        PROVISOR_ID_RULES_CURRENT => Ok(IdRules::Current),
        PROVISOR_ID_RULES_2017 => Ok(IdRules::V2017),
        other => Err(Rejection::new(Code::ArgValue, Subject::field("rules"))
            .expected("PROVISOR_ID_RULES_CURRENT or PROVISOR_ID_RULES_2017")
            .found(other.to_string())),
    }
}
