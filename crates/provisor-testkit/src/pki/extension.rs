//! Certificate extensions.

use crate::asn1;
use crate::pki::DistinguishedName;

/// One extension: OID, criticality and the DER inside the OCTET STRING.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The OID as dotted text.
    pub oid: String,
    /// Whether a verifier that does not know it must refuse.
    pub critical: bool,
    /// The content of extnValue.
    pub value: Vec<u8>,
}

/// Bits of the key usage extension, by their number (RFC 5280 section 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the RFC")]
pub enum KeyUsage {
    DigitalSignature = 0,
    NonRepudiation = 1,
    KeyEncipherment = 2,
    DataEncipherment = 3,
    KeyAgreement = 4,
    KeyCertSign = 5,
    CrlSign = 6,
    EncipherOnly = 7,
    DecipherOnly = 8,
}

/// A GeneralName, of the kinds that device certificates hold (RFC 5280 section 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    /// directoryName.
    Directory(DistinguishedName),
    /// dNSName.
    Dns(String),
    /// iPAddress: 4 or 16 bytes, or twice that in a name constraint.
    Ip(Vec<u8>),
    /// Any kind by its tag byte and content, well-formed or not.
    Raw(u8, Vec<u8>),
    /// rfc822Name.
    Rfc822(String),
    /// uniformResourceIdentifier.
    Uri(String),
}

/// Extended key usage: TLS client authentication.
pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
/// Extended key usage: TLS server authentication.
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
/// Extended key usage of EK certificates, tcg-kp-EKCertificate (TCG EK Credential Profile 2.5, section 3.5.14).
pub const EK_CERTIFICATE: &str = "2.23.133.8.1";
/// Extended key usage of AK certificates, tcg-kp-AIKCertificate.
pub const AK_CERTIFICATE: &str = "2.23.133.8.3";

impl Extension {
    /// Any extension by OID.
    #[must_use]
    pub fn new(oid: &str, critical: bool, value: impl Into<Vec<u8>>) -> Self {
        Self {
            oid: oid.into(),
            critical,
            value: value.into(),
        }
    }

    /// The same with that criticality.
    #[must_use]
    pub fn critical(self, critical: bool) -> Self {
        Self { critical, ..self }
    }

    /// Basic constraints, critical (RFC 5280 section 4.2.1.9). `cA` is left out when false, as DER wants it.
    #[must_use]
    pub fn basic_constraints(ca: bool, path_len: Option<u8>) -> Self {
        let ca = if ca { asn1::boolean_true() } else { Vec::new() };
        let path_len = path_len.map_or_else(Vec::new, |n| asn1::unsigned(&[n]));
        Self::new("2.5.29.19", true, asn1::sequence(&[&ca, &path_len]))
    }

    /// Key usage, critical.
    #[must_use]
    pub fn key_usage(bits: &[KeyUsage]) -> Self {
        let bits: Vec<u8> = bits.iter().map(|bit| *bit as u8).collect();
        Self::new("2.5.29.15", true, asn1::named_bits(&bits))
    }

    /// Extended key usage, not critical, from dotted OIDs.
    #[must_use]
    pub fn extended_key_usage(purposes: &[&str]) -> Self {
        let oids: Vec<u8> = purposes.iter().flat_map(|oid| asn1::oid(oid)).collect();
        Self::new("2.5.29.37", false, asn1::tlv(asn1::SEQUENCE, &oids))
    }

    /// Subject alternative name, not critical.
    #[must_use]
    pub fn subject_alt_name(names: &[GeneralName]) -> Self {
        let names: Vec<u8> = names.iter().flat_map(GeneralName::der).collect();
        Self::new("2.5.29.17", false, asn1::tlv(asn1::SEQUENCE, &names))
    }

    /// Subject key identifier, not critical.
    #[must_use]
    pub fn subject_key_id(id: &[u8]) -> Self {
        Self::new("2.5.29.14", false, asn1::octet_string(id))
    }

    /// Authority key identifier with keyIdentifier only, not critical.
    #[must_use]
    pub fn authority_key_id(id: &[u8]) -> Self {
        Self::new("2.5.29.35", false, asn1::sequence(&[&asn1::tlv(0x80, id)]))
    }

    /// Name constraints, critical (RFC 5280 section 4.2.1.10).
    #[must_use]
    pub fn name_constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> Self {
        let subtrees = |tag: u8, names: &[GeneralName]| {
            if names.is_empty() {
                return Vec::new();
            }
            let subtrees: Vec<u8> = names
                .iter()
                .flat_map(|name| asn1::tlv(asn1::SEQUENCE, &name.der()))
                .collect();
            asn1::tlv(tag, &subtrees)
        };
        let value = asn1::sequence(&[&subtrees(0xa0, permitted), &subtrees(0xa1, excluded)]);
        Self::new("2.5.29.30", true, value)
    }

    /// The Extension SEQUENCE.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let critical = if self.critical {
            asn1::boolean_true()
        } else {
            Vec::new()
        };
        asn1::sequence(&[
            &asn1::oid(&self.oid),
            &critical,
            &asn1::octet_string(&self.value),
        ])
    }
}

impl GeneralName {
    /// The GeneralName, DER.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        match self {
            Self::Rfc822(text) => asn1::tlv(0x81, text.as_bytes()),
            Self::Dns(text) => asn1::tlv(0x82, text.as_bytes()),
            // A CHOICE is always tagged explicitly (X.680 section 31.2.7).
            Self::Directory(name) => asn1::tlv(0xa4, &name.der()),
            Self::Uri(text) => asn1::tlv(0x86, text.as_bytes()),
            Self::Ip(bytes) => asn1::tlv(0x87, bytes),
            Self::Raw(tag, value) => asn1::tlv(*tag, value),
        }
    }
}
