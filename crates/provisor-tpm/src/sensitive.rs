//! Sensitive areas: the secret half of an object that a service makes (Part 2 section 12.3.2.4).

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::marshal::{Reader, Writer};
use crate::public::Parameters;
use crate::{AlgId, Public, Secret, SecretBytes, limits};

/// Room for a `TPMT_SENSITIVE` and its size fields, so that the buffer never moves.
const CAPACITY: usize = 16 + 2 * 128;

/// `TPMT_SENSITIVE` of an HMAC key: no password, the obfuscation value, the key.
pub(crate) fn keyed_hash(seed_value: &[u8], key: &Secret) -> Result<SecretBytes, Rejection> {
    let mut writer = Writer::with_capacity(CAPACITY);
    writer
        .u16(AlgId::KEYEDHASH.value())
        .sized(&[])?
        .sized(seed_value)?
        .sized(key.expose())?;
    Ok(SecretBytes::new(writer.finish()))
}

/// Insists that a sensitive area is the secret half of `public`: same type, and for objects
/// without a public key the unique field is the digest of seed value and secret.
pub(crate) fn check_belongs(public: &Public<'_>, sensitive: &[u8]) -> Result<(), Rejection> {
    let what = "TPMT_SENSITIVE";
    crate::marshal::check_input(what, sensitive, limits::PUBLIC)?;
    let mut reader = Reader::new(what, sensitive);
    let object_type = AlgId::new(reader.u16()?);
    let _auth_value = reader.sized()?;
    let seed_value = reader.sized()?;
    let secret = reader.sized()?;
    reader.end()?;
    if object_type != public.parameters().type_id() {
        return Err(refuse("sensitiveType")
            .expected(alloc::format!("{}", public.parameters().type_id()))
            .found(alloc::format!("{object_type}")));
    }
    let unique = match public.parameters() {
        Parameters::KeyedHash(keyed) => keyed.unique,
        Parameters::SymCipher { unique, .. } => unique,
        // The private number of an asymmetric key is the TPM's to check.
        Parameters::Rsa(_) | Parameters::Ecc(_) => return Ok(()),
    };
    // An empty HMAC key is taken by TPMs without complaint (trap 59).
    crate::secret::check_length(secret.len(), 2 * limits::SECRET)?;
    if public.name_alg().digest(&[seed_value, secret]).as_ref() == unique {
        return Ok(());
    }
    Err(refuse("unique").expected("the digest of seedValue and key"))
}

/// `unique` of an HMAC key: the obfuscation value first, then the key.
pub(crate) fn unique(hash: crate::HashAlg, seed_value: &[u8], key: &Secret) -> Vec<u8> {
    hash.digest(&[seed_value, key.expose()]).as_ref().to_vec()
}

fn refuse(field: &'static str) -> Rejection {
    Rejection::new(
        Code::TpmSensitive,
        Subject::field(alloc::format!("TPMT_SENSITIVE.{field}")),
    )
}
