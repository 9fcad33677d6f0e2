//! What the TPM does with a credential: for software TPMs, test kits and device tools.

use provisor_report::Rejection;

use crate::crypto::cfb_decrypt;
use crate::marshal::Reader;
use crate::protect::{Suite, cannot_open};
use crate::seed::SeedLabel;
use crate::{EkPublic, HashAlg, Name, Public, Secret, SecretBytes, StorageKey};

/// The private half of a storage key: opens sealed seeds.
///
/// Answer every failure with `TPM_CREDENTIAL_OPEN` and nothing else; whether OAEP or the
/// integrity check failed is an oracle for whoever may try often (trap 67).
pub trait SeedOpener {
    /// Opens the content of a `TPM2B_ENCRYPTED_SECRET` (without its size field) that was sealed to
    /// `key` for the purpose `label`.
    ///
    /// # Errors
    ///
    /// `TPM_CREDENTIAL_OPEN`.
    fn open_seed(
        &self,
        key: &StorageKey,
        label: SeedLabel,
        encrypted: &[u8],
    ) -> Result<SecretBytes, Rejection>;
}

/// Opens a credential: what `TPM2_ActivateCredential` answers, or its refusal.
///
/// # Errors
///
/// `TPM_CREDENTIAL_OPEN` for every reason there may be.
pub fn open_credential(
    private: &dyn SeedOpener,
    ek: &EkPublic,
    name: &Name,
    id_object: &[u8],
    encrypted_secret: &[u8],
) -> Result<Secret, Rejection> {
    let key = ek.storage_key();
    let plain = open(
        private,
        key,
        SeedLabel::Identity,
        name,
        id_object,
        encrypted_secret,
    )?;
    let mut reader = Reader::new("TPM2B_DIGEST", &plain);
    let secret = reader.sized().map_err(|_| cannot_open())?;
    reader.end().map_err(|_| cannot_open())?;
    Secret::new(secret).map_err(|_| cannot_open())
}

/// Opens a wrapped object: what `TPM2_Import` checks. The answer is the `TPMT_SENSITIVE`.
///
/// # Errors
///
/// `TPM_CREDENTIAL_OPEN` for every reason there may be.
pub fn open_duplicate(
    private: &dyn SeedOpener,
    parent: &StorageKey,
    object: &Public<'_>,
    inner_key: Option<&Secret>,
    duplicate: &[u8],
    in_sym_seed: &[u8],
) -> Result<SecretBytes, Rejection> {
    let name = object.name();
    let mut plain = open(
        private,
        parent,
        SeedLabel::Duplicate,
        &name,
        duplicate,
        in_sym_seed,
    )?;
    let mut position = 0;
    if let Some(inner_key) = inner_key {
        cfb_decrypt(inner_key.expose(), &mut plain).map_err(|_| cannot_open())?;
        position = check_inner(object.name_alg(), &name, &plain)?;
    }
    let mut reader = Reader::new("TPM2B_SENSITIVE", plain.get(position..).unwrap_or_default());
    let sensitive = reader.sized().map_err(|_| cannot_open())?;
    reader.end().map_err(|_| cannot_open())?;
    Ok(SecretBytes::new(sensitive.to_vec()))
}

/// The hash of the inner wrapper covers the sensitive area and the Name; answers where the former
/// begins.
fn check_inner(hash: HashAlg, name: &Name, plain: &[u8]) -> Result<usize, Rejection> {
    let mut reader = Reader::new("inner wrapper", plain);
    let integrity = reader.sized().map_err(|_| cannot_open())?;
    let expected = hash.digest(&[reader.rest(), name.as_bytes()]);
    if expected.as_ref() == integrity {
        Ok(reader.position())
    } else {
        Err(cannot_open())
    }
}

fn open(
    private: &dyn SeedOpener,
    key: &StorageKey,
    label: SeedLabel,
    name: &Name,
    wrapped: &[u8],
    encrypted_secret: &[u8],
) -> Result<SecretBytes, Rejection> {
    let mut reader = Reader::new("TPM2B_ENCRYPTED_SECRET", encrypted_secret);
    let encrypted = reader.sized().map_err(|_| cannot_open())?;
    reader.end().map_err(|_| cannot_open())?;
    let seed = private
        .open_seed(key, label, encrypted)
        .map_err(|_| cannot_open())?;
    let suite = Suite {
        hash: key.hash,
        cipher: key.cipher,
    };
    suite
        .unwrap(&seed, name, wrapped)
        .map_err(|_| cannot_open())
}
