//! The name under which a CA certificate is registered.

use alloc::sync::Arc;

use provisor_report::Rejection;

use super::rule::{Rule, alphanumeric};
use super::text::text_traits;

/// The name under which a CA certificate is registered with the service; not the CA's subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaName(Arc<str>);

impl CaName {
    /// Accepts 1 to 64 letters, digits, `-`, `.` and `_`.
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong) or
    /// [`IdCharacter`](crate::Code::IdCharacter), with the position in bytes.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        RULE.check(text)?;
        Ok(Self(text.into()))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for CaName {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(CaName);

const RULE: Rule = Rule {
    field: "caReferences",
    allowed: |c| alphanumeric(c) || matches!(c, '-' | '.' | '_'),
    allowed_text: "letters, digits, '-', '.' or '_'",
    may_end: |_| true,
    may_end_text: "",
    longest: 64,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_names() {
        assert!(CaName::parse("Factory_root-2026.1").is_ok());
        assert!(CaName::parse("CN=Factory root").is_err());
        assert!(CaName::parse("").is_err());
    }
}
