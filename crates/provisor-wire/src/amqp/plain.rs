//! SASL PLAIN (RFC 4616): a symmetric key.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::address::Address;
use crate::limits;
use crate::secret::SecretText;

/// The names of the mechanisms that a service offers, with a bare AMQP header for devices that show
/// their certificate and say nothing.
pub const MECHANISMS: [&str; 4] = ["EXTERNAL", "ANONYMOUS", "PLAIN", "TPM"];

/// The initial response of PLAIN: who the device is, and its SAS token.
///
/// ```
/// use provisor_wire::amqp::{Address, SaslPlain};
///
/// let bytes = b"\00ne000ABCDE/registrations/dev-1\0SharedAccessSignature sr=..";
/// let plain = SaslPlain::parse(bytes)?;
/// assert_eq!(plain.device, Address::of("0ne000ABCDE", "dev-1"));
/// assert_eq!(plain.to_bytes(), bytes);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaslPlain {
    /// Who it is.
    pub device: Address,
    /// The SAS token.
    pub token: SecretText,
}

impl SaslPlain {
    /// Of a device with a token.
    #[must_use]
    pub const fn new(device: Address, token: SecretText) -> Self {
        Self { device, token }
    }

    /// Reads the bytes: an authorization identity, which is passed over, the address, the token.
    ///
    /// # Errors
    ///
    /// `WIRE_SASL`, `WIRE_ADDRESS`, `WIRE_ENCODING`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        let refused = |found: String| {
            Rejection::new(Code::WireSasl, Subject::field("PLAIN"))
                .expected("00, {idScope}/registrations/{registrationId}, 00, the SAS token")
                .found(found)
        };
        if bytes.len() > limits::SASL_PLAIN_BYTES {
            return Err(refused(format!("{} bytes", bytes.len())));
        }
        let text = str::from_utf8(bytes).map_err(|_| refused("no UTF-8".into()))?;
        let mut parts = text.split('\0');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(_), Some(who), Some(token), None) if !token.is_empty() => Ok(Self {
                device: Address::parse(who)?,
                token: token.into(),
            }),
            _ => {
                let count = text.split('\0').count();
                Err(refused(format!("{count} parts, or an empty token")))
            }
        }
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("\0{}\0{}", self.device, self.token.expose()).into_bytes()
    }
}
