//! What a rejection is about.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

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
    /// The certificate at `depth` from the leaf.
    pub fn certificate(depth: u8, name: impl Into<String>) -> Self {
        Self::Certificate {
            depth,
            name: name.into(),
        }
    }

    /// The trust anchor of that name.
    pub fn trust_anchor(name: impl Into<String>) -> Self {
        Self::TrustAnchor { name: name.into() }
    }

    /// The field of that name, for example `registrationId` or `TPM2B_PUBLIC.objectAttributes`.
    pub fn field(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Field(name.into())
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
