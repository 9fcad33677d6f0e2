//! What extensions hold that path validation passes over: it is for people, or for another question.

use provisor_report::Code;

use super::parts::{CRL_POINTS, Outcome, POLICIES, find};
use crate::certificate::Certificate;
use crate::crl::point;
use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::fault::{Fact, Fault};

/// id-qt-cps and id-qt-unotice (RFC 5280 section 4.2.1.4).
const CPS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x01];
const USER_NOTICE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02];

/// Section 4.2.1.13: the distribution points are what they should be.
pub(super) fn crl_points<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    match find(certificate, CRL_POINTS) {
        Some(stated) if point::points(stated.value()).is_err() => Err(Fault::new(
            Code::X509StrictCrlPoints,
            Fact::Text("cRLDistributionPoints of RFC 5280 section 4.2.1.13"),
            Fact::Bytes("the extension", stated.value()),
        )),
        _ => Ok(()),
    }
}

/// Section 4.2.1.4: a qualifier has the type that its identifier stands for.
pub(super) fn qualifiers<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    match find(certificate, POLICIES) {
        Some(stated) if read_policies(stated.value()).is_err() => Err(Fault::new(
            Code::X509StrictQualifier,
            Fact::Text("a URI as the CPS pointer, a SEQUENCE as the user notice"),
            Fact::Bytes("certificatePolicies", stated.value()),
        )),
        _ => Ok(()),
    }
}

fn read_policies(value: &[u8]) -> Result<(), Malformed> {
    let mut policies = Reader::new(only(value, tag::SEQUENCE, "")?);
    while !policies.is_empty() {
        let mut policy = Reader::new(policies.contents(tag::SEQUENCE, "")?);
        primitive::oid(&mut policy, "")?;
        let Some(list) = policy.optional(tag::SEQUENCE, "")? else {
            continue;
        };
        let mut qualifiers = Reader::new(list);
        // SIZE (1..MAX): the first one is there.
        loop {
            let mut qualifier = Reader::new(qualifiers.contents(tag::SEQUENCE, "")?);
            match primitive::oid(&mut qualifier, "")? {
                CPS => _ = qualifier.expect(tag::IA5_STRING, "")?,
                USER_NOTICE => _ = qualifier.expect(tag::SEQUENCE, "")?,
                _ => _ = qualifier.element("")?,
            }
            qualifier.finish("")?;
            if qualifiers.is_empty() {
                break;
            }
        }
    }
    Ok(())
}
