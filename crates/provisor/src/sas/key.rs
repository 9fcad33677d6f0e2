//! Symmetric keys.

mod form;

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject, UnixTime};
use ring::hmac;
use zeroize::Zeroizing;

use super::resource::Resource;
use super::sign::{SignedToken, UnsignedToken};
use crate::id::RegistrationId;
use crate::limits;

/// A symmetric key: 16 to 64 bytes, wiped when dropped, never shown.
///
/// While a token is made or judged, ring keeps the key's hash state on the stack, which it does not
/// wipe; it is overwritten by whatever runs next.
pub struct SasKey(Zeroizing<Vec<u8>>);

impl SasKey {
    /// A key of 16 to 64 bytes (DPS symmetric key attestation).
    ///
    /// # Errors
    /// [`SasKey`](Code::SasKey), with the length and nothing of the content.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        if !limits::SAS_KEY_BYTES.contains(&bytes.len()) {
            return Err(refused().found(format!("{} bytes", bytes.len())));
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// A key as the service hands it out: base64 with padding.
    ///
    /// Other forms are refused by their name, so that no device is enrolled with a key that it does
    /// not have: a connection string, base64url, hexadecimal text (which base64 would read as another
    /// key), text in quotation marks, with white space or without its padding.
    ///
    /// # Errors
    /// [`SasKey`](Code::SasKey), which says what the text is and nothing of the key.
    pub fn from_base64(text: &str) -> Result<Self, Rejection> {
        if let Some(form) = form::of(text) {
            return Err(refused().found(form.found).remedy(form.remedy));
        }
        // Four characters for three bytes; a longer text is not worth decoding.
        if text.len() > limits::SAS_KEY_BYTES.end().div_ceil(3) * 4 {
            return Err(refused().found(format!("{} characters", text.len())));
        }
        match BASE64.decode(text.as_bytes()) {
            Ok(bytes) => Self::from_bytes(&Zeroizing::new(bytes)),
            Err(error) => Err(refused().at(error.position).found("no base64")),
        }
    }

    /// The key of one device under a group's key: HMAC-SHA256 of the registration ID in its normal
    /// form, the form that the documentation of DPS tells people to use.
    ///
    /// Devices exist whose key was derived from the ID as somebody wrote it;
    /// [`SasToken::verify_group`](super::SasToken::verify_group) knows both.
    #[must_use]
    pub fn derive(&self, id: &RegistrationId) -> Self {
        self.derive_from(id.normal_form())
    }

    /// The key derived from this very spelling of an ID.
    pub(super) fn derive_from(&self, id: &str) -> Self {
        let tag = hmac::sign(&self.hmac(), id.as_bytes());
        Self(Zeroizing::new(tag.as_ref().to_vec()))
    }

    /// What a device has for a key that forgets to decode its text.
    pub(super) fn not_decoded(&self) -> Self {
        Self(Zeroizing::new(BASE64.encode(&self.0).into_bytes()))
    }

    /// A token for the resource, valid to `expires`; the device half.
    #[must_use]
    pub fn sign(&self, resource: &Resource<'_>, expires: UnixTime) -> SignedToken {
        let unsigned = UnsignedToken::new(resource, expires);
        let tag = hmac::sign(&self.hmac(), unsigned.signed_text().as_bytes());
        unsigned.with_signature(tag.as_ref())
    }

    /// In constant time (ring compares the tags).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.hmac(), message, signature).is_ok()
    }

    fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

impl fmt::Debug for SasKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SasKey([redacted])")
    }
}

fn refused() -> Rejection {
    Rejection::new(Code::SasKey, Subject::field("symmetricKey")).expected(format!(
        "{} to {} bytes in base64",
        limits::SAS_KEY_BYTES.start(),
        limits::SAS_KEY_BYTES.end()
    ))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn the_derived_key_of_the_documentation() {
        let group = SasKey::from_base64(
            "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
        );
        let id = RegistrationId::try_from("SN-007-888-abc-mac-a1-b2-c3-d4-e5-f6").unwrap();
        let device = group.unwrap().derive(&id);
        assert_eq!(
            BASE64.encode(&device.0),
            "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="
        );
    }

    #[test]
    fn lengths_and_base64_are_checked_and_the_content_never_shown() {
        assert!(SasKey::from_bytes(&[7; 16]).is_ok());
        assert!(SasKey::from_bytes(&[7; 64]).is_ok());
        for length in [0, 15, 65] {
            assert_eq!(
                SasKey::from_bytes(&[7; 65][..length]).unwrap_err().code(),
                Code::SasKey
            );
        }
        let secret = "c2l4dGVlbiBieXRlcyBhdCBsZWFzdA";
        let text = SasKey::from_base64(secret).unwrap_err().to_string();
        assert!(!text.contains(secret), "{text}");
        assert!(SasKey::from_base64(&"A".repeat(1 << 20)).is_err());
        let key = SasKey::from_bytes(b"sixteen bytes at least").unwrap();
        assert_eq!(format!("{key:?}"), "SasKey([redacted])");
    }
}
