//! The record that says no, and why.

mod disclosure;

use alloc::borrow::Cow;
use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use core::fmt;

use self::disclosure::Disclosure;
use crate::limits;
use crate::shorten::shorten;
use crate::{Code, Subject};

/// Why something was refused: the code, what it is about, what was expected, what was found.
///
/// One pointer wide, so that `Result<T, Rejection>` costs the accepting path nothing. The text is
/// for people; programs match on [`Rejection::code`]. Secrets never enter `expected` or `found`. However
/// long what was refused is, the text is not: every part of it is cut to its
/// [limit](crate::limits), and says so.
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
    /// How much of `found`, and of `remedy`, its sender may read where not all of it is the sender's.
    found_own: Option<usize>,
    remedy_own: Option<usize>,
    position: Option<usize>,
    told: Option<Rejection>,
}

impl Rejection {
    /// A rejection whose facts are filled in by the methods below.
    #[must_use]
    pub fn new(code: Code, subject: Subject) -> Self {
        Self {
            facts: Box::new(Facts {
                code,
                subject: subject.shortened(),
                expected: Cow::Borrowed(""),
                found: Cow::Borrowed(""),
                remedy: None,
                found_own: None,
                remedy_own: None,
                position: None,
                told: None,
            }),
        }
    }

    /// Says what would have been accepted.
    #[must_use]
    pub fn expected(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.expected = shorten(text.into(), limits::TEXT_BYTES);
        self
    }

    /// Says what was there instead.
    #[must_use]
    pub fn found(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.found = shorten(text.into(), limits::TEXT_BYTES);
        self.facts.found_own = None;
        self
    }

    /// Says what was there instead, and beside it what the service has, which the operator needs and
    /// the sender must not read: [`public`](Self::public) leaves the second part out.
    ///
    /// ```
    /// use provisor_report::{Code, Rejection, Subject};
    ///
    /// let leaf = Subject::certificate(0, "CN=line-7");
    /// let rejection = Rejection::new(Code::X509IssuerNotFound, leaf)
    ///     .found_beside("none was sent", "trusted here: CN=Plant 2 CA");
    /// assert_eq!(rejection.found_text(), "none was sent; trusted here: CN=Plant 2 CA");
    /// assert_eq!(rejection.public().found_text(), "none was sent");
    /// ```
    #[must_use]
    pub fn found_beside(self, own: &str, of_service: &str) -> Self {
        let mut rejection = self.found(format!("{own}; {of_service}"));
        rejection.facts.found_own = Some(own.len());
        rejection
    }

