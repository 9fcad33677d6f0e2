//! The outer wrapper of credentials and duplicated objects: encrypt, then MAC
//! (TPM 2.0 Part 1 section 24 and duplication).

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use subtle::ConstantTimeEq as _;

use crate::crypto::{cfb_decrypt, cfb_encrypt};
use crate::marshal::{Reader, Writer, tpm2b};
use crate::public::AesCfb;
use crate::seed::digest_bits;
use crate::{HashAlg, Name, SecretBytes, kdf};

/// Hash and cipher of the key that protects.
#[derive(Clone, Copy)]
pub(crate) struct Suite {
    pub(crate) hash: HashAlg,
    pub(crate) cipher: AesCfb,
}

impl Suite {
    /// `TPM2B( TPM2B(HMAC) || encrypted )`, bound to `name`.
    pub(crate) fn wrap(
        self,
        seed: &[u8],
        name: &Name,
        mut plain: SecretBytes,
    ) -> Result<Vec<u8>, Rejection> {
        let cipher_key = self.cipher_key(seed, name)?;
        cfb_encrypt(&cipher_key, &mut plain)?;
        let mut mac = self.mac(seed, name, &plain)?;
        let mut writer = Writer::with_capacity(2 + mac.as_ref().len() + plain.len());
        writer.sized(mac.as_ref())?.bytes(&plain);
        mac.erase();
        tpm2b(&writer.finish())
    }

    /// The inverse: integrity first, over the whole digest, then decryption (trap 62).
    pub(crate) fn unwrap(
        self,
        seed: &[u8],
        name: &Name,
        wrapped: &[u8],
    ) -> Result<SecretBytes, Rejection> {
        let (integrity, encrypted) = split(wrapped)?;
        let mac = self.mac(seed, name, encrypted)?;
        let same: bool = mac.as_ref().ct_eq(integrity).into();
        if !same {
            return Err(cannot_open());
        }
        let mut plain = SecretBytes::new(encrypted.to_vec());
        cfb_decrypt(&self.cipher_key(seed, name)?, &mut plain)?;
        Ok(plain)
    }

    fn cipher_key(self, seed: &[u8], name: &Name) -> Result<SecretBytes, Rejection> {
        let bits = u32::from(self.cipher.key_bits());
        kdf::kdfa(self.hash, seed, b"STORAGE", name.as_bytes(), &[], bits)
    }

    fn mac(
        self,
        seed: &[u8],
        name: &Name,
        encrypted: &[u8],
    ) -> Result<crate::algorithm::Mac, Rejection> {
        let key = kdf::kdfa(
            self.hash,
            seed,
            b"INTEGRITY",
            &[],
            &[],
            digest_bits(self.hash),
        )?;
        Ok(self.hash.hmac(&key, &[encrypted, name.as_bytes()]))
    }
}

/// Cuts `TPM2B( TPM2B(HMAC) || encrypted )` without trailing bytes (trap 64).
fn split(wrapped: &[u8]) -> Result<(&[u8], &[u8]), Rejection> {
    let mut outer = Reader::new("TPM2B_ID_OBJECT", wrapped);
    let mut inner = outer
        .sized_reader("TPMS_ID_OBJECT")
        .map_err(|_| cannot_open())?;
    outer.end().map_err(|_| cannot_open())?;
    let integrity = inner.sized().map_err(|_| cannot_open())?;
    Ok((integrity, inner.rest()))
}

/// One error for everything that can go wrong: which step failed is nobody's business (trap 67).
pub(crate) fn cannot_open() -> Rejection {
    Rejection::new(Code::TpmCredentialOpen, Subject::field("TPM2B_ID_OBJECT"))
}
