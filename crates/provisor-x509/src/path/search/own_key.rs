//! What is known of the own keys of certificates.

/// Whether a certificate's own key signed it. Names do not tell: a device or a CA may have the name of
/// its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SelfSigned {
    Yes,
    No,
    /// It was not checked, or cannot be.
    Unknown,
}

/// What is known of one certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnKey {
    /// That of edges.
    pub(super) number: usize,
    pub(super) own: SelfSigned,
    /// For the verdict's sake, not only for the report's.
    pub(super) asked: bool,
}
