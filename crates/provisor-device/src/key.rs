//! Symmetric keys.

use core::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::base64;
use crate::copy::copy;
use crate::limits;
use crate::reason::{Error, Reason};

/// Bytes of HMAC-SHA256.
pub const MAC_BYTES: usize = 32;

/// A block of SHA-256.
const BLOCK: usize = 64;

/// A symmetric key of 16 to 64 bytes: wiped when dropped, never shown.
pub struct Key {
    /// With zeros behind it, which is what HMAC makes of a key up to this length (RFC 2104 section 2).
    block: [u8; BLOCK],
}

impl Key {
    /// A key of 16 to 64 bytes.
    ///
    /// # Errors
    /// [`Reason::KeyLength`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut key = Self { block: [0; BLOCK] };
        match key.block.get_mut(..bytes.len()) {
            Some(room) if limits::KEY_BYTES.contains(&bytes.len()) => {
                copy(bytes, room);
                Ok(key)
            }
            _ => Err(Reason::KeyLength.with(bytes.len())),
        }
    }

    /// A key as the service hands it out: base64 with padding.
    ///
    /// # Errors
    /// [`Reason::Base64`], [`Reason::KeyLength`].
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; BLOCK]);
        match base64::decode(text.as_bytes(), &mut *bytes) {
            Ok(decoded) => Self::from_bytes(decoded),
            Err(error) => match error.needed() {
                Some(needed) => Err(Reason::KeyLength.with(needed)),
                None => Err(error),
            },
        }
    }

    /// The key of one device under a group's key: HMAC-SHA256 of the registration ID in lower case, the form
    /// that the documentation of DPS tells people to use.
    ///
    /// ```
    /// use provisor_device::Key;
    ///
    /// let group = Key::from_base64("8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==")?;
    /// let device = Key::from_base64("Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=")?;
    /// assert_eq!(group.derive("SN-007-888-abc-mac-a1-b2-c3-d4-e5-f6").mac(b"x"), device.mac(b"x"));
    /// # Ok::<(), provisor_device::Error>(())
    /// ```
    #[must_use]
    pub fn derive(&self, registration_id: &str) -> Self {
        let mut mac = self.hmac();
        for byte in registration_id.bytes() {
            mac.update(&[byte.to_ascii_lowercase()]);
        }
        Self::of_mac(mac)
    }

    /// As [`derive`](Self::derive), from the very spelling of the ID: for fleets whose keys were made so.
    #[must_use]
    pub fn derive_as_written(&self, registration_id: &str) -> Self {
        let mut mac = self.hmac();
        mac.update(registration_id.as_bytes());
        Self::of_mac(mac)
    }

    /// HMAC-SHA256 of a message.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = self.hmac();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    fn hmac(&self) -> Hmac<Sha256> {
        // A block is what the key is made to anyway: there is no length that could be refused.
        Hmac::new((&self.block).into())
    }

    fn of_mac(mac: Hmac<Sha256>) -> Self {
        let mut key = Self { block: [0; BLOCK] };
        let mut derived: [u8; MAC_BYTES] = mac.finalize().into_bytes().into();
        copy(&derived, &mut key.block);
        derived.zeroize();
        key
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn hmac_as_in_rfc_4231() {
        // Section 4.2 and 4.4.
        let key = Key::from_bytes(&[0x0b; 20]).unwrap();
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex(&key.mac(b"Hi There")), expected);
        let key = Key::from_bytes(&[0xaa; 20]).unwrap();
        let expected = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe";
        assert_eq!(hex(&key.mac(&[0xdd; 50])), expected);
    }

    #[test]
    fn lengths_are_checked_and_the_content_is_never_shown() {
        for length in [16, 32, 64] {
            assert!(Key::from_bytes(&[7; 64][..length]).is_ok());
        }
        for length in [0, 15, 65] {
            let error = Key::from_bytes(&[7; 65][..length]).unwrap_err();
            assert_eq!(
                (error.reason(), error.detail() as usize),
                (Reason::KeyLength, length)
            );
        }
        assert_eq!(
            Key::from_base64("Zm9v").unwrap_err().reason(),
            Reason::KeyLength
        );
        assert_eq!(
            Key::from_base64("Zm9").unwrap_err().reason(),
            Reason::Base64
        );
        let long = "A".repeat(88);
        assert_eq!(
            Key::from_base64(&long).unwrap_err().reason(),
            Reason::KeyLength
        );
        let key = Key::from_bytes(b"sixteen bytes at least").unwrap();
        assert_eq!(format!("{key:?}"), "Key([redacted])");
    }

    #[test]
    fn a_key_with_zeros_at_its_end_is_the_key_without_them_to_hmac() {
        // RFC 2104 section 2: shorter keys are padded with zeros.
        let short = Key::from_bytes(&[7; 16]).unwrap();
        let mut bytes = [0; 64];
        bytes[..16].fill(7);
        assert_eq!(short.mac(b"a"), Key::from_bytes(&bytes).unwrap().mac(b"a"));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
