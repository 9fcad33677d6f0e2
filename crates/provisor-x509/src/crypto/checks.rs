//! What a backend is asked, and what it answers.

use alloc::boxed::Box;

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

impl Scheme {
    /// What it is, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1Sha256 => "RSA (PKCS #1 v1.5) with SHA-256",
            Self::RsaPkcs1Sha384 => "RSA (PKCS #1 v1.5) with SHA-384",
            Self::RsaPkcs1Sha512 => "RSA (PKCS #1 v1.5) with SHA-512",
            Self::RsaPssSha256 => "RSA-PSS with SHA-256",
            Self::RsaPssSha384 => "RSA-PSS with SHA-384",
            Self::RsaPssSha512 => "RSA-PSS with SHA-512",
            Self::EcdsaP256Sha256 => "ECDSA on P-256 with SHA-256",
            Self::EcdsaP256Sha384 => "ECDSA on P-256 with SHA-384",
            Self::EcdsaP256Sha512 => "ECDSA on P-256 with SHA-512",
            Self::EcdsaP384Sha256 => "ECDSA on P-384 with SHA-256",
            Self::EcdsaP384Sha384 => "ECDSA on P-384 with SHA-384",
            Self::EcdsaP384Sha512 => "ECDSA on P-384 with SHA-512",
            Self::EcdsaP521Sha256 => "ECDSA on P-521 with SHA-256",
            Self::EcdsaP521Sha384 => "ECDSA on P-521 with SHA-384",
            Self::EcdsaP521Sha512 => "ECDSA on P-521 with SHA-512",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// The backend does not have the scheme.
    Unsupported,
    /// The backend cannot read the key, though it is one of the scheme: nothing is known of the
    /// signature.
    Key,
    /// The signature is wrong, or cannot be read.
    Wrong,
}

/// A backend that checks signatures.
///
/// An implementation that says `Ok` for a wrong signature gives every device away; one that says
/// `Err` for a right one only refuses too much. RSA keys come with 2048 to 8192 bits.
pub trait SignatureChecks {
    /// Checks `signature` by `key` over `message`.
    ///
    /// `key` holds the contents of the SubjectPublicKeyInfo's BIT STRING, a point of a curve always
    /// uncompressed; `message` the signed part of a certificate, `signature` the contents of its BIT
    /// STRING: for ECDSA the DER of ECDSA-Sig-Value.
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

    /// Reads `key` once, for many checks of `scheme` with it.
    ///
    /// A [`ChainVerifier`](crate::ChainVerifier) asks for it once for each key that signed the leaf of
    /// a path that was accepted, and uses the answer for the next leaves under the same bytes. `None`,
    /// the provided answer, is a backend that reads a key as fast as it finds it, or a key that it does
    /// not have: then [`check`](Self::check) is asked each time.
    ///
    /// ```
    /// use provisor_x509::crypto::{PreparedKey, Scheme, SignatureChecks, SignatureFault};
    ///
    /// /// An accelerator with slots for keys.
    /// struct Accelerator;
    ///
    /// /// The number of a slot.
    /// struct Slot(u8);
    ///
    /// # fn load(_: Scheme, _: &[u8]) -> Option<u8> { None }
    /// # fn by_bytes(_: Scheme, _: &[u8], _: &[u8], _: &[u8]) -> bool { false }
    /// # fn by_slot(_: u8, _: &[u8], _: &[u8]) -> bool { false }
    /// impl SignatureChecks for Accelerator {
    ///     fn check(&self, scheme: Scheme, key: &[u8], message: &[u8], signature: &[u8])
    ///         -> Result<(), SignatureFault>
    ///     {
    ///         by_bytes(scheme, key, message, signature).then_some(()).ok_or(SignatureFault::Wrong)
    ///     }
    ///
    ///     fn prepare(&self, scheme: Scheme, key: &[u8]) -> Option<Box<dyn PreparedKey>> {
    ///         Some(Box::new(Slot(load(scheme, key)?)))
    ///     }
    /// }
    ///
    /// impl PreparedKey for Slot {
    ///     fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
    ///         by_slot(self.0, message, signature).then_some(()).ok_or(SignatureFault::Wrong)
    ///     }
    /// }
    /// ```
    fn prepare(&self, scheme: Scheme, key: &[u8]) -> Option<Box<dyn PreparedKey>> {
        let _ = (scheme, key);
        None
    }
}

/// A key that a backend has read, for checks of one [`Scheme`].
///
/// Its answers have to be those of [`SignatureChecks::check`] with that scheme and the bytes that it
/// was read from: what was said there about wrong answers holds here.
pub trait PreparedKey: Send + Sync {
    /// Checks `signature` over `message`, as [`SignatureChecks::check`] does.
    ///
    /// # Errors
    ///
    /// [`SignatureFault`].
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault>;
}
