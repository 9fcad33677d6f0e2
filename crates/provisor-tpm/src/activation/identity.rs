//! The identity key: an HMAC-SHA256 key that a service makes and a TPM keeps.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::marshal::{Writer, tpm2b};
use crate::{AlgId, HashAlg, ObjectAttributes, Random, Secret, SecretBytes, sensitive};

/// sign, noDA and userWithAuth: clients use the empty password, and without noDA the first use can
/// answer `TPM_RC_RETRY`. Not fixed (Import refuses that), not restricted (it signs outside data).
const ATTRIBUTES: ObjectAttributes = ObjectAttributes::SIGN
    .union(ObjectAttributes::NO_DA)
    .union(ObjectAttributes::USER_WITH_AUTH);

/// Name, unique and scheme all use SHA-256, as every official client expects.
const HASH: HashAlg = HashAlg::Sha256;

/// Bytes of the public area: type, name algorithm, attributes, empty policy, scheme and its hash,
/// sized unique.
const PUBLIC_BYTES: usize = 2 + 2 + 4 + 2 + 2 + 2 + 2 + HASH.digest_bytes();

/// Public and sensitive area of an identity key.
///
/// The policy is empty: nobody can satisfy the duplication role, so the key stays in the TPM that
/// imports it. (A policy that allows `TPM2_Duplicate`, as one published sample has it, would let
/// the owner of the device copy the key out.)
pub struct IdentityKey {
    tpm2b: Vec<u8>,
    sensitive: SecretBytes,
}

impl IdentityKey {
    /// Makes the two areas of `key`, with a fresh obfuscation value.
    ///
    /// # Errors
    ///
    /// Whatever the randomness answers.
    pub fn new(key: &Secret, random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut obfuscation = zeroize::Zeroizing::new([0; HASH.digest_bytes()]);
        random.fill(obfuscation.as_mut())?;
        Self::danger_new(key, obfuscation.as_ref())
    }

    /// As [`IdentityKey::new`], with the obfuscation value given: for known-answer tests only.
    ///
    /// # Errors
    ///
    /// [`Code::TpmSensitive`] when the value is not as long as a digest of SHA-256: no TPM would
    /// import it.
    pub fn danger_new(key: &Secret, obfuscation: &[u8]) -> Result<Self, Rejection> {
        check_obfuscation(obfuscation)?;
        let mut public = Writer::with_capacity(PUBLIC_BYTES);
        public
            .u16(AlgId::KEYEDHASH.value())
            .u16(HASH.id().value())
            .u32(ATTRIBUTES.bits())
            .sized(&[])?
            .u16(AlgId::HMAC.value())
            .u16(HASH.id().value())
            .sized(&sensitive::unique(HASH, obfuscation, key))?;
        Ok(Self {
            tpm2b: tpm2b(&public.finish())?,
            sensitive: sensitive::keyed_hash(obfuscation, key)?,
        })
    }

    /// The `TPM2B_PUBLIC`: field 5 of the blob.
    #[must_use]
    pub fn tpm2b(&self) -> &[u8] {
        &self.tpm2b
    }

    /// The `TPMT_SENSITIVE`, without size field; secret.
    #[must_use]
    pub fn sensitive(&self) -> &[u8] {
        &self.sensitive
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityKey").finish_non_exhaustive()
    }
}

/// Every other length is answered with `TPM_RC_KEY_SIZE`.
fn check_obfuscation(value: &[u8]) -> Result<(), Rejection> {
    if value.len() == HASH.digest_bytes() {
        return Ok(());
    }
    Err(Rejection::new(
        Code::TpmSensitive,
        Subject::field("TPMT_SENSITIVE.seedValue"),
    )
    .expected(alloc::format!("{} bytes", HASH.digest_bytes()))
    .found(alloc::format!("{} bytes", value.len())))
}
