//! The ID scope: which provisioning service a device belongs to.

use alloc::format;

use provisor_report::Rejection;
use provisor_tpm::Random;

use super::folded::Folded;
use super::rule::{Rule, alphanumeric};
use super::text::text_traits;

/// Identifies one provisioning service instance. Generated once, never changed: it is on every
/// device, in every SAS token, and it keys the allocation.
///
/// There is no way to alter one: a new service gets a new scope.
///
/// ```
/// use provisor::IdScope;
///
/// let scope = IdScope::parse("0ne0A1B2C3D")?;
/// assert_eq!(scope, IdScope::parse("0NE0a1b2c3d")?, "some clients send it in lower case");
/// assert_eq!(scope.to_string(), "0ne0A1B2C3D");
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdScope(Folded);

impl IdScope {
    /// A new scope: `0ne` and eight hexadecimal digits, the shape that device software knows.
    ///
    /// 32 random bits name a service; they are no secret. Whoever creates services refuses a scope
    /// that is taken and draws again.
    ///
    /// # Errors
    /// What `random` refuses with.
    pub fn generate(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut drawn = [0; 4];
        random.fill(&mut drawn)?;
        Ok(Self(Folded::new(&format!(
            "0ne{:08X}",
            u32::from_be_bytes(drawn)
        ))))
    }

    /// Accepts 1 to 32 letters, digits and hyphens. Scopes made elsewhere have other prefixes and
    /// lengths, so the shape of [`generate`](Self::generate) is not demanded.
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong) or
    /// [`IdCharacter`](crate::Code::IdCharacter), with the position in bytes.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        RULE.check(text)?;
        Ok(Self(Folded::new(text)))
    }

    /// The scope as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.spelling()
    }

    /// The scope in lower case: what is compared, hashed and stored.
    #[must_use]
    pub fn normal_form(&self) -> &str {
        self.0.normal()
    }
}

impl TryFrom<&str> for IdScope {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(IdScope);

const RULE: Rule = Rule {
    field: "idScope",
    allowed: |c| alphanumeric(c) || c == '-',
    allowed_text: "letters, digits or '-'",
    may_end: |_| true,
    may_end_text: "",
    // Azure's have 11; room for other makers, small enough for a topic name or a user name.
    longest: 32,
};

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
            out.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn a_generated_scope_is_a_legal_scope_of_the_known_shape() {
        for (byte, text) in [(0, "0ne00000000"), (0xAB, "0neABABABAB")] {
            let scope = IdScope::generate(&mut Fixed(byte)).unwrap();
            assert_eq!(scope.as_str(), text);
            assert_eq!(IdScope::parse(text).unwrap(), scope);
        }
    }

    #[test]
    fn a_slash_would_break_the_resource_of_a_token() {
        assert!(IdScope::parse("0ne/registrations").is_err());
        assert!(IdScope::parse(&"0".repeat(33)).is_err());
    }
}
