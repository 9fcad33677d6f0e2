//! What a rule found wrong, kept small and unrendered: text is made only for those who read it.

use core::fmt;

use provisor_report::{Code, Shortened, UnixTime};

use crate::crl::RevocationReason;
use crate::crl::point::PointName;
use crate::extension::KeyUsage;
use crate::general_name::GeneralName;
use crate::limits;
use crate::name::Name;
use crate::oid::{Labelled, Oid};
use crate::text::Hex;

/// A failed rule: the code, what would have passed, what was there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) code: Code,
    pub(crate) expected: Fact<'a>,
    pub(crate) found: Fact<'a>,
}

impl<'a> Fault<'a> {
    // Cold, so that what is right is judged by code that lies together.
    #[cold]
    #[inline(never)]
    pub(crate) const fn new(code: Code, expected: Fact<'a>, found: Fact<'a>) -> Self {
        Self {
            code,
            expected,
            found,
        }
    }
}

/// A value that can be shown.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fact<'a> {
    /// Nothing to say beyond the code.
    None,
    Text(&'static str),
    /// A sentence part and a time.
    Time(&'static str, UnixTime),
    Count(&'static str, u64),
    /// Contents octets of an object identifier.
    Oid(&'a [u8]),
    Purpose(Oid),
    /// Contents octets of a SEQUENCE OF object identifiers.
    Oids(&'a [u8]),
    Name(Name<'a>),
    /// A sentence part and a name.
    Issuer(&'static str, Name<'a>),
    /// A signature that a key of this name did not make.
    NotSignedBy(Name<'a>),
    /// A sentence part and a general name.
    General(&'static str, GeneralName<'a>),
    Bytes(&'static str, &'a [u8]),
    Usage(KeyUsage),
    /// A sentence part and the name of a distribution point.
    Point(&'static str, PointName<'a>),
    /// When and why a certificate was revoked.
    Revoked(UnixTime, RevocationReason),
}

impl Fact<'_> {
    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Time(text, time) => write!(f, "{text} {time}"),
            Self::Count(text, count) => write!(f, "{text} {count}"),
            Self::Oid(bytes) => fmt::Display::fmt(&Labelled(bytes), f),
            Self::Purpose(oid) => fmt::Display::fmt(&Labelled(oid.as_bytes()), f),
            Self::Oids(contents) => {
                let mut oids = crate::extension::oids(contents);
                for (index, oid) in oids.by_ref().take(limits::PURPOSES_SHOWN).enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    fmt::Display::fmt(&Labelled(oid), f)?;
                }
                match oids.count() {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Name(name) => fmt::Display::fmt(&shown(name), f),
            Self::Issuer(text, name) => write!(f, "{text} {}", shown(name)),
            Self::NotSignedBy(name) => {
                let name = shown(name);
                write!(f, "a signature that this key of {name} did not make")
            }
            Self::General(text, name) => write!(f, "{text}{}", shown(name)),
            Self::Bytes(text, bytes) => write!(f, "{text} {}", Hex(bytes)),
            Self::Usage(usage) => fmt::Display::fmt(usage, f),
            Self::Point(text, name) => write!(f, "{text} {name}"),
            Self::Revoked(date, reason) => write!(f, "revoked at {date}, reason {reason}"),
        }
    }
}

/// A name of a length that is read.
pub(crate) const fn shown<T>(name: T) -> Shortened<T> {
    Shortened(name, limits::NAME_SHOWN)
}
