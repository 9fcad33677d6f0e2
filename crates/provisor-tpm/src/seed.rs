//! Sending a secret seed to a storage key (TPM 2.0 Part 1 annexes B.10 and C.6.3).
//!
//! RSA: the seed is drawn and encrypted by OAEP. ECC: an ephemeral key agrees with the static one,
//! and the seed is derived from the shared point. In both cases the seed is as long as a digest of
//! the storage key's nameAlg, and the label says what it is for.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::Rejection;

use crate::crypto::{Crypto, DefaultCrypto};
use crate::key::{EccPublicKey, PublicKey, StorageKey};
use crate::marshal::Writer;
use crate::public::{AsymScheme, Parameters, RsaParameters};
use crate::random::Verbatim;
use crate::{AlgId, HashAlg, Public, Random, SecretBytes, kdf};

/// Where a seed goes: the key, and the hash that goes with it.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    hash: HashAlg,
    key: &'a PublicKey,
}

/// What a seed is for. The label ends with a NUL byte wherever it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeedLabel {
    /// `DUPLICATE`: a wrapped object for `TPM2_Import`.
    Duplicate,
    /// `IDENTITY`: a credential for `TPM2_ActivateCredential`.
    Identity,
    /// `SECRET`: the salt of a session for `TPM2_StartAuthSession`.
    Secret,
}

/// A seed and its encryption to a key.
pub struct SealedSeed {
    /// The seed itself; secret.
    pub(crate) seed: SecretBytes,
    /// The content of the `TPM2B_ENCRYPTED_SECRET`, without its size field.
    pub(crate) encrypted: Vec<u8>,
}

/// Randomness written down beforehand, so that known answers can be reproduced byte for byte.
///
/// Dangerous: whoever knows it can open what was sealed with it. For tests and conformance only.
#[derive(Clone)]
pub enum DangerRandomness<'a> {
    /// For an RSA key: the seed, and the seed of OAEP.
    Rsa {
        /// The seed, any length (the specification's is one digest).
        seed: &'a [u8],
        /// The seed of OAEP, one digest.
        oaep_seed: &'a [u8],
    },
    /// For an elliptic-curve key: the ephemeral private key, padded to the field size.
    Ecc {
        /// The scalar.
        ephemeral: &'a [u8],
    },
}

impl SeedLabel {
    /// The label without its NUL.
    #[must_use]
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Duplicate => b"DUPLICATE",
            Self::Identity => b"IDENTITY",
            Self::Secret => b"SECRET",
        }
    }

    /// The label with its NUL, which is part of the OAEP label.
    pub(crate) const fn bytes_with_nul(self) -> &'static [u8] {
        match self {
            Self::Duplicate => b"DUPLICATE\0",
            Self::Identity => b"IDENTITY\0",
            Self::Secret => b"SECRET\0",
        }
    }
}

impl<'a> From<&'a StorageKey> for Target<'a> {
    fn from(key: &'a StorageKey) -> Self {
        Self {
            hash: key.hash,
            key: &key.key,
        }
    }
}

impl SealedSeed {
    /// The seed; secret.
    #[must_use]
    pub fn seed(&self) -> &[u8] {
        &self.seed
    }

    /// The content of the `TPM2B_ENCRYPTED_SECRET`, without its size field.
    #[must_use]
    pub fn encrypted(&self) -> &[u8] {
        &self.encrypted
    }
}

impl fmt::Debug for SealedSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSeed(..)")
    }
}

impl fmt::Debug for DangerRandomness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DangerRandomness(..)")
    }
}

