//! The extensions of a certificate: read once, the judged ones remembered.

pub(crate) mod constraints;
pub(crate) mod policy;
mod usage;

use provisor_report::Code;

use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::general_name::GeneralNames;
use crate::limits;
use crate::oid;
use crate::spans::Bytes;
use crate::version::Version;

pub use usage::{BasicConstraints, KeyUsage};

/// What the path rules need to know of a certificate's extensions: values that are small, spans of
/// the others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extensions<'a> {
    /// Every extension, for those who want to list them.
    pub(crate) all: &'a [u8],
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    /// Contents octets of the SEQUENCE OF purposes.
    pub(crate) purposes: Option<&'a [u8]>,
    /// Contents octets of the GeneralNames.
    pub(crate) alt_names: Option<&'a [u8]>,
    /// Contents octets of the NameConstraints.
    pub(crate) name_constraints: Option<&'a [u8]>,
    pub(crate) subject_key_id: Option<&'a [u8]>,
    pub(crate) authority_key_id: Option<&'a [u8]>,
    /// The first critical extension that is not processed: contents octets of its identifier.
    pub(crate) unknown_critical: Option<&'a [u8]>,
    /// The value of cRLDistributionPoints, read when revocation is checked.
    pub(crate) crl_points: Option<&'a [u8]>,
    /// The identifier of critical cRLDistributionPoints: they are processed only when revocation is
    /// checked.
    pub(crate) critical_crl_points: Option<&'a [u8]>,
    pub(crate) policies: policy::Policies<'a>,
    /// One bit for each 2.5.29.x that was there.
    seen: u64,
}

/// One extension, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

const FIELD: &str = "extensions";

