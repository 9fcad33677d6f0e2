//! What the comparison of a name with a subtree comes to.

/// How a name and the base of a subtree compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Within,
    Outside,
    /// The name is malformed, or its form has no comparison.
    Impossible,
}

/// Which list a base stands in: a pattern such as `*.example.com` may lie within a permitted
/// subtree only as a whole, but is caught by an excluded one in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Permitted,
    Excluded,
}
