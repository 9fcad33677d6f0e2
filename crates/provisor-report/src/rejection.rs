//! The record that says no, and why.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use crate::{Code, Subject};

/// Why something was refused: the code, what it is about, what was expected, what was found.
///
/// One pointer wide, so that `Result<T, Rejection>` costs the accepting path nothing. The text is
/// for people; programs match on [`Rejection::code`]. Secrets never enter `expected` or `found`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    facts: Box<Facts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    code: Code,
    subject: Subject,
    expected: Cow<'static, str>,
    found: Cow<'static, str>,
    remedy: Option<Cow<'static, str>>,
    position: Option<usize>,
}

impl Rejection {
    /// A rejection whose facts are filled in by the methods below.
    #[must_use]
    pub fn new(code: Code, subject: Subject) -> Self {
        Self {
            facts: Box::new(Facts {
                code,
                subject,
                expected: Cow::Borrowed(""),
                found: Cow::Borrowed(""),
                remedy: None,
                position: None,
            }),
        }
    }

    /// Says what would have been accepted.
    #[must_use]
    pub fn expected(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.expected = text.into();
        self
    }

    /// Says what was there instead.
    #[must_use]
    pub fn found(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.found = text.into();
        self
    }

    /// Replaces the code's general remedy by one that fits this case better.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.remedy = Some(text.into());
        self
    }

    /// Says where: bytes from the start of the subject's input, from 0.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.facts.position = Some(position);
        self
    }

    /// Names another subject, for callers who know better what the refused bytes were.
    #[must_use]
    pub fn about(mut self, subject: Subject) -> Self {
        self.facts.subject = subject;
        self
    }

    /// What a stranger may read: the code, and what the code says about itself. The rest names what
    /// the refused party may not know, such as trust anchors, enrolled thumbprints and other
    /// devices.
    ///
    /// **Log the rest, send this**, to whoever is not authenticated:
    ///
    /// ```
    /// use provisor_report::{Code, Rejection, Subject};
    ///
    /// let rejection = Rejection::new(Code::AttestLeafUnknown, Subject::field("leaf"))
    ///     .expected("the thumbprint 2a1f");
    /// println!("for the log: {rejection}");
    /// let answer = rejection.public().to_string();
    /// assert!(answer.contains("ATTEST_LEAF_UNKNOWN") && !answer.contains("2a1f"));
    /// ```
    #[must_use]
    pub fn public(&self) -> Self {
        Self::new(self.code(), Subject::field("request"))
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.facts.code
    }

    /// What the rejection is about.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.facts.subject
    }

    /// What would have been accepted; empty when the code says it all.
    #[must_use]
    pub fn expected_text(&self) -> &str {
        &self.facts.expected
    }

    /// What was there instead; empty when the code says it all.
    #[must_use]
    pub fn found_text(&self) -> &str {
        &self.facts.found
    }

    /// What to do.
    #[must_use]
    pub fn remedy_text(&self) -> &str {
        self.facts
            .remedy
            .as_deref()
            .unwrap_or(self.facts.code.remedy())
    }

    /// Where in the input: bytes from its start, from 0.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        self.facts.position
    }
}

impl fmt::Display for Rejection {
    /// One line: code, subject, sentence, expected, found, remedy, specification.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.facts;
        write!(
            f,
            "{}: {}: {}",
            facts.code,
            facts.subject,
            facts.code.meaning()
        )?;
        if let Some(position) = facts.position {
            write!(f, " (at byte {position})")?;
        }
        if !facts.expected.is_empty() {
            write!(f, "; expected {}", facts.expected)?;
        }
        if !facts.found.is_empty() {
            write!(f, "; found {}", facts.found)?;
        }
        write!(f, "; to do: {} [{}]", self.remedy_text(), facts.code.spec())
    }
}

impl core::error::Error for Rejection {}

#[cfg(feature = "serde")]
impl serde::Serialize for Rejection {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use alloc::string::ToString as _;
        use serde::ser::SerializeStruct as _;

        let mut out = serializer.serialize_struct("Rejection", 9)?;
        out.serialize_field("code", &self.code())?;
        out.serialize_field("number", &self.code().number())?;
        out.serialize_field("subject", &self.subject().to_string())?;
        out.serialize_field("meaning", self.code().meaning())?;
        out.serialize_field("expected", self.expected_text())?;
        out.serialize_field("found", self.found_text())?;
        out.serialize_field("position", &self.position())?;
        out.serialize_field("remedy", self.remedy_text())?;
        out.serialize_field("spec", self.code().spec())?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn a_rejection_is_one_pointer_and_says_everything_on_one_line() {
        assert_eq!(size_of::<Rejection>(), size_of::<usize>());
        let rejection = Rejection::new(Code::IdCharacter, Subject::field("registrationId"))
            .at(3)
            .expected("a-z, 0-9 or '-'")
            .found("'A'");
        let text = rejection.to_string();
        for part in [
            "ID_CHARACTER (1003)",
            "registrationId",
            "byte 3",
            "'A'",
            "a-z",
            "to do: ",
        ] {
            assert!(text.contains(part), "{part:?} is missing in {text:?}");
        }
        assert!(!text.contains('\n'));
    }

    #[test]
    fn the_public_part_is_what_the_code_says_about_itself() {
        let secret = "CN=Line 7 CA";
        let rejection = Rejection::new(Code::X509Expired, Subject::trust_anchor(secret))
            .at(7)
            .expected(secret)
            .found(secret)
            .remedy(secret);
        let public = rejection.public();
        assert_eq!(public.code(), Code::X509Expired);
        assert_eq!(public.remedy_text(), Code::X509Expired.remedy());
        assert_eq!(public.position(), None);
        let text = public.to_string();
        assert!(!text.contains(secret), "{text}");
    }

    #[test]
    fn a_special_remedy_replaces_the_general_one() {
        let plain = Rejection::new(Code::IdEmpty, Subject::field("idScope"));
        assert_eq!(plain.remedy_text(), Code::IdEmpty.remedy());
        assert_eq!(plain.remedy("copy it").remedy_text(), "copy it");
    }
}
