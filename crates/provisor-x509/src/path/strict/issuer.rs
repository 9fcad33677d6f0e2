//! Whether the issuer is the certificate that the one below names (RFC 5280 section 4.2.1.1).
//!
//! In path validation this is a hint that orders the search. Who issues has to get it right.

use provisor_report::Code;

use super::parts::{AUTHORITY_KEY_ID, Outcome, find};
use crate::certificate::Certificate;
use crate::der::{Malformed, Reader, only, tag};
use crate::fault::{Fact, Fault};
use crate::general_name::{GeneralName, GeneralNames};

/// What an authorityKeyIdentifier says.
struct Named<'a> {
    key_id: Option<&'a [u8]>,
    /// Contents octets of the GeneralNames of authorityCertIssuer.
    issuer: Option<&'a [u8]>,
    serial: Option<&'a [u8]>,
}

impl<'a> Named<'a> {
    fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(only(value, tag::SEQUENCE, "")?);
        let key_id = reader.optional(tag::context(0), "")?;
        let issuer = reader.optional(tag::context_constructed(1), "")?;
        let serial = reader.optional(tag::context(2), "")?;
        reader.finish("")?;
        Ok(Self {
            key_id,
            issuer,
            serial,
        })
    }
}

/// The certificate `below` names `issuer`, as far as it names anyone.
pub(super) fn is_named<'a>(issuer: &Certificate<'a>, below: &Certificate<'a>) -> Outcome<'a> {
    let Some(stated) = find(below, AUTHORITY_KEY_ID) else {
        return Ok(());
    };
    let refuse = |wanted| {
        Err(Fault::new(
            Code::X509StrictIssuerNamed,
            Fact::Text(wanted),
            Fact::Bytes("authorityKeyIdentifier", stated.value()),
        ))
    };
    let Ok(named) = Named::read(stated.value()) else {
        return refuse("an authorityKeyIdentifier of RFC 5280 section 4.2.1.1");
    };
    if let (Some(wanted), Some(there)) = (named.key_id, issuer.extensions.subject_key_id)
        && wanted != there
    {
        return refuse("the subjectKeyIdentifier of the issuer (RFC 5280 section 4.2.1.2)");
    }
    match (named.issuer, named.serial) {
        (None, None) => Ok(()),
        (Some(names), Some(serial)) => {
            // The first name alone: a certificate has one issuer, and the list is as long as its
            // presenter likes.
            let name = GeneralNames::of(names).elements().next();
            let name = name.and_then(|element| GeneralName::read(element, "").ok());
            let is_issuer =
                matches!(name, Some(GeneralName::Directory(name)) if name == issuer.issuer);
            if serial == issuer.serial && is_issuer {
                Ok(())
            } else {
                refuse("the issuer and the serial number of the issuer's certificate")
            }
        }
        // RFC 5280 appendix A.2: both or neither.
        (Some(_), None) | (None, Some(_)) => {
            refuse("authorityCertIssuer and authorityCertSerialNumber, or neither")
        }
    }
}
