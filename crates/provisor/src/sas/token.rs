//! The text of a token, taken apart.

mod form;

use alloc::borrow::Cow;
use alloc::format;
use core::fmt;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::percent;
use crate::limits;

/// A token whose form is right; nothing about it is proved yet.
#[derive(Clone)]
pub struct SasToken<'a> {
    /// `sr` exactly as sent: this is what was signed.
    raw_resource: &'a str,
    /// `sr` decoded: this is what it means.
    resource: Cow<'a, str>,
    /// `se` exactly as sent.
    raw_expiry: &'a str,
    expires: UnixTime,
    signature: [u8; 32],
    key_name: Option<Cow<'a, str>>,
    /// Seconds that `se` may lie ahead.
    longest_life: i64,
}

impl<'a> SasToken<'a> {
    /// Reads `SharedAccessSignature sr=..&sig=..&se=..[&skn=..]`.
    ///
    /// Fields may come in any order, `sr`, `sig` and `se` exactly once, `skn` at most once, no
    /// other. The scheme's and the fields' names disregard case, as HTTP schemes do.
    ///
    /// # Errors
    /// The codes 3501 to 3508, each with the position in the text where one can be named.
    pub fn parse(text: &'a str) -> Result<Self, Rejection> {
        if text.len() > limits::SAS_TOKEN_BYTES {
            return Err(refused(Code::SasTooLong, "token")
                .expected(format!("at most {} bytes", limits::SAS_TOKEN_BYTES))
                .found(format!("{} bytes", text.len())));
        }
        let fields = strip_scheme(text)?;
        let fields = Fields::split(fields, text.len() - fields.len())?;
        let raw_resource = required(fields.resource, "sr")?;
        let raw_expiry = required(fields.expiry, "se")?;
        Ok(Self {
            raw_resource: raw_resource.text,
            resource: decode(raw_resource, "sr")?,
            raw_expiry: raw_expiry.text,
            expires: expiry(raw_expiry.text)?,
            signature: signature(required(fields.signature, "sig")?)?,
            key_name: fields.key_name.map(|raw| decode(raw, "skn")).transpose()?,
            longest_life: limits::SAS_LIFE_SECONDS,
        })
    }

    /// Another longest life than [`limits::SAS_LIFE_SECONDS`]: how many seconds after now `se` may
    /// lie. A token that never ends is a password that nobody can take back.
    #[must_use]
    pub const fn with_longest_life(mut self, seconds: i64) -> Self {
        self.longest_life = seconds;
        self
    }

    /// The resource that the token names, decoded.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The second after which the token is no longer good.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// The key that the token says it was signed with. Absent and empty are the same: official
    /// clients do either.
    #[must_use]
    pub fn key_name(&self) -> Option<&str> {
        self.key_name.as_deref().filter(|name| !name.is_empty())
    }

    /// What the signature covers: `sr` and `se` as they were sent.
    #[must_use]
    pub fn signed_text(&self) -> alloc::string::String {
        format!("{}\n{}", self.raw_resource, self.raw_expiry)
    }

    /// `sr` as it was sent.
    pub(super) const fn raw_resource(&self) -> &str {
        self.raw_resource
    }

    /// `se` as it was sent.
    pub(super) const fn raw_expiry(&self) -> &str {
        self.raw_expiry
    }

    /// How many seconds after now `se` may lie.
    pub(super) const fn longest_life(&self) -> i64 {
        self.longest_life
    }

    /// The 32 bytes of HMAC-SHA256, not yet verified.
    #[must_use]
    pub const fn signature(&self) -> &[u8; 32] {
        &self.signature
    }
}

impl fmt::Debug for SasToken<'_> {
    /// Without the signature, which is as good as a password until it expires.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SasToken")
            .field("resource", &self.resource)
            .field("expires", &self.expires)
            .field("key_name", &self.key_name)
            .finish_non_exhaustive()
    }
}

/// The raw values of the fields.
#[derive(Default)]
struct Fields<'a> {
    resource: Option<Value<'a>>,
    signature: Option<Value<'a>>,
    expiry: Option<Value<'a>>,
    key_name: Option<Value<'a>>,
}

