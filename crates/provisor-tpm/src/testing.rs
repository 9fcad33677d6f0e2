//! What the unit tests share.

use alloc::vec::Vec;

use crate::credential::SeedOpener;
use crate::marshal::{Reader, Writer, tpm2b};
use crate::protect::cannot_open;
use crate::seed::{self, SeedLabel};
use crate::{HashAlg, PublicKey, Random, Rejection, SecretBytes, StorageKey, WellKnownPolicy};

#[cfg(any(feature = "aws-lc-rs", feature = "ring-own-random"))]
use crate::{Curve, Public, key::EccPublicKey};

/// The bytes of a hexadecimal text.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "odd number of digits");
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Public areas of our own making; the private halves of these keys are nowhere.
pub(crate) struct Fixture;

/// An RSA-2048 modulus made with OpenSSL.
const MODULUS: &str = "\
ad9d2621600dfaae1e480855962b3f5e32d3d8ad67f79fd8ce8a12a3715ef40f3d2dc8986e3bea3d5c7d\
6780dae832df58307ad084b989b7f709f981284f354021d5e45685803c9f0be6638d51c18a2bcc984cab\
085f2fe979ea802155b87f137e1b3ca83bc36d814edd5f01feb4e260e04512f8eb171203021a00fc8381\
5e9c113fda2af8a71389fa234dc6ffe4daf78038c2cfb06e144701af18cff0d636c2e41b444a2e57d49c\
14f848444f6bf826cc65cab3069a180c7bc2d2e1340af9d0bda5f3fbde2db73d3bc922bdd54d73722c35\
ff3a78a3f92e573a7ac14b33e2dc8e3c5a247e821ed0ed04c67c465406839ffbe547a827c93034e905e1\
15b0a691";

/// A point of P-256 made with OpenSSL.
pub(crate) const X: &str = "8e398151ea51b399442b864c2f96e86ff769ef9ff59007e0051495f25dfacc4d";
pub(crate) const Y: &str = "e050a4732fa7a6ae84a8da278bebe2f5d082440077084f31cddb8ab3ac316589";

impl Fixture {
    /// An RSA-2048 endorsement key of template L-1.
    pub(crate) fn ek_rsa() -> Vec<u8> {
        Self::rsa(0x0003_00B2, &policy(WellKnownPolicy::A), 0)
    }

    /// A P-256 endorsement key of template L-2.
    pub(crate) fn ek_ecc() -> Vec<u8> {
        Self::ecc(0x0003_00B2, &policy(WellKnownPolicy::A))
    }

    /// An RSA-2048 storage root key.
    pub(crate) fn srk_rsa() -> Vec<u8> {
        Self::rsa(0x0003_0472, &[], 0)
    }

    /// A P-256 storage root key.
    pub(crate) fn srk_ecc() -> Vec<u8> {
        Self::ecc(0x0003_0472, &[])
    }

    /// A P-256 attestation key: ECDSA with SHA-256.
    pub(crate) fn ak_ecc() -> Vec<u8> {
        let mut writer = Self::head(0x0023, 0x0005_0072, &[]);
        writer
            .u16(0x0010)
            .u16(0x0018)
            .u16(0x000B)
            .u16(0x0003)
            .u16(0x0010);
        writer.sized(&hex(X)).unwrap().sized(&hex(Y)).unwrap();
        tpm2b(&writer.finish()).unwrap()
    }

    /// An HMAC key.
    pub(crate) fn hmac() -> Vec<u8> {
        let mut writer = Self::head(0x0008, 0x0004_0440, &[]);
        writer.u16(0x0005).u16(0x000B).sized(&[0x5A; 32]).unwrap();
        tpm2b(&writer.finish()).unwrap()
    }

    /// A symmetric key.
    pub(crate) fn symmetric() -> Vec<u8> {
        let mut writer = Self::head(0x0025, 0x0006_0440, &[]);
        writer
            .u16(0x0006)
            .u16(256)
            .u16(0x0043)
            .sized(&[0x5A; 32])
            .unwrap();
        tpm2b(&writer.finish()).unwrap()
    }

    /// One of each kind.
    pub(crate) fn all() -> [Vec<u8>; 7] {
        [
            Self::ek_rsa(),
            Self::ek_ecc(),
            Self::srk_rsa(),
            Self::srk_ecc(),
            Self::ak_ecc(),
            Self::hmac(),
            Self::symmetric(),
        ]
    }

