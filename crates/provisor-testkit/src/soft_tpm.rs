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
mod fault;
mod public;
mod reader;
mod refused;
mod suite;

use crate::pki::{KeyKind, KeyPair};
use crypt::StorageKey;
pub use fault::Fault;
use public::Role;
use reader::Reader;
pub use refused::Refused;
use suite::Suite;

/// The kind of EK and SRK of a software TPM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TpmKind {
    /// EK by template L-2 (P-256, SHA-256), P-256 SRK.
    P256,
    /// EK by template H-3 (P-384, SHA-384), P-384 SRK.
    P384,
    /// EK by template L-1 (RSA-2048, SHA-256), RSA-2048 SRK.
    Rsa2048,
}

impl TpmKind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::Rsa2048];

    const fn keys(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::P256,
            Self::P384 => KeyKind::P384,
            Self::Rsa2048 => KeyKind::Rsa2048,
        }
    }
}

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
    shown_ek: Vec<u8>,
    shown_srk: Vec<u8>,
    fault: Option<Fault>,
    busy: u8,
    response_code: u32,
    last_seed: Option<Vec<u8>>,
    last_secret: Option<Vec<u8>>,
    identity: Option<Vec<u8>>,
}

/// TPM_RC_SUCCESS.
const SUCCESS: u32 = 0;
/// TPM_RC_INTEGRITY, parameter 1: what a TPM answers to a credential that is not for it.
const INTEGRITY: u32 = 0x1df;
const LOCKOUT: u32 = 0x921;
const RETRY: u32 = 0x922;

/// The seed of the storage root keys that come after a clearing.
const CLEARED: u64 = 0xC1EA_2ED0;

impl SoftTpm {
    /// The TPM with that number of that seed. RSA keys come from the pool of toy keys, so the
    /// numbers 0 to 1007 have distinct ones.
    #[must_use]
    pub fn new(kind: TpmKind, seed: u64, number: usize) -> Self {
        let key = |kind, name| KeyPair::new(kind, seed, &format!("{name} of TPM {number}"));
        let (ek, srk) = match kind.keys() {
            KeyKind::Rsa2048 => (
                KeyPair::rsa(seed, 2 * number),
                KeyPair::rsa(seed, 2 * number + 1),
            ),
            kind => (key(kind, "EK"), key(kind, "SRK")),
        };
        Self::from_keys(ek, srk)
    }

    /// The TPM with these keys, P-256, P-384 or RSA-2048; for vectors that bring their keys along.
    ///
    /// # Panics
    /// When a key is of another kind.
    #[must_use]
    pub fn from_keys(ek: KeyPair, srk: KeyPair) -> Self {
        let kind = match ek.kind() {
            KeyKind::P256 => TpmKind::P256,
            KeyKind::P384 => TpmKind::P384,
            KeyKind::Rsa2048 => TpmKind::Rsa2048,
            other @ KeyKind::Ed25519 => panic!("no TPM with keys of kind {}", other.name()),
        };
        let (ek, srk) = (
            StorageKey::new(ek, Role::Ek),
            StorageKey::new(srk, Role::Srk),
        );
        Self {
            kind,
            shown_ek: ek.public().to_vec(),
            shown_srk: srk.public().to_vec(),
            ek,
            srk,
            fault: None,
            busy: 0,
            response_code: SUCCESS,
            last_seed: None,
            last_secret: None,
            identity: None,
        }
    }

