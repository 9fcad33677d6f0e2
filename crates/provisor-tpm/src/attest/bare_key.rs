//! A public key of which nobody has shown that it is an attestation key.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::signer::Signer;
use crate::{HashAlg, PublicKey, SignatureScheme};

/// A public key without its public area, as PEM files have it, and how it is said to sign.
///
/// Whether the key is in a TPM at all, and whether it can sign what somebody made up
/// ([`AkPublic`](crate::AkPublic) requires that it cannot), does not show. What is verified with one is
/// no more than what its holder signed; the functions that take one say `danger`.
///
/// ```
/// use provisor_tpm::attest::BareKey;
/// use provisor_tpm::{HashAlg, SignatureScheme};
///
/// let refused = BareKey::from_spki(b"-----BEGIN", SignatureScheme::Ecdsa, HashAlg::Sha256);
/// assert_eq!(refused.unwrap_err().code().name(), "TPM_PUBLIC_KEY");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareKey {
    key: PublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
}

impl BareKey {
    /// The key of a `SubjectPublicKeyInfo` in DER, with the scheme and the hash that it signs with:
    /// the verifier states them, never the signature (traps 74 and 75).
    ///
    /// # Errors
    ///
    /// As [`PublicKey::from_spki`]; [`Code::TpmSignatureAlgorithm`] when no such key signs so.
    pub fn from_spki(
        der: &[u8],
        scheme: SignatureScheme,
        hash: HashAlg,
    ) -> Result<Self, Rejection> {
        let key = PublicKey::from_spki(der)?;
        let fits = match (&key, scheme) {
            (PublicKey::Rsa(_), SignatureScheme::Rsassa | SignatureScheme::Rsapss)
            | (PublicKey::Ecc(_), SignatureScheme::Ecdsa) => true,
            (PublicKey::Rsa(_), SignatureScheme::Ecdsa)
            | (PublicKey::Ecc(_), SignatureScheme::Rsassa | SignatureScheme::Rsapss) => false,
        };
        if fits {
            return Ok(Self { key, scheme, hash });
        }
        Err(
            Rejection::new(Code::TpmSignatureAlgorithm, Subject::field("scheme"))
                .expected(match key {
                    PublicKey::Rsa(_) => "RSASSA or RSAPSS, as the key is an RSA key",
                    PublicKey::Ecc(_) => "ECDSA, as the key is one of an elliptic curve",
                })
                .found(format!("{}", scheme.id())),
        )
    }

    /// The key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// How it signs.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The hash that it signs with.
    #[must_use]
    pub const fn hash(&self) -> HashAlg {
        self.hash
    }

    pub(super) const fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.key,
            scheme: self.scheme,
            hash: self.hash,
        }
    }
}
