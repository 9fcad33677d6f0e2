//! Which extensions must be critical, and which must not be.

use provisor_report::Code;

use super::parts::{BASIC_CONSTRAINTS, Outcome, SUBJECT_INFO_ACCESS};
use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};
use crate::oid;

/// By the last byte of 2.5.29.x, with the words for the report.
const MUST: [(u8, &str); 3] = [
    (30, "a critical nameConstraints (RFC 5280 section 4.2.1.10)"),
    (
        36,
        "a critical policyConstraints (RFC 5280 section 4.2.1.11)",
    ),
    (
        54,
        "a critical inhibitAnyPolicy (RFC 5280 section 4.2.1.14)",
    ),
];
const MUST_NOT: [(u8, &str); 4] = [
    (
        9,
        "a subjectDirectoryAttributes that is not critical (RFC 5280 section 4.2.1.8)",
    ),
    (
        14,
        "a subjectKeyIdentifier that is not critical (RFC 5280 section 4.2.1.2)",
    ),
    (
        35,
        "an authorityKeyIdentifier that is not critical (RFC 5280 section 4.2.1.1)",
    ),
    (
        46,
        "a freshestCRL that is not critical (RFC 5280 section 4.2.1.15)",
    ),
];

/// Every extension's flag.
pub(super) fn criticality<'a>(certificate: &Certificate<'a>) -> Outcome<'a> {
    for extension in certificate.extensions() {
        let (oid, critical) = (extension.oid_bytes(), extension.is_critical());
        let words = |table: &[(u8, &'static str)]| match *oid {
            [0x55, 0x1d, id] => table
                .iter()
                .find(|(known, _)| *known == id)
                .map(|(_, words)| *words),
            _ => None,
        };
        if critical {
            let access = [oid::AUTHORITY_INFO_ACCESS, SUBJECT_INFO_ACCESS];
            let wanted = match words(&MUST_NOT) {
                None if access.contains(&oid) => {
                    Some("an information access that is not critical (RFC 5280 section 4.2.2)")
                }
                wanted => wanted,
            };
            if let Some(wanted) = wanted {
                return Err(refuse(Code::X509StrictCritical, wanted, oid));
            }
        } else {
            // Section 4.2.1.9, for those who sign certificates.
            let wanted = match words(&MUST) {
                None if oid == BASIC_CONSTRAINTS && certificate.is_ca() => {
                    Some("critical basicConstraints in a CA (RFC 5280 section 4.2.1.9)")
                }
                wanted => wanted,
            };
            if let Some(wanted) = wanted {
                return Err(refuse(Code::X509StrictNotCritical, wanted, oid));
            }
        }
    }
    Ok(())
}

const fn refuse<'a>(code: Code, wanted: &'static str, oid: &'a [u8]) -> Fault<'a> {
    Fault::new(code, Fact::Text(wanted), Fact::Oid(oid))
}
