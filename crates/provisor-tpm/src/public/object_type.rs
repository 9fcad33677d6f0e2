//! The types of objects.

use alloc::format;

use provisor_report::{Code, Rejection};

use crate::AlgId;
use crate::marshal::Reader;

/// The types of objects that have a public area (Part 2 section 12.2.2).
#[derive(Clone, Copy)]
pub(super) enum ObjectType {
    Rsa,
    KeyedHash,
    Ecc,
    SymCipher,
}

pub(super) fn read_type(reader: &mut Reader<'_>) -> Result<ObjectType, Rejection> {
    let at = reader.position();
    match AlgId::new(reader.u16()?) {
        AlgId::RSA => Ok(ObjectType::Rsa),
        AlgId::KEYEDHASH => Ok(ObjectType::KeyedHash),
        AlgId::ECC => Ok(ObjectType::Ecc),
        AlgId::SYMCIPHER => Ok(ObjectType::SymCipher),
        other => Err(reader
            .refuse_at(Code::TpmObjectType, at)
            .expected("TPM_ALG_RSA, TPM_ALG_ECC, TPM_ALG_KEYEDHASH or TPM_ALG_SYMCIPHER")
            .found(format!("{other}"))),
    }
}