/// Draws a seed and sends it to `key`.
pub(crate) fn seal(
    crypto: &dyn Crypto,
    target: Target<'_>,
    label: SeedLabel,
    random: &mut dyn Random,
) -> Result<SealedSeed, Rejection> {
    match target.key {
        PublicKey::Rsa(rsa) => {
            let mut seed = SecretBytes::new(vec![0; target.hash.digest_bytes()]);
            random.fill(&mut seed)?;
            let label = label.bytes_with_nul();
            let encrypted = crypto.oaep_encrypt(rsa, target.hash, label, &seed, random)?;
            Ok(SealedSeed { seed, encrypted })
        }
        PublicKey::Ecc(ecc) => {
            let agreement = crypto.agree(ecc, random)?;
            let mut point = Writer::with_capacity(2 * (2 + ecc.curve().field_bytes()));
            // Always at full size: TPMs differ on stripped coordinates (trap 28).
            point.sized(&agreement.x)?.sized(&agreement.y)?;
            Ok(SealedSeed {
                seed: derive(target.hash, label, &agreement.z, &agreement.x, ecc)?,
                encrypted: point.finish(),
            })
        }
    }
}

/// As [`seal`], with everything that would be drawn given beforehand.
pub(crate) fn danger_seal(
    crypto: &dyn Crypto,
    target: Target<'_>,
    label: SeedLabel,
    randomness: &DangerRandomness<'_>,
) -> Result<SealedSeed, Rejection> {
    match (target.key, randomness) {
        (PublicKey::Rsa(rsa), DangerRandomness::Rsa { seed, oaep_seed }) => {
            let label = label.bytes_with_nul();
            let mut random = Verbatim(oaep_seed);
            Ok(SealedSeed {
                seed: SecretBytes::new(seed.to_vec()),
                encrypted: crypto.oaep_encrypt(rsa, target.hash, label, seed, &mut random)?,
            })
        }
        (PublicKey::Ecc(_), DangerRandomness::Ecc { ephemeral }) => {
            seal(crypto, target, label, &mut Verbatim(ephemeral))
        }
        (PublicKey::Rsa(_), DangerRandomness::Ecc { .. })
        | (PublicKey::Ecc(_), DangerRandomness::Rsa { .. }) => Err(crate::random::random_failed(
            "randomness listed for another type of key",
        )),
    }
}

/// Seals a seed to any asymmetric key, with everything that would be drawn given beforehand: for
/// known-answer tests only. The values of the key are checked, its attributes are not.
///
/// The hash is the nameAlg, except for an RSA key whose scheme is OAEP: there it is the scheme's
/// (Part 1 annex B.4).
///
/// # Errors
///
/// `TPM_KEY_KIND` for an object without public key, the codes 3112 to 3119 for the values of the
/// key, `TPM_RANDOM` or `TPM_ENCRYPTION`.
pub fn danger_seal_to(
    public: &Public<'_>,
    label: SeedLabel,
    randomness: &DangerRandomness<'_>,
) -> Result<SealedSeed, Rejection> {
    let hash = match public.parameters() {
        Parameters::Rsa(RsaParameters {
            scheme:
                AsymScheme::Hashed {
                    scheme: AlgId::OAEP,
                    hash,
                },
            ..
        }) => *hash,
        Parameters::Rsa(_)
        | Parameters::Ecc(_)
        | Parameters::KeyedHash(_)
        | Parameters::SymCipher { .. } => public.name_alg(),
    };
    let key = PublicKey::checked(public)?;
    danger_seal(
        &DefaultCrypto,
        Target { hash, key: &key },
        label,
        randomness,
    )
}

/// The seed from the shared point: `KDFe` over z with both x coordinates (annex C.6.3).
pub(crate) fn derive(
    hash: HashAlg,
    label: SeedLabel,
    z: &[u8],
    ephemeral_x: &[u8],
    key: &EccPublicKey,
) -> Result<SecretBytes, Rejection> {
    kdf::kdfe(
        hash,
        z,
        label.bytes(),
        ephemeral_x,
        key.x(),
        digest_bits(hash),
    )
}

/// Bits of a digest.
pub(crate) const fn digest_bits(hash: HashAlg) -> u32 {
    match hash {
        HashAlg::Sha1 => 160,
        HashAlg::Sha256 => 256,
        HashAlg::Sha384 => 384,
        HashAlg::Sha512 => 512,
    }
}
