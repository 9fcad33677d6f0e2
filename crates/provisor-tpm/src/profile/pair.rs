//! The two keys that a TPM shows, read together: they are easily exchanged.

use provisor_report::{Code, Rejection, Subject};

use super::{EkPublic, SrkPublic};

/// Reads endorsement key and storage root key, each a `TPM2B_PUBLIC`, and checks them.
///
/// ```
/// use provisor_tpm::{EkPublic, Rejection, SrkPublic, read_keys};
///
/// fn shown(ek: &[u8], srk: &[u8]) -> Result<(EkPublic, SrkPublic), Rejection> {
///     read_keys(ek, srk)
/// }
/// let refused = shown(&[], &[]).unwrap_err();
/// assert!(refused.subject().to_string().starts_with("endorsementKey: "));
/// ```
///
/// # Errors
/// [`AttestKeysSwapped`](Code::AttestKeysSwapped) when each is sound in the other's place; else those
/// of [`EkPublic::from_tpm2b`], then [`SrkPublic::from_tpm2b`]. The subject names the argument.
pub fn read_keys(
    endorsement_key: &[u8],
    storage_root_key: &[u8],
) -> Result<(EkPublic, SrkPublic), Rejection> {
    let read = EkPublic::from_tpm2b(endorsement_key)
        .and_then(|ek| Ok((ek, SrkPublic::from_tpm2b(storage_root_key)?)));
    read.map_err(|rejection| {
        let swapped = EkPublic::from_tpm2b(storage_root_key).is_ok()
            && SrkPublic::from_tpm2b(endorsement_key).is_ok();
        if !swapped {
            return rejection;
        }
        let subject = Subject::field("endorsementKey, storageRootKey");
        Rejection::new(Code::AttestKeysSwapped, subject)
    })
}
