//! The registration ID: which device this is, within one ID scope.

use provisor_report::Rejection;

use super::folded::Folded;
use super::rule::{Rule, alphanumeric};
use super::text::text_traits;

/// Which rules a registration ID is held to. The service's rules changed over time, so the choice
/// is the caller's and is made in the open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum IdRules {
    /// 1 to 128 characters, letters, digits, `-`, `.`, `_`, `:`, case not significant; the last
    /// character a letter, a digit or `-`.
    #[default]
    Current,
    /// The rules of 2017: 1 to 128 characters, lowercase letters, digits, hyphens. Every such ID
    /// is also legal under the current rules.
    V2017,
}

impl IdRules {
    const fn rule(self) -> &'static Rule {
        match self {
            Self::Current => &CURRENT,
            Self::V2017 => &V2017,
        }
    }
}

/// Identifies a device within an [`IdScope`](super::IdScope).
///
/// Equality, order and hash do not regard case; `Display` and [`as_str`](Self::as_str) keep the
/// spelling that was given. Use [`normal_form`](Self::normal_form) as the key of a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(Folded);

impl RegistrationId {
    /// Accepts `text` under the rules given.
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong),
    /// [`IdCharacter`](crate::Code::IdCharacter) or
    /// [`IdLastCharacter`](crate::Code::IdLastCharacter), with the position in bytes.
    pub fn parse(text: &str, rules: IdRules) -> Result<Self, Rejection> {
        match rules.rule().check(text) {
            Ok(()) => Ok(Self(Folded::new(text))),
            Err(rejection) => Err(with_other_rules(rejection, text, rules)),
        }
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

    /// For derivations whose output is legal by construction.
    pub(super) fn from_legal(text: &str) -> Self {
        debug_assert!(V2017.accepts(text) && CURRENT.accepts(text));
        Self(Folded::new(text))
    }
}

impl TryFrom<&str> for RegistrationId {
    type Error = Rejection;

    /// Accepts `text` under the current rules.
    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text, IdRules::Current)
    }
}

text_traits!(RegistrationId);

/// The longest registration ID, in characters (DPS service limits).
const LONGEST: usize = 128;

pub(super) const CURRENT: Rule = Rule {
    field: "registrationId",
    allowed: |c| alphanumeric(c) || matches!(c, '-' | '.' | '_' | ':'),
    allowed_text: "letters a-z, digits, '-', '.', '_' or ':'",
    may_end: |c| alphanumeric(c) || c == '-',
    may_end_text: "a letter, a digit or '-' at the end",
    longest: LONGEST,
};

const V2017: Rule = Rule {
    field: "registrationId",
    allowed: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
    allowed_text: "lowercase letters a-z, digits or '-' (rules of 2017)",
    may_end: |_| true,
    may_end_text: "",
    longest: LONGEST,
};

/// Says so when only the choice of rules stands in the way and no near spelling helps.
fn with_other_rules(rejection: Rejection, text: &str, rules: IdRules) -> Rejection {
    let general = rejection.remedy_text() == rejection.code().remedy();
    match (general, rules) {
        (false, _) | (true, IdRules::Current) => rejection,
        (true, IdRules::V2017) if CURRENT.accepts(text) => {
            rejection.remedy("choose another ID, or let the service use the current rules")
        }
        (true, IdRules::V2017) => rejection
            .remedy("choose another ID: the rules of 2017 know lowercase letters, digits and '-'"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::ToString as _;

    use proptest::prelude::*;
    use provisor_report::Code;

    use super::*;

    #[test]
    fn the_two_rule_sets() {
        for (text, v2017, current) in [
            ("line-7", true, true),
            ("a", true, true),
            ("-", true, true),
            ("line-7-", true, true),
            ("Line-7", false, true),
            ("line_7", false, true),
            ("urn:dev.7", false, true),
            ("line7.", false, false),
            ("line7:", false, false),
            ("line7_", false, false),
            ("line 7", false, false),
            ("line/7", false, false),
            ("", false, false),
            ("ｌine", false, false),
        ] {
            assert_eq!(
                RegistrationId::parse(text, IdRules::V2017).is_ok(),
                v2017,
                "{text}"
            );
            assert_eq!(RegistrationId::try_from(text).is_ok(), current, "{text}");
        }
        let longest = "a".repeat(128);
        assert!(RegistrationId::parse(&longest, IdRules::V2017).is_ok());
        let rejection = RegistrationId::try_from(&*(longest + "a")).unwrap_err();
        assert_eq!(
            (rejection.code(), rejection.position()),
            (Code::IdTooLong, Some(128))
        );
    }

    #[test]
    fn case_is_kept_for_people_and_ignored_for_comparison() {
        let (a, b) = (
            "Line-7".parse::<RegistrationId>(),
            "lINE-7".parse::<RegistrationId>(),
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a, b);
        assert_eq!(a.to_string(), "Line-7");
        assert_eq!(BTreeSet::from([a, b]).len(), 1);
    }

    #[test]
    fn the_remedy_points_at_the_newer_rules() {
        let rejection = RegistrationId::parse("line_7", IdRules::V2017).unwrap_err();
        assert!(
            rejection.remedy_text().contains("current rules"),
            "{rejection}"
        );
    }

    proptest! {
        #[test]
        fn an_id_of_2017_is_a_current_id(text in "[a-z0-9-]{1,128}") {
            let old = RegistrationId::parse(&text, IdRules::V2017).unwrap();
            prop_assert_eq!(&RegistrationId::parse(&text, IdRules::Current).unwrap(), &old);
            prop_assert_eq!(old.normal_form(), &*text);
        }

        #[test]
        fn the_current_rules_are_this_pattern(text in "[a-zA-Z0-9._:-]{0,127}[a-zA-Z0-9-]") {
            let id = RegistrationId::try_from(&*text).unwrap();
            prop_assert_eq!(id.as_str(), &*text);
            prop_assert_eq!(id.normal_form(), text.to_ascii_lowercase());
            prop_assert_eq!(RegistrationId::try_from(id.normal_form()).unwrap(), id);
        }

        #[test]
        fn any_text_is_answered_within_its_bounds(text in ".{0,200}") {
            for rules in [IdRules::V2017, IdRules::Current] {
                match RegistrationId::parse(&text, rules) {
                    Ok(id) => prop_assert!(id.as_str() == text && text.is_ascii()),
                    Err(rejection) => {
                        prop_assert!(rejection.position().unwrap() <= text.len());
                        prop_assert!(!rejection.to_string().chars().any(char::is_control));
                    }
                }
            }
        }

        #[test]
        fn one_foreign_character_is_found_where_it_stands(
            head in "[a-z0-9-]{0,60}", bad in "[^a-z0-9-]", tail in "[a-z0-9-]{0,60}",
        ) {
            let text = alloc::format!("{head}{bad}{tail}");
            let rejection = RegistrationId::parse(&text, IdRules::V2017).unwrap_err();
            prop_assert_eq!(rejection.code(), Code::IdCharacter);
            prop_assert_eq!(rejection.position(), Some(head.len()));
        }
    }
}
