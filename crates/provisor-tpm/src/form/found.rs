//! What was wanted, and what was found in place of it.

use alloc::borrow::Cow;
use alloc::format;

use provisor_report::Code;

/// The structure that should have been there.
pub(crate) struct Wanted {
    /// Its name in the specification.
    pub(crate) what: &'static str,
    /// The command that gives it.
    pub(crate) remedy: &'static str,
    /// Whether these bytes are one.
    pub(crate) reads: fn(&[u8]) -> bool,
    /// Whether these bytes are one but for the size field that belongs in front of it.
    pub(crate) reads_without_size: fn(&[u8]) -> bool,
}

/// What stands in place of it.
pub(super) struct Found {
    pub(super) code: Code,
    /// As a message says it after "found".
    pub(super) what: Cow<'static, str>,
    pub(super) remedy: Cow<'static, str>,
}

impl Found {
    pub(super) fn new(
        code: Code,
        what: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

pub(super) fn certificate(what: &'static str, wanted: &Wanted) -> Found {
    Found::new(
        Code::TpmCertificate,
        what,
        format!(
            "{}; a certificate has the key without its attributes and policy: hand it in as the certificate of the key",
            wanted.remedy
        ),
    )
}

pub(super) fn bare_key(what: &'static str, wanted: &Wanted) -> Found {
    Found::new(
        Code::TpmBareKey,
        what,
        format!(
            "{}, in the format of the TPM (without -f pem or -f der): attributes and policy cannot be added to a bare key",
            wanted.remedy
        ),
    )
}

pub(super) fn private_key(wanted: &Wanted) -> Found {
    Found::new(
        Code::TpmOtherStructure,
        "a private key",
        format!(
            "keep it secret and replace it if it was sent anywhere; {}",
            wanted.remedy
        ),
    )
}
