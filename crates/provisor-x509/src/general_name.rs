//! General names, as the subject alternative name and the name constraints hold them.

use core::fmt;

use provisor_report::Code;

use crate::der::{Element, Malformed, Reader, only, primitive, tag};
use crate::name::{Name, Work, equality};
use crate::text::{Dotted, Hex, write_safely};

/// One of the nine forms a name can have (RFC 5280 section 4.2.1.6).
///
/// Text is handed out as bytes: IA5String in theory, anything in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// A name of a private form: its type and the DER of its value.
    Other {
        /// The contents octets of the type's object identifier.
        type_id: &'a [u8],
        /// The value's DER, inside its explicit tag.
        value: &'a [u8],
    },
    /// An e-mail address.
    Rfc822(&'a [u8]),
    /// A host name.
    Dns(&'a [u8]),
    /// An X.400 address, unread.
    X400(&'a [u8]),
    /// A distinguished name; TPM certificates keep the TPM's model there.
    Directory(Name<'a>),
    /// An EDI party name, unread.
    EdiParty(&'a [u8]),
    /// A URI.
    Uri(&'a [u8]),
    /// An IP address (4 or 16 bytes), in a constraint with its mask (8 or 32).
    Ip(&'a [u8]),
    /// A registered identifier: contents octets.
    RegisteredId(&'a [u8]),
}

impl<'a> GeneralName<'a> {
    /// Reads one GeneralName; the tag decides, class included.
    pub(crate) fn read(element: Element<'a>, field: &'static str) -> Result<Self, Malformed> {
        Ok(match element.tag {
            0xa0 => {
                let mut reader = Reader::new(element.contents);
                let type_id = primitive::oid(&mut reader, field)?;
                let value = reader.contents(tag::context_constructed(0), field)?;
                reader.finish(field)?;
                // ANY, explicitly tagged: one element, whatever it is.
                let mut any = Reader::new(value);
                any.element(field)?;
                any.finish(field)?;
                Self::Other { type_id, value }
            }
            0x81 => Self::Rfc822(element.contents),
            0x82 => Self::Dns(element.contents),
            0xa3 => Self::X400(element.contents),
            // A CHOICE is tagged explicitly, even in a module with implicit tags.
            0xa4 => {
                let mut reader = Reader::new(element.contents);
                let name = Name::read(&mut reader, field)?;
                reader.finish(field)?;
                Self::Directory(name)
            }
            0xa5 => Self::EdiParty(element.contents),
            0x86 => Self::Uri(element.contents),
            0x87 => Self::Ip(element.contents),
            0x88 => Self::RegisteredId(primitive::oid_contents(element.contents, field)?),
            _ => {
                return Err(Malformed::new(Code::X509Extension, field, element.whole)
                    .expected("one of the nine forms of a GeneralName"));
            }
        })
    }

    /// From an element that was read before: nothing in it is checked once more. One that was not gives
    /// names that are like no other.
    #[inline]
    pub(crate) fn again(element: Element<'a>) -> Option<Self> {
        Some(match element.tag {
            0xa0 => {
                let mut reader = Reader::new(element.contents);
                Self::Other {
                    type_id: reader.next()?.contents,
                    value: reader.next()?.contents,
                }
            }
            0x81 => Self::Rfc822(element.contents),
            0x82 => Self::Dns(element.contents),
            0xa3 => Self::X400(element.contents),
            0xa4 => Self::Directory(Name::again(Reader::new(element.contents).next()?)),
            0xa5 => Self::EdiParty(element.contents),
            0x86 => Self::Uri(element.contents),
            0x87 => Self::Ip(element.contents),
            0x88 => Self::RegisteredId(element.contents),
            _ => return None,
        })
    }

    /// The form, for messages.
    pub(crate) const fn form(&self) -> &'static str {
        match self {
            Self::Other { .. } => "otherName",
            Self::Rfc822(_) => "rfc822Name",
            Self::Dns(_) => "dNSName",
            Self::X400(_) => "x400Address",
            Self::Directory(_) => "directoryName",
            Self::EdiParty(_) => "ediPartyName",
            Self::Uri(_) => "uniformResourceIdentifier",
            Self::Ip(_) => "iPAddress",
            Self::RegisteredId(_) => "registeredID",
        }
    }

    /// Whether the two are the same name; tells what the comparison cost.
    pub(crate) fn is_same(&self, other: &Self, work: &mut Work) -> bool {
        match (self, other) {
            (Self::Directory(ours), Self::Directory(theirs)) => ours.is_same(theirs, work),
            _ => {
                *work = work
                    .saturating_add(STEP)
                    .saturating_add(equality(self.bytes().len().min(other.bytes().len())));
                self == other
            }
        }
    }

    /// What the name consists of, but for the type of a private form.
    const fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Other { value: bytes, .. }
            | Self::Rfc822(bytes)
            | Self::Dns(bytes)
            | Self::X400(bytes)
            | Self::EdiParty(bytes)
            | Self::Uri(bytes)
            | Self::Ip(bytes)
            | Self::RegisteredId(bytes) => bytes,
            Self::Directory(name) => name.der(),
        }
    }

    /// The tag of the form: what names of one form have in common before anything is read.
    pub(crate) const fn tag(&self) -> u8 {
        match self {
            Self::Other { .. } => 0xa0,
            Self::Rfc822(_) => 0x81,
            Self::Dns(_) => 0x82,
            Self::X400(_) => 0xa3,
            Self::Directory(_) => 0xa4,
            Self::EdiParty(_) => 0xa5,
            Self::Uri(_) => 0x86,
            Self::Ip(_) => 0x87,
            Self::RegisteredId(_) => 0x88,
        }
    }
}

impl fmt::Display for GeneralName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.form())?;
        match self {
            Self::Other { type_id, value } => write_other(type_id, value, f),
            Self::Rfc822(text) | Self::Dns(text) | Self::Uri(text) => write_safely(text, f),
            Self::X400(bytes) | Self::EdiParty(bytes) => write!(f, "#{}", Hex(bytes)),
            Self::Directory(name) => fmt::Display::fmt(name, f),
            Self::Ip(bytes) => write_address(bytes, f),
            Self::RegisteredId(oid) => fmt::Display::fmt(&Dotted(oid), f),
        }
    }
}

/// id-on-hardwareModuleName (RFC 4108 section 5): what an IDevID calls its device.
const HARDWARE_MODULE_NAME: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x04];

