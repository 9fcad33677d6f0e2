//! Whether revocation is checked, and what an unknown status means.

/// What a path needs to be accepted where certificates may have been revoked.
///
/// Lists that are handed in are never fetched and never trusted for being there: each is held to
/// RFC 5280 section 6.3.3, signer, dates, scope and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RevocationPolicy {
    /// Revocation is not regarded, lists that are handed in neither. Certificates whose CRL
    /// distribution points are critical are refused, as nobody has processed them.
    #[default]
    Unchecked,
    /// Every certificate of the path must be known not to be revoked, for every reason.
    DenyUnknown,
    /// A certificate that is known to be revoked is refused; one whose status is unknown is not.
    /// Whoever can keep a list from arriving can undo a revocation.
    DangerAllowUnknown,
}
