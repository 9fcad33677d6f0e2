//! The one pass over a list's bytes (RFC 5280 section 5.1).

use provisor_report::{Code, Rejection, UnixTime};

use super::entry::{self, Raw};
use super::extension::CrlExtensions;
use super::list::Crl;
use super::reason::RevocationReason;
use crate::der::{Malformed, Reader, Signed, primitive, tag};
use crate::glance::{Wanted, refused};
use crate::limits;
use crate::name::Name;

impl<'a> Crl<'a> {
    /// Reads one certificate revocation list that fills `der`.
    ///
    /// # Errors
    ///
    /// Codes 2001 to 2017 and [`Code::X509CrlMalformed`](crate::Code::X509CrlMalformed), with the
    /// position of the flaw in `der`, and [`Code::X509Form`], [`Code::X509Wrapped`] or
    /// [`Code::X509OtherKind`] where it is known what the bytes are instead.
    ///
    /// ```
    /// use provisor_x509::{Code, Crl};
    ///
    /// let error = Crl::from_der(b"-----BEGIN X509 CRL-----").unwrap_err();
    /// assert_eq!(error.code(), Code::X509Form);
    /// ```
    pub fn from_der(der: &'a [u8]) -> Result<Self, Rejection> {
        crl(der).map_err(|flaw| {
            let rejection = flaw.into_rejection(der);
            let remedy = remedy(rejection.code());
            refused(rejection.remedy(remedy), der, Wanted::Lists)
        })
    }
}

/// The codes of the encoding speak of certificates, which are issued again; a list is fetched again.
const fn remedy(code: Code) -> &'static str {
    match code {
        Code::X509CrlMalformed => code.remedy(),
        Code::X509Truncated => {
            "fetch the list again, and as a whole: this one was cut off, perhaps on its way or by a buffer"
        }
        Code::X509TooLarge => {
            "have the CA split its list by distribution points, or take expired certificates off it"
        }
        Code::X509AlgorithmMismatch => {
            "fetch the list again; the difference can be a sign of tampering"
        }
        Code::X509Time => {
            "fetch the CA's next list; if it stays so, have the CA write the dates of its lists as UTCTime to \
             2049 and GeneralizedTime from 2050, in seconds and ending in Z"
        }
        _ => {
            "fetch the list again; if it stays so, have the CA mend the software that makes its lists (RFC \
             5280 section 5)"
        }
    }
}

/// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }.
fn crl(der: &[u8]) -> Result<Crl<'_>, Malformed> {
    const FIELD: &str = "CertificateList";
    if der.len() > limits::CRL_BYTES {
        return Err(Malformed::new(Code::X509TooLarge, FIELD, der).expected("at most 32 MiB"));
    }
    let signed = Signed::read(der, FIELD, "tbsCertList", Code::X509CrlSignatureForm)?;
    let mut reader = Reader::new(signed.tbs.contents);
    let version = version(&mut reader)?;
    let signature_algorithm = signed.algorithm(&mut reader)?;
    let issuer = Name::read(&mut reader, "issuer")?;
    if issuer.is_empty() {
        return Err(Malformed::new(
            Code::X509IssuerEmpty,
            "issuer",
            issuer.der(),
        ));
    }
    let this_update = primitive::time(reader.element("thisUpdate")?, "thisUpdate")?;
    let next_update = next_update(&mut reader)?;
    let entries = reader.optional(tag::SEQUENCE, "revokedCertificates")?;
    let extensions = match reader.optional(tag::context_constructed(0), "crlExtensions")? {
        Some(explicit) => {
            needs_version_2(version, explicit)?;
            CrlExtensions::read(explicit)?
        }
        None => CrlExtensions::default(),
    };
    reader.finish("tbsCertList")?;
    let unknown_entry = match entries {
        Some(entries) => check_entries(entries, version, &extensions)?,
        None => None,
    };
    Ok(Crl {
        der,
        tbs: signed.tbs.whole,
        signature_algorithm,
        signature: signed.signature,
        issuer,
        this_update,
        next_update,
        entries: entries.unwrap_or_default(),
        number: extensions.number,
        base: extensions.base,
        authority_key_id: extensions.authority_key_id,
        point: extensions.point,
        unknown_critical: extensions.unknown_critical.or(unknown_entry),
        index: None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

/// RFC 5280 section 5.1.2.1: absent, or 1 for version 2.
fn version(reader: &mut Reader<'_>) -> Result<Version, Malformed> {
    const FIELD: &str = "version";
    let at = reader.rest();
    match reader.optional(tag::INTEGER, FIELD)? {
        None => Ok(Version::V1),
        Some([1]) => Ok(Version::V2),
        Some(_) => {
            Err(Malformed::new(Code::X509Version, FIELD, at)
                .expected("1 (version 2) or no version"))
        }
    }
}

/// RFC 5280 sections 5.1.2.6 and 5.1.2.7: extensions only in version 2.
fn needs_version_2(version: Version, at: &[u8]) -> Result<(), Malformed> {
    match version {
        Version::V2 => Ok(()),
        Version::V1 => Err(Malformed::new(Code::X509Version, "version", at)
            .expected("version 2 where there are extensions")),
    }
}

fn next_update(reader: &mut Reader<'_>) -> Result<Option<UnixTime>, Malformed> {
    match reader.peek() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => {
            primitive::time(reader.element("nextUpdate")?, "nextUpdate").map(Some)
        }
        _ => Ok(None),
    }
}

/// Reads every entry once; the first critical extension in one that is not processed.
fn check_entries<'a>(
    entries: &'a [u8],
    version: Version,
    extensions: &CrlExtensions<'a>,
) -> Result<Option<&'a [u8]>, Malformed> {
    const FIELD: &str = "revokedCertificates";
    let mut reader = Reader::new(entries);
    if reader.is_empty() {
        // RFC 5280 section 5.1.2.6: without revoked certificates the list is absent. OpenSSL and
        // others write an empty one, which means the same.
        return Ok(None);
    }
    let indirect = extensions.point.is_some_and(|point| point.indirect);
    let mut unknown = None;
    while !reader.is_empty() {
        let raw = Raw::read(&mut reader)?;
        let Some(contents) = raw.extensions else {
            continue;
        };
        needs_version_2(version, contents)?;
        let read = entry::Details::read(contents)?;
        if read.reason == Some(RevocationReason::RemoveFromCrl) && extensions.base.is_none() {
            return Err(Malformed::new(Code::X509CrlMalformed, FIELD, contents)
                .expected("the reason removeFromCRL in delta lists only (section 5.3.1)"));
        }
        // Only an indirect list gives a certificate issuer its meaning (section 5.3.3).
        if let (Some(at), false) = (read.issuer, indirect) {
            return Err(Malformed::new(Code::X509CrlMalformed, FIELD, at).expected(
                "a certificate issuer in entries of indirect lists only (section 5.3.3)",
            ));
        }
        if unknown.is_none() {
            unknown = read.unknown_critical;
        }
    }
    Ok(unknown)
}
