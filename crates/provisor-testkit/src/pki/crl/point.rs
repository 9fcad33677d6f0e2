//! Distribution points, on both sides.

use crate::asn1;
use crate::pki::{Authority, DistinguishedName, Extension, GeneralName};

/// The name of a distribution point.
#[derive(Clone, Debug)]
pub enum PointName {
    /// Whole names.
    Full(Vec<GeneralName>),
    /// The one RDN of this name, added to the name of the issuer of the list.
    Relative(DistinguishedName),
}

impl PointName {
    /// One URI.
    #[must_use]
    pub fn uri(text: &str) -> Self {
        Self::Full(vec![GeneralName::Uri(text.into())])
    }

    /// DistributionPointName inside its explicit tag.
    fn der(&self) -> Vec<u8> {
        let choice = match self {
            Self::Full(names) => {
                let names: Vec<u8> = names.iter().flat_map(GeneralName::der).collect();
                asn1::tlv(0xa0, &names)
            }
            // The attributes inside SEQUENCE and SET, both short.
            Self::Relative(name) => asn1::tlv(0xa1, &name.der()[4..]),
        };
        asn1::tlv(0xa0, &choice)
    }
}

/// What a list covers (RFC 5280 section 5.2.5).
#[derive(Clone, Debug, Default)]
pub struct IssuingPoint {
    /// Where it is to be had.
    pub name: Option<PointName>,
    /// Only certificates of end entities.
    pub only_user: bool,
    /// Only certificates of CAs.
    pub only_ca: bool,
    /// Only attribute certificates.
    pub only_attribute: bool,
    /// Only these bits of ReasonFlags.
    pub reasons: Option<Vec<u8>>,
    /// Certificates of other issuers too.
    pub indirect: bool,
}

impl IssuingPoint {
    /// The issuingDistributionPoint extension, critical.
    #[must_use]
    pub fn extension(&self) -> Extension {
        let flag = |number: u8, set: bool| match set {
            true => asn1::tlv(0x80 | number, &[0xff]),
            false => Vec::new(),
        };
        let value = asn1::sequence(&[
            &self.name.as_ref().map(PointName::der).unwrap_or_default(),
            &flag(1, self.only_user),
            &flag(2, self.only_ca),
            &reasons(3, self.reasons.as_deref()),
            &flag(4, self.indirect),
            &flag(5, self.only_attribute),
        ]);
        Extension::new("2.5.29.28", true, value)
    }
}

impl Extension {
    /// CRL distribution points, not critical, from finished points.
    #[must_use]
    pub fn crl_distribution_points(points: &[Vec<u8>]) -> Self {
        Self::new(
            "2.5.29.31",
            false,
            asn1::tlv(asn1::SEQUENCE, &points.concat()),
        )
    }

    /// One distribution point: name, reasons by their bits, issuer of the list.
    #[must_use]
    pub fn crl_point(
        name: Option<&PointName>,
        bits: Option<&[u8]>,
        issuer: Option<&Authority>,
    ) -> Vec<u8> {
        let issuer = issuer.map(|authority| {
            asn1::tlv(0xa2, &GeneralName::Directory(authority.name.clone()).der())
        });
        asn1::sequence(&[
            &name.map(PointName::der).unwrap_or_default(),
            &reasons(1, bits),
            &issuer.unwrap_or_default(),
        ])
    }
}

/// `[number] IMPLICIT ReasonFlags`.
fn reasons(number: u8, bits: Option<&[u8]>) -> Vec<u8> {
    bits.map_or_else(Vec::new, |bits| {
        let mut der = asn1::named_bits(bits);
        der[0] = 0x80 | number;
        der
    })
}
