//! The TPM's secret sharing and outer wrapper, written from the specification.

use rsa::Oaep;
use rsa::sha2::Sha256;

use super::public::{Role, ShownKey};
use super::reader::Reader;
use super::refused::Refused;
use super::suite::{Suite, cfb_decrypt};
use crate::pki::{KeyKind, KeyPair};

/// A key that protects others: an EK or an SRK.
#[derive(Clone, Debug)]
pub(super) struct StorageKey {
    key: KeyPair,
    role: Role,
    public: Vec<u8>,
}

impl StorageKey {
    pub(super) fn new(key: KeyPair, role: Role) -> Self {
        let public = ShownKey::of(&key).public(role);
        Self { key, role, public }
    }

    pub(super) const fn key(&self) -> &KeyPair {
        &self.key
    }

    pub(super) const fn role(&self) -> Role {
        self.role
    }

    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn name(&self) -> Vec<u8> {
        self.suite().name(&self.public[2..])
    }

    /// By the templates: P-384 keys go with SHA-384 and AES-256, the others with SHA-256 and AES-128.
    pub(super) const fn suite(&self) -> Suite {
        ShownKey::suite(self.key.kind())
    }

    /// The seed that was shared with this key (Part 1, annexes B.10.3 and C.6.3). `label` without
    /// its NUL, which is part of what is hashed.
    pub(super) fn recover_seed(&self, label: &str, encrypted: &[u8]) -> Result<Vec<u8>, Refused> {
        let Some(rsa) = self.key.as_rsa() else {
            return self.agreed_seed(label, encrypted);
        };
        let label = [label.as_bytes(), &[0]].concat();
        let seed = rsa
            .decrypt(Oaep::<Sha256>::new_with_label(label), encrypted)
            .map_err(|_| Refused)?;
        if seed.len() == self.suite().digest_bytes() {
            Ok(seed)
        } else {
            Err(Refused)
        }
    }

    fn agreed_seed(&self, label: &str, encrypted: &[u8]) -> Result<Vec<u8>, Refused> {
        let bytes = match self.key.kind() {
            KeyKind::P384 => 48,
            _ => 32,
        };
        let mut reader = Reader::new(encrypted);
        let (x, y) = (reader.sized()?, reader.sized()?);
        reader.finish()?;
        if x.len() != bytes || y.len() != bytes {
            return Err(Refused);
        }
        // Both refuse a point beside the curve.
        let point = [&[4], x, y].concat();
        let z = if let Some(own) = self.key.as_p256() {
            let point = p256::PublicKey::from_sec1_bytes(&point).map_err(|_| Refused)?;
            p256::ecdh::diffie_hellman(own.as_nonzero_scalar(), point.as_affine())
                .raw_secret_bytes()
                .to_vec()
        } else {
            let own = self.key.as_p384().ok_or(Refused)?;
            let point = p384::PublicKey::from_sec1_bytes(&point).map_err(|_| Refused)?;
            p384::ecdh::diffie_hellman(own.as_nonzero_scalar(), point.as_affine())
                .raw_secret_bytes()
                .to_vec()
        };
        let own_x = &self.key.public_key_bits()[1..=bytes];
        Ok(self.suite().kdfe(&z, label, x, own_x))
    }

    /// Checks, then opens `2B(HMAC) || ciphertext` that protects something about the object of that
    /// name (Part 1 section 24). The check comes first: unauthenticated bytes are never decrypted.
    pub(super) fn unprotect(
        &self,
        seed: &[u8],
        name: &[u8],
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let suite = self.suite();
        let mut reader = Reader::new(body);
        let integrity = reader.sized()?;
        let encrypted = reader.rest();
        let mac_key = suite.kdfa(seed, "INTEGRITY", &[], 8 * suite.digest_bytes());
        if suite.hmac(&mac_key, &[encrypted, name]) != integrity {
            return Err(Refused);
        }
        Ok(self.decrypt_unchecked(seed, name, encrypted))
    }

    /// Opens the same without the check; only a faulty TPM does so.
    pub(super) fn unprotect_unchecked(
        &self,
        seed: &[u8],
        name: &[u8],
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let mut reader = Reader::new(body);
        let _integrity = reader.sized()?;
        Ok(self.decrypt_unchecked(seed, name, reader.rest()))
    }

    fn decrypt_unchecked(&self, seed: &[u8], name: &[u8], encrypted: &[u8]) -> Vec<u8> {
        let bits = usize::from(self.suite().key_bits());
        let cipher_key = self.suite().kdfa(seed, "STORAGE", name, bits);
        cfb_decrypt(&cipher_key, encrypted)
    }
}
