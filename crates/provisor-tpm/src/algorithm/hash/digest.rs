//! What a hash or an HMAC gives.

use core::fmt;

/// An HMAC: as long as a digest of its hash.
pub type Mac = Digest;

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
