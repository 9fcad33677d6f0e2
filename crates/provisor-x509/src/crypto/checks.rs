//! What a backend is asked, and what it answers.

/// A signature algorithm together with the kind of key it is checked with.
///
/// Chosen from the exact bytes of both AlgorithmIdentifiers; SHA-1, MD5, DSA and small keys have
/// no value here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
    /// RSASSA-PSS, SHA-256 and MGF1 with SHA-256, salt of 32 bytes.
    RsaPssSha256,
    /// RSASSA-PSS, SHA-384 and MGF1 with SHA-384, salt of 48 bytes.
    RsaPssSha384,
    /// RSASSA-PSS, SHA-512 and MGF1 with SHA-512, salt of 64 bytes.
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on P-256 with SHA-384.
    EcdsaP256Sha384,
    /// ECDSA on P-256 with SHA-512.
    EcdsaP256Sha512,
    /// ECDSA on P-384 with SHA-256.
    EcdsaP384Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384Sha384,
    /// ECDSA on P-384 with SHA-512.
    EcdsaP384Sha512,
    /// ECDSA on P-521 with SHA-256.
    EcdsaP521Sha256,
    /// ECDSA on P-521 with SHA-384.
    EcdsaP521Sha384,
    /// ECDSA on P-521 with SHA-512.
    EcdsaP521Sha512,
    /// Ed25519.
    Ed25519,
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// The backend does not have the scheme.
    Unsupported,
    /// The signature is wrong, or key or signature cannot be read.
    Wrong,
}

/// A backend that checks signatures.
///
/// An implementation that says `Ok` for a wrong signature gives every device away; one that says
/// `Err` for a right one only refuses too much. RSA keys come with 2048 to 8192 bits.
pub trait SignatureChecks {
    /// Checks `signature` by `key` over `message`.
    ///
    /// `key` holds the contents of the SubjectPublicKeyInfo's BIT STRING, `message` the signed part
    /// of a certificate, `signature` the contents of its BIT STRING: for ECDSA the DER of
    /// ECDSA-Sig-Value.
    ///
    /// # Errors
    ///
    /// [`SignatureFault`].
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault>;
}
