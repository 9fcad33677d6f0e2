//! A software TPM: the device's side of credential activation.
//!
//! It holds an endorsement key and a storage root key that follow from a seed, activates
//! credentials (TPM 2.0 Part 3 section 12.5), imports the identity key of a DPS-style activation
//! blob (section 13.3) and signs with it. On demand it misbehaves ([`Fault`]).
//!
//! It shares no code with `provisor-tpm`, so that one can be the oracle of the other: a slip in a
//! label, a padding or a length shows as a refusal here.

mod activation_blob;
mod crypt;
mod public;
mod reader;

use core::fmt;

use crate::pki::{KeyKind, KeyPair};
use crypt::StorageKey;
use reader::Reader;

/// The kind of EK and SRK of a software TPM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TpmKind {
    /// EK by template L-2 (P-256, SHA-256), P-256 SRK.
    P256,
    /// EK by template L-1 (RSA-2048, SHA-256), RSA-2048 SRK.
    Rsa2048,
}

/// What a software TPM does wrong, once it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with a secret in which one bit differs.
    FlippedSecret,
    /// Answers with the secret of the credential that it activated before, if there was one.
    StaleSecret,
    /// Answers with the secret short of its last byte.
    TruncatedSecret,
    /// Has another object loaded than the one that the service took the Name from.
    WrongName,
}

/// A TPM's refusal. One for all causes, as a TPM tells nobody which step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the software TPM refuses")
    }
}

impl core::error::Error for Refused {}

/// The software TPM.
///
/// ```
/// use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
///
/// let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
/// assert_eq!(tpm.ek_public(), SoftTpm::new(TpmKind::P256, 7, 0).ek_public());
/// assert_ne!(tpm.ek_public(), SoftTpm::new(TpmKind::P256, 7, 1).ek_public());
/// ```
#[derive(Clone, Debug)]
pub struct SoftTpm {
    kind: TpmKind,
    ek: StorageKey,
    srk: StorageKey,
    fault: Option<Fault>,
    last_secret: Option<Vec<u8>>,
    identity: Option<Vec<u8>>,
}

impl SoftTpm {
    /// The TPM with that number of that seed. RSA keys come from the pool of toy keys, so the
    /// numbers 0 to 1007 have distinct ones.
    #[must_use]
    pub fn new(kind: TpmKind, seed: u64, number: usize) -> Self {
        let (ek, srk) = match kind {
            TpmKind::P256 => (
                KeyPair::new(KeyKind::P256, seed, &format!("EK of TPM {number}")),
                KeyPair::new(KeyKind::P256, seed, &format!("SRK of TPM {number}")),
            ),
            TpmKind::Rsa2048 => (
                KeyPair::rsa(seed, 2 * number),
                KeyPair::rsa(seed, 2 * number + 1),
            ),
        };
        Self::from_keys(ek, srk)
    }

    /// The TPM with these keys, both P-256 or RSA-2048; for vectors that bring their keys along.
    ///
    /// # Panics
    /// When a key is of another kind.
    #[must_use]
    pub fn from_keys(ek: KeyPair, srk: KeyPair) -> Self {
        let kind = match ek.kind() {
            KeyKind::P256 => TpmKind::P256,
            KeyKind::Rsa2048 => TpmKind::Rsa2048,
            other => panic!("no TPM with keys of kind {}", other.name()),
        };
        Self {
            kind,
            ek: StorageKey::new(ek, public::EK_ATTRIBUTES, &public::EK_POLICY),
            srk: StorageKey::new(srk, public::SRK_ATTRIBUTES, &[]),
            fault: None,
            last_secret: None,
            identity: None,
        }
    }

    /// The same TPM, which from now on does that wrong.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The kind of its keys.
    #[must_use]
    pub const fn kind(&self) -> TpmKind {
        self.kind
    }

    /// The endorsement key's public area: TPM2B_PUBLIC, size field included.
    #[must_use]
    pub fn ek_public(&self) -> &[u8] {
        self.ek.public()
    }

    /// The storage root key's public area: TPM2B_PUBLIC, size field included.
    #[must_use]
    pub fn srk_public(&self) -> &[u8] {
        self.srk.public()
    }

    /// The endorsement key's Name: algorithm and digest, 34 bytes.
    #[must_use]
    pub fn ek_name(&self) -> Vec<u8> {
        self.ek.name()
    }

    /// The storage root key's Name: algorithm and digest, 34 bytes.
    #[must_use]
    pub fn srk_name(&self) -> Vec<u8> {
        self.srk.name()
    }

    /// TPM2_ActivateCredential with the SRK as the loaded object: the secret that the service put
    /// into the credential. Both arguments with their size field.
    ///
    /// # Errors
    /// [`Refused`] when the credential is for another EK or another object, or is damaged.
    pub fn activate_credential(
        &mut self,
        id_object: &[u8],
        encrypted_secret: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let name = self.srk.name();
        self.activate_credential_for(&name, id_object, encrypted_secret)
    }

    /// The same with another loaded object, by its Name.
    ///
    /// # Errors
    /// As [`SoftTpm::activate_credential`].
    pub fn activate_credential_for(
        &mut self,
        loaded: &[u8],
        id_object: &[u8],
        encrypted_secret: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let mut loaded = loaded.to_vec();
        if self.fault == Some(Fault::WrongName) {
            *loaded.last_mut().ok_or(Refused)? ^= 1;
        }
        let mut seed = Reader::new(encrypted_secret);
        let encrypted_seed = seed.sized()?;
        seed.finish()?;
        let mut credential = Reader::new(id_object);
        let body = credential.sized()?;
        credential.finish()?;

        let seed = self.ek.recover_seed("IDENTITY", encrypted_seed)?;
        let plain = crypt::unprotect(&seed, &loaded, body)?;
        let mut plain = Reader::new(&plain);
        let secret = plain.sized()?.to_vec();
        plain.finish()?;
        Ok(self.answer(secret))
    }

    /// Imports the identity key of a DPS-style activation blob and keeps it, as the device does
    /// before it signs its SAS token.
    ///
    /// # Errors
    /// [`Refused`] when the blob is for another TPM, is damaged, or holds a key that no TPM imports.
    pub fn import_activation_blob(&mut self, blob: &[u8]) -> Result<(), Refused> {
        self.identity = Some(activation_blob::open(self, blob)?);
        Ok(())
    }

    /// HMAC-SHA256 with the imported identity key.
    ///
    /// # Errors
    /// [`Refused`] when none was imported.
    pub fn sign_with_identity(&self, data: &[u8]) -> Result<[u8; 32], Refused> {
        Ok(crypt::hmac(
            self.identity.as_deref().ok_or(Refused)?,
            &[data],
        ))
    }

    /// The EK as a key pair, for its certificate.
    pub(crate) const fn ek_key(&self) -> &KeyPair {
        self.ek.key()
    }

    /// The secret as it leaves the TPM, fault included.
    fn answer(&mut self, mut secret: Vec<u8>) -> Vec<u8> {
        let before = self.last_secret.replace(secret.clone());
        match self.fault {
            Some(Fault::FlippedSecret) => {
                if let Some(byte) = secret.last_mut() {
                    *byte ^= 1;
                }
            }
            Some(Fault::StaleSecret) => {
                if let Some(before) = before {
                    secret = before;
                }
            }
            Some(Fault::TruncatedSecret) => {
                secret.pop();
            }
            Some(Fault::WrongName) | None => {}
        }
        secret
    }
}
