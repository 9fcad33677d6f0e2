//! The backend on ring alone: nothing to install, and ephemeral keys of its own.

use alloc::vec::Vec;

use provisor_report::Rejection;
use ring::agreement::{
    Algorithm, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral,
};
use ring::rand::SystemRandom;

use super::failed::encryption_failed;
use super::operations::{Agreement, Crypto, SignatureValue};
use super::{agreement, oaep, verify};
use crate::key::{EccPublicKey, PublicKey, RsaPublicKey};
use crate::{Curve, HashAlg, Random, SecretBytes, SignatureScheme};

/// As [`DefaultCrypto`](super::DefaultCrypto), but agreement on P-256 and P-384 is ring's, which
/// **draws the ephemeral keys itself**: with these curves nothing of a credential comes from the
/// caller's randomness, and known answers cannot be reproduced with this backend.
///
/// Choose it by name, where that randomness is not wanted: on an operating system, which ring asks
/// for each key, in a service that seals to many TPMs with P-256 keys. It takes a seventh of the
/// default's time and needs no C compiler. RSA-OAEP, P-521 and signatures are those of the default,
/// randomness included.
///
/// ```
/// use provisor_tpm::crypto::RingOwnRandom;
/// use provisor_tpm::credential::{Credential, make_credential_with};
/// use provisor_tpm::{EkPublic, Name, Random, Rejection, Secret};
///
/// fn seal(ek: &EkPublic, srk: &Name, secret: &Secret, random: &mut dyn Random)
///     -> Result<Credential, Rejection>
/// {
///     make_credential_with(&RingOwnRandom, ek, srk, secret, random)
/// }
/// # let _ = seal;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RingOwnRandom;

impl Crypto for RingOwnRandom {
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection> {
        oaep::encrypt(key, hash, label, message, random)
    }

    fn agree(&self, peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
        match peer.curve() {
            Curve::P256 => agree(&ECDH_P256, peer),
            Curve::P384 => agree(&ECDH_P384, peer),
            // ring has no P-521; the others are refused by whoever is asked.
            Curve::P521
            | Curve::P192
            | Curve::P224
            | Curve::BnP256
            | Curve::BnP638
            | Curve::Sm2P256 => agreement::agree(peer, random),
        }
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

fn agree(algorithm: &'static Algorithm, peer: &EccPublicKey) -> Result<Agreement, Rejection> {
    // The system's source, which this type announces in its name.
    let key = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new())
        .map_err(|_| encryption_failed("no ephemeral key could be drawn"))?;
    let public = key
        .compute_public_key()
        .map_err(|_| encryption_failed("no public half of the ephemeral key"))?;
    let (x, y) = public
        .as_ref()
        .get(1..)
        .and_then(|both| both.split_at_checked(peer.curve().field_bytes()))
        .ok_or_else(|| encryption_failed("the point was not uncompressed"))?;
    let point = UnparsedPublicKey::new(algorithm, peer.to_sec1());
    let z = agree_ephemeral(key, &point, |z| SecretBytes::new(z.to_vec()))
        .map_err(|_| encryption_failed("the point is not on the curve"))?;
    Ok(Agreement {
        x: x.to_vec(),
        y: y.to_vec(),
        z,
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::credential::{make_credential_with, open_credential};
    use crate::crypto::DefaultCrypto;
    use crate::random::Verbatim;
    use crate::testing::{Counter, Fixture, Holder, peer};
    use crate::{EkPublic, Public, Secret};

    fn values(made: Agreement) -> [Vec<u8>; 3] {
        [made.x, made.y, made.z.to_vec()]
    }

    #[test]
    fn its_ephemeral_keys_are_its_own_and_new_each_time() {
        for curve in [Curve::P256, Curve::P384] {
            let peer = peer(curve);
            // Nothing is asked of the caller.
            let [one, two] =
                [0, 1].map(|_| values(RingOwnRandom.agree(&peer, &mut Verbatim(&[])).unwrap()));
            for (a, b) in one.iter().zip(&two) {
                assert_eq!(a.len(), curve.field_bytes());
                assert_ne!(a, b);
            }
        }
    }

    #[test]
    fn both_sides_come_to_the_same_secret() {
        // The peer's private half is 7, so that z is the x coordinate of 7 times the ephemeral point.
        let seven = |curve: Curve| {
            let mut scalar = alloc::vec![0; curve.field_bytes()];
            *scalar.last_mut().unwrap() = 7;
            scalar
        };
        for _ in 0..8 {
            let made = RingOwnRandom.agree(&peer(Curve::P256), &mut Verbatim(&[]));
            let [x, y, z] = values(made.unwrap());
            let point = p256::PublicKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
            let key = p256::SecretKey::from_slice(&seven(Curve::P256)).unwrap();
            assert_eq!(z, key.diffie_hellman(&point).raw_secret_bytes().to_vec());

            let made = RingOwnRandom.agree(&peer(Curve::P384), &mut Verbatim(&[]));
            let [x, y, z] = values(made.unwrap());
            let point = p384::PublicKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
            let key = p384::SecretKey::from_slice(&seven(Curve::P384)).unwrap();
            assert_eq!(z, key.diffie_hellman(&point).raw_secret_bytes().to_vec());
        }
    }

    #[test]
    fn the_rest_is_that_of_the_default() {
        let peer = peer(Curve::P521);
        let random = [1; 66];
        let [ours, theirs] = [&RingOwnRandom as &dyn Crypto, &DefaultCrypto]
            .map(|crypto| values(crypto.agree(&peer, &mut Verbatim(&random)).unwrap()));
        assert_eq!(ours, theirs);
        let refused = RingOwnRandom.agree(&peer, &mut Verbatim(&[])).unwrap_err();
        assert_eq!(refused.code(), crate::Code::TpmRandom);

        let ek = EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap();
        let PublicKey::Rsa(key) = ek.public_key() else {
            panic!("an RSA key");
        };
        let [ours, theirs] = [&RingOwnRandom as &dyn Crypto, &DefaultCrypto].map(|crypto| {
            let random = &mut Counter(0);
            crypto
                .oaep_encrypt(key, HashAlg::Sha256, b"IDENTITY\0", &[7; 32], random)
                .unwrap()
        });
        assert_eq!(ours, theirs);
    }

    #[test]
    fn what_is_sealed_is_opened() {
        let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
        let name = Public::from_tpm2b(&Fixture::srk_rsa()).unwrap().name();
        let secret = Secret::new(&[7; 32]).unwrap();
        let random = &mut Verbatim(&[]);
        let made = make_credential_with(&RingOwnRandom, &ek, &name, &secret, random).unwrap();
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        let opened = open_credential(&Holder, &ek, &name, blob, sealed).unwrap();
        assert!(opened.equals(secret.expose()));
    }
}
