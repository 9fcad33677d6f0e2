//! The name of the device.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};
use provisor_x509::Certificate;

use crate::id::derive::common_name;
use crate::id::{IdRules, RegistrationId};

/// The rule that binds a certificate to a registration ID: its subject has exactly one CN, and the
/// CN is the ID. Says nothing about who issued the certificate.
///
/// # Errors
/// [`IdNoCommonName`](Code::IdNoCommonName), [`IdSeveralCommonNames`](Code::IdSeveralCommonNames),
/// [`IdCommonName`](Code::IdCommonName) when the CN is no legal ID under the rules,
/// [`AttestIdCase`](Code::AttestIdCase) when the rules regard case and nothing else differs,
/// [`AttestIdMismatch`](Code::AttestIdMismatch) when the CN is another ID.
pub fn check_common_name(
    leaf: &Certificate<'_>,
    id: &RegistrationId,
    rules: IdRules,
) -> Result<(), Rejection> {
    let text = common_name(leaf)?;
    match RegistrationId::from_certificate(leaf, rules) {
        Ok(named) if named == *id => Ok(()),
        Ok(named) => Err(mismatch(Code::AttestIdMismatch, leaf, id, named.as_str())),
        Err(_) if text.eq_ignore_ascii_case(id.as_str()) => {
            Err(mismatch(Code::AttestIdCase, leaf, id, &text))
        }
        Err(cause) => Err(cause),
    }
}

/// `found` holds characters of legal IDs only, so nothing needs escaping.
fn mismatch(code: Code, leaf: &Certificate<'_>, id: &RegistrationId, found: &str) -> Rejection {
    let subject = Subject::certificate(0, format!("{}", leaf.subject()));
    Rejection::new(code, subject)
        .expected(format!("CN={id}"))
        .found(format!("CN={found}"))
}
