//! Symmetric keys.

mod form;

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::{HashAlg, Random, Secret};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::resource::Resource;
use super::sign::{SignedToken, UnsignedToken};
use crate::digest::hmac_sha256;
use crate::id::RegistrationId;
use crate::limits;

/// A symmetric key: 16 to 64 bytes, wiped when dropped, compared in constant time, never shown. Each
/// clone is another copy in memory, and wiped like this one.
///
/// While a token is made or judged, the library of hashes keeps the key's hash state on the stack, which it does not
/// wipe; it is overwritten by whatever runs next.
#[derive(Clone)]
pub struct SasKey(Zeroizing<Vec<u8>>);

/// What separates the fingerprint of a key from everything else that is made with it.
const FINGERPRINT: &[u8] = b"provisor fingerprint of a symmetric key 1";

impl SasKey {
    /// A fresh key of [`limits::SAS_KEY_GENERATED_BYTES`], as the service makes it where none is given.
    ///
    /// # Errors
    /// What `random` refuses with; [`TpmRandom`](Code::TpmRandom) also when it gives one byte over and
    /// over.
    pub fn generate(random: &mut dyn Random) -> Result<Self, Rejection> {
        let drawn = Secret::random(limits::SAS_KEY_GENERATED_BYTES, random)?;
        Self::from_bytes(drawn.expose())
    }

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

    /// The bytes themselves, for the hub that has to know the device by them. Whoever calls this is
    /// responsible for them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The key as [`from_base64`](Self::from_base64) reads it, for the one answer that hands keys out and
    /// for a store. Whoever writes it down is responsible for it.
    #[must_use]
    pub fn expose_base64(&self) -> impl fmt::Display + '_ {
        Base64(self)
    }

    /// Whether these are the same bytes; the time taken depends on the lengths only.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(&other.0).into()
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
    pub(crate) fn derive_from(&self, id: &str) -> Self {
        Self(Zeroizing::new(self.hmac(id.as_bytes()).to_vec()))
    }

    /// What a device has for a key that forgets to decode its text.
    pub(crate) fn not_decoded(&self) -> Self {
        Self(Zeroizing::new(BASE64.encode(&self.0).into_bytes()))
    }

    /// A token for the resource, valid to `expires`; the device half.
    #[must_use]
    pub fn sign(&self, resource: &Resource<'_>, expires: UnixTime) -> SignedToken {
        self.sign_text_of(&UnsignedToken::new(resource, expires))
    }

    /// A token for the service's own operations, valid to `expires`, by a key of that policy.
    #[must_use]
    pub fn sign_for_service(&self, host: &str, policy: &str, expires: UnixTime) -> SignedToken {
        self.sign_text_of(&UnsignedToken::for_service(host, policy, expires))
    }

    fn sign_text_of(&self, unsigned: &UnsignedToken) -> SignedToken {
        unsigned.with_signature(&self.hmac(unsigned.signed_text().as_bytes()))
    }

    /// Bytes that take as long as a drawn key's. Everybody knows them: what they sign proves nothing.
    pub(crate) fn nobodys() -> Self {
        Self(Zeroizing::new(
            alloc::vec![0; limits::SAS_KEY_GENERATED_BYTES],
        ))
    }

    /// A digest by which the key is known in one context, and which is neither a token's signature nor a
    /// derived key: HKDF (RFC 5869) with a salt of its own. It does not lead back to a key that was
    /// drawn; a key that can be guessed can be guessed by it, as by any token.
    pub(crate) fn fingerprint(&self, context: &[&[u8]]) -> [u8; 32] {
        // Extract (section 2.2), then the first block of Expand (section 2.3).
        let prk = Zeroizing::new(hmac_sha256(FINGERPRINT, &[&self.0]));
        let parts: Vec<&[u8]> = context.iter().copied().chain([&[1][..]]).collect();
        hmac_sha256(&*prk, &parts)
    }

    /// In constant time.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        HashAlg::Sha256.hmac_verify(&self.0, message, signature)
    }

    fn hmac(&self, message: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[message])
    }
}

/// Three bytes at a time, so that no copy of the text is left behind.
struct Base64<'k>(&'k SasKey);

impl fmt::Display for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.0.chunks(3) {
            let mut out = Zeroizing::new([0; 4]);
            BASE64.encode_mut(chunk, out.as_mut_slice());
            f.write_str(core::str::from_utf8(out.as_slice()).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
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
    fn keys_are_drawn_written_and_compared() {
        let mut random = provisor_testkit::random::SeededRandom::new(1, "keys");
        let [a, b] = [(); 2].map(|()| SasKey::generate(&mut random).unwrap());
        assert_eq!(a.expose().len(), 64);
        assert!(a.equals(&a.clone()) && !a.equals(&b));
        for length in 16..=64 {
            let key = SasKey::from_bytes(&a.expose()[..length]).unwrap();
            let text = key.expose_base64().to_string();
            assert_eq!(text, BASE64.encode(key.expose()));
            assert!(SasKey::from_base64(&text).unwrap().equals(&key));
            assert_eq!(key.equals(&a), length == 64);
        }
    }

    #[test]
    fn a_fingerprint_belongs_to_key_and_context() {
        let [a, b] = [[7; 16], [8; 16]].map(|bytes| SasKey::from_bytes(&bytes).unwrap());
        let mark = a.fingerprint(&[b"scope", b"/", b"id"]);
        assert_eq!(mark, a.fingerprint(&[b"scope/id"]));
        assert_ne!(mark, a.fingerprint(&[b"scope/je"]));
        assert_ne!(mark, b.fingerprint(&[b"scope/id"]));
        assert_ne!(mark, [0; 32]);
        // By another implementation of RFC 5869.
        assert_eq!(
            data_encoding::HEXLOWER.encode(&mark),
            "b2b3c82e8a779546d5ab2d84d0dc0a492c9d495e5ec055cfd1a41755b1f1cfac"
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
