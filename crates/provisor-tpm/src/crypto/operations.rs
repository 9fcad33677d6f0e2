//! What a backend is asked, and what it answers.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::Rejection;

use crate::key::{EccPublicKey, PublicKey, RsaPublicKey};
use crate::{HashAlg, Random, SecretBytes, SignatureScheme};

/// What this crate asks of an asymmetric cryptography library.
///
/// Implement it to use a library or an accelerator of your own. A wrong answer of
/// [`oaep_encrypt`](Self::oaep_encrypt) or [`agree`](Self::agree) gives credentials that no TPM
/// opens, or that others open too; a wrong `Ok` of [`verify`](Self::verify) accepts forged
/// attestations. The keys that come in have passed their checks.
///
/// What goes in is secret: the message of [`oaep_encrypt`](Self::oaep_encrypt) and everything that
/// `random` gives. The time that they take must not depend on it, but for the chance of one in 2^32
/// or less that a scalar has to be drawn again; that of [`verify`](Self::verify) may.
pub trait Crypto {
    /// RSA-OAEP with `hash` for both the label and MGF1 (TPM 2.0 Part 1 annex B.4), exponent 65537.
    ///
    /// `label` already ends with its NUL byte. The OAEP seed is the only thing drawn from `random`.
    /// The answer is as long as the modulus, leading zeros included.
    ///
    /// # Errors
    ///
    /// `TPM_ENCRYPTION`, or whatever the randomness answers.
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection>;

    /// Draws an ephemeral key on the curve of `peer` and agrees on a secret with `peer`.
    ///
    /// The scalar is the big-endian number of as many random bytes as the field has (for P-521 the
    /// top seven bits are cleared), drawn again while it is zero or not below the group order.
    ///
    /// # Errors
    ///
    /// `TPM_ENCRYPTION`, or whatever the randomness answers.
    fn agree(&self, peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection>;

    /// Checks a signature over `message`.
    ///
    /// # Errors
    ///
    /// `TPM_SIGNATURE` when it does not verify; never anything but `Ok` means yes (trap 76).
    fn verify(
        &self,
        key: &PublicKey,
        scheme: SignatureScheme,
        hash: HashAlg,
        message: &[u8],
        signature: &SignatureValue<'_>,
    ) -> Result<(), Rejection>;
}

/// The result of a key agreement. All three are padded to the field size.
#[non_exhaustive]
pub struct Agreement {
    /// The x coordinate of the ephemeral public key.
    pub x: Vec<u8>,
    /// The y coordinate of the ephemeral public key.
    pub y: Vec<u8>,
    /// The x coordinate of the shared point.
    pub z: SecretBytes,
}

impl Agreement {
    /// The coordinates of the ephemeral public key, and the x coordinate of the shared point.
    #[must_use]
    pub const fn new(x: Vec<u8>, y: Vec<u8>, z: SecretBytes) -> Self {
        Self { x, y, z }
    }
}

impl fmt::Debug for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Agreement(..)")
    }
}

/// The values of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureValue<'a> {
    /// An RSA signature, as long as the modulus.
    Rsa(&'a [u8]),
    /// An ECDSA signature.
    Ecdsa {
        /// r, without leading zeros or with.
        r: &'a [u8],
        /// s, without leading zeros or with.
        s: &'a [u8],
    },
}
