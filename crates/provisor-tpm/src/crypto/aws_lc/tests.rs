//! The same bytes as the default backend wherever the randomness is the caller's; and whatever is
//! sealed is opened.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::credential::{make_credential_with, open_credential};
use crate::crypto::DefaultCrypto;
use crate::random::Verbatim;
use crate::testing::{Counter, Fixture, Holder, hex, peer};
use crate::{EkPublic, Public, Secret};

/// The group orders (SEC 2 sections 2.4.2, 2.5.1 and 2.6.1): the first number that is no scalar.
const ORDERS: [(Curve, &str); 3] = [
    (
        Curve::P256,
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ),
    (
        Curve::P384,
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
    (
        Curve::P521,
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
];

/// What a backend makes of this randomness: the three values, or the code, and what it left.
fn outcome(crypto: &dyn Crypto, peer: &EccPublicKey, random: &[u8]) -> (Outcome, usize) {
    let mut random = Verbatim(random);
    let outcome = crypto
        .agree(peer, &mut random)
        .map(|made| [made.x, made.y, made.z.to_vec()])
        .map_err(|refused| refused.code());
    (outcome, random.0.len())
}

type Outcome = Result<[Vec<u8>; 3], crate::Code>;

fn same(peer: &EccPublicKey, random: &[u8]) -> Outcome {
    let ours = outcome(&AwsLcCrypto, peer, random);
    assert_eq!(ours, outcome(&DefaultCrypto, peer, random));
    ours.0
}

#[test]
fn the_ends_of_the_range_are_those_of_the_default() {
    for (curve, order) in ORDERS {
        let (peer, order) = (peer(curve), hex(order));
        let last = order.len() - 1;
        let (mut below, mut above) = (order.clone(), order.clone());
        below[last] -= 1;
        above[last] += 1;
        let zero = vec![0; order.len()];
        let mut one = zero.clone();
        one[last] = 1;
        for good in [&one, &below] {
            assert!(same(&peer, good).is_ok(), "{curve}");
            // After three numbers that are no scalars.
            let fourth = [&zero[..], &order, &above, good].concat();
            assert_eq!(same(&peer, &fourth), same(&peer, good), "{curve}");
        }
        for bad in [&zero, &order, &above] {
            assert_eq!(same(&peer, bad), Err(crate::Code::TpmRandom), "{curve}");
        }
    }
}

#[test]
fn what_is_sealed_is_opened() {
    let ek = EkPublic::from_tpm2b(&Fixture::ek_ecc()).unwrap();
    let name = Public::from_tpm2b(&Fixture::srk_rsa()).unwrap().name();
    let secret = Secret::new(&[7; 32]).unwrap();
    for crypto in [&AwsLcCrypto as &dyn Crypto, &AwsLcOwnRandom] {
        let made = make_credential_with(crypto, &ek, &name, &secret, &mut Counter(0)).unwrap();
        let (blob, sealed) = (&made.id_object, &made.encrypted_secret);
        let opened = open_credential(&Holder, &ek, &name, blob, sealed).unwrap();
        assert!(opened.equals(secret.expose()));
    }
}

#[test]
fn randomness_of_its_own_is_never_the_same_twice() {
    for (curve, _) in ORDERS {
        let peer = peer(curve);
        // Nothing is asked of the caller.
        let (one, _) = outcome(&AwsLcOwnRandom, &peer, &[]);
        let (two, _) = outcome(&AwsLcOwnRandom, &peer, &[]);
        let (one, two) = (one.unwrap(), two.unwrap());
        for (a, b) in one.iter().zip(&two) {
            assert_eq!(a.len(), curve.field_bytes());
            assert_ne!(a, b);
        }
    }
}

/// The vectors open what is sealed to RSA keys; here, the size and the freshness.
#[test]
fn rsa_gives_the_size_of_the_modulus_and_never_the_same_twice() {
    let ek = EkPublic::from_tpm2b(&Fixture::ek_rsa()).unwrap();
    let PublicKey::Rsa(key) = ek.public_key() else {
        panic!("an RSA key");
    };
    for crypto in [&AwsLcCrypto as &dyn Crypto, &AwsLcOwnRandom] {
        let seal = |message: &[u8]| {
            let random = &mut Counter(0);
            crypto.oaep_encrypt(key, HashAlg::Sha256, b"IDENTITY\0", message, random)
        };
        let (a, b) = (seal(&[7; 32]).unwrap(), seal(&[7; 32]).unwrap());
        assert_eq!((a.len(), b.len()), (256, 256));
        assert_ne!(a, b);
        let refused = seal(&[7; 191]).unwrap_err();
        assert_eq!(refused.code(), crate::Code::TpmEncryption);
    }
}

proptest! {
    #[test]
    fn the_callers_ephemeral_key_gives_the_bytes_of_the_default(
        number in 0_usize..3,
        random in prop::collection::vec(any::<u8>(), 66 * 3),
    ) {
        prop_assert!(same(&peer(ORDERS[number].0), &random).is_ok());
    }
}
