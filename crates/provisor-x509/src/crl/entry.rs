//! The entries of a list, read one by one (RFC 5280 sections 5.1.2.6 and 5.3).

use provisor_report::{Code, UnixTime};

use super::extension::each;
use super::list::Crl;
use super::reason::RevocationReason;
use super::serial::shortest;
use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::extension::Extension;
use crate::general_name::{GeneralNames, names_hold};
use crate::name::{Name, Work};

const FIELD: &str = "revokedCertificates";

/// One entry of a revocation list.
#[derive(Clone, Copy, Debug)]
pub struct RevokedCertificate<'a> {
    serial: &'a [u8],
    date: UnixTime,
    reason: RevocationReason,
    issuer: CertificateIssuer<'a>,
}

/// Whose certificates an entry is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CertificateIssuer<'a> {
    /// The issuer of the list.
    OfTheList(Name<'a>),
    /// Contents octets of the GeneralNames in the entry, or in one before it (section 5.3.3).
    Named(&'a [u8]),
}

impl CertificateIssuer<'_> {
    fn is(&self, wanted: &Name<'_>, work: &mut Work) -> bool {
        match self {
            Self::OfTheList(name) => name.is_same(wanted, work),
            Self::Named(names) => names_hold(GeneralNames::of(names), wanted, work),
        }
    }
}

impl<'a> RevokedCertificate<'a> {
    /// The serial number: the contents octets of the INTEGER, as they stand.
    #[must_use]
    pub const fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// When the CA revoked it.
    #[must_use]
    pub const fn date(&self) -> UnixTime {
        self.date
    }

    /// Why; unspecified when the entry does not say.
    #[must_use]
    pub const fn reason(&self) -> RevocationReason {
        self.reason
    }

    /// Whether the entry is about certificates of this issuer.
    #[must_use]
    pub fn is_of(&self, issuer: &Name<'_>) -> bool {
        self.issuer.is(issuer, &mut 0)
    }
}

/// The parts of an entry, its extensions unread.
#[derive(Clone, Copy)]
pub(crate) struct Raw<'a> {
    pub(crate) serial: &'a [u8],
    pub(crate) date: UnixTime,
    /// Contents octets of the SEQUENCE of extensions.
    pub(crate) extensions: Option<&'a [u8]>,
}

impl<'a> Raw<'a> {
    /// SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }.
    #[inline]
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let mut inner = Reader::new(reader.contents(tag::SEQUENCE, FIELD)?);
        let serial = inner.expect(tag::INTEGER, FIELD)?;
        if serial.contents.is_empty() {
            return Err(Malformed::new(Code::X509Serial, FIELD, serial.whole));
        }
        let date = primitive::time(inner.element("revocationDate")?, "revocationDate")?;
        let extensions = inner.optional(tag::SEQUENCE, "crlEntryExtensions")?;
        inner.finish(FIELD)?;
        Ok(Self {
            serial: serial.contents,
            date,
            extensions,
        })
    }
}

/// What the extensions of an entry say (RFC 5280 section 5.3).
#[derive(Clone, Copy, Default)]
pub(crate) struct Details<'a> {
    pub(crate) reason: Option<RevocationReason>,
    /// Contents octets of the GeneralNames of the certificate issuer.
    pub(crate) issuer: Option<&'a [u8]>,
    pub(crate) unknown_critical: Option<&'a [u8]>,
}

impl<'a> Details<'a> {
    /// Reads them for the first time.
    pub(crate) fn read(extensions: &'a [u8]) -> Result<Self, Malformed> {
        let mut details = Self::default();
        each(extensions, |extension| details.take(&extension))?;
        Ok(details)
    }

    /// Reads them again, by their headers: what was checked before is not checked once more.
    fn again(extensions: &'a [u8]) -> Option<Self> {
        let mut details = Self::default();
        let mut reader = Reader::new(extensions);
        while let Some(element) = reader.next() {
            let mut inner = Reader::new(element.contents);
            let oid = inner.next()?.contents;
            let mut value = inner.next()?;
            if value.tag == tag::BOOLEAN {
                value = inner.next()?;
            }
            match *oid {
                [0x55, 0x1d, 21] => {
                    details.reason = RevocationReason::read(value.contents).ok();
                }
                [0x55, 0x1d, 29] => {
                    details.issuer = Some(Reader::new(value.contents).next()?.contents);
                }
                _ => {}
            }
        }
        Some(details)
    }

    fn take(&mut self, extension: &Extension<'a>) -> Result<(), Malformed> {
        match *extension.oid_bytes() {
            [0x55, 0x1d, 21] => {
                self.reason = Some(RevocationReason::read(extension.value())?);
            }
            // invalidityDate tells when the trouble began; the verdict is on now.
            [0x55, 0x1d, 24] => {
                only(extension.value(), tag::GENERALIZED_TIME, "invalidityDate")?;
            }
            [0x55, 0x1d, 29] => {
                self.issuer = Some(GeneralNames::read(extension.value(), "certificateIssuer")?);
            }
            _ if extension.is_critical() => {
                self.unknown_critical.get_or_insert(extension.oid_bytes());
            }
            _ => {}
        }
        Ok(())
    }
}

