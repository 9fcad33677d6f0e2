//! The thumbprint that older tools show.

use core::fmt;

use data_encoding::{HEXLOWER_PERMISSIVE, HEXUPPER};
use provisor_report::{Code, Rejection, Subject};

use crate::digest::sha1;
use crate::enrollment::digits::{self, digit_traits};

/// SHA-1 over the DER bytes of a whole certificate: a name by which other tools know it, and
/// nothing more.
///
/// Risk: two certificates with one SHA-1 digest can be made (chosen-prefix collisions, 2020), and
/// whoever has his own certificates issued chooses most of their bytes. So no device is admitted by
/// a SHA-1 thumbprint, alone or in doubt; it counts only beside the SHA-256 thumbprint of the same
/// certificate, where it can refuse and never admit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha1Thumbprint([u8; 20]);

impl Sha1Thumbprint {
    /// The thumbprint of the certificate with these bytes.
    #[must_use]
    pub fn of_der(certificate: &[u8]) -> Self {
        Self(sha1(certificate))
    }

    /// Reads 40 hexadecimal digits.
    ///
    /// # Errors
    /// [`AttestThumbprint`](crate::Code::AttestThumbprint).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        digits::bytes(text, 0, &HEXLOWER_PERMISSIVE, || {
            Rejection::new(Code::AttestThumbprint, Subject::field("sha1Thumbprint"))
                .expected("40 hexadecimal digits")
        })
        .map(Self)
    }

    /// The 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Sha1Thumbprint {
    /// 40 upper-case hexadecimal digits, as DPS shows them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXUPPER.encode(&self.0))
    }
}

digit_traits!(Sha1Thumbprint);

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn the_text_is_the_bytes() {
        let thumbprint = Sha1Thumbprint::of_der(b"abc");
        let text = "A9993E364706816ABA3E25717850C26C9CD0D89D";
        assert_eq!(thumbprint.to_string(), text);
        assert_eq!(
            Sha1Thumbprint::parse(&text.to_lowercase()).unwrap(),
            thumbprint
        );
        for bad in ["", &text.replace('A', "G"), text.get(1..).unwrap()] {
            let refused = Sha1Thumbprint::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::AttestThumbprint);
        }
    }
}
