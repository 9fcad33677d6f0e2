//! Texts of the command line that are not for others.

use std::fmt;

use provisor::tpm::SecretBytes;

/// A key or a token as it was typed: wiped when dropped, never shown.
///
/// The command line itself can be read by other users of the machine while the command runs, and the
/// shell may keep it: `-` reads standard input instead.
#[derive(Clone)]
pub(crate) struct Hidden(std::sync::Arc<SecretBytes>);

impl Hidden {
    /// For the parser of the command line.
    #[expect(clippy::unnecessary_wraps, reason = "the parser asks for a result")]
    pub(crate) fn parse(text: &str) -> Result<Self, std::convert::Infallible> {
        Ok(Self(std::sync::Arc::new(SecretBytes::new(
            text.as_bytes().to_vec(),
        ))))
    }

    /// What was typed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it asks for standard input.
    pub(crate) fn is_dash(&self) -> bool {
        self.bytes() == b"-"
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