    /// The same TPM, which from now on does that wrong.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        if let Some(shown) = fault.shown_ek(&self.ek) {
            self.shown_ek = shown;
        }
        if let Some(shown) = fault.shown_srk(&self.srk) {
            self.shown_srk = shown;
        }
        if let Fault::Busy(times) = fault {
            self.busy = times;
        }
        self
    }

    /// TPM2_Clear, as its owner does who gives the device away: a new storage seed, so another SRK
    /// follows from the same template, and nothing that was under the old one is left. The EK
    /// stays. `number` tells one clearing from another.
    pub fn clear(&mut self, number: usize) {
        let srk = match self.kind.keys() {
            KeyKind::Rsa2048 => KeyPair::rsa(CLEARED, number),
            kind => KeyPair::new(kind, CLEARED, &format!("SRK after clearing {number}")),
        };
        self.srk = StorageKey::new(srk, Role::Srk);
        self.shown_srk = self.srk.public().to_vec();
        self.last_seed = None;
        self.last_secret = None;
        self.identity = None;
    }

    /// TPM_RC of the last command that opens something: 0 when it was done, 0x921 in lockout, 0x922
    /// when the same command should be sent again.
    #[must_use]
    pub const fn response_code(&self) -> u32 {
        self.response_code
    }

    /// The kind of its keys.
    #[must_use]
    pub const fn kind(&self) -> TpmKind {
        self.kind
    }

    /// The endorsement key's public area: TPM2B_PUBLIC, size field included; as it
    /// is shown, fault included.
    #[must_use]
    pub fn ek_public(&self) -> &[u8] {
        &self.shown_ek
    }

    /// The storage root key's public area: TPM2B_PUBLIC, size field included; as it
    /// is shown, fault included.
    #[must_use]
    pub fn srk_public(&self) -> &[u8] {
        &self.shown_srk
    }

    /// The endorsement key's Name: algorithm and digest, 34 or 50 bytes.
    #[must_use]
    pub fn ek_name(&self) -> Vec<u8> {
        self.ek.name()
    }

    /// The storage root key's Name: algorithm and digest, 34 or 50 bytes.
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
        let opened = self
            .ready()
            .and_then(|()| self.open_credential(loaded, id_object, encrypted_secret));
        match opened {
            Ok(secret) => {
                self.response_code = SUCCESS;
                Ok(self.answer(secret))
            }
            Err(Refused) => {
                if self.response_code == SUCCESS {
                    self.response_code = INTEGRITY;
                }
                Err(Refused)
            }
        }
    }

    /// Whether it does anything at all.
    fn ready(&mut self) -> Result<(), Refused> {
        self.response_code = match (self.fault, self.busy) {
            (Some(Fault::Lockout), _) => LOCKOUT,
            (_, 1..) => {
                self.busy -= 1;
                RETRY
            }
            (_, 0) => SUCCESS,
        };
        if self.response_code == SUCCESS {
            Ok(())
        } else {
            Err(Refused)
        }
    }

    fn open_credential(
        &mut self,
        loaded: &[u8],
        id_object: &[u8],
        encrypted_secret: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let mut loaded = loaded.to_vec();
        if self.fault == Some(Fault::WrongName) {
            *loaded.last_mut().ok_or(Refused)? ^= 1;
        }
        let id_object = match (self.fault, id_object) {
            (Some(Fault::CutInput), [cut @ .., _]) => cut,
            (_, whole) => whole,
        };
        let mut seed = Reader::new(encrypted_secret);
        let encrypted_seed = seed.sized()?;
        seed.finish()?;
        let mut credential = Reader::new(id_object);
        let body = credential.sized()?;
        credential.finish()?;

        let label = match self.fault {
            Some(Fault::WrongLabel) => "DUPLICATE",
            _ => "IDENTITY",
        };
        let mut seed = self.ek.recover_seed(label, encrypted_seed)?;
        let before = self.last_seed.replace(seed.clone());
        if let (Some(Fault::StaleSeed), Some(before)) = (self.fault, before) {
            seed = before;
        }
        if self.fault.is_some_and(Fault::looks_away) {
            // What comes out is the secret's length and bytes, or noise in their place.
            let plain = self.ek.unprotect_unchecked(&seed, &loaded, body)?;
            return Ok(plain.get(2..).unwrap_or_default().to_vec());
        }
        let plain = self.ek.unprotect(&seed, &loaded, body)?;
        let mut plain = Reader::new(&plain);
        let secret = plain.sized()?.to_vec();
        plain.finish()?;
        Ok(secret)
    }

    /// HMAC-SHA256 with the imported identity key.
    ///
    /// # Errors
    /// [`Refused`] when none was imported.
    pub fn sign_with_identity(&self, data: &[u8]) -> Result<[u8; 32], Refused> {
        let key = self.identity.as_deref().ok_or(Refused)?;
        Suite::Sha256
            .hmac(key, &[data])
            .try_into()
            .map_err(|_| Refused)
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
            Some(_) | None => {}
        }
        secret
    }
}