/// The raw value of a field, and where in the token it begins.
#[derive(Clone, Copy)]
struct Value<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    /// `at` is where in the token the fields begin.
    fn split(text: &'a str, mut at: usize) -> Result<Self, Rejection> {
        let mut fields = Self::default();
        for field in text.split('&') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            let (slot, known) = fields.slot(name)?;
            let value = Value {
                text: value,
                at: at + field.len() - value.len(),
            };
            if slot.replace(value).is_some() {
                return Err(refused(Code::SasFieldTwice, known));
            }
            at += field.len() + 1;
        }
        Ok(fields)
    }

    fn slot(&mut self, name: &str) -> Result<(&mut Option<Value<'a>>, &'static str), Rejection> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("sr") {
            Ok((&mut self.resource, "sr"))
        } else if is("sig") {
            Ok((&mut self.signature, "sig"))
        } else if is("se") {
            Ok((&mut self.expiry, "se"))
        } else if is("skn") {
            Ok((&mut self.key_name, "skn"))
        } else {
            Err(refused(Code::SasFieldUnknown, "token")
                .expected("sr, sig, se and optionally skn")
                .found(form::field(name)))
        }
    }
}

/// RFC 7235 section 2.1: the scheme disregards case; one space follows.
fn strip_scheme(text: &str) -> Result<&str, Rejection> {
    match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("SharedAccessSignature") => Ok(rest),
        _ => Err(form::no_scheme(
            refused(Code::SasScheme, "token")
                .at(0)
                .expected("SharedAccessSignature and one space"),
            text,
        )),
    }
}

fn required<'a>(value: Option<Value<'a>>, name: &'static str) -> Result<Value<'a>, Rejection> {
    match value {
        Some(value) if !value.text.is_empty() => Ok(value),
        Some(_) => Err(refused(Code::SasFieldMissing, name).found("an empty field")),
        None => Err(refused(Code::SasFieldMissing, name)),
    }
}

fn decode<'a>(raw: Value<'a>, name: &'static str) -> Result<Cow<'a, str>, Rejection> {
    percent::decode(raw.text).map_err(|fault| match fault {
        percent::Fault::Digits(position) => refused(Code::SasEncoding, name).at(raw.at + position),
        percent::Fault::Utf8 => refused(Code::SasEncoding, name).found("bytes that are no UTF-8"),
    })
}

/// Decimal digits only: the text is signed as it stands, so no sign, space or fraction is guessed.
fn expiry(raw: &str) -> Result<UnixTime, Rejection> {
    let digits = raw.bytes().all(|byte| byte.is_ascii_digit());
    match raw.parse() {
        Ok(seconds) if digits => Ok(UnixTime::new(seconds)),
        _ => Err(form::expiry(
            refused(Code::SasExpiryForm, "se").expected("decimal digits"),
            raw,
        )),
    }
}

/// Canonical base64 with its padding; the 32 bytes of HMAC-SHA256.
fn signature(raw: Value<'_>) -> Result<[u8; 32], Rejection> {
    let text = decode(raw, "sig")?;
    let refuse = || {
        let rejection =
            refused(Code::SasSignatureForm, "sig").expected("base64 of 32 bytes with its padding");
        form::signature(rejection, &text)
    };
    let bytes = BASE64
        .decode(text.as_bytes())
        .map_err(|error| match &text {
            Cow::Borrowed(_) => refuse().at(raw.at + error.position),
            // The position is one of the decoded text, which nobody sent.
            Cow::Owned(_) => refuse(),
        })?;
    bytes.as_slice().try_into().map_err(|_| refuse())
}

