//! SAS tokens: shared access signatures, made by a key at hand or by one inside a TPM.
//!
//! ```text
//! SharedAccessSignature sr={resource}&sig={signature}&se={expiry}[&skn={key name}]
//! signature = percent-encoded base64 of HMAC-SHA256(key, resource as sent + "\n" + expiry as sent)
//! ```
//!
//! This is the one place of the project that writes them. The order is that of most official clients; the
//! resource is percent-encoded with upper-case digits, and signed so.
//!
//! | for | resource | `skn` |
//! |---|---|---|
//! | a registration | `{idScope}/registrations/{registrationId}` | `registration` |
//! | a device at its hub | `{hub}/devices/{deviceId}` | none |
//! | the service's own operations, a hub's | the host name | the policy's name |
//!
//! ```
//! use provisor_device::{Key, sas::Token};
//!
//! let key = Key::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
//! let token = Token::registration("0ne0A1B2C3D", "line-7", 1_790_003_600);
//! let mut buffer = [0; 256];
//! let text = token.sign(&key, &mut buffer)?;
//! assert!(text.starts_with("SharedAccessSignature sr=0ne0A1B2C3D%2Fregistrations%2Fline-7&sig="));
//! assert!(text.ends_with("&se=1790003600&skn=registration"));
//!
//! // A key that never leaves its chip: the same token, signed by whatever computes HMAC-SHA256.
//! let mut other = [0; 256];
//! let by_chip = token.sign_by(|message| Ok(key.mac(message)), &mut other)?;
//! assert_eq!(by_chip, text);
//! # Ok::<(), provisor_device::Error>(())
//! ```

use crate::key::{Key, MAC_BYTES};
use crate::reason::{Error, Reason};
use crate::write::Writer;

/// The scheme of the `Authorization` header, with the space behind it.
pub const SCHEME: &str = "SharedAccessSignature ";

/// The name of the key that registrations are signed with.
pub const REGISTRATION_KEY: &str = "registration";

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource<'a> {
    /// Two names and what stands between them.
    Pair(&'a str, &'static str, &'a str),
    One(&'a str),
}

/// A token before its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    resource: Resource<'a>,
    /// Seconds since 1970.
    expires: i64,
    key_name: Option<&'a str>,
}

impl<'a> Token<'a> {
    /// For the registration of a device, valid to `expires`, in seconds since 1970.
    #[must_use]
    pub const fn registration(scope: &'a str, registration_id: &'a str, expires: i64) -> Self {
        Self {
            resource: Resource::Pair(scope, "/registrations/", registration_id),
            expires,
            key_name: Some(REGISTRATION_KEY),
        }
    }

    /// For a device at its hub.
    #[must_use]
    pub const fn device(hub: &'a str, device_id: &'a str, expires: i64) -> Self {
        Self {
            resource: Resource::Pair(hub, "/devices/", device_id),
            expires,
            key_name: None,
        }
    }

    /// For any resource, by its text before encoding: a service's or a hub's host name.
    #[must_use]
    pub const fn resource(resource: &'a str, expires: i64) -> Self {
        Self {
            resource: Resource::One(resource),
            expires,
            key_name: None,
        }
    }

    /// With the name of the key, or of the policy, that signs.
    #[must_use]
    pub const fn with_key_name(self, name: &'a str) -> Self {
        Self {
            key_name: Some(name),
            ..self
        }
    }

