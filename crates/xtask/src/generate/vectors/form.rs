//! How values are written.

use provisor_report::Rejection;
use serde::Serialize;

/// A refusal as all languages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) number: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<usize>,
}

impl From<&Rejection> for Refusal {
    fn from(rejection: &Rejection) -> Self {
        Self {
            code: rejection.code().name(),
            number: rejection.code().number(),
            position: rejection.position(),
        }
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A rejection where the generator expected none.
pub(super) fn unexpected(rejection: &Rejection) -> String {
    rejection.to_string()
}