fn refused(code: Code, field: &'static str) -> Rejection {
    Rejection::new(code, Subject::field(field))
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};

    use proptest::prelude::*;

    use super::*;

    const SIG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

    fn code(fields: &str) -> Code {
        let text = format!("SharedAccessSignature {fields}");
        SasToken::parse(&text).unwrap_err().code()
    }

    #[test]
    fn every_order_case_and_encoding_that_official_clients_send() {
        for text in [
            format!(
                "SharedAccessSignature sr=0ne1/registrations/a&sig={SIG}&skn=registration&se=9"
            ),
            format!("SharedAccessSignature sr=0ne1%2Fregistrations%2Fa&sig={SIG}&se=9"),
            format!("SharedAccessSignature sr=0ne1%2fregistrations%2fa&sig={SIG}&se=9&skn="),
            format!("sharedaccesssignature SE=9&Sig={SIG}&SR=0ne1%2fregistrations%2fa"),
        ] {
            let token = SasToken::parse(&text).unwrap();
            assert_eq!(token.resource(), "0ne1/registrations/a");
            assert_eq!(token.expires(), UnixTime::new(9));
            assert_eq!(token.signature(), &[0; 32]);
            assert!(token.key_name().is_none_or(|name| name == "registration"));
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        for (fields, expected) in [
            (format!("sr=a&sr=b&sig={SIG}&se=9"), Code::SasFieldTwice),
            (
                format!("sr=a&sig={SIG}&se=9&SKN=a&skn=b"),
                Code::SasFieldTwice,
            ),
            (format!("sr=a&sig={SIG}&se=9&x=1"), Code::SasFieldUnknown),
            (format!("sr=a&sig={SIG}&se=9&"), Code::SasFieldUnknown),
            (format!("sig={SIG}&se=9"), Code::SasFieldMissing),
            (format!("sr=&sig={SIG}&se=9"), Code::SasFieldMissing),
            (format!("sr=a&sig={SIG}"), Code::SasFieldMissing),
            ("sr=a&se=9".to_string(), Code::SasFieldMissing),
            (format!("sr=%2&sig={SIG}&se=9"), Code::SasEncoding),
            (format!("sr=a&sig={SIG}&se=9&skn=%ff"), Code::SasEncoding),
            (format!("sr=a&sig={SIG}&se=-9"), Code::SasExpiryForm),
            (format!("sr=a&sig={SIG}&se=+9"), Code::SasExpiryForm),
            (format!("sr=a&sig={SIG}&se=9.5"), Code::SasExpiryForm),
            (
                format!("sr=a&sig={SIG}&se=99999999999999999999"),
                Code::SasExpiryForm,
            ),
            ("sr=a&sig=AAAA&se=9".to_string(), Code::SasSignatureForm),
            ("sr=a&sig=*&se=9".to_string(), Code::SasSignatureForm),
            // Without its padding, and with bits set that no byte holds.
            (
                format!("sr=a&sig={}&se=9", "A".repeat(43)),
                Code::SasSignatureForm,
            ),
            (
                format!("sr=a&sig={}B%3D&se=9", "A".repeat(42)),
                Code::SasSignatureForm,
            ),
        ] {
            assert_eq!(code(&fields), expected, "{fields}");
        }
        assert_eq!(
            SasToken::parse("Bearer x").unwrap_err().code(),
            Code::SasScheme
        );
        assert_eq!(SasToken::parse("").unwrap_err().code(), Code::SasScheme);
        assert_eq!(code(&"a".repeat(1 << 20)), Code::SasTooLong);
    }

    #[test]
    fn positions_are_those_of_the_text() {
        let scheme = "SharedAccessSignature ";
        for (before, fault, after) in [
            ("sr=a", "%2", "&sig=AAAA&se=9"),
            ("se=9&SKN=x&sr=", "%zz", "&sig=AAAA"),
            ("sr=a&se=9&sig=AA", "*", "A"),
        ] {
            let text = format!("{scheme}{before}{fault}{after}");
            let rejection = SasToken::parse(&text).unwrap_err();
            let expected = Some(scheme.len() + before.len());
            assert_eq!(rejection.position(), expected, "{text}: {rejection}");
        }
        for decoded in ["sr=%ff&sig=AAAA&se=9", "sr=a&se=9&sig=%41*"] {
            let rejection = SasToken::parse(&format!("{scheme}{decoded}")).unwrap_err();
            assert_eq!(rejection.position(), None, "{decoded}: {rejection}");
        }
    }

    #[test]
    fn the_signature_is_not_shown() {
        let text = format!("SharedAccessSignature sr=a&sig={SIG}&se=9");
        assert!(!format!("{:?}", SasToken::parse(&text).unwrap()).contains("AAAA"));
    }

    proptest! {
        #[test]
        fn anything_is_answered(text in ".{0,300}", fields in "(s[rige]{1,2}=[%a-z0-9&=]{0,40}){0,6}") {
            let _ = SasToken::parse(&text);
            let with_scheme: String = format!("SharedAccessSignature {fields}");
            if let Err(rejection) = SasToken::parse(&with_scheme) {
                prop_assert!((3501..=3508).contains(&rejection.code().number()));
            }
        }
    }
}
