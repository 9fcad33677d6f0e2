//! Certificate revocation lists with every field under control.

mod point;

use provisor_report::UnixTime;

use super::authority::Authority;
use super::extension::Extension;
use super::issued::IssuedCertificate;
use super::key::{KeyPair, SignatureAlgorithm};
use super::key_id::key_id;
use super::moment::{NOW, VALID};
use super::pem::pem;
use crate::asn1;

pub use point::{IssuingPoint, PointName};

/// A revocation list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCrl {
    der: Vec<u8>,
}

impl IssuedCrl {
    /// A list from elsewhere, for example one that a test has edited.
    #[must_use]
    pub fn from_der(der: impl Into<Vec<u8>>) -> Self {
        Self { der: der.into() }
    }

    /// Its DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        pem("X509 CRL", &self.der)
    }
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct CrlEntry {
    serial: Vec<u8>,
    date: Vec<u8>,
    extensions: Vec<Extension>,
}

impl CrlEntry {
    /// For the certificate with that serial number (big-endian magnitude), revoked at the beginning
    /// of [`ToyPki::VALID`](super::ToyPki::VALID), without a reason.
    #[must_use]
    pub fn new(serial: &[u8]) -> Self {
        Self {
            serial: asn1::unsigned(serial),
            date: asn1::time(VALID.0),
            extensions: Vec::new(),
        }
    }

    /// When it was revoked.
    #[must_use]
    pub fn date(mut self, date: UnixTime) -> Self {
        self.date = asn1::time(date);
        self
    }

    /// The number of the reason (RFC 5280 section 5.3.1), well-formed or not.
    #[must_use]
    pub fn reason(self, number: u8) -> Self {
        self.extension(Extension::new("2.5.29.21", false, [0x0a, 1, number]))
    }

    /// Whose certificate it is, in an indirect list; holds for the entries after it as well.
    #[must_use]
    pub fn certificate_issuer(self, authority: &Authority) -> Self {
        let name = asn1::tlv(0xa4, &authority.name.der());
        self.extension(Extension::new(
            "2.5.29.29",
            true,
            asn1::tlv(asn1::SEQUENCE, &name),
        ))
    }

    /// Any extension.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    fn der(&self) -> Vec<u8> {
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => {
                let each: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
                asn1::tlv(asn1::SEQUENCE, &each)
            }
        };
        asn1::sequence(&[&self.serial, &self.date, &extensions])
    }
}

/// Puts a revocation list together; whatever is not set has a sane value.
///
/// ```
/// use provisor_testkit::pki::{CrlBuilder, CrlEntry, KeyKind, ToyPki};
///
/// let pki = ToyPki::new(1);
/// let list = CrlBuilder::new()
///     .entry(CrlEntry::new(&[7]).reason(1))
///     .signed_by(&pki.intermediate);
/// assert!(list.pem().starts_with("-----BEGIN X509 CRL-----"));
/// ```
#[derive(Clone, Debug)]
pub struct CrlBuilder {
    version: Vec<u8>,
    issuer: Option<Vec<u8>>,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    entries: Vec<CrlEntry>,
    extensions: Vec<Extension>,
    authority_key_id: bool,
    algorithm: Option<SignatureAlgorithm>,
    outer_identifier: Option<Vec<u8>>,
    damaged: bool,
}

impl Default for CrlBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl CrlBuilder {
    /// A complete list with number 1 and an authority key identifier, empty, issued a day before
    /// [`ToyPki::NOW`](super::ToyPki::NOW) and good for a week.
    #[must_use]
    pub fn new() -> Self {
        const DAY: i64 = 86_400;
        let day = |days: i64| asn1::time(UnixTime::new(NOW.seconds() + days * DAY));
        Self {
            version: asn1::unsigned(&[1]),
            issuer: None,
            this_update: day(-1),
            next_update: day(6),
            entries: Vec::new(),
            extensions: Vec::new(),
            authority_key_id: true,
            algorithm: None,
            outer_identifier: None,
            damaged: false,
        }
        .number(1)
    }

    /// Adds an entry.
    #[must_use]
    pub fn entry(mut self, entry: CrlEntry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Adds an entry for that certificate, with that reason.
    ///
    /// # Panics
    /// When the certificate has no serial number where one has to be.
    #[must_use]
    pub fn revoke(self, certificate: &IssuedCertificate, reason: u8) -> Self {
        let entry = CrlEntry::new(&serial_of(certificate.der())).reason(reason);
        self.entry(entry)
    }

    /// The CRL number.
    #[must_use]
    pub fn number(self, number: u8) -> Self {
        self.extension(Extension::new(
            "2.5.29.20",
            false,
            asn1::unsigned(&[number]),
        ))
    }

    /// Makes it a delta on the list of that number.
    #[must_use]
    pub fn delta_of(self, base: u8) -> Self {
        self.extension(Extension::new("2.5.29.27", true, asn1::unsigned(&[base])))
    }

    /// What it covers.
    #[must_use]
    pub fn issuing_point(self, point: &IssuingPoint) -> Self {
        self.extension(point.extension())
    }

    /// Adds the extension, or puts it in the place of one with the same OID.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.retain(|other| other.oid != extension.oid);
        self.extensions.push(extension);
        self
    }