impl<'a> Extensions<'a> {
    /// The same over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> Extensions<'b> {
        Extensions {
            all: bytes(self.all),
            basic_constraints: self.basic_constraints,
            key_usage: self.key_usage,
            purposes: self.purposes.map(&mut *bytes),
            alt_names: self.alt_names.map(&mut *bytes),
            name_constraints: self.name_constraints.map(&mut *bytes),
            subject_key_id: self.subject_key_id.map(&mut *bytes),
            authority_key_id: self.authority_key_id.map(&mut *bytes),
            unknown_critical: self.unknown_critical.map(&mut *bytes),
            crl_points: self.crl_points.map(&mut *bytes),
            critical_crl_points: self.critical_crl_points.map(&mut *bytes),
            policies: self.policies.over(bytes),
            seen: self.seen,
        }
    }

    /// Reads the contents of `[3] EXPLICIT Extensions` (RFC 5280 section 4.2) into none.
    pub(crate) fn read(&mut self, explicit: &'a [u8], version: Version) -> Result<(), Malformed> {
        if version != Version::V3 {
            // RFC 5280 section 4.1.2.9: extensions only in version 3.
            return Err(Malformed::new(Code::X509Version, FIELD, explicit)
                .expected("version 3 where there are extensions")
                .found(match version {
                    Version::V2 => "extensions in version 2",
                    Version::V1 | Version::V3 => "extensions in version 1",
                }));
        }
        let all = only(explicit, tag::SEQUENCE, FIELD)?;
        let mut reader = Reader::new(all);
        if reader.is_empty() {
            return Err(Malformed::new(Code::X509Extension, FIELD, explicit)
                .expected("at least one extension (SIZE (1..MAX))"));
        }
        self.all = all;
        let mut count = 0_usize;
        while !reader.is_empty() {
            let at = reader;
            let extension = Extension::read_here(&mut reader)?;
            count += 1;
            if count > limits::EXTENSIONS {
                return Err(Malformed::new(Code::X509TooLarge, FIELD, at.rest())
                    .expected("at most 64 extensions"));
            }
            self.take(extension, all, at)?;
        }
        Ok(())
    }

    /// Remembers one extension. The identifiers under 2.5.29 are told apart by one byte, and a
    /// repeated one by one bit; the others by a look back.
    fn take(
        &mut self,
        extension: Extension<'a>,
        all: &'a [u8],
        at: Reader<'a>,
    ) -> Result<(), Malformed> {
        let Extension {
            oid,
            critical,
            value,
        } = extension;
        let processed = match *oid {
            [0x55, 0x1d, id @ 0..=63] => {
                let bit = 1_u64 << id;
                if self.seen & bit != 0 {
                    return Err(duplicate(at, oid));
                }
                self.seen |= bit;
                self.take_standard(id, value)?
            }
            _ => {
                if repeated(all, at, oid) {
                    return Err(duplicate(at, oid));
                }
                if oid == oid::AUTHORITY_INFO_ACCESS {
                    only(value, tag::SEQUENCE, "extensions.authorityInfoAccess")?;
                }
                false
            }
        };
        if critical && !processed {
            match *oid {
                [0x55, 0x1d, 31] => self.critical_crl_points = Some(oid),
                _ => _ = self.unknown_critical.get_or_insert(oid),
            }
        }
        Ok(())
    }

    /// One extension of the 2.5.29 family. Says whether its meaning is applied by the path rules,
    /// as it must be for the critical ones (RFC 5280 section 4.2).
    #[inline]
    fn take_standard(&mut self, id: u8, value: &'a [u8]) -> Result<bool, Malformed> {
        match id {
            14 => {
                const FIELD: &str = "extensions.subjectKeyIdentifier";
                let id = only(value, tag::OCTET_STRING, FIELD)?;
                self.subject_key_id = Some(usage::key_id(id, FIELD)?);
            }
            15 => self.key_usage = Some(KeyUsage::read(value)?),
            17 => {
                self.alt_names = Some(GeneralNames::read(value, "extensions.subjectAltName")?);
            }
            19 => self.basic_constraints = Some(BasicConstraints::read(value)?),
            30 => self.name_constraints = Some(constraints::read(value)?),
            32 => return self.policies.read_stated(value),
            33 => self.policies.read_mappings(value)?,
            36 => self.policies.read_constraints(value)?,
            54 => self.policies.read_inhibit_any(value)?,
            31 => {
                only(value, tag::SEQUENCE, "extensions.cRLDistributionPoints")?;
                self.crl_points = Some(value);
                return Ok(false);
            }
            35 => self.authority_key_id = usage::authority_key_id(value)?,
            37 => self.purposes = Some(usage::purposes(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The extensions as they stand, in the order of the certificate.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        let mut reader = Reader::new(self.all);
        core::iter::from_fn(move || {
            // As in `Reader::next`.
            if reader.is_empty() {
                return None;
            }
            Extension::read(&mut reader).ok()
        })
    }
}

impl<'a> Extension<'a> {
    /// The contents octets of its object identifier.
    #[must_use]
    pub const fn oid_bytes(&self) -> &'a [u8] {
        self.oid
    }

    /// Whether a verifier that does not process it must refuse the certificate.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.critical
    }

    /// The contents of the OCTET STRING: the DER of the extension's own structure.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    /// SEQUENCE { OBJECT IDENTIFIER, BOOLEAN DEFAULT FALSE, OCTET STRING } and nothing more.
    ///
    /// `critical FALSE` written out is accepted although DER wants defaults left out: Intel's EK
    /// certificates have it, and the meaning is the same.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        Self::read_here(reader)
    }

    /// The same as a part of the one place that is worth it.
    #[inline(always)]
    fn read_here(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let inner = reader.contents(tag::SEQUENCE, FIELD)?;
        match Self::usual(inner) {
            Some(extension) => Ok(extension),
            None => Self::other(inner),
        }
    }

    /// One of 2.5.29 with a short value, as most are.
    #[inline]
    fn usual(inner: &'a [u8]) -> Option<Self> {
        let (head, tail) = inner.split_first_chunk::<5>()?;
        let [tag::OID, 3, oid @ ..] = head else {
            return None;
        };
        let [0x55, 0x1d, 0..=0x7f] = oid else {
            return None;
        };
        let (critical, tail) = match tail {
            [tag::BOOLEAN, 1, 0xff, tail @ ..] => (true, tail),
            _ => (false, tail),
        };
        match tail {
            [tag::OCTET_STRING, length @ ..=0x7f, value @ ..]
                if usize::from(*length) == value.len() =>
            {
                Some(Self {
                    oid,
                    critical,
                    value,
                })
            }
            _ => None,
        }
    }

    /// Any, and what is wrong with it.
    fn other(inner: &'a [u8]) -> Result<Self, Malformed> {
        let mut inner = Reader::new(inner);
        let oid = primitive::oid(&mut inner, FIELD)?;
        let critical = match inner.optional(tag::BOOLEAN, "extensions.critical")? {
            Some(contents) => primitive::boolean(contents, "extensions.critical")?,
            None => false,
        };
        let value = inner.contents(tag::OCTET_STRING, FIELD)?;
        inner.finish(FIELD)?;
        Ok(Self {
            oid,
            critical,
            value,
        })
    }
}

/// Whether an extension before `at` has the same identifier (RFC 5280 section 4.2: never twice).
/// Quadratic, but only for identifiers outside the 2.5.29 family, and within `limits::EXTENSIONS`.
fn repeated(all: &[u8], at: Reader<'_>, oid: &[u8]) -> bool {
    let before = all.len().saturating_sub(at.rest().len());
    let mut earlier = Reader::new(all.get(..before).unwrap_or_default());
    while let Ok(extension) = Extension::read(&mut earlier) {
        if extension.oid == oid {
            return true;
        }
    }
    false
}

#[cold]
fn duplicate(at: Reader<'_>, oid: &[u8]) -> Malformed {
    Malformed::new(Code::X509DuplicateExtension, FIELD, at.rest())
        .expected("each extension once")
        .found(alloc::format!("a second {}", oid::Labelled(oid)))
}

/// The object identifiers of a SEQUENCE OF them that was read before.
pub(crate) fn oids(contents: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::new(contents);
    core::iter::from_fn(move || Some(reader.next()?.contents))
}
