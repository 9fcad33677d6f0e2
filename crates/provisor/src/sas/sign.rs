//! The device half: making a token, with a key at hand or with a key inside a TPM.

use alloc::string::{String, ToString as _};
use alloc::vec;
use core::fmt;

use provisor_device::Writer;
use provisor_device::sas::{REGISTRATION_KEY, Token};
use provisor_report::UnixTime;

use super::resource::Resource;

/// The name of the key that registrations are signed with.
pub(super) const KEY_NAME: &str = REGISTRATION_KEY;

/// A token before its signature: for devices whose key never leaves a TPM.
///
/// Have the TPM compute HMAC-SHA256 over [`signed_text`](Self::signed_text) and hand the 32 bytes
/// to [`with_signature`](Self::with_signature).
#[derive(Clone, Debug)]
pub struct UnsignedToken {
    resource: String,
    expires: UnixTime,
    key_name: String,
}

/// A finished token. `Display` gives the text of the `Authorization` header; it lets whoever holds
/// it register as the device until it expires, so `Debug` does not show it.
#[derive(Clone)]
pub struct SignedToken(String);

impl UnsignedToken {
    /// A token for the resource, valid to `expires`.
    #[must_use]
    pub fn new(resource: &Resource<'_>, expires: UnixTime) -> Self {
        Self {
            resource: resource.to_string(),
            expires,
            key_name: KEY_NAME.to_string(),
        }
    }

    /// A token for the service's own operations, valid to `expires`: its host, and the policy whose key
    /// signs.
    #[must_use]
    pub fn for_service(host: &str, policy: &str, expires: UnixTime) -> Self {
        Self {
            resource: host.to_string(),
            expires,
            key_name: policy.to_string(),
        }
    }

    /// What the signature covers.
    #[must_use]
    pub fn signed_text(&self) -> String {
        written(|writer| self.token().write_signed_text(writer))
    }

    /// The finished token.
    #[must_use]
    pub fn with_signature(&self, signature: &[u8]) -> SignedToken {
        SignedToken(written(|writer| self.token().write(signature, writer)))
    }

    fn token(&self) -> Token<'_> {
        Token::resource(&self.resource, self.expires.seconds()).with_key_name(&self.key_name)
    }
}

/// What the device's writer writes, in memory of the right size.
fn written(write: impl Fn(&mut Writer<'_>)) -> String {
    let mut measured = Writer::measure();
    write(&mut measured);
    let mut buffer = vec![0; measured.len()];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer);
    // No second copy: whoever holds a token is the device.
    match writer.finish() {
        Ok(_) => String::from_utf8(buffer).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

impl SignedToken {
    /// The text of the `Authorization` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedToken([redacted])")
    }
}
