//! Hash algorithms, their digests and their HMACs, computed by ring.

use core::fmt;

use ring::{digest, hmac};

use super::id::AlgId;

/// A hash algorithm that this crate computes.
///
/// SHA-1 is here because Names of old keys use it; the endorsement, storage root and attestation
/// profiles refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlg {
    /// SHA-1, for Names only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// An HMAC: as long as a digest of its hash.
pub type Mac = Digest;

impl HashAlg {
    /// The hash of that identifier, if this crate computes it.
    #[must_use]
    pub const fn from_id(id: AlgId) -> Option<Self> {
        match id {
            AlgId::SHA1 => Some(Self::Sha1),
            AlgId::SHA256 => Some(Self::Sha256),
            AlgId::SHA384 => Some(Self::Sha384),
            AlgId::SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Its `TPM_ALG_ID`.
    #[must_use]
    pub const fn id(self) -> AlgId {
        match self {
            Self::Sha1 => AlgId::SHA1,
            Self::Sha256 => AlgId::SHA256,
            Self::Sha384 => AlgId::SHA384,
            Self::Sha512 => AlgId::SHA512,
        }
    }

    /// Bytes of a digest.
    #[must_use]
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Bytes of a block: the longest HMAC key that is used as it stands.
    #[must_use]
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }

    /// The digest of these parts, one after the other.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> Digest {
        let mut context = digest::Context::new(match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        });
        for part in parts {
            context.update(part);
        }
        Digest::new(context.finish().as_ref())
    }

    /// The HMAC under `key` of these parts, one after the other.
    #[must_use]
    pub fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Mac {
        let mut context = hmac::Context::with_key(&self.hmac_key(key));
        for part in parts {
            context.update(part);
        }
        Digest::new(context.sign().as_ref())
    }

    /// Whether `mac` is the whole HMAC under `key` of `message`, in constant time.
    #[must_use]
    pub fn hmac_verify(self, key: &[u8], message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.hmac_key(key), message, mac).is_ok()
    }

    fn hmac_key(self, key: &[u8]) -> hmac::Key {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, key)
    }
}

impl fmt::Display for HashAlg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

/// A digest or an HMAC of up to 64 bytes, kept without allocation.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; 64],
    length: usize,
}

impl Digest {
    pub(crate) fn new(value: &[u8]) -> Self {
        let mut bytes = [0; 64];
        let mut length = 0;
        for (to, from) in bytes.iter_mut().zip(value) {
            *to = *from;
            length += 1;
        }
        Self { bytes, length }
    }

    /// Overwrites the value, for digests that are keys.
    pub(crate) fn erase(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.bytes);
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Digest {
    /// Its length only: some digests are keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
