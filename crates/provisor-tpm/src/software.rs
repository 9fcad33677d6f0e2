//! Storage keys of software TPMs: the private half, for test kits and conformance runs.
//!
//! A service never holds such a key. The RSA operation here is not blinded, so its time depends on
//! the key: nothing that is worth a measurement may use it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use digest::{Digest, FixedOutputReset};
use p256::pkcs8::DecodePrivateKey as _;
use provisor_report::Rejection;
use rsa::oaep::DecryptingKey;
use rsa::traits::Decryptor as _;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::algorithm::point;
use crate::credential::SeedOpener;
use crate::key::{EccPublicKey, PublicKey, StorageKey};
use crate::marshal::Reader;
use crate::protect::cannot_open;
use crate::seed::{self, SeedLabel};
use crate::{HashAlg, SecretBytes};

/// A private key in memory that opens what was sealed to its public half.
pub struct SoftwareKey(Private);

enum Private {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::SecretKey),
    P384(p384::SecretKey),
    P521(p521::SecretKey),
}

impl SoftwareKey {
    /// Reads an unencrypted PKCS #8 key: RSA, P-256, P-384 or P-521.
    ///
    /// # Errors
    ///
    /// `TPM_CREDENTIAL_OPEN` when it is none of these.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Rejection> {
        let rsa = || rsa::PrivateKey::from_pkcs8_der(der).map(|key| Private::Rsa(Box::new(key)));
        rsa()
            .or_else(|_| p256::SecretKey::from_pkcs8_der(der).map(Private::P256))
            .or_else(|_| p384::SecretKey::from_pkcs8_der(der).map(Private::P384))
            .or_else(|_| p521::SecretKey::from_pkcs8_der(der).map(Private::P521))
            .map(Self)
            .map_err(|_| cannot_open())
    }
}

impl SeedOpener for SoftwareKey {
    fn open_seed(
        &self,
        key: &StorageKey,
        label: SeedLabel,
        encrypted: &[u8],
    ) -> Result<SecretBytes, Rejection> {
        match (&self.0, key.public_key()) {
            (Private::Rsa(private), PublicKey::Rsa(_)) => {
                decrypt(private, key.hash, label, encrypted)
            }
            (Private::P256(_) | Private::P384(_) | Private::P521(_), PublicKey::Ecc(public)) => {
                self.agree(key, public, label, encrypted)
            }
            (Private::Rsa(_), PublicKey::Ecc(_))
            | (Private::P256(_) | Private::P384(_) | Private::P521(_), PublicKey::Rsa(_)) => {
                Err(cannot_open())
            }
        }
    }
}

impl SoftwareKey {
    /// The point inside must be on the curve (trap 65), and nothing may follow (trap 64). Some
    /// senders strip leading zeros from coordinates (`tpm2_makecredential` does); TPMs take these, and
    /// derive the seed from the coordinate as it was sent.
    fn agree(
        &self,
        key: &StorageKey,
        public: &EccPublicKey,
        label: SeedLabel,
        encrypted: &[u8],
    ) -> Result<SecretBytes, Rejection> {
        let mut reader = Reader::new("TPMS_ECC_POINT", encrypted);
        let (x, y) = (reader.sized()?, reader.sized()?);
        reader.end()?;
        let size = public.curve().field_bytes();
        let (full_x, full_y) = (padded(x, size)?, padded(y, size)?);
        if !point::is_on_curve(public.curve(), &full_x, &full_y) {
            return Err(cannot_open());
        }
        let sec1: Vec<u8> = [&[4], full_x.as_slice(), &full_y].concat();
        let z = match &self.0 {
            Private::P256(private) => p256::PublicKey::from_sec1_bytes(&sec1)
                .map(|peer| private.diffie_hellman(&peer).raw_secret_bytes().to_vec()),
            Private::P384(private) => p384::PublicKey::from_sec1_bytes(&sec1)
                .map(|peer| private.diffie_hellman(&peer).raw_secret_bytes().to_vec()),
            Private::P521(private) => p521::PublicKey::from_sec1_bytes(&sec1)
                .map(|peer| private.diffie_hellman(&peer).raw_secret_bytes().to_vec()),
            Private::Rsa(_) => return Err(cannot_open()),
        };
        let z = SecretBytes::new(z.map_err(|_| cannot_open())?);
        seed::derive(key.hash, label, &z, x, public)
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareKey(..)")
    }
}

/// A coordinate of 1 byte to the field size, with its leading zeros.
fn padded(coordinate: &[u8], size: usize) -> Result<Vec<u8>, Rejection> {
    let zeros = size.checked_sub(coordinate.len());
    let Some(zeros) = zeros.filter(|_| !coordinate.is_empty()) else {
        return Err(cannot_open());
    };
    let zeros = core::iter::repeat_n(0, zeros);
    Ok(zeros.chain(coordinate.iter().copied()).collect())
}

