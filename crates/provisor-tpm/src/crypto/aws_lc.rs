//! The backend aws-lc-rs: faster, written in C, and partly with randomness of its own.

use alloc::vec;
use alloc::vec::Vec;

use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepPublicEncryptingKey, PublicEncryptingKey,
};
use provisor_report::Rejection;

use super::agreement::{draw, top_byte};
use super::default::encryption_failed;
use super::{Agreement, Crypto, SignatureValue, verify};
use crate::key::{EccPublicKey, PublicKey, RsaPublicKey};
use crate::{Curve, HashAlg, Random, SecretBytes, SignatureScheme};

/// RSA-OAEP and key agreement by aws-lc-rs, signatures by ring.
///
/// What it costs: a C compiler for the build, an operating system for the run, and for RSA the
/// caller's word on randomness. The seed that a credential is made of still comes from the caller,
/// but aws-lc-rs draws **the seed of OAEP itself**, so that `random` of
/// [`oaep_encrypt`](Crypto::oaep_encrypt) is not used and known answers cannot be reproduced with
/// this backend. The ephemeral keys of elliptic curves are the caller's, as with
/// [`DefaultCrypto`](super::DefaultCrypto).
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLcCrypto;

impl Crypto for AwsLcCrypto {
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        _: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection> {
        let padding = match hash {
            HashAlg::Sha1 => &OAEP_SHA1_MGF1SHA1,
            HashAlg::Sha256 => &OAEP_SHA256_MGF1SHA256,
            HashAlg::Sha384 => &OAEP_SHA384_MGF1SHA384,
            HashAlg::Sha512 => &OAEP_SHA512_MGF1SHA512,
        };
        let key = PublicEncryptingKey::from_der(&key.to_spki())
            .ok()
            .and_then(|key| OaepPublicEncryptingKey::new(key).ok())
            .ok_or_else(|| encryption_failed("the RSA backend refuses the key"))?;
        let mut out = vec![0; key.ciphertext_size()];
        let length = key
            .encrypt(padding, message, &mut out, Some(label))
            .map_err(|_| encryption_failed("the RSA backend cannot encrypt the message"))?
            .len();
        out.truncate(length);
        Ok(out)
    }

    fn agree(&self, peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
        let algorithm = match peer.curve() {
            Curve::P256 => &agreement::ECDH_P256,
            Curve::P384 => &agreement::ECDH_P384,
            Curve::P521 => &agreement::ECDH_P521,
            Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => {
                return Err(encryption_failed("the curve is not computed here"));
            }
        };
        let curve = peer.curve();
        let key = draw(curve, top_byte(curve), random, |scalar| {
            PrivateKey::from_private_key(algorithm, scalar).ok()
        })?;
        let public = key
            .compute_public_key()
            .map_err(|_| encryption_failed("no public half of the ephemeral key"))?;
        let (x, y) = public
            .as_ref()
            .get(1..)
            .and_then(|both| both.split_at_checked(curve.field_bytes()))
            .ok_or_else(|| encryption_failed("the point was not uncompressed"))?;
        let failed = || encryption_failed("the point is not on the curve");
        let peer = peer.to_sec1();
        let peer = UnparsedPublicKey::new(algorithm, &peer);
        let z = agreement::agree(&key, peer, failed(), |z| Ok(SecretBytes::new(z.to_vec())))?;
        Ok(Agreement {
            x: x.to_vec(),
            y: y.to_vec(),
            z,
        })
    }

    fn verify(
        &self,
        key: &PublicKey,
        scheme: SignatureScheme,
        hash: HashAlg,
        message: &[u8],
        signature: &SignatureValue<'_>,
    ) -> Result<(), Rejection> {
        verify::verify(key, scheme, hash, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{make_credential_with, open_credential};
    use crate::crypto::DefaultCrypto;
    use crate::testing::{Counter, Fixture, Holder};
    use crate::{EkPublic, Public, Secret};

    #[test]
    fn both_backends_agree_on_the_same_ephemeral_key() {
        let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
        let PublicKey::Ecc(peer) = ek.public_key() else {
            panic!("an elliptic-curve key");
        };
        let a = AwsLcCrypto.agree(peer, &mut Counter(5)).unwrap();
        let b = DefaultCrypto.agree(peer, &mut Counter(5)).unwrap();
        assert_eq!((&a.x, &a.y, &a.z[..]), (&b.x, &b.y, &b.z[..]));
    }

    #[test]
    fn what_it_seals_is_opened() {
        let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
        let name = Public::from_tpm2b(&Fixture::srk_rsa()).unwrap().name();
        let secret = Secret::new(&[7; 32]).unwrap();
        let made =
            make_credential_with(&AwsLcCrypto, &ek, &name, &secret, &mut Counter(0)).unwrap();
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        let opened = open_credential(&Holder, &ek, &name, blob, sealed).unwrap();
        assert!(opened.equals(secret.expose()));
    }

    /// The test kit opens what is sealed to RSA keys; here, the size and the freshness.
    #[test]
    fn rsa_gives_the_size_of_the_modulus_and_never_the_same_twice() {
        let ek = EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap();
        let PublicKey::Rsa(key) = ek.public_key() else {
            panic!("an RSA key");
        };
        let label = b"IDENTITY\0";
        let seal = || {
            let random = &mut Counter(0);
            AwsLcCrypto
                .oaep_encrypt(key, HashAlg::Sha256, label, &[7; 32], random)
                .unwrap()
        };
        let (a, b) = (seal(), seal());
        assert_eq!((a.len(), b.len()), (256, 256));
        assert_ne!(a, b);
    }
}
