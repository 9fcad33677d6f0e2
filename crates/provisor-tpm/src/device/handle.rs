//! Handles (TPM 2.0 Part 2 section 7): how a TPM calls what is in it, at the moment.

use core::fmt;

/// A `TPM_HANDLE`. Its top byte says what kind of thing it stands for.
///
/// ```
/// use provisor_tpm::device::Handle;
///
/// assert!(Handle::SRK.is_persistent());
/// assert_eq!(Handle::SRK.to_string(), "0x81000001");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(u32);

impl Handle {
    /// The owner hierarchy.
    pub const OWNER: Self = Self(0x4000_0001);
    /// No hierarchy, no object.
    pub const NULL: Self = Self(0x4000_0007);
    /// The endorsement hierarchy.
    pub const ENDORSEMENT: Self = Self(0x4000_000B);
    /// The storage root key (TCG TPM v2.0 Provisioning Guidance section 7.8).
    pub const SRK: Self = Self(0x8100_0001);
    /// The identity key, where the clients of provisioning services look for it.
    pub const IDENTITY: Self = Self(0x8100_0100);
    /// A password in place of a session.
    pub(super) const PASSWORD: Self = Self(0x4000_0009);

    /// The handle of that number, whether something is there or not.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Whether it stands for an object that survives a restart.
    #[must_use]
    pub const fn is_persistent(self) -> bool {
        self.0 >> 24 == 0x81
    }

    /// Whether it stands for a loaded object or a sequence, which is gone after a restart.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.0 >> 24 == 0x80
    }

    /// Whether it stands for an HMAC or a policy session.
    #[must_use]
    pub const fn is_session(self) -> bool {
        matches!(self.0 >> 24, 0x02 | 0x03)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08x}", self.0)
    }
}
