//! The device half: making a token, with a key at hand or with a key inside a TPM.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use data_encoding::BASE64;
use provisor_report::UnixTime;

use super::percent;
use super::resource::Resource;

/// The name of the key that registrations are signed with.
pub(super) const KEY_NAME: &str = "registration";

/// A token before its signature: for devices whose key never leaves a TPM.
///
/// Have the TPM compute HMAC-SHA256 over [`signed_text`](Self::signed_text) and hand the 32 bytes
/// to [`with_signature`](Self::with_signature).
#[derive(Clone, Debug)]
pub struct UnsignedToken {
    encoded_resource: String,
    expires: UnixTime,
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
            encoded_resource: percent::encode(&resource.to_string()),
            expires,
        }
    }

    /// What the signature covers.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!("{}\n{}", self.encoded_resource, self.expires.seconds())
    }

    /// The finished token.
    #[must_use]
    pub fn with_signature(&self, signature: &[u8]) -> SignedToken {
        SignedToken(format!(
            "SharedAccessSignature sr={}&sig={}&se={}&skn={KEY_NAME}",
            self.encoded_resource,
            percent::encode(&BASE64.encode(signature)),
            self.expires.seconds(),
        ))
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
