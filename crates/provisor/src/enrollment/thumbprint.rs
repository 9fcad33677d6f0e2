//! The thumbprint of a certificate.

mod sha1;

use core::fmt;

use data_encoding::{HEXLOWER_PERMISSIVE, HEXUPPER};
use provisor_report::{Code, Rejection, Subject};

use super::digits::{self, digit_traits};
use crate::digest::sha256;

pub use sha1::Sha1Thumbprint;

/// SHA-256 over the DER bytes of a whole certificate.
///
/// A SHA-1 thumbprint, which older tools show, is no such thing: see [`Sha1Thumbprint`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint of the certificate with these bytes.
    #[must_use]
    pub fn of_der(certificate: &[u8]) -> Self {
        Self(sha256(&[certificate]))
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`AttestThumbprint`](provisor_report::Code::AttestThumbprint).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        digits::bytes(text, 0, &HEXLOWER_PERMISSIVE, || {
            Rejection::new(Code::AttestThumbprint, Subject::field("sha256Thumbprint"))
                .expected("64 hexadecimal digits")
        })
        .map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    /// 64 upper-case hexadecimal digits, as DPS shows them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXUPPER.encode(&self.0))
    }
}

digit_traits!(Thumbprint);

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn the_text_is_the_bytes() {
        let thumbprint = Thumbprint::of_der(b"abc");
        let text = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
        assert_eq!(thumbprint.to_string(), text);
        assert_eq!(Thumbprint::parse(&text.to_lowercase()).unwrap(), thumbprint);
        for bad in [
            "",
            text.get(1..).unwrap(),
            &text.replace('B', "G"),
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert_eq!(
                Thumbprint::parse(bad).unwrap_err().code(),
                Code::AttestThumbprint
            );
        }
    }
}
