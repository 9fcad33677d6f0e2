//! What the rules have in common.

use crate::certificate::Certificate;
use crate::extension::Extension;
use crate::fault::Fault;

/// Extensions by their identifiers' contents octets, 2.5.29.x.
pub(super) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub(super) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
pub(super) const CRL_POINTS: &[u8] = &[0x55, 0x1d, 31];
pub(super) const POLICIES: &[u8] = &[0x55, 0x1d, 32];
pub(super) const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
/// id-pe-subjectInfoAccess (RFC 5280 section 4.2.2.2).
pub(super) const SUBJECT_INFO_ACCESS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0b];

pub(super) type Outcome<'a> = Result<(), Fault<'a>>;

pub(super) fn find<'a>(certificate: &Certificate<'a>, oid: &[u8]) -> Option<Extension<'a>> {
    certificate
        .extensions()
        .find(|extension| extension.oid_bytes() == oid)
}