    /// Adds the extension even when there is one with its OID already.
    #[must_use]
    pub fn repeated_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Takes every extension away.
    #[must_use]
    pub fn without_extensions(mut self) -> Self {
        self.extensions.clear();
        self.authority_key_id = false;
        self
    }

    /// No authority key identifier beside those added by hand.
    #[must_use]
    pub fn without_authority_key_id(mut self) -> Self {
        self.authority_key_id = false;
        self
    }

    /// The version number as written: 1 is version 2. `None` leaves the field out.
    #[must_use]
    pub fn version(mut self, number: Option<u8>) -> Self {
        self.version = number.map_or_else(Vec::new, |n| asn1::unsigned(&[n]));
        self
    }

    /// When it was issued, and when the next one is due, if it says so.
    #[must_use]
    pub fn dates(mut self, this_update: UnixTime, next_update: Option<UnixTime>) -> Self {
        self.this_update = asn1::time(this_update);
        self.next_update = next_update.map_or_else(Vec::new, asn1::time);
        self
    }

    /// Another issuer name than that of the authority that signs.
    #[must_use]
    pub fn issuer(mut self, authority: &Authority) -> Self {
        self.issuer = Some(authority.name.der());
        self
    }

    /// Signs with that algorithm instead of the usual one of the issuer's key.
    #[must_use]
    pub fn algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Writes another AlgorithmIdentifier into signatureAlgorithm.
    #[must_use]
    pub fn outer_algorithm(mut self, identifier: &[u8]) -> Self {
        self.outer_identifier = Some(identifier.to_vec());
        self
    }

    /// Flips one bit of the finished signature.
    #[must_use]
    pub fn damaged_signature(mut self) -> Self {
        self.damaged = true;
        self
    }

    /// Signed by that authority, in its name.
    #[must_use]
    pub fn signed_by(self, authority: &Authority) -> IssuedCrl {
        self.signed_with(authority, &authority.key)
    }

    /// In that authority's name, signed with another key.
    ///
    /// # Panics
    /// Never: a signature has bytes.
    #[must_use]
    pub fn signed_with(mut self, authority: &Authority, key: &KeyPair) -> IssuedCrl {
        if self.authority_key_id {
            self.extensions
                .push(Extension::authority_key_id(&key_id(key)));
        }
        let algorithm = self.algorithm.unwrap_or(key.kind().usual_signature());
        let identifier = algorithm.identifier();
        let entries = match self.entries.is_empty() {
            true => Vec::new(),
            false => {
                let each: Vec<u8> = self.entries.iter().flat_map(CrlEntry::der).collect();
                asn1::tlv(asn1::SEQUENCE, &each)
            }
        };
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => {
                let each: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
                asn1::tlv(0xa0, &asn1::tlv(asn1::SEQUENCE, &each))
            }
        };
        let tbs = asn1::sequence(&[
            &self.version,
            &identifier,
            &self.issuer.unwrap_or_else(|| authority.name.der()),
            &self.this_update,
            &self.next_update,
            &entries,
            &extensions,
        ]);
        let mut signature = key.sign(algorithm, &tbs);
        if self.damaged {
            *signature.last_mut().unwrap() ^= 1;
        }
        let outer = self.outer_identifier.unwrap_or(identifier);
        IssuedCrl {
            der: asn1::sequence(&[&tbs, &outer, &asn1::bit_string(&signature)]),
        }
    }
}

/// The magnitude of a certificate's serial number: Certificate, tbsCertificate, version, serial.
fn serial_of(der: &[u8]) -> Vec<u8> {
    let tbs = inside(inside(der));
    let rest = match tbs {
        [0xa0, length, rest @ ..] => &rest[usize::from(*length)..],
        rest => rest,
    };
    assert_eq!(rest[0], asn1::INTEGER, "a serial number");
    rest[2..2 + usize::from(rest[1])].to_vec()
}

/// The contents of the element at the start.
fn inside(der: &[u8]) -> &[u8] {
    match der[1] {
        0x80.. => &der[2 + usize::from(der[1] & 0x7f)..],
        _ => &der[2..],
    }
}
