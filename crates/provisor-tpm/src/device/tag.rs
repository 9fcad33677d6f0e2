//! Tags of commands and responses.

/// `TPM_ST_NO_SESSIONS` and `TPM_ST_SESSIONS` (Part 2 section 6.9).
pub(super) const NO_SESSIONS: u16 = 0x8001;
pub(super) const SESSIONS: u16 = 0x8002;