    /// An RSA storage key with these fields.
    pub(crate) fn rsa(attributes: u32, policy: &[u8], exponent: u32) -> Vec<u8> {
        let mut writer = Self::head(0x0001, attributes, policy);
        writer
            .u16(0x0006)
            .u16(128)
            .u16(0x0043)
            .u16(0x0010)
            .u16(2048)
            .u32(exponent);
        writer.sized(&hex(MODULUS)).unwrap();
        tpm2b(&writer.finish()).unwrap()
    }

    /// A P-256 storage key with these fields.
    pub(crate) fn ecc(attributes: u32, policy: &[u8]) -> Vec<u8> {
        let mut writer = Self::head(0x0023, attributes, policy);
        writer
            .u16(0x0006)
            .u16(128)
            .u16(0x0043)
            .u16(0x0010)
            .u16(0x0003)
            .u16(0x0010);
        writer.sized(&hex(X)).unwrap().sized(&hex(Y)).unwrap();
        tpm2b(&writer.finish()).unwrap()
    }

    fn head(object_type: u16, attributes: u32, policy: &[u8]) -> Writer {
        let mut writer = Writer::new();
        writer
            .u16(object_type)
            .u16(0x000B)
            .u32(attributes)
            .sized(policy)
            .unwrap();
        writer
    }
}

/// A key on that curve: the public half of the scalar 7.
#[cfg(any(feature = "aws-lc-rs", feature = "ring-own-random"))]
pub(crate) fn peer(curve: Curve) -> EccPublicKey {
    let mut seven = alloc::vec![0; curve.field_bytes()];
    seven[curve.field_bytes() - 1] = 7;
    let point = match curve {
        Curve::P384 => p384::SecretKey::from_slice(&seven)
            .unwrap()
            .public_key()
            .to_sec1_bytes(),
        Curve::P521 => p521::SecretKey::from_slice(&seven)
            .unwrap()
            .public_key()
            .to_sec1_bytes(),
        _ => p256::SecretKey::from_slice(&seven)
            .unwrap()
            .public_key()
            .to_sec1_bytes(),
    };
    let (x, y) = point[1..].split_at(curve.field_bytes());
    let mut writer = Writer::new();
    writer.u16(0x0023).u16(0x000B).u32(0x0003_0472);
    writer.sized(&[]).unwrap();
    writer.u16(0x0006).u16(128).u16(0x0043).u16(0x0010);
    writer.u16(curve.id()).u16(0x0010);
    writer.sized(x).unwrap().sized(y).unwrap();
    let public = tpm2b(&writer.finish()).unwrap();
    match PublicKey::checked(&Public::from_tpm2b(&public).unwrap()).unwrap() {
        PublicKey::Ecc(key) => key,
        PublicKey::Rsa(_) => panic!("an elliptic-curve key"),
    }
}

/// A policy of the profile under SHA-256.
pub(crate) fn policy(policy: WellKnownPolicy) -> Vec<u8> {
    policy.digest(HashAlg::Sha256).unwrap().as_ref().to_vec()
}

/// Randomness that never repeats in a test and is the same in every run.
pub(crate) struct Counter(pub(crate) u64);

impl Random for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        for chunk in out.chunks_mut(32) {
            self.0 += 1;
            let digest = HashAlg::Sha256.digest(&[&self.0.to_be_bytes()]);
            chunk.copy_from_slice(&digest.as_ref()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The private half of the point above, for the tests that open and sign.
const PRIVATE: &str = "0a465808604b4e24c2f4ebf0e08c8e71c855b594ba5ab03308ba87201d48bf49";

/// The private key of [`Fixture::ek_ecc`], [`Fixture::srk_ecc`] and [`Fixture::ak_ecc`].
pub(crate) fn private_key() -> p256::SecretKey {
    p256::SecretKey::from_slice(&hex(PRIVATE)).unwrap()
}

/// A software TPM's view of that key.
pub(crate) struct Holder;

impl SeedOpener for Holder {
    fn open_seed(
        &self,
        key: &StorageKey,
        label: SeedLabel,
        encrypted: &[u8],
    ) -> Result<SecretBytes, Rejection> {
        let PublicKey::Ecc(public) = key.public_key() else {
            panic!("an elliptic-curve key is held here");
        };
        let mut reader = Reader::new("TPMS_ECC_POINT", encrypted);
        let (x, y) = (reader.sized()?, reader.sized()?);
        reader.end()?;
        let peer =
            p256::PublicKey::from_sec1_bytes(&[&[4], x, y].concat()).map_err(|_| cannot_open())?;
        let z = private_key().diffie_hellman(&peer);
        seed::derive(key.hash, label, z.raw_secret_bytes(), x, public)
    }
}