/// A private form: text as text, a hardware module's type and serial number, and all else in
/// hexadecimal.
fn write_other(type_id: &[u8], value: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if type_id == HARDWARE_MODULE_NAME
        && let Some((kind, serial)) = hardware_module(value)
    {
        write!(f, "hardwareModuleName={} serial ", Dotted(kind))?;
        return match serial.is_empty() || serial.iter().any(|byte| !byte.is_ascii_graphic()) {
            true => write!(f, "#{}", Hex(serial)),
            false => write_safely(serial, f),
        };
    }
    write!(f, "{}=", Dotted(type_id))?;
    match Reader::new(value).element("") {
        Ok(text)
            if matches!(
                text.tag,
                tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING
            ) =>
        {
            write_safely(text.contents, f)
        }
        _ => write!(f, "#{}", Hex(value)),
    }
}

/// HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }.
fn hardware_module(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut inside = Reader::new(only(value, tag::SEQUENCE, "").ok()?);
    let kind = inside.contents(tag::OID, "").ok()?;
    let serial = inside.contents(tag::OCTET_STRING, "").ok()?;
    Some((kind, serial))
}

fn write_address(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use core::net::{Ipv4Addr, Ipv6Addr};
    let address = |bytes: &[u8], f: &mut fmt::Formatter<'_>| {
        if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
            write!(f, "{}", Ipv4Addr::from(v4))
        } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
            write!(f, "{}", Ipv6Addr::from(v6))
        } else {
            write!(f, "#{}", Hex(bytes))
        }
    };
    match bytes.len() {
        8 | 32 => {
            let (base, mask) = bytes
                .split_at_checked(bytes.len() / 2)
                .unwrap_or((bytes, &[]));
            let ones: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
            address(base, f)?;
            write!(f, "/{ones}")
        }
        _ => address(bytes, f),
    }
}

/// The names inside a GeneralNames that was read before.
#[derive(Clone, Debug)]
pub(crate) struct GeneralNames<'a>(Reader<'a>);

impl<'a> GeneralNames<'a> {
    /// Reads the whole of it: SEQUENCE SIZE (1..MAX) OF GeneralName, one element that fills `value`.
    pub(crate) fn read(value: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
        Self::contents(only(value, tag::SEQUENCE, field)?, field)
    }

    /// Reads the names inside: at least one. The same bytes.
    pub(crate) fn contents(contents: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
        let mut reader = Reader::new(contents);
        if reader.is_empty() {
            return Err(Malformed::new(Code::X509Extension, field, contents)
                .expected("at least one name (SIZE (1..MAX))"));
        }
        while !reader.is_empty() {
            GeneralName::read(reader.element(field)?, field)?;
        }
        Ok(contents)
    }

    pub(crate) const fn of(contents: &'a [u8]) -> Self {
        Self(Reader::new(contents))
    }

    /// The names as they stand, unread: their tags tell their forms.
    pub(crate) fn elements(mut self) -> impl Iterator<Item = Element<'a>> {
        core::iter::from_fn(move || self.0.next())
    }
}

/// Whether one of these names is that directory name; each name passed costs a step.
pub(crate) fn names_hold(names: GeneralNames<'_>, wanted: &Name<'_>, work: &mut Work) -> bool {
    names.elements().any(|element| {
        *work = work.saturating_add(STEP);
        element.tag == 0xa4
            && matches!(GeneralName::again(element), Some(GeneralName::Directory(name))
                if name.is_same(wanted, work))
    })
}

/// What it costs to step over a name to the next.
pub(crate) const STEP: Work = 8;

impl<'a> Iterator for GeneralNames<'a> {
    type Item = GeneralName<'a>;

    fn next(&mut self) -> Option<GeneralName<'a>> {
        GeneralName::again(self.0.next()?)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn private_forms_show_their_text() {
        let shown = |type_id: &[u8], value: &[u8]| {
            let (type_id, value) = (type_id, value);
            GeneralName::Other { type_id, value }.to_string()
        };
        let module = [0x30, 11, 6, 3, 0x2a, 3, 4, 4, 4, b'7', b'-', b'0', b'1'];
        assert_eq!(
            shown(HARDWARE_MODULE_NAME, &module),
            "otherName:hardwareModuleName=1.2.3.4 serial 7-01"
        );
        let module = [0x30, 9, 6, 3, 0x2a, 3, 4, 4, 2, 0, 1];
        assert_eq!(
            shown(HARDWARE_MODULE_NAME, &module),
            "otherName:hardwareModuleName=1.2.3.4 serial #0001"
        );
        assert_eq!(
            shown(HARDWARE_MODULE_NAME, &[5, 0]),
            "otherName:1.3.6.1.5.5.7.8.4=#0500"
        );
        assert_eq!(
            shown(&[0x2a, 3], &[12, 2, b'a', b'\n']),
            r"otherName:1.2.3=a\0A"
        );
        assert_eq!(shown(&[0x2a, 3], &[4, 1, 7]), "otherName:1.2.3=#040107");
    }
}
