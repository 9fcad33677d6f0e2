//! The hub's host name.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::folded::Folded;
use super::rule::{Rule, alphanumeric};
use super::text::text_traits;

/// The host name of an IoT hub; case is not significant (RFC 4343).
///
/// ```
/// use provisor::HubName;
///
/// assert_eq!(HubName::try_from("Hub1.example.net")?, HubName::try_from("hub1.example.net")?);
/// assert!(HubName::try_from("https://hub1").is_err());
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubName(Folded);

impl HubName {
    /// Accepts a host name: labels of 1 to 63 letters, digits and inner hyphens, 253 characters in
    /// all, no port, no scheme, no dot at the end (RFC 1123 section 2.1, RFC 1035 section 2.3.4).
    ///
    /// # Errors
    /// [`IdEmpty`](crate::Code::IdEmpty), [`IdTooLong`](crate::Code::IdTooLong),
    /// [`IdCharacter`](crate::Code::IdCharacter) or [`IdHostLabel`](crate::Code::IdHostLabel), with
    /// the position in bytes.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        RULE.check(text)?;
        let mut position = 0;
        for label in text.split('.') {
            check_label(label, position)?;
            position += label.len() + 1;
        }
        Ok(Self(Folded::new(text)))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.spelling()
    }

    /// The name in lower case: what is compared, hashed and stored.
    #[must_use]
    pub fn normal_form(&self) -> &str {
        self.0.normal()
    }
}

impl TryFrom<&str> for HubName {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(HubName);

const RULE: Rule = Rule {
    field: "iotHubHostName",
    allowed: |c| alphanumeric(c) || matches!(c, '-' | '.'),
    allowed_text: "letters, digits, '-' or '.' (a host name without scheme and port)",
    may_end: |_| true,
    may_end_text: "",
    longest: 253,
};

/// RFC 1035 section 2.3.4: a label has at most 63 octets. RFC 1123 section 2.1: it begins and ends
/// with a letter or digit.
fn check_label(label: &str, position: usize) -> Result<(), Rejection> {
    let refuse = |offset: usize, found| {
        Err(
            Rejection::new(Code::IdHostLabel, Subject::field(RULE.field))
                .at(position + offset)
                .expected("1 to 63 characters between dots, no hyphen at either end")
                .found(found),
        )
    };
    if label.is_empty() {
        return refuse(0, "an empty label".into());
    }
    if label.len() > 63 {
        return refuse(63, format!("a label of {} characters", label.len()));
    }
    if label.starts_with('-') {
        return refuse(0, format!("`{label}`"));
    }
    if label.ends_with('-') {
        return refuse(label.len() - 1, format!("`{label}`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        for good in [
            "hub1",
            "hub1.azure-devices.net",
            "A.B",
            "10.0.0.1",
            "xn--hb-xka.net",
        ] {
            assert!(HubName::parse(good).is_ok(), "{good}");
        }
        for (bad, code, position) in [
            ("", Code::IdEmpty, 0),
            ("hub_1", Code::IdCharacter, 3),
            ("hub:443", Code::IdCharacter, 3),
            ("https://hub", Code::IdCharacter, 5),
            (".net", Code::IdHostLabel, 0),
            ("hub..net", Code::IdHostLabel, 4),
            ("hub.net.", Code::IdHostLabel, 8),
            ("-hub.net", Code::IdHostLabel, 0),
            ("a.hub-.net", Code::IdHostLabel, 5),
        ] {
            let rejection = HubName::parse(bad).unwrap_err();
            assert_eq!(
                (rejection.code(), rejection.position()),
                (code, Some(position)),
                "{bad}"
            );
        }
        assert!(HubName::parse(&"a".repeat(63)).is_ok());
        assert_eq!(
            HubName::parse(&"a".repeat(64)).unwrap_err().code(),
            Code::IdHostLabel
        );
        assert_eq!(
            HubName::parse(&"a.".repeat(127)).unwrap_err().code(),
            Code::IdTooLong
        );
    }
}
