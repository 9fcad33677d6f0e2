//! What a rejection is about.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use crate::limits;
use crate::shorten::{shorten, shorten_string};

/// What a rejection is about: a certificate of the chain, a trust anchor, a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A certificate that was presented.
    Certificate {
        /// Its distance from the leaf, which is 0.
        depth: u8,
        /// Its subject as RFC 4514 text, or a note when the name is empty.
        name: String,
    },
    /// One of the trust anchors.
    TrustAnchor {
        /// Its subject as RFC 4514 text.
        name: String,
    },
    /// A field of a request, a structure or a record, by the name its specification gives it.
    Field(Cow<'static, str>),
}

impl Subject {
    /// The certificate at `depth` from the leaf; a long name is cut.
    pub fn certificate(depth: u8, name: impl Into<String>) -> Self {
        Self::Certificate {
            depth,
            name: shorten_string(name.into(), limits::SUBJECT_BYTES),
        }
    }

    /// The trust anchor of that name; a long one is cut.
    pub fn trust_anchor(name: impl Into<String>) -> Self {
        Self::TrustAnchor {
            name: shorten_string(name.into(), limits::SUBJECT_BYTES),
        }
    }

    /// The field of that name, for example `registrationId` or `TPM2B_PUBLIC.objectAttributes`.
    pub fn field(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Field(shorten(name.into(), limits::SUBJECT_BYTES))
    }

    /// What it is, without the name that it has: `certificate 1`, `trust anchor`, or the field.
    ///
    /// ```
    /// use provisor_report::Subject;
    ///
    /// assert_eq!(Subject::certificate(1, "CN=line 7").place().to_string(), "certificate 1");
    /// ```
    #[must_use]
    pub fn place(&self) -> impl fmt::Display + '_ {
        Place(self)
    }

    /// The same with a name of a length that is read.
    pub(crate) fn shortened(self) -> Self {
        match self {
            Self::Certificate { depth, name } => Self::certificate(depth, name),
            Self::TrustAnchor { name } => Self::trust_anchor(name),
            Self::Field(name) => Self::field(name),
        }
    }
}

struct Place<'a>(&'a Subject);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Subject::Certificate { depth, .. } => write!(f, "certificate {depth}"),
            Subject::TrustAnchor { .. } => f.write_str("trust anchor"),
            Subject::Field(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate { depth, name } => write!(f, "certificate {depth} ({name})"),
            Self::TrustAnchor { name } => write!(f, "trust anchor ({name})"),
            Self::Field(name) => f.write_str(name),
        }
    }
}
