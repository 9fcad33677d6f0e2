//! The enrollment group's ID.

use provisor_report::Rejection;

use super::folded::Folded;
use super::registration::CURRENT;
use super::rule::Rule;
use super::text::text_traits;

/// Identifies an enrollment group within an ID scope; same rules as a current registration ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(Folded);

impl GroupId {
    /// Accepts `text` under the current rules of registration IDs.
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong),
    /// [`IdCharacter`](crate::Code::IdCharacter) or
    /// [`IdLastCharacter`](crate::Code::IdLastCharacter), with the position in bytes.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        RULE.check(text)?;
        Ok(Self(Folded::new(text)))
    }

    /// The ID as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.spelling()
    }

    /// The ID in lower case: what is compared, hashed and stored.
    #[must_use]
    pub fn normal_form(&self) -> &str {
        self.0.normal()
    }
}

impl TryFrom<&str> for GroupId {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(GroupId);

const RULE: Rule = Rule {
    field: "enrollmentGroupId",
    ..CURRENT
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rejection_names_the_group() {
        assert_eq!(
            GroupId::parse("Line-7").unwrap(),
            GroupId::parse("line-7").unwrap()
        );
        let rejection = GroupId::parse("line 7").unwrap_err();
        assert_eq!(rejection.subject().to_string(), "enrollmentGroupId");
    }

    use alloc::string::ToString as _;
}
