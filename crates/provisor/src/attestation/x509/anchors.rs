//! The CAs of an enrollment, and those of a path.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use provisor_x509::{TrustAnchor, VerifiedPath};

use crate::enrollment::{CaCertificate, CaReferences, CaStatus, Mark};
use crate::id::CaName;

/// The CAs referred to whose possession was proved. None at all is a rejection; one of two is not,
/// so that a secondary can be registered before it is verified.
pub(super) fn verified_anchors<'a>(
    references: &CaReferences,
    registered: impl Fn(&CaName) -> Option<&'a CaCertificate>,
) -> Result<Vec<TrustAnchor<'a>>, Rejection> {
    let mut anchors = Vec::new();
    let mut fault = Code::AttestCaUnknown;
    for ca in references.iter().filter_map(registered) {
        match ca.status() {
            CaStatus::Verified => anchors.push(ca.certificate().anchor()),
            CaStatus::Unverified => fault = Code::AttestCaUnverified,
        }
    }
    if anchors.is_empty() {
        return Err(without_ca(fault, references));
    }
    Ok(anchors)
}

pub(super) fn without_ca(code: Code, references: &CaReferences) -> Rejection {
    let names: Vec<_> = references.iter().map(|name| format!("{name}")).collect();
    Rejection::new(code, Subject::field("caReferences")).found(names.join(" and "))
}

/// The CAs between a leaf and its anchor, the anchor among them.
pub(super) fn issuers(path: &VerifiedPath<'_>) -> impl Iterator<Item = Mark> {
    let between = path.issuers().iter();
    let anchor = path.anchor();
    between
        .map(|issuer| Mark::ca(issuer.subject().der(), issuer.public_key_info()))
        .chain([Mark::ca(anchor.name().der(), anchor.public_key_info())])
}
