//! Duplication: an object wrapped so that one storage parent can import it.
//!
//! What `TPM2_Duplicate` makes and `TPM2_Import` takes (TPM 2.0 Part 3 sections 13.1 and 13.3):
//! an optional inner wrapper under a key that travels by another way, and an outer wrapper under a
//! seed that is sealed to the parent.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::crypto::{Crypto, DefaultCrypto, cfb_encrypt};
use crate::key::refuse;
use crate::marshal::{Writer, tpm2b};
use crate::protect::Suite;
use crate::seed::{self, DangerRandomness, SealedSeed, SeedLabel};
use crate::{ObjectAttributes, Public, Random, Secret, SecretBytes, StorageKey, sensitive};

/// The parameters of `TPM2_Import` that depend on the parent. The command has these (TPM 2.0 Part 3 section
/// 13.3), so the fields stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The `TPM2B_PRIVATE`, size field included: the wrapped sensitive area.
    pub duplicate: Vec<u8>,
    /// The `TPM2B_ENCRYPTED_SECRET`, size field included: the seed, sealed to the parent.
    pub in_sym_seed: Vec<u8>,
}

/// Wraps the sensitive area of `object` for import under `parent`.
///
/// `sensitive` is the `TPMT_SENSITIVE` without size field; `inner_key`, 16 or 32 bytes, adds the
/// inner wrapper. Official clients hard-code AES-128, so 16 is the one to use.
///
/// # Errors
///
/// `TPM_OBJECT_FIXED`, `TPM_INNER_REQUIRED` or `TPM_SENSITIVE` when the object cannot be wrapped
/// so, `TPM_INNER_KEY` for a key of another length, `TPM_RANDOM` or `TPM_ENCRYPTION` when the
/// randomness or the backend fails.
pub fn duplicate(
    parent: &StorageKey,
    object: &Public<'_>,
    sensitive: &[u8],
    inner_key: Option<&Secret>,
    random: &mut dyn Random,
) -> Result<Duplicate, Rejection> {
    duplicate_with(&DefaultCrypto, parent, object, sensitive, inner_key, random)
}

/// As [`duplicate`], with another cryptographic backend.
///
/// # Errors
///
/// As [`duplicate`].
pub fn duplicate_with(
    crypto: &dyn Crypto,
    parent: &StorageKey,
    object: &Public<'_>,
    sensitive: &[u8],
    inner_key: Option<&Secret>,
    random: &mut dyn Random,
) -> Result<Duplicate, Rejection> {
    let body = check_and_wrap_inner(object, sensitive, inner_key)?;
    let seed = seed::seal(crypto, parent.into(), SeedLabel::Duplicate, random)?;
    wrap_outer(parent, object, body, &seed)
}

/// As [`duplicate`], with the randomness given verbatim: for known-answer tests only.
///
/// # Errors
///
/// As [`duplicate`].
pub fn danger_duplicate(
    parent: &StorageKey,
    object: &Public<'_>,
    sensitive: &[u8],
    inner_key: Option<&Secret>,
    randomness: &DangerRandomness<'_>,
) -> Result<Duplicate, Rejection> {
    let body = check_and_wrap_inner(object, sensitive, inner_key)?;
    let seed = seed::danger_seal(
        &DefaultCrypto,
        parent.into(),
        SeedLabel::Duplicate,
        randomness,
    )?;
    wrap_outer(parent, object, body, &seed)
}

fn check_and_wrap_inner(
    object: &Public<'_>,
    sensitive: &[u8],
    inner_key: Option<&Secret>,
) -> Result<SecretBytes, Rejection> {
    check_movable(object)?;
    sensitive::check_belongs(object, sensitive)?;
    let mut plain = Writer::with_capacity(sensitive.len() + 2);
    plain.sized(sensitive)?;
    let plain = SecretBytes::new(plain.finish());
    match inner_key {
        Some(key) => wrap_inner(object, &plain, key),
        None => {
            check_inner_not_required(object)?;
            Ok(plain)
        }
    }
}

/// A TPM refuses to import an object that claims it was never outside (Part 3 section 13.3).
fn check_movable(object: &Public<'_>) -> Result<(), Rejection> {
    let fixed = ObjectAttributes::FIXED_TPM | ObjectAttributes::FIXED_PARENT;
    if !object.attributes().intersects(fixed) {
        return Ok(());
    }
    Err(refuse(Code::TpmObjectFixed, "objectAttributes")
        .expected("fixedTPM and fixedParent clear")
        .found(alloc::format!("{}", object.attributes())))
}

/// encryptedDuplication asks for the inner wrapper; without it a TPM refuses the import.
fn check_inner_not_required(object: &Public<'_>) -> Result<(), Rejection> {
    let attribute = ObjectAttributes::ENCRYPTED_DUPLICATION;
    if object.attributes().contains(attribute) {
        return Err(refuse(Code::TpmInnerRequired, "objectAttributes").expected("an inner key"));
    }
    Ok(())
}

/// Integrity under the nameAlg of the *object*, then AES-CFB under the inner key.
fn wrap_inner(object: &Public<'_>, plain: &[u8], key: &Secret) -> Result<SecretBytes, Rejection> {
    check_inner_key(key)?;
    let name = object.name();
    let integrity = object.name_alg().digest(&[plain, name.as_bytes()]);
    let mut inner = Writer::with_capacity(plain.len() + 2 + object.name_alg().digest_bytes());
    inner.sized(integrity.as_ref())?.bytes(plain);
    let mut inner = SecretBytes::new(inner.finish());
    cfb_encrypt(key.expose(), &mut inner)?;
    Ok(inner)
}

/// 24 bytes are refused by TPMs, every other length is no AES key.
fn check_inner_key(key: &Secret) -> Result<(), Rejection> {
    match key.len() {
        16 | 32 => Ok(()),
        other => Err(
            Rejection::new(Code::TpmInnerKey, Subject::field("encryptionKey"))
                .expected("16 or 32 bytes")
                .found(alloc::format!("{other} bytes")),
        ),
    }
}

fn wrap_outer(
    parent: &StorageKey,
    object: &Public<'_>,
    body: SecretBytes,
    seed: &SealedSeed,
) -> Result<Duplicate, Rejection> {
    let suite = Suite {
        hash: parent.hash,
        cipher: parent.cipher,
    };
    Ok(Duplicate {
        duplicate: suite.wrap(&seed.seed, &object.name(), body)?,
        in_sym_seed: tpm2b(&seed.encrypted)?,
    })
}

#[cfg(test)]
mod tests;
