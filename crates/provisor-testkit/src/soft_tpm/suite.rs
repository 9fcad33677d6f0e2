//! The algorithms of a storage key: one hash for everything, one cipher.

use aes::{Aes128, Aes256};
use cfb_mode::cipher::KeyIvInit as _;
use rsa::sha2::{Sha256, Sha384};
use sha2::Digest as _;

const ALG_SHA256: u16 = 0x000b;
const ALG_SHA384: u16 = 0x000c;

/// The two that the templates here need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    /// SHA-256 and AES-128.
    Sha256,
    /// SHA-384 and AES-256.
    Sha384,
}

impl Suite {
    /// TPM_ALG_ID of the hash.
    pub(super) const fn hash_id(self) -> u16 {
        match self {
            Self::Sha256 => ALG_SHA256,
            Self::Sha384 => ALG_SHA384,
        }
    }

    /// Bits of the cipher's key.
    pub(super) const fn key_bits(self) -> u16 {
        match self {
            Self::Sha256 => 128,
            Self::Sha384 => 256,
        }
    }

    /// Bytes of a digest.
    pub(super) const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// Bytes of a block of the hash (FIPS 180-4, figure 1).
    const fn block_bytes(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha384 => 128,
        }
    }

    pub(super) fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        let data = parts.concat();
        match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
        }
    }

    /// HMAC (RFC 2104 section 2).
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut block = vec![0_u8; self.block_bytes()];
        let short = if key.len() > block.len() {
            self.hash(&[key])
        } else {
            key.to_vec()
        };
        block[..short.len()].copy_from_slice(&short);
        let pad = |byte: u8| block.iter().map(|b| b ^ byte).collect::<Vec<u8>>();
        let inner = self.hash(&[&pad(0x36), &parts.concat()]);
        self.hash(&[&pad(0x5c), &inner])
    }

    /// KDFa (Part 1 section 11.4.10.2): SP 800-108 counter mode over HMAC; party V is empty in all
    /// uses here.
    pub(super) fn kdfa(self, key: &[u8], label: &str, party_u: &[u8], bits: usize) -> Vec<u8> {
        // One block is enough for every length that is asked for.
        assert!(bits <= 8 * self.digest_bytes());
        let mut out = self.hmac(
            key,
            &[
                &1_u32.to_be_bytes(),
                label.as_bytes(),
                &[0],
                party_u,
                &u32::try_from(bits).unwrap().to_be_bytes(),
            ],
        );
        out.truncate(bits / 8);
        out
    }

    /// KDFe (Part 1 section 11.4.10.3) for the bits of a digest: one block of SP 800-56A.
    pub(super) fn kdfe(self, z: &[u8], label: &str, party_u: &[u8], party_v: &[u8]) -> Vec<u8> {
        self.hash(&[
            &1_u32.to_be_bytes()[..],
            z,
            label.as_bytes(),
            &[0],
            party_u,
            party_v,
        ])
    }

    /// The Name of a TPMT_PUBLIC with this hash (Part 1 section 16).
    pub(super) fn name(self, public: &[u8]) -> Vec<u8> {
        [&self.hash_id().to_be_bytes()[..], &self.hash(&[public])].concat()
    }
}

/// AES-CFB with an IV of zeros (Part 1 section 11.4.8: the key is used once); the key's length says
/// which AES.
pub(super) fn cfb_decrypt(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = data.to_vec();
    let iv = [0; 16].into();
    if let Ok(key) = <[u8; 16]>::try_from(key) {
        cfb_mode::Decryptor::<Aes128>::new(&key.into(), &iv).decrypt(&mut out);
    } else {
        let key = <[u8; 32]>::try_from(key).unwrap();
        cfb_mode::Decryptor::<Aes256>::new(&key.into(), &iv).decrypt(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;

    #[test]
    fn hmac_as_in_rfc_4231() {
        // Test cases 1, 2 and 6.
        let cases: [(Vec<u8>, &[u8], &str, &str); 3] = [
            (
                vec![0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
            ),
        ];
        for (key, data, short, long) in cases {
            assert_eq!(Suite::Sha256.hmac(&key, &[data]), hex(short));
            assert_eq!(Suite::Sha384.hmac(&key, &[data]), hex(long));
        }
    }

    #[test]
    fn cfb_as_in_sp_800_38a() {
        // F.3.13, but with the key stream of an IV of zeros: two blocks chained by hand.
        let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
        let cipher = [1_u8; 20];
        let plain = cfb_decrypt(&key, &cipher);
        // The first block of the stream is AES(key, 0).
        let stream: Vec<u8> = plain[..16].iter().map(|b| b ^ 1).collect();
        assert_eq!(stream, hex("7df76b0c1ab899b33e42f047b91b546f"));
        assert_eq!(plain.len(), 20);
    }
}
