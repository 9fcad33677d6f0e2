//! Why bytes were not read. It knows a code, a place and plain text, and nothing of certificates.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

/// Why bytes were not read. One pointer wide, so that reading well-formed bytes stays cheap.
#[derive(Debug)]
pub(crate) struct Malformed(Box<Flaw>);

#[derive(Debug)]
struct Flaw {
    code: Code,
    field: &'static str,
    expected: &'static str,
    found: String,
    address: usize,
}

impl Malformed {
    /// A flaw of `field`, at the first byte of `at`.
    #[cold]
    pub(crate) fn new(code: Code, field: &'static str, at: &[u8]) -> Self {
        Self(Box::new(Flaw {
            code,
            field,
            expected: "",
            found: String::new(),
            address: at.as_ptr().addr(),
        }))
    }

    pub(crate) fn expected(mut self, text: &'static str) -> Self {
        self.0.expected = text;
        self
    }

    pub(crate) fn found(mut self, text: impl Into<String>) -> Self {
        self.0.found = text.into();
        self
    }

    #[cold]
    pub(super) fn truncated(field: &'static str, at: &[u8]) -> Self {
        Self::new(Code::X509Truncated, field, at)
            .expected("as many bytes as the length says")
            .found(format!("{} bytes", at.len()))
    }

    #[cold]
    pub(super) fn wrong_tag(field: &'static str, expected: u8, found: u8, at: &[u8]) -> Self {
        let flaw = Self::new(Code::X509Element, field, at);
        flaw.found(format!("tag {found:#04x} in place of {expected:#04x}"))
    }

    /// The rejection, with the position counted from the start of `input`.
    pub(crate) fn into_rejection(self, input: &[u8]) -> Rejection {
        let flaw = *self.0;
        let rejection = Rejection::new(flaw.code, Subject::field(flaw.field))
            .expected(flaw.expected)
            .found(flaw.found);
        match flaw.address.checked_sub(input.as_ptr().addr()) {
            Some(position) if position <= input.len() => rejection.at(position),
            _ => rejection,
        }
    }
}
