//! Hash algorithms, their digests and their HMACs.

mod alg;
mod digest;
#[cfg(feature = "ring")]
mod ring;
#[cfg(any(test, not(feature = "ring")))]
mod rust_crypto;

#[cfg(feature = "ring")]
use self::ring as computed;
#[cfg(not(feature = "ring"))]
use self::rust_crypto as computed;

pub use alg::HashAlg;
pub(crate) use computed::hkdf_sha256;
pub(crate) use digest::Digest;
pub use digest::Mac;

impl HashAlg {
    /// The digest of these parts, one after the other.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> Digest {
        computed::digest(self, parts)
    }

    /// The HMAC under `key` of these parts, one after the other.
    #[must_use]
    pub fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Mac {
        computed::hmac(self, key, parts)
    }

    /// Whether `mac` is the whole HMAC under `key` of `message`, in constant time.
    #[must_use]
    pub fn hmac_verify(self, key: &[u8], message: &[u8], mac: &[u8]) -> bool {
        computed::hmac_verify(self, key, message, mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AlgId;
    use crate::testing::hex;

    const ALL: [HashAlg; 4] = [
        HashAlg::Sha1,
        HashAlg::Sha256,
        HashAlg::Sha384,
        HashAlg::Sha512,
    ];

    #[test]
    fn lengths_and_identifiers_agree() {
        for hash in ALL {
            assert_eq!(hash.digest(&[]).as_ref().len(), hash.digest_bytes());
            assert_eq!(HashAlg::from_id(hash.id()), Some(hash));
        }
        assert_eq!(HashAlg::from_id(AlgId::AES), None);
    }

    #[test]
    fn parts_are_one_message() {
        // FIPS 180-4, the message "abc".
        let abc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(HashAlg::Sha256.digest(&[b"a", b"bc"]).as_ref(), &abc[..]);
    }

    #[test]
    fn a_prefix_of_a_mac_is_no_mac() {
        for hash in ALL {
            let mac = hash.hmac(b"key", &[b"mes", b"sage"]);
            assert!(hash.hmac_verify(b"key", b"message", mac.as_ref()));
            assert!(!hash.hmac_verify(b"key", b"message", &mac.as_ref()[..16]));
            assert!(!hash.hmac_verify(b"key", b"message", &[]));
            assert!(!hash.hmac_verify(b"", b"message", mac.as_ref()));
        }
    }

    #[test]
    #[cfg(feature = "ring")]
    fn both_libraries_compute_the_same() {
        let long = [0x5a; 300];
        for hash in ALL {
            for length in [0, 1, 20, 63, 64, 65, 128, 129, 300] {
                let (key, parts) = (&long[..length], [&long[..length / 2], b"x", &long[..7]]);
                let [one, two] = [
                    ring::digest(hash, &parts),
                    rust_crypto::digest(hash, &parts),
                ];
                assert_eq!(one.as_ref(), two.as_ref());
                let [one, two] = [
                    ring::hmac(hash, key, &parts),
                    rust_crypto::hmac(hash, key, &parts),
                ];
                assert_eq!(one.as_ref(), two.as_ref());
                assert!(rust_crypto::hmac_verify(
                    hash,
                    key,
                    b"m",
                    ring::hmac(hash, key, &[b"m"]).as_ref()
                ));
                assert!(!rust_crypto::hmac_verify(
                    hash,
                    key,
                    b"n",
                    ring::hmac(hash, key, &[b"m"]).as_ref()
                ));
                let mut both = [[0; 32]; 2];
                hkdf_sha256(b"salt", key, &parts, &mut both[0]).unwrap();
                rust_crypto::hkdf_sha256(b"salt", key, &parts, &mut both[1]).unwrap();
                assert_eq!(both[0], both[1]);
            }
        }
    }
}
