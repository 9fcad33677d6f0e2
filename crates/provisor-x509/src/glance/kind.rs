//! Well-known structures in DER, told by their first elements.

use super::wanted::Wanted;
use crate::der::{Reader, tag};

/// A structure that people take for a certificate or a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Certificate,
    List,
    Request,
    AttributeCertificate,
    SignedData,
    Pkcs12,
    PrivateKey,
    EncryptedKey,
    PublicKey,
    BareKeyOrSignature,
    OcspResponse,
}

impl Kind {
    /// What these bytes begin as; they may be cut off or followed by others.
    pub(crate) fn of(der: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(Reader::new(der).contents(tag::SEQUENCE, "").ok()?);
        let first = outer.element("").ok()?;
        match first.tag {
            tag::SEQUENCE => Self::of_signed(first.contents)
                .or_else(|| Self::of_key(first.contents, outer.peek())),
            // PKCS #12, PKCS #8, SEC 1 and PKCS #1 begin with their version; a bare public key of RSA
            // and an ECDSA signature are two large numbers.
            tag::INTEGER => match (first.contents, outer.peek()?) {
                ([3], tag::SEQUENCE) => Some(Self::Pkcs12),
                ([0 | 1], _) => Some(Self::PrivateKey),
                ([_, _, ..], tag::INTEGER) => Some(Self::BareKeyOrSignature),
                _ => None,
            },
            // ContentInfo (RFC 5652 section 3).
            tag::OID => Some(Self::SignedData),
            // OCSPResponse (RFC 6960 section 4.2.1).
            tag::ENUMERATED => Some(Self::OcspResponse),
            _ => None,
        }
    }

    /// By the signed part of what a CA or a requester signed.
    fn of_signed(contents: &[u8]) -> Option<Self> {
        let mut inside = Reader::new(contents);
        let explicit = inside.optional(tag::context_constructed(0), "").ok()?;
        let number = inside.optional(tag::INTEGER, "").ok()?;
        inside.expect(tag::SEQUENCE, "").ok()?;
        let [second, third] = [inside.next(), inside.next()].map(|e| e.map(|e| e.tag));
        match (explicit, number, second?, third?) {
            // PKCS #10 (RFC 2986 section 4): a version, a name, a key, attributes under [0].
            (None, Some([0]), tag::SEQUENCE, ATTRIBUTES) => Some(Self::Request),
            // RFC 5755 section 4.1: a version, a holder, an issuer under [0].
            (None, Some(_), ATTRIBUTES, _) => Some(Self::AttributeCertificate),
            // TBSCertList (RFC 5280 section 5.1): an algorithm, a name, a time.
            (None, _, tag::SEQUENCE, tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(Self::List),
            // TBSCertificate (section 4.1): a serial number, an algorithm, a name, two times.
            (_, Some(_), tag::SEQUENCE, tag::SEQUENCE) => Some(Self::Certificate),
            _ => None,
        }
    }

    /// An AlgorithmIdentifier and a key: SubjectPublicKeyInfo or EncryptedPrivateKeyInfo (RFC 5958
    /// section 3).
    fn of_key(algorithm: &[u8], next: Option<u8>) -> Option<Self> {
        match (Reader::new(algorithm).peek(), next) {
            (Some(tag::OID), Some(tag::BIT_STRING)) => Some(Self::PublicKey),
            (Some(tag::OID), Some(tag::OCTET_STRING)) => Some(Self::EncryptedKey),
            _ => None,
        }
    }

    /// Its name, with its article.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "a certificate",
            Self::List => "a certificate revocation list (CRL)",
            Self::Request => "a certificate request (PKCS #10)",
            Self::AttributeCertificate => "an attribute certificate",
            Self::SignedData => "a PKCS #7 file",
            Self::Pkcs12 => "a PKCS #12 file",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey => "an encrypted private key",
            Self::PublicKey => "a public key",
            Self::BareKeyOrSignature => "a bare key or signature",
            Self::OcspResponse => "an OCSP response",
        }
    }

    /// What to do about it, where something else is wanted.
    pub(crate) const fn remedy(self, wanted: Wanted) -> &'static str {
        match (self, wanted) {
            (Self::Certificate, _) => {
                "give the revocation list of the CA; a certificate goes where certificates are asked for"
            }
            (Self::List, _) => {
                "give the certificate itself; a list goes where lists are asked for (--crl)"
            }
            (Self::Pkcs12, Wanted::Certificates) => {
                "take the certificates out first (openssl pkcs12 -in FILE -nokeys -clcerts)"
            }
            (Self::SignedData, Wanted::Certificates) => {
                "take the certificates out first (openssl pkcs7 -in FILE -inform DER -print_certs)"
            }
            (Self::SignedData, Wanted::Lists) => {
                "take the lists out first (openssl pkcs7 -in FILE -inform DER -print_certs)"
            }
            (Self::Request, Wanted::Certificates) => {
                "send the certificate that the CA issued for this request"
            }
            (Self::PrivateKey | Self::EncryptedKey, Wanted::Certificates) => {
                "keep the key to yourself and send the certificate that belongs to it"
            }
            (Self::PublicKey | Self::BareKeyOrSignature, Wanted::Certificates) => {
                "send the certificate that holds this key; a bare key says nothing about its owner"
            }
            (Self::AttributeCertificate, Wanted::Certificates) => {
                "send the public key certificate that it belongs to"
            }
            (Self::OcspResponse, Wanted::Certificates) => "send the certificate itself",
            (_, Wanted::Lists) => "give the revocation list of the CA",
        }
    }

    /// Whether it is what is asked for.
    pub(crate) const fn is(self, wanted: Wanted) -> bool {
        matches!(
            (self, wanted),
            (Self::Certificate, Wanted::Certificates) | (Self::List, Wanted::Lists)
        )
    }
}

const ATTRIBUTES: u8 = tag::context_constructed(0);
