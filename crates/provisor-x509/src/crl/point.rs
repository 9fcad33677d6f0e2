//! Distribution points: which list covers which certificates for which reasons (RFC 5280 sections
//! 4.2.1.13 and 5.2.5).

use alloc::vec::Vec;
use core::fmt;

use provisor_report::Code;

use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::general_name::{GeneralName, GeneralNames, STEP};
use crate::limits;
use crate::name::{Name, Part, Work};
use crate::spans::Bytes;

/// A set of reasons for revocation: bits 1 to 8 of ReasonFlags (RFC 5280 section 4.2.1.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reasons(u16);

impl Reasons {
    pub(crate) const NONE: Self = Self(0);
    /// Bit 0 is unused.
    pub(crate) const ALL: Self = Self(0x01fe);

    fn read(contents: &[u8], field: &'static str, code: Code) -> Result<Self, Malformed> {
        let (bits, overlap) = primitive::named_bits(contents, field)?;
        if overlap {
            return Err(Malformed::new(code, field, contents)
                .expected("unused bits of zero (X.690 section 11.2.1)"));
        }
        Ok(Self(bits & Self::ALL.0))
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn is_all(self) -> bool {
        self.0 == Self::ALL.0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// DistributionPointName, not yet resolved: the name relative to an issuer is a part of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PointName<'a> {
    /// Contents octets of the GeneralNames.
    Full(&'a [u8]),
    /// What is added to the name of the issuer of the list.
    Relative(Part<'a>),
}

impl<'a> PointName<'a> {
    /// `[0]` GeneralNames or `[1]` RelativeDistinguishedName, inside the explicit tag of the CHOICE.
    fn read(explicit: &'a [u8], field: &'static str) -> Result<Self, Malformed> {
        let mut reader = Reader::new(explicit);
        let element = reader.element(field)?;
        reader.finish(field)?;
        match element.tag {
            0xa0 => Ok(Self::Full(names(element.contents, field)?)),
            0xa1 => Ok(Self::Relative(Part::read(element.contents, field)?)),
            _ => Err(Malformed::new(Code::X509Element, field, element.whole)
                .expected("fullName or nameRelativeToCRLIssuer")),
        }
    }
}

/// Names of a point that a message shows; more would hide what it is about.
const SHOWN: usize = 4;

impl fmt::Display for PointName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(names) => write_names(names, f),
            Self::Relative(part) => {
                f.write_str("nameRelativeToCRLIssuer:")?;
                for (index, attribute) in part.attributes().enumerate() {
                    write!(f, "{}{attribute}", if index > 0 { "+" } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

/// The first of the names, and how many more there are.
fn write_names(names: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut names = GeneralNames::of(names);
    for (index, name) in names.by_ref().take(SHOWN).enumerate() {
        write!(f, "{}{name}", if index > 0 { ", " } else { "" })?;
    }
    match names.count() {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// GeneralNames without their tag, not too many.
fn names<'a>(contents: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
    let names = GeneralNames::contents(contents, field)?;
    if GeneralNames::of(names).count() > limits::CRL_POINT_NAMES {
        return Err(Malformed::new(Code::X509TooLarge, field, contents)
            .expected("at most 16 names of a distribution point"));
    }
    Ok(names)
}

/// A point's name with the issuer that a relative one is added to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResolvedName<'a> {
    pub(crate) name: PointName<'a>,
    pub(crate) base: Name<'a>,
}

impl ResolvedName<'_> {
    /// Whether one of the names here is one of the names there (RFC 5280 section 6.3.3 (b)(2)(i)).
    pub(crate) fn matches(&self, other: &ResolvedName<'_>, work: &mut Work) -> bool {
        match (self.name, other.name) {
            (PointName::Full(_), PointName::Relative(_)) => other.matches(self, work),
            (PointName::Full(ours), PointName::Full(theirs)) => share_a_name(ours, theirs, work),
            (PointName::Relative(ours), PointName::Relative(theirs)) => {
                self.base.is_same(&other.base, work) && ours.is_same(&theirs, work)
            }
            (PointName::Relative(part), PointName::Full(names)) => {
                GeneralNames::of(names).any(|name| {
                    *work = work.saturating_add(STEP);
                    matches!(name, GeneralName::Directory(name)
                        if name.is_extension_of(&self.base, part, work))
                })
            }
        }
    }
}

/// Whether two GeneralNames have a name in common.
pub(crate) fn share_a_name(a: &[u8], b: &[u8], work: &mut Work) -> bool {
    GeneralNames::of(a).any(|wanted| GeneralNames::of(b).any(|found| found.is_same(&wanted, work)))
}

/// issuingDistributionPoint: what a list covers (RFC 5280 section 5.2.5).
#[derive(Clone, Copy, Debug)]
pub(crate) struct IssuingPoint<'a> {
    /// The value as it stands: lists of the same scope have the same bytes.
    pub(crate) value: &'a [u8],
    pub(crate) name: Option<PointName<'a>>,
    pub(crate) only_user: bool,
    pub(crate) only_ca: bool,
    pub(crate) only_attribute: bool,
    pub(crate) reasons: Reasons,
    pub(crate) indirect: bool,
}

impl<'a> IssuingPoint<'a> {
    /// The same over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> IssuingPoint<'b> {
        IssuingPoint {
            value: bytes(self.value),
            name: self.name.map(|name| match name {
                PointName::Full(names) => PointName::Full(bytes(names)),
                PointName::Relative(part) => PointName::Relative(part.over(bytes)),
            }),
            only_user: self.only_user,
            only_ca: self.only_ca,
            only_attribute: self.only_attribute,
            reasons: self.reasons,
            indirect: self.indirect,
        }
    }

    pub(super) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        const FIELD: &str = "issuingDistributionPoint";
        let mut reader = Reader::new(only(value, tag::SEQUENCE, FIELD)?);
        if reader.is_empty() {
            return Err(Malformed::new(Code::X509CrlMalformed, FIELD, value)
                .expected("at least one field (section 5.2.5)"));
        }
        let name = match reader.optional(tag::context_constructed(0), FIELD)? {
            Some(explicit) => Some(PointName::read(explicit, FIELD)?),
            None => None,
        };
        let only_user = flag(&mut reader, 1, FIELD)?;
        let only_ca = flag(&mut reader, 2, FIELD)?;
        let reasons = match reader.optional(tag::context(3), FIELD)? {
            Some(contents) => Reasons::read(contents, FIELD, Code::X509CrlMalformed)?,
            None => Reasons::ALL,
        };
        let indirect = flag(&mut reader, 4, FIELD)?;
        let only_attribute = flag(&mut reader, 5, FIELD)?;
        reader.finish(FIELD)?;
        Ok(Self {
            value,
            name,
            only_user,
            only_ca,
            only_attribute,
            reasons,
            indirect,
        })
    }
}

/// `[number] IMPLICIT BOOLEAN DEFAULT FALSE`.
fn flag(reader: &mut Reader<'_>, number: u8, field: &'static str) -> Result<bool, Malformed> {
    match reader.optional(tag::context(number), field)? {
        Some(contents) => primitive::boolean(contents, field),
        None => Ok(false),
    }
}

/// One distribution point of a certificate: where, for which reasons and from whom its status is to
/// be had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point<'a> {
    pub(crate) name: Option<PointName<'a>>,
    pub(crate) reasons: Reasons,
    /// Contents octets of the GeneralNames of cRLIssuer.
    pub(crate) crl_issuer: Option<&'a [u8]>,
}

impl<'a> Point<'a> {
    /// What is meant where a certificate has no distribution points: the lists of its own issuer,
    /// for every reason (RFC 5280 section 6.3.3). Their name would be the issuer's, which
    /// `scope.rs` compares.
    pub(crate) const IMPLIED: Self = Self {
        name: None,
        reasons: Reasons::ALL,
        crl_issuer: None,
    };

    fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        const FIELD: &str = "extensions.cRLDistributionPoints";
        let whole = reader.rest();
        let mut inner = Reader::new(reader.contents(tag::SEQUENCE, FIELD)?);
        let name = match inner.optional(tag::context_constructed(0), FIELD)? {
            Some(explicit) => Some(PointName::read(explicit, FIELD)?),
            None => None,
        };
        let reasons = match inner.optional(tag::context(1), FIELD)? {
            Some(contents) => Reasons::read(contents, FIELD, Code::X509CrlPoints)?,
            None => Reasons::ALL,
        };
        let crl_issuer = match inner.optional(tag::context_constructed(2), FIELD)? {
            Some(contents) => Some(names(contents, FIELD)?),
            None => None,
        };
        inner.finish(FIELD)?;
        // Section 4.2.1.13: a name or a cRLIssuer, not reasons alone.
        if name.is_none() && crl_issuer.is_none() {
            return Err(Malformed::new(Code::X509CrlPoints, FIELD, whole)
                .expected("a distribution point with a name or a cRLIssuer"));
        }
        Ok(Self {
            name,
            reasons,
            crl_issuer,
        })
    }
}

/// The points of a cRLDistributionPoints extension, which is read to its end.
pub(crate) fn points(value: &[u8]) -> Result<Vec<Point<'_>>, Malformed> {
    const FIELD: &str = "extensions.cRLDistributionPoints";
    let contents = only(value, tag::SEQUENCE, FIELD)?;
    let mut reader = Reader::new(contents);
    if reader.is_empty() {
        return Err(Malformed::new(Code::X509CrlPoints, FIELD, value)
            .expected("at least one distribution point"));
    }
    let mut points = Vec::new();
    while !reader.is_empty() {
        if points.len() >= limits::CRL_POINTS {
            return Err(Malformed::new(Code::X509TooLarge, FIELD, value)
                .expected("at most 32 distribution points"));
        }
        points.push(Point::read(&mut reader)?);
    }
    Ok(points)
}