    /// The finished token, signed by a key at hand.
    ///
    /// # Errors
    /// [`Reason::BufferTooSmall`] with [`longest`](Self::longest).
    pub fn sign<'b>(&self, key: &Key, buffer: &'b mut [u8]) -> Result<&'b str, Error> {
        self.sign_by(|message| Ok(key.mac(message)), buffer)
    }

    /// The finished token, signed by a callback that answers the HMAC-SHA256 of the message it gets: a TPM, a
    /// secure element, the accelerator of a chip. It is called once, and not when the buffer is too small.
    ///
    /// # Errors
    /// [`Reason::BufferTooSmall`] with [`longest`](Self::longest), and what the callback answered, such as
    /// [`Reason::SignerFailed`].
    pub fn sign_by<'b>(
        &self,
        signer: impl FnOnce(&[u8]) -> Result<[u8; MAC_BYTES], Error>,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        let needed = self.longest();
        if buffer.len() < needed {
            return Err(Reason::BufferTooSmall.with(needed));
        }
        let mut writer = Writer::new(buffer);
        self.write_signed_text(&mut writer);
        let mac = match writer.so_far() {
            Some(message) => signer(message),
            None => Err(Reason::SignerFailed.into()),
        };
        writer.clear();
        match mac {
            Ok(mac) => {
                self.write(&mac, &mut writer);
                writer.finish()
            }
            Err(error) => Err(error),
        }
    }

    /// What the signature covers: for a key that answers later, such as a TPM behind a queue of commands. The
    /// 32 bytes of HMAC-SHA256 go to [`write`](Self::write).
    pub fn write_signed_text(&self, writer: &mut Writer<'_>) {
        self.write_resource(writer);
        writer.text("\n");
        self.write_expiry(writer);
    }

    /// The finished token with its signature.
    pub fn write(&self, signature: &[u8], writer: &mut Writer<'_>) {
        writer.text(SCHEME).text("sr=");
        self.write_resource(writer);
        writer.text("&sig=").percent_base64(signature).text("&se=");
        self.write_expiry(writer);
        if let Some(name) = self.key_name {
            writer.text("&skn=").percent(name);
        }
    }

    /// Bytes that suffice for the token whatever its signature is: characters of the signature that have to be
    /// encoded make the difference.
    #[must_use]
    pub fn longest(&self) -> usize {
        let mut writer = Writer::measure();
        self.write(&[0; MAC_BYTES], &mut writer);
        // The 43 digits of a signature in base64, when each is a plus or a slash.
        writer.len() + 2 * 43
    }

    fn write_resource(&self, writer: &mut Writer<'_>) {
        match self.resource {
            Resource::Pair(before, between, after) => {
                writer.percent(before).percent(between).percent(after);
            }
            Resource::One(text) => {
                writer.percent(text);
            }
        }
    }

    fn write_expiry(&self, writer: &mut Writer<'_>) {
        if self.expires < 0 {
            writer.text("-");
        }
        writer.number(self.expires.unsigned_abs());
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned as _;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn the_three_kinds() {
        let key = Key::from_bytes(&KEY).unwrap();
        let mut buffer = [0; 400];
        let mut made = |token: Token<'_>| token.sign(&key, &mut buffer).unwrap().to_owned();
        // Signatures by Python's hmac and base64.
        assert_eq!(
            made(Token::registration(
                "0ne0A1B2C3D",
                "line-7:a",
                1_790_000_000
            )),
            "SharedAccessSignature sr=0ne0A1B2C3D%2Fregistrations%2Fline-7%3Aa\
             &sig=MrtYrgxBAGeJNZzgPpMwFrb7nBT8rAHCnc2h8gaxaCE%3D&se=1790000000&skn=registration"
        );
        assert_eq!(
            made(Token::device("hub-1.example.net", "line-7", 5)),
            "SharedAccessSignature sr=hub-1.example.net%2Fdevices%2Fline-7\
             &sig=5LQYx2DDnA3JZopBiUSQtcDeJqXZn8KGbmns5JSZIqw%3D&se=5"
        );
        assert_eq!(
            made(Token::resource("dps.example.net", -1).with_key_name("owner")),
            "SharedAccessSignature sr=dps.example.net&sig=OpEmhbHcQPGyfoTcASPrGcCf6T2GGMdRT24QYClCVAc%3D&se=-1&skn=owner"
        );
    }

    #[test]
    fn a_key_that_answers_later_makes_the_same_token() {
        let key = Key::from_bytes(&KEY).unwrap();
        let token = Token::registration("0ne0A1B2C3D", "line-7", 1_790_000_000);
        let (mut text, mut late, mut now) = ([0; 100], [0; 300], [0; 300]);
        let mut writer = Writer::new(&mut text);
        token.write_signed_text(&mut writer);
        let signed = writer.finish().unwrap();
        assert_eq!(signed, "0ne0A1B2C3D%2Fregistrations%2Fline-7\n1790000000");
        let mut writer = Writer::new(&mut late);
        token.write(&key.mac(signed.as_bytes()), &mut writer);
        assert_eq!(
            writer.finish().unwrap(),
            token.sign(&key, &mut now).unwrap()
        );
    }

    #[test]
    fn a_small_buffer_asks_nobody_to_sign_and_a_failed_signer_makes_no_token() {
        let token = Token::registration("0ne0A1B2C3D", "line-7", 1_790_000_000);
        let longest = token.longest();
        let mut buffer = vec![0; longest];
        let never = |_: &[u8]| -> Result<[u8; 32], Error> { panic!("asked") };
        let error = token
            .sign_by(never, &mut buffer[..longest - 1])
            .unwrap_err();
        assert_eq!(error.needed(), Some(longest));
        let fails = |_: &[u8]| Err(Reason::SignerFailed.into());
        let error = token.sign_by(fails, &mut buffer).unwrap_err();
        assert_eq!(error.reason(), Reason::SignerFailed);
        // Each digit of this signature has to be encoded but the last, of which two bits say nothing.
        assert!(token.sign_by(|_| Ok([0xff; 32]), &mut buffer).is_ok());
    }
}
