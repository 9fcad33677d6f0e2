//! The TPM's key derivation, secret sharing and outer wrapper, written from the specification.
//! All with SHA-256 and AES-128, which is all that these TPMs speak.

use aes::Aes128;
use cfb_mode::cipher::KeyIvInit as _;
use rsa::Oaep;
use rsa::sha2::Sha256;
use sha2::Digest as _;

use super::Refused;
use super::public::{ALG_SHA256, storage_public};
use super::reader::Reader;
use crate::pki::KeyPair;

/// A key that protects others: an EK or an SRK.
#[derive(Clone, Debug)]
pub(super) struct StorageKey {
    key: KeyPair,
    public: Vec<u8>,
}

impl StorageKey {
    pub(super) fn new(key: KeyPair, attributes: u32, policy: &[u8]) -> Self {
        let public = storage_public(&key, attributes, policy);
        Self { key, public }
    }

    pub(super) const fn key(&self) -> &KeyPair {
        &self.key
    }

    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn name(&self) -> Vec<u8> {
        name(&self.public[2..])
    }

    /// The seed that was shared with this key (Part 1, annexes B.10.3 and C.6.3). `label` without
    /// its NUL, which is part of what is hashed.
    pub(super) fn recover_seed(&self, label: &str, encrypted: &[u8]) -> Result<Vec<u8>, Refused> {
        if let Some(rsa) = self.key.as_rsa() {
            let label = [label.as_bytes(), &[0]].concat();
            let seed = rsa
                .decrypt(Oaep::<Sha256>::new_with_label(label), encrypted)
                .map_err(|_| Refused)?;
            return if seed.len() == 32 {
                Ok(seed)
            } else {
                Err(Refused)
            };
        }
        let mut reader = Reader::new(encrypted);
        let (x, y) = (reader.sized()?, reader.sized()?);
        reader.finish()?;
        if x.len() != 32 || y.len() != 32 {
            return Err(Refused);
        }
        let point = [&[4], x, y].concat();
        let ephemeral = p256::PublicKey::from_sec1_bytes(&point).map_err(|_| Refused)?;
        let own = self.key.as_p256().ok_or(Refused)?;
        let z = p256::ecdh::diffie_hellman(own.as_nonzero_scalar(), ephemeral.as_affine());
        let own_x = &self.key.public_key_bits()[1..33];
        Ok(kdfe(z.raw_secret_bytes(), label, x, own_x).to_vec())
    }
}

/// Name of a TPMT_PUBLIC with nameAlg SHA-256 (Part 1 section 16).
pub(super) fn name(public: &[u8]) -> Vec<u8> {
    [&ALG_SHA256.to_be_bytes()[..], &Sha256::digest(public)].concat()
}

/// Checks, then opens `2B(HMAC) || ciphertext` that protects something about the object of that
/// name (Part 1 section 24). The check comes first: unauthenticated bytes are never decrypted.
pub(super) fn unprotect(seed: &[u8], name: &[u8], body: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut body = Reader::new(body);
    let integrity = body.sized()?;
    let encrypted = body.rest();
    let mac_key = kdfa(seed, "INTEGRITY", &[], 256);
    if hmac(&mac_key, &[encrypted, name])[..] != *integrity {
        return Err(Refused);
    }
    let cipher_key = kdfa(seed, "STORAGE", name, 128);
    Ok(cfb_decrypt(&cipher_key, encrypted))
}

/// KDFa (Part 1 section 11.4.10.2): SP 800-108 counter mode over HMAC; party V is empty in all uses here.
fn kdfa(key: &[u8], label: &str, party_u: &[u8], bits: u32) -> Vec<u8> {
    // One block of SHA-256 is enough for every length that is asked for.
    assert!(bits <= 256);
    let mut out = hmac(
        key,
        &[
            &1_u32.to_be_bytes(),
            label.as_bytes(),
            &[0],
            party_u,
            &bits.to_be_bytes(),
        ],
    )
    .to_vec();
    out.truncate(bits as usize / 8);
    out
}

/// KDFe (Part 1 section 11.4.10.3) for 256 bits: one block of SP 800-56A.
fn kdfe(z: &[u8], label: &str, party_u: &[u8], party_v: &[u8]) -> [u8; 32] {
    let parts = [
        &1_u32.to_be_bytes()[..],
        z,
        label.as_bytes(),
        &[0],
        party_u,
        party_v,
    ];
    Sha256::digest(parts.concat()).into()
}

/// HMAC-SHA256 (RFC 2104 section 2).
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::digest([&block.map(|b| b ^ 0x36)[..], &parts.concat()].concat());
    Sha256::digest([&block.map(|b| b ^ 0x5c)[..], &inner].concat()).into()
}

/// AES-128-CFB with an IV of zeros (Part 1 section 11.4.8: the key is used once).
pub(super) fn cfb_decrypt(key: &[u8], data: &[u8]) -> Vec<u8> {
    let key: [u8; 16] = key.try_into().unwrap();
    let mut out = data.to_vec();
    cfb_mode::Decryptor::<Aes128>::new(&key.into(), &[0; 16].into()).decrypt(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;

    #[test]
    fn hmac_as_in_rfc_4231() {
        // Test cases 1, 2 and 6.
        let cases: [(Vec<u8>, &[u8], &str); 3] = [
            (
                vec![0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, data, mac) in cases {
            assert_eq!(hmac(&key, &[data]).to_vec(), hex(mac));
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
