//! Distinguished names, including those that nobody should issue.

use crate::asn1;

/// A Name being put together, RDN by RDN in the order of the encoding.
///
/// ```
/// use provisor_testkit::pki::DistinguishedName;
///
/// let name = DistinguishedName::cn("device-1").and("2.5.4.10", "Acme");
/// assert_ne!(name.der(), DistinguishedName::cn("device-1").der());
/// assert_eq!(DistinguishedName::empty().der(), [0x30, 0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName {
    /// The attributes (SEQUENCEs of OID and value) of each RDN.
    rdns: Vec<Vec<Vec<u8>>>,
}

/// The attribute type CN.
pub const COMMON_NAME: &str = "2.5.4.3";
/// The attribute type O.
pub const ORGANIZATION: &str = "2.5.4.10";

impl DistinguishedName {
    /// The name without any RDN.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rdns: Vec::new() }
    }

    /// `CN=text`, as UTF8String.
    #[must_use]
    pub fn cn(text: &str) -> Self {
        Self::empty().and(COMMON_NAME, text)
    }

    /// Adds an RDN with one UTF8String attribute; add [`COMMON_NAME`] again for a second CN.
    #[must_use]
    pub fn and(self, oid: &str, text: &str) -> Self {
        self.and_raw(oid, asn1::UTF8_STRING, text.as_bytes())
    }

    /// Adds an RDN with one attribute of any string type and content, well-formed or not.
    #[must_use]
    pub fn and_raw(mut self, oid: &str, tag: u8, value: &[u8]) -> Self {
        self.rdns.push(vec![attribute(oid, tag, value)]);
        self
    }

    /// Adds one more UTF8String attribute to the last RDN.
    ///
    /// # Panics
    /// When there is no RDN yet.
    #[must_use]
    pub fn joined_by(mut self, oid: &str, text: &str) -> Self {
        let last = self.rdns.last_mut().expect("an RDN to join");
        last.push(attribute(oid, asn1::UTF8_STRING, text.as_bytes()));
        // SET OF is sorted by encoding (X.690 section 11.6).
        last.sort();
        self
    }

    /// The Name, DER.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let rdns: Vec<u8> = self
            .rdns
            .iter()
            .flat_map(|attributes| asn1::tlv(asn1::SET, &attributes.concat()))
            .collect();
        asn1::tlv(asn1::SEQUENCE, &rdns)
    }
}

fn attribute(oid: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(oid), &asn1::tlv(tag, value)])
}