    /// Replaces the code's general remedy by one that fits this case better.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.facts.remedy = Some(shorten(text.into(), limits::REMEDY_BYTES));
        self.facts.remedy_own = None;
        self
    }

    /// Replaces the code's general remedy, and names what the service has beside it, as
    /// [`found_beside`](Self::found_beside) does.
    #[must_use]
    pub fn remedy_beside(self, own: &str, of_service: &str) -> Self {
        let mut rejection = self.remedy(format!("{own}; {of_service}"));
        rejection.facts.remedy_own = Some(own.len());
        rejection
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
        self.facts.subject = subject.shortened();
        self
    }

    /// Says what the sender is told instead, where even the code would tell a stranger too much. The
    /// public part of `told` is what [`public`](Self::public) gives from now on; everything else
    /// still says the truth.
    #[must_use]
    pub fn telling(mut self, told: &Self) -> Self {
        self.facts.told = Some(told.public());
        self
    }

    /// What the sender may read, whoever it is: what speaks of its own bytes (a device developer
    /// needs it), and of everything else the code and what the code says about itself. Trust
    /// anchors, enrolled thumbprints, other devices and hubs are the service's. Where the engine
    /// refuses before anything was proved, the code is hidden too: see
    /// [`telling`](Self::telling).
    ///
    /// **Log the rest, send this**:
    ///
    /// ```
    /// use provisor_report::{Code, Rejection, Subject};
    ///
    /// let rejection = Rejection::new(Code::AttestLeafUnknown, Subject::field("leaf"))
    ///     .expected("the thumbprint 2a1f");
    /// println!("for the log: {rejection}");
    /// let answer = rejection.public().to_string();
    /// assert!(answer.contains("ATTEST_LEAF_UNKNOWN") && !answer.contains("2a1f"));
    ///
    /// // What is wrong with the sender's own certificate is no secret to it.
    /// let rejection = Rejection::new(Code::X509Expired, Subject::certificate(0, "CN=line-7"))
    ///     .found("notAfter 2026-03-01T00:00:00Z");
    /// assert_eq!(rejection.public(), rejection);
    ///
    /// // Before anything is proved: one answer, whatever the cause.
    /// let told = Rejection::new(Code::AttestNotAdmitted, Subject::field("request"));
    /// let disabled = Rejection::new(Code::AttestDisabled, Subject::field("registrationId"));
    /// let disabled = disabled.telling(&told);
    /// assert_eq!(disabled.code(), Code::AttestDisabled);
    /// assert_eq!(disabled.public(), told);
    /// ```
    #[must_use]
    pub fn public(&self) -> Self {
        if let Some(told) = &self.facts.told {
            return told.clone();
        }
        let anchor = matches!(self.facts.subject, Subject::TrustAnchor { .. });
        match disclosure::of(self.code()) {
            Disclosure::All if !anchor => {
                let mut public = self.clone();
                let facts = &mut *public.facts;
                facts.found = own_part(core::mem::take(&mut facts.found), facts.found_own.take());
                let remedy_own = facts.remedy_own.take();
                facts.remedy = facts.remedy.take().map(|text| own_part(text, remedy_own));
                public
            }
            Disclosure::Found if !anchor => {
                let facts = &self.facts;
                let mut public = Self::new(self.code(), facts.subject.clone());
                public.facts.found = own_part(facts.found.clone(), facts.found_own);
                public.facts.position = facts.position;
                public
            }
            Disclosure::All | Disclosure::Found | Disclosure::Code => {
                Self::new(self.code(), Subject::field("request"))
            }
        }
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

/// So much of the text. Where it was cut before that, all that is left is the sender's.
fn own_part(text: Cow<'static, str>, own: Option<usize>) -> Cow<'static, str> {
    match own.and_then(|own| text.get(..own)) {
        Some(own) => Cow::Owned(own.to_owned()),
        None => text,
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

    const STORE: &str = "CN=Line 7 CA";

    fn about(code: Code, subject: Subject) -> Rejection {
        let rejection = Rejection::new(code, subject).at(7).expected(STORE);
        rejection.found(STORE).remedy(STORE)
    }

    #[test]
    fn a_message_is_short_whatever_was_sent() {
        let long = "x".repeat(100_000);
        for subject in [
            Subject::certificate(1, &*long),
            Subject::TrustAnchor { name: long.clone() },
            Subject::field(long.clone()),
        ] {
            let rejection = Rejection::new(Code::X509Expired, subject.clone())
                .expected(long.clone())
                .found(long.clone())
                .remedy(long.clone())
                .about(subject);
            let text = rejection.to_string();
            assert!(text.len() < 2_000, "{}", text.len());
            assert!(rejection.found_text().ends_with("(99600 more bytes)"));
        }
    }

    #[test]
    fn what_is_the_services_is_not_public() {
        for (code, subject) in [
            (Code::X509Expired, Subject::trust_anchor(STORE)),
            (Code::X509NameExcluded, Subject::trust_anchor(STORE)),
            (Code::X509IssuerKeyDiffers, Subject::certificate(1, STORE)),
            (Code::X509Revoked, Subject::certificate(0, STORE)),
            (Code::AttestLeafUnknown, Subject::certificate(0, STORE)),
            (Code::AttestGroupAmbiguous, Subject::field(STORE)),
            (Code::AllocHubNotLinked, Subject::field(STORE)),
            (Code::RegOtherEnrollment, Subject::field(STORE)),
            (Code::TpmEpochExpired, Subject::field(STORE)),
            (Code::SasKey, Subject::field(STORE)),
        ] {
            let public = about(code, subject).public();
            assert_eq!(public.code(), code);
            assert_eq!(public.remedy_text(), code.remedy());
            assert_eq!(public.position(), None);
            let text = public.to_string();
            assert!(!text.contains(STORE), "{text}");
        }
    }

    #[test]
    fn what_is_the_senders_is_public() {
        for code in [
            Code::IdCharacter,
            Code::X509Der,
            Code::X509Expired,
            Code::X509KeyUsage,
            Code::TpmTruncated,
            Code::SasExpired,
            Code::AttestIdMismatch,
            Code::AttestTpmNames,
            Code::RegKeysMissing,
            Code::RegPayload,
            Code::ArgUtf8,
        ] {
            let rejection = about(code, Subject::certificate(0, STORE));
            assert_eq!(rejection.public(), rejection);
        }
        for code in [
            Code::X509NameNotPermitted,
            Code::X509PolicyMissing,
            Code::RegScope,
        ] {
            let public = about(code, Subject::certificate(0, "mine")).public();
            assert_eq!((public.expected_text(), public.found_text()), ("", STORE));
            assert_eq!(public.remedy_text(), code.remedy());
        }
    }

    #[test]
    fn every_code_from_4000_to_7999_hides_unless_it_is_put_down() {
        let shown: alloc::vec::Vec<_> = Code::ALL
            .iter()
            .filter(|code| (4000..8000).contains(&code.number()))
            .filter(|code| !(7000..7070).contains(&code.number()))
            .filter(|code| about(**code, Subject::field("x")).public().found_text() == STORE)
            .map(|code| code.number())
            .collect();
        assert_eq!(
            shown,
            [
                4006, 4007, 4015, 4019, 4020, 4021, 4022, 4023, 4024, 4025, 4026, 4029, 4048, 4050,
                4051, 6001, 6003, 6043
            ]
        );
    }

    #[test]
    fn what_is_told_instead_is_public_itself() {
        let told = about(Code::AttestNotEnrolled, Subject::field(STORE));
        let rejection = about(Code::AttestDisabled, Subject::field(STORE)).telling(&told);
        assert_eq!(rejection.code(), Code::AttestDisabled);
        assert!(rejection.to_string().contains(STORE));
        assert_eq!(rejection.public(), told.public());
        assert_eq!(rejection.public().public(), told.public());
    }

    #[test]
    fn what_the_service_has_beside_is_left_out_however_long_the_rest_is() {
        for code in [Code::X509IssuerNotFound, Code::X509PolicyMissing] {
            // Shorter than the limit, near it, across it, and characters of several bytes.
            for (text, most) in [("mine ", 200), ("\u{e9}", 800), ("\u{20ac}", 500)] {
                for count in (0..most).step_by(7) {
                    let own = text.repeat(count);
                    let rejection = Rejection::new(code, Subject::certificate(0, "CN=x"))
                        .found_beside(&own, STORE)
                        .remedy_beside(&own, STORE);
                    let public = rejection.public();
                    assert!(!public.to_string().contains("Line"), "{count}: {public}");
                    assert_eq!(public.public(), public);
                    if rejection.found_text().contains(STORE) && code == Code::X509IssuerNotFound {
                        assert_eq!(public.found_text(), own);
                    }
                }
            }
        }
        let other = Rejection::new(Code::X509IssuerNotFound, Subject::certificate(0, "CN=x"))
            .found_beside("a", STORE)
            .remedy_beside("b", STORE)
            .found("longer")
            .remedy("other");
        assert_eq!(other.public(), other);
    }

    #[test]
    fn a_special_remedy_replaces_the_general_one() {
        let plain = Rejection::new(Code::IdEmpty, Subject::field("idScope"));
        assert_eq!(plain.remedy_text(), Code::IdEmpty.remedy());
        assert_eq!(plain.remedy("copy it").remedy_text(), "copy it");
    }
}
