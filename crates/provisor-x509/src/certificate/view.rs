//! The certificate as a view of its bytes.

use provisor_report::UnixTime;

use crate::extension::{BasicConstraints, Extension, Extensions, KeyUsage, oids};
use crate::general_name::{GeneralName, GeneralNames};
use crate::key::PublicKeyInfo;
use crate::name::Name;
use crate::spans::Bytes;
use crate::version::Version;

/// An X.509 certificate, borrowed from its DER bytes.
///
/// It exists only when the bytes are strict: exact tags with their class, minimal lengths, known
/// extensions well formed and none twice, one signature algorithm inside and outside, nothing left
/// over. Reading allocates nothing. Being readable says nothing about trust: that is what
/// [`PathVerifier`](crate::PathVerifier) is for.
///
/// Five departures from canonical DER are accepted, because millions of devices carry them and
/// none changes a meaning: `DEFAULT FALSE` written out (Intel), the order inside a SET (Nuvoton), a
/// redundant zero in the serial number (ST), trailing zero bits in the key usage (Infineon), and
/// GeneralizedTime before 2050.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) tbs: &'a [u8],
    pub(crate) version: Version,
    pub(crate) serial: &'a [u8],
    /// The AlgorithmIdentifier, tag and length included; inside and outside are the same bytes.
    pub(crate) signature_algorithm: &'a [u8],
    pub(crate) issuer: Name<'a>,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) subject: Name<'a>,
    pub(crate) self_issued: bool,
    pub(crate) key: PublicKeyInfo<'a>,
    pub(crate) extensions: Extensions<'a>,
    pub(crate) signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// The same certificate over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> Certificate<'b> {
        Certificate {
            der: bytes(self.der),
            tbs: bytes(self.tbs),
            version: self.version,
            serial: bytes(self.serial),
            signature_algorithm: bytes(self.signature_algorithm),
            issuer: self.issuer.over(bytes),
            not_before: self.not_before,
            not_after: self.not_after,
            subject: self.subject.over(bytes),
            self_issued: self.self_issued,
            key: self.key.over(bytes),
            extensions: self.extensions.over(bytes),
            signature: bytes(self.signature),
        }
    }

    /// The bytes it was read from.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The signed part, tag and length included.
    #[must_use]
    pub const fn tbs(&self) -> &'a [u8] {
        self.tbs
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The serial number: the contents octets of the INTEGER, as they stand.
    #[must_use]
    pub const fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    /// Whom it names; empty in many EK certificates.
    #[must_use]
    pub const fn subject(&self) -> Name<'a> {
        self.subject
    }

    /// The first second at which it is valid.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// The last second at which it is valid. `9999-12-31T23:59:59Z` means that it has no expiry
    /// (RFC 5280 section 4.1.2.5, IEEE 802.1AR section 8.7).
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// Whether subject and issuer are the same name (RFC 5280 section 6.1).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.self_issued
    }

    /// The public key with its algorithm.
    #[must_use]
    pub const fn key(&self) -> PublicKeyInfo<'a> {
        self.key
    }

    /// The DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub const fn public_key_info(&self) -> &'a [u8] {
        self.key.whole
    }

    /// The basicConstraints, if it has them.
    #[must_use]
    pub const fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.extensions.basic_constraints
    }

    /// Whether it says that its subject is a CA.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.basic_constraints()
            .is_some_and(|constraints| constraints.is_ca())
    }

    /// The keyUsage, if it has one.
    #[must_use]
    pub const fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// The purposes of the extended key usage, in the order of the certificate, as the contents
    /// octets of their identifiers; `None` when it has no such extension, and is not restricted.
    #[must_use]
    pub fn purposes(&self) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        self.extensions.purposes.map(oids)
    }

    /// Every extension as it stands, in the order of the certificate.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        self.extensions.iter()
    }

    /// The subject key identifier, if it has one.
    #[must_use]
    pub const fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.extensions.subject_key_id
    }

    /// The key identifier of the authority key identifier, if it has one.
    #[must_use]
    pub const fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.extensions.authority_key_id
    }

    /// The names of the subject alternative name extension; empty when it has none.
    #[must_use]
    pub const fn subject_alt_names(&self) -> SubjectAltNames<'a> {
        let contents = match self.extensions.alt_names {
            Some(contents) => contents,
            None => &[],
        };
        SubjectAltNames(GeneralNames::of(contents))
    }
}

impl PartialEq for Certificate<'_> {
    /// The same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate<'_> {}

/// The names of a subject alternative name, in the order of the certificate.
#[derive(Clone, Debug)]
pub struct SubjectAltNames<'a>(GeneralNames<'a>);

impl<'a> Iterator for SubjectAltNames<'a> {
    type Item = GeneralName<'a>;

    fn next(&mut self) -> Option<GeneralName<'a>> {
        self.0.next()
    }
}
