//! PEM.

/// PEM with that label (RFC 7468), 64 characters on a line.
///
/// # Panics
/// When the label is not one.
#[must_use]
pub fn pem(label: &'static str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}
