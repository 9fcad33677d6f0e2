//! What a CA signed: certificates and revocation lists have the same outside (RFC 5280 sections
//! 4.1.1 and 5.1.1).

use alloc::format;
use alloc::string::String;

use provisor_report::Code;

use super::{Element, Malformed, Reader, only, primitive, tag};
use crate::oid::Labelled;

/// SEQUENCE { the signed part, signatureAlgorithm, signatureValue }.
pub(crate) struct Signed<'a> {
    /// The signed part.
    pub(crate) tbs: Element<'a>,
    algorithm: Element<'a>,
    /// The octets of signatureValue.
    pub(crate) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads one that fills `der`; `tbs` is the name of the signed part, `form` the code of a signature
    /// that is no string of whole bytes.
    #[inline]
    pub(crate) fn read(
        der: &'a [u8],
        field: &'static str,
        tbs: &'static str,
        form: Code,
    ) -> Result<Self, Malformed> {
        let mut outer = Reader::new(only(der, tag::SEQUENCE, field)?);
        let tbs = outer.expect(tag::SEQUENCE, tbs)?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = primitive::whole_octets(
            outer.contents(tag::BIT_STRING, "signatureValue")?,
            form,
            "signatureValue",
        )?;
        outer.finish(field)?;
        Ok(Self {
            tbs,
            algorithm,
            signature,
        })
    }

    /// Reads the AlgorithmIdentifier inside, which has to be the one outside, parameters and all
    /// (RFC 5280 sections 4.1.1.2 and 5.1.1.2). Tag and length included.
    #[inline]
    pub(crate) fn algorithm(&self, inside: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
        let inside = inside.expect(tag::SEQUENCE, "signature")?;
        if inside.whole != self.algorithm.whole {
            return Err(
                Malformed::new(Code::X509AlgorithmMismatch, "signature", inside.whole)
                    .expected("the same AlgorithmIdentifier in the signed part and outside")
                    .found(both(inside.contents, self.algorithm.contents)),
            );
        }
        primitive::algorithm(inside.contents, "signature")?;
        Ok(inside.whole)
    }
}

/// Both identifiers for people; the same twice means that the parameters differ.
#[cold]
fn both(inside: &[u8], outside: &[u8]) -> String {
    let oid = |contents| {
        let mut reader = Reader::new(contents);
        reader.contents(tag::OID, "").unwrap_or_default()
    };
    let (inside, outside) = (oid(inside), oid(outside));
    if inside == outside {
        return format!("{} twice, with different parameters", Labelled(inside));
    }
    format!("{} inside, {} outside", Labelled(inside), Labelled(outside))
}
