//! The version of a certificate, which readers of its parts ask for.

/// The version of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// No extensions, no unique identifiers. Never a CA in a path, but possible as an anchor.
    V1,
    /// Unique identifiers, no extensions.
    V2,
    /// What everybody issues today.
    V3,
}