fn decrypt(
    private: &rsa::PrivateKey,
    hash: HashAlg,
    label: SeedLabel,
    encrypted: &[u8],
) -> Result<SecretBytes, Rejection> {
    match hash {
        HashAlg::Sha1 => decrypt_with::<Sha1>(private, label, encrypted),
        HashAlg::Sha256 => decrypt_with::<Sha256>(private, label, encrypted),
        HashAlg::Sha384 => decrypt_with::<Sha384>(private, label, encrypted),
        HashAlg::Sha512 => decrypt_with::<Sha512>(private, label, encrypted),
    }
}

fn decrypt_with<D: Digest + FixedOutputReset>(
    private: &rsa::PrivateKey,
    label: SeedLabel,
    encrypted: &[u8],
) -> Result<SecretBytes, Rejection> {
    DecryptingKey::<D>::new_with_label(private.clone(), Box::<[u8]>::from(label.bytes_with_nul()))
        .decrypt(encrypted)
        .map(SecretBytes::new)
        .map_err(|_| cannot_open())
}

#[cfg(test)]
mod tests {
    use p256::pkcs8::EncodePrivateKey as _;
    use proptest::prelude::*;
    use provisor_report::Code;

    use super::*;
    use crate::credential::open_credential;
    use crate::testing::{Counter, Fixture, private_key};
    use crate::{EkPublic, Public, Secret, crypto, make_credential};

    #[test]
    fn a_key_from_pkcs8_opens_and_a_point_off_the_curve_does_not() {
        let der = private_key().to_pkcs8_der().unwrap();
        let key = SoftwareKey::from_pkcs8(der.as_bytes()).unwrap();
        let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
        let name = Public::from_tpm2b(&Fixture::srk_rsa()).unwrap().name();
        let secret = Secret::new(&[5; 20]).unwrap();
        let made = make_credential(&ek, &name, &secret, &mut Counter(0)).unwrap();
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        assert!(
            open_credential(&key, &ek, &name, blob, sealed)
                .unwrap()
                .equals(&[5; 20])
        );
        let mut off = sealed.clone();
        *off.last_mut().unwrap() ^= 1;
        let refused = open_credential(&key, &ek, &name, blob, &off).unwrap_err();
        assert_eq!(refused.code(), Code::TpmCredentialOpen);
    }

    /// Ephemeral keys are drawn until a coordinate begins with a zero, which is then left out.
    #[test]
    fn coordinates_without_their_leading_zeros_open_the_same_seed() {
        let der = private_key().to_pkcs8_der().unwrap();
        let key = SoftwareKey::from_pkcs8(der.as_bytes()).unwrap();
        let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
        let (parent, label) = (ek.storage_key(), SeedLabel::Identity);
        let mut random = Counter(0);
        for _ in 0..10_000 {
            let sealed =
                seed::seal(&crypto::DefaultCrypto, parent.into(), label, &mut random).unwrap();
            let (x, y) = (&sealed.encrypted[2..34], &sealed.encrypted[36..]);
            if y[0] != 0 || x[0] == 0 {
                continue;
            }
            let point = |x: &[u8], y: &[u8]| {
                let mut writer = crate::marshal::Writer::new();
                writer.sized(x).unwrap().sized(y).unwrap();
                key.open_seed(parent, label, &writer.finish())
            };
            // The seed is derived from x, so that a stripped y changes nothing.
            assert_eq!(&point(x, &y[1..]).unwrap()[..], sealed.seed());
            assert!(point(x, &y[2..]).is_err() || y[1] == 0);
            assert!(point(x, &[&[0], y].concat()).is_err());
            assert!(point(&[&[0], x].concat(), y).is_err());
            assert!(point(x, &[]).is_err());
            assert!(point(&[], y).is_err());
            return;
        }
        panic!("no ephemeral key with a zero in front");
    }

    #[test]
    fn a_key_of_another_kind_opens_nothing() {
        let der = private_key().to_pkcs8_der().unwrap();
        let key = SoftwareKey::from_pkcs8(der.as_bytes()).unwrap();
        let ek = EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap();
        let refused = key.open_seed(ek.storage_key(), SeedLabel::Identity, &[0; 256]);
        assert_eq!(refused.unwrap_err().code(), Code::TpmCredentialOpen);
    }

    proptest! {
        #[test]
        fn arbitrary_keys_never_panic(bytes: Vec<u8>) {
            prop_assert!(SoftwareKey::from_pkcs8(&bytes).is_err());
        }
    }
}
