//! The one pass over a certificate's bytes (RFC 5280 section 4.1).

use alloc::format;

use provisor_report::{Code, Rejection, UnixTime};

use super::glance;
use super::view::Certificate;
use crate::der::{Malformed, Reader, Signed, only, primitive, tag};
use crate::extension::Extensions;
use crate::glance::{Wanted, refused};
use crate::key::PublicKeyInfo;
use crate::limits;
use crate::name::Name;
use crate::text::Hex;
use crate::version::Version;

impl<'a> Certificate<'a> {
    /// Reads one certificate that fills `der`.
    ///
    /// # Errors
    ///
    /// Codes 2001 to 2018 with the position of the flaw in `der`, and [`Code::X509Form`],
    /// [`Code::X509Wrapped`] or [`Code::X509OtherKind`] where it is known what the bytes are instead.
    ///
    /// ```
    /// use provisor_x509::{Certificate, Code};
    ///
    /// let error = Certificate::from_der(b"-----BEGIN CERTIFICATE-----").unwrap_err();
    /// assert_eq!(error.code(), Code::X509Form);
    /// assert_eq!(error.position(), Some(0));
    /// assert!(error.to_string().contains("this is PEM text"));
    /// ```
    pub fn from_der(der: &'a [u8]) -> Result<Self, Rejection> {
        certificate(der)
            .map_err(|flaw| refused(flaw.into_rejection(der), der, Wanted::Certificates))
    }

    /// The same for the certificate at `depth` of a chain, the leaf being 0: the rejection is about
    /// that certificate and names its subject, as far as it can be read, in place of the field.
    ///
    /// # Errors
    ///
    /// As [`from_der`](Self::from_der).
    pub fn from_der_at(depth: u8, der: &'a [u8]) -> Result<Self, Rejection> {
        Self::from_der(der).map_err(|rejection| glance::place(rejection, depth, der))
    }
}

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }.
fn certificate(der: &[u8]) -> Result<Certificate<'_>, Malformed> {
    const FIELD: &str = "Certificate";
    if der.len() > limits::CERTIFICATE_BYTES {
        return Err(Malformed::new(Code::X509TooLarge, FIELD, der).expected("at most 256 KiB"));
    }
    let signed = Signed::read(der, FIELD, "tbsCertificate", Code::X509SignatureForm)?;
    let mut reader = Reader::new(signed.tbs.contents);
    let version = version(&mut reader)?;
    let serial = serial(&mut reader)?;
    let signature_algorithm = signed.algorithm(&mut reader)?;
    let issuer = issuer(&mut reader)?;
    let (not_before, not_after) = validity(&mut reader)?;
    let subject = Name::read(&mut reader, "subject")?;
    let key = PublicKeyInfo::read(&mut reader)?;
    unique_id(&mut reader, 1, version)?;
    unique_id(&mut reader, 2, version)?;
    let mut extensions = Extensions::default();
    if let Some(explicit) = reader.optional(tag::context_constructed(3), "extensions")? {
        extensions.read(explicit, version)?;
    }
    reader.finish("tbsCertificate")?;
    Ok(Certificate {
        der,
        tbs: signed.tbs.whole,
        version,
        serial,
        signature_algorithm,
        issuer,
        // Asked for at every candidate, and names can be long: compared once.
        self_issued: subject == issuer,
        not_before,
        not_after,
        subject,
        key,
        extensions,
        signature: signed.signature,
    })
}

/// `[0] EXPLICIT INTEGER DEFAULT v1` (RFC 5280 section 4.1.2.1). Version 1 written out is refused:
/// no real encoder does it.
fn version(reader: &mut Reader<'_>) -> Result<Version, Malformed> {
    const FIELD: &str = "version";
    let Some(explicit) = reader.optional(tag::context_constructed(0), FIELD)? else {
        return Ok(Version::V1);
    };
    match only(explicit, tag::INTEGER, FIELD)? {
        [1] => Ok(Version::V2),
        [2] => Ok(Version::V3),
        found => Err(Malformed::new(Code::X509Version, FIELD, explicit)
            .expected("2 (version 3), 1 (version 2) or no version (version 1)")
            .found(format!("{}", Hex(found)))),
    }
}

/// An INTEGER with digits. Negative, zero, long and padded numbers are taken as they are: RFC 5280
/// section 4.1.2.2 asks users to handle them gracefully, and ST's certificates have a redundant zero.
fn serial<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    const FIELD: &str = "serialNumber";
    let element = reader.expect(tag::INTEGER, FIELD)?;
    if element.contents.is_empty() {
        return Err(Malformed::new(Code::X509Serial, FIELD, element.whole)
            .expected("an INTEGER of one byte or more")
            .found("no byte"));
    }
    Ok(element.contents)
}

/// RFC 5280 section 4.1.2.4: the issuer is never empty.
fn issuer<'a>(reader: &mut Reader<'a>) -> Result<Name<'a>, Malformed> {
    let issuer = Name::read(reader, "issuer")?;
    if issuer.is_empty() {
        return Err(
            Malformed::new(Code::X509IssuerEmpty, "issuer", issuer.der())
                .expected("at least one attribute")
                .found("an empty name"),
        );
    }
    Ok(issuer)
}

fn validity(reader: &mut Reader<'_>) -> Result<(UnixTime, UnixTime), Malformed> {
    let mut inner = Reader::new(reader.contents(tag::SEQUENCE, "validity")?);
    let not_before = primitive::time(inner.element("validity.notBefore")?, "validity.notBefore")?;
    let not_after = primitive::time(inner.element("validity.notAfter")?, "validity.notAfter")?;
    inner.finish("validity")?;
    Ok((not_before, not_after))
}

/// issuerUniqueID and subjectUniqueID: `[1]` and `[2] IMPLICIT BIT STRING`, not in version 1 (RFC
/// 5280 section 4.1.2.8). The primitive form only: extensions hidden under `[1]` are refused.
#[inline]
fn unique_id(reader: &mut Reader<'_>, number: u8, version: Version) -> Result<(), Malformed> {
    match reader.peek() {
        Some(found) if found == tag::context(number) => some_unique_id(reader, number, version),
        _ => Ok(()),
    }
}

#[cold]
fn some_unique_id(reader: &mut Reader<'_>, number: u8, version: Version) -> Result<(), Malformed> {
    const FIELD: &str = "uniqueID";
    let at = reader.rest();
    let Some(contents) = reader.optional(tag::context(number), FIELD)? else {
        return Ok(());
    };
    if version == Version::V1 {
        return Err(Malformed::new(Code::X509Version, FIELD, at)
            .expected("version 2 or 3 where there is a unique identifier"));
    }
    match contents {
        [0] | [0..=7, _, ..] => Ok(()),
        _ => Err(Malformed::new(Code::X509Der, FIELD, at).expected("a BIT STRING")),
    }
}
