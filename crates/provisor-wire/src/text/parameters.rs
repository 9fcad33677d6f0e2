//! Parameters: of a query, of a user name, of a topic.

use alloc::borrow::Cow;
use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::percent;
use crate::limits;
use crate::version::ApiVersion;

/// Parameters as `a=b&c=d`, not decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'a> {
    text: &'a str,
}

impl<'a> Parameters<'a> {
    /// # Errors
    ///
    /// `WIRE_PARAMETER`: there are too many.
    pub(crate) fn new(text: &'a str) -> Result<Self, Rejection> {
        let parameters = Self { text };
        if parameters.iter().count() > limits::PARTS {
            return Err(Rejection::new(Code::WireParameter, Subject::field("query"))
                .expected(format!("at most {} parameters", limits::PARTS))
                .found("more"));
        }
        Ok(parameters)
    }

    fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let parts = self.text.split('&').filter(|part| !part.is_empty());
        parts.map(|part| part.split_once('=').unwrap_or((part, "")))
    }

    /// The value as it is, of the parameter of that name in any case.
    ///
    /// # Errors
    ///
    /// `WIRE_PARAMETER`: it is there twice.
    pub(crate) fn raw(self, name: &'static str) -> Result<Option<&'a str>, Rejection> {
        self.only(name, |known| known.eq_ignore_ascii_case(name))
    }

    /// The value as it is, of the parameter of exactly that name: `$rid`, as clients look for it so.
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw).
    pub(crate) fn exact(self, name: &'static str) -> Result<Option<&'a str>, Rejection> {
        self.only(name, |known| known == name)
    }

    fn only(
        self,
        name: &'static str,
        is: impl Fn(&str) -> bool,
    ) -> Result<Option<&'a str>, Rejection> {
        let mut found = self
            .iter()
            .filter(|(known, _)| is(known))
            .map(|(_, value)| value);
        let value = found.next();
        if found.next().is_some() {
            return Err(Rejection::new(Code::WireParameter, Subject::field(name))
                .expected("the parameter once")
                .found("it is there again"));
        }
        Ok(value)
    }

    /// The value, decoded.
    ///
    /// # Errors
    ///
    /// As [`raw`](Self::raw), and `WIRE_ENCODING`.
    pub(crate) fn get(self, name: &'static str) -> Result<Option<Cow<'a, str>>, Rejection> {
        self.raw(name)?
            .map(|value| percent::decode(value, name))
            .transpose()
    }

    /// The api-version, which every request has.
    ///
    /// # Errors
    ///
    /// `WIRE_VERSION_MISSING`, `WIRE_VERSION`.
    pub(crate) fn api_version(self) -> Result<ApiVersion, Rejection> {
        match self.get("api-version")? {
            Some(text) if !text.is_empty() => text.parse(),
            _ => Err(Rejection::new(
                Code::WireVersionMissing,
                Subject::field("api-version"),
            )),
        }
    }

    /// Whether a flag is set: absent is false, and nothing but the two words is a value.
    ///
    /// # Errors
    ///
    /// `WIRE_PARAMETER`.
    pub(crate) fn flag(self, name: &'static str) -> Result<bool, Rejection> {
        match self.get(name)?.as_deref() {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(Rejection::new(Code::WireParameter, Subject::field(name))
                .expected("true or false")
                .found(format!("{text:?}"))),
        }
    }
}
