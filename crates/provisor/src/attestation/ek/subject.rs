//! What refusals of EK certificates are about.

use alloc::format;

use provisor_report::Subject;
use provisor_x509::Certificate;

pub(super) fn subject(leaf: &Certificate<'_>) -> Subject {
    Subject::certificate(0, format!("{}", leaf.subject()))
}
