//! Key identifiers: whose key signed, as far as certificates say.

use provisor_report::Code;

use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};

/// What two certificates' key identifiers say about their being issuer and issued (RFC 5280
/// section 4.2.1.1). A hint for the order, never a reason to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyIds {
    Same,
    Unknown,
    Differ,
}

pub(super) fn key_ids(authority: Option<&[u8]>, subject: Option<&[u8]>) -> KeyIds {
    match (authority, subject) {
        (Some(authority), Some(subject)) if authority == subject => KeyIds::Same,
        (Some(_), Some(_)) => KeyIds::Differ,
        _ => KeyIds::Unknown,
    }
}

pub(super) fn wrong_signature<'a>(child: &Certificate<'a>, ids: KeyIds) -> Fault<'a> {
    match (ids, child.extensions.authority_key_id) {
        (KeyIds::Differ, Some(wanted)) => Fault::new(
            Code::X509IssuerKeyDiffers,
            Fact::Bytes("the key with the identifier", wanted),
            Fact::Text("another key under the same name"),
        ),
        _ => Fault::new(
            Code::X509SignatureWrong,
            Fact::Text("a signature over these bytes by the key of the issuer"),
            Fact::NotSignedBy(child.issuer),
        ),
    }
}