/// The entries of a list that was read before.
pub(crate) struct Entries<'a> {
    reader: Reader<'a>,
    issuer: CertificateIssuer<'a>,
}

impl<'a> Entries<'a> {
    pub(crate) const fn new(crl: &Crl<'a>) -> Self {
        Self {
            reader: Reader::new(crl.entries),
            issuer: CertificateIssuer::OfTheList(crl.issuer),
        }
    }

    /// The next entry, its extensions unread.
    #[inline]
    fn raw(&mut self) -> Option<Raw<'a>> {
        if self.reader.is_empty() {
            return None;
        }
        Raw::read(&mut self.reader).ok()
    }

    fn finish(&mut self, raw: Raw<'a>) -> Option<RevokedCertificate<'a>> {
        let details = match raw.extensions {
            Some(extensions) => Details::again(extensions)?,
            None => Details::default(),
        };
        if let Some(names) = details.issuer {
            self.issuer = CertificateIssuer::Named(names);
        }
        Some(RevokedCertificate {
            serial: raw.serial,
            date: raw.date,
            reason: details.reason.unwrap_or(RevocationReason::Unspecified),
            issuer: self.issuer,
        })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = RevokedCertificate<'a>;

    fn next(&mut self) -> Option<RevokedCertificate<'a>> {
        let raw = self.raw()?;
        self.finish(raw)
    }
}

impl<'a> Crl<'a> {
    /// Its entries, in their order.
    pub fn revoked(&self) -> impl Iterator<Item = RevokedCertificate<'a>> + use<'a> {
        Entries::new(self)
    }
}

/// More entries than one verdict may look at.
#[derive(Debug)]
pub(crate) struct TooMany;

/// Looks that a search by serial number takes in the largest list.
const STEPS_OF_INDEX: usize = 32;
/// Work that costs as much as a look at an entry, in nanoseconds.
const WORK_PER_ENTRY: Work = 8;
/// Bytes of an entry that are passed with one look at it: most entries have fewer.
const BYTES_PER_ENTRY: usize = 64;

/// The entry for the certificate of that issuer and serial number. Each entry looked at takes one from
/// `left`, and more by its bytes and by what is read in it. The entries were read before: they are
/// stepped over by their headers, and extensions are looked at only where they matter: in the entry
/// itself, and in every entry of an indirect list, as each may change the issuer of those after it.
pub(crate) fn find<'a>(
    crl: &Crl<'a>,
    issuer: &Name<'_>,
    serial: &[u8],
    left: &mut u32,
) -> Result<Option<RevokedCertificate<'a>>, TooMany> {
    let mut charge = |looks: usize| {
        let looks = u32::try_from(looks).unwrap_or(u32::MAX);
        *left = left.checked_sub(looks).ok_or(TooMany)?;
        Ok(())
    };
    let indirect = crl.is_indirect();
    // Once, and not for every entry: its presenter chooses how much the sign is repeated.
    charge(serial.len() / BYTES_PER_ENTRY)?;
    let wanted = shortest(serial);
    let mut entries = Entries::new(crl);
    // An indirect list has to be read from the start: whose an entry is may stand in one before it.
    if let (Some(index), false) = (crl.index, indirect) {
        charge(STEPS_OF_INDEX)?;
        for element in index.of(crl.entries, wanted) {
            let mut work = element.len();
            let found = Raw::read(&mut Reader::new(element))
                .ok()
                .and_then(|raw| entries.finish(raw))
                .filter(|entry| entry.issuer.is(issuer, &mut work));
            charge(work / WORK_PER_ENTRY + 1)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        return Ok(None);
    }
    while let Some(element) = entries.reader.next() {
        charge(element.whole.len() / BYTES_PER_ENTRY + 1)?;
        let own = Reader::new(element.contents).next();
        let own = own.map_or(&[][..], |serial| serial.contents);
        if own.len() > BYTES_PER_ENTRY {
            charge(own.len() / WORK_PER_ENTRY)?;
        }
        let same = shortest(own) == wanted;
        if !same && !indirect {
            continue;
        }
        let mut work = element.whole.len();
        let found = Raw::read(&mut Reader::new(element.whole))
            .ok()
            .and_then(|raw| entries.finish(raw))
            .filter(|entry| same && entry.issuer.is(issuer, &mut work));
        charge(work / WORK_PER_ENTRY)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_compared_as_integers() {
        let same_serial = |a: &[u8], b: &[u8]| shortest(a) == shortest(b);
        assert!(same_serial(&[0, 5], &[5]));
        assert!(same_serial(&[0xff, 0xff], &[0xff]));
        // 255 is not -1.
        assert!(!same_serial(&[0, 0xff], &[0xff]));
        assert!(!same_serial(&[5], &[6]));
        assert!(same_serial(&[0, 0], &[0]));
    }
}
