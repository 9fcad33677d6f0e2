//! Response codes (TPM 2.0 Part 2 section 6.6): what a TPM says when it says no.

use core::fmt;

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::command::CommandCode;

/// A `TPM_RC`, decoded.
///
/// ```
/// use provisor_tpm::device::{Located, ResponseCode};
///
/// let code = ResponseCode::new(0x01DF);
/// assert_eq!(code.name(), Some("TPM_RC_INTEGRITY"));
/// assert_eq!(code.located(), Located::Parameter(1));
/// assert_eq!(code.to_string(), "TPM_RC_INTEGRITY, parameter 1 (0x1df)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseCode(u32);

/// What a response code of format one is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Located {
    /// The whole command, or it is not said.
    Nowhere,
    /// That handle, counted from 1.
    Handle(u8),
    /// That session, counted from 1.
    Session(u8),
    /// That parameter, counted from 1.
    Parameter(u8),
}

/// Set in codes of format one (Part 2 section 6.6.2, bit F).
const FORMAT_ONE: u32 = 0x080;
/// Set when a code of format one is about a parameter.
const PARAMETER: u32 = 0x040;
/// Set when a code of format one is about a session and not about a handle.
const SESSION: u32 = 0x800;

impl ResponseCode {
    /// The command was done.
    pub const SUCCESS: Self = Self(0);
    /// `TPM2_Startup` has not been sent.
    pub const INITIALIZE: Self = Self(0x100);
    /// Nothing is at that handle.
    pub const HANDLE: Self = Self(0x08B);
    /// Send the same command again.
    pub const RETRY: Self = Self(0x922);

    /// The code of that number.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number, as it stands in the response.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The code without what it is about: 0x18b and 0x28b are both `TPM_RC_HANDLE`, 0x08b.
    #[must_use]
    pub const fn kind(self) -> Self {
        if self.0 & FORMAT_ONE != 0 && self.0 < 0x1000 {
            return Self(self.0 & (FORMAT_ONE | 0x3F));
        }
        self
    }

    /// What it is about.
    #[must_use]
    pub const fn located(self) -> Located {
        if self.0 & FORMAT_ONE == 0 || self.0 >= 0x1000 {
            return Located::Nowhere;
        }
        // Four bits for a parameter, three for a handle or a session: all fit a byte.
        let [_, _, high, _] = self.0.to_be_bytes();
        match (self.0 & PARAMETER != 0, self.0 & SESSION != 0) {
            (true, _) => Located::Parameter(high & 0x0F),
            (false, true) => Located::Session(high & 0x07),
            (false, false) if high & 0x07 == 0 => Located::Nowhere,
            (false, false) => Located::Handle(high & 0x07),
        }
    }

    /// Whether the same command, sent again a little later, may be done: a passing state of the TPM.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        // YIELDED, CANCELED, TESTING, NV_RATE, RETRY, NV_UNAVAILABLE.
        matches!(self.0, 0x908..=0x90A | 0x920 | 0x922 | 0x923)
    }

    /// Whether nothing is at the first handle of the command.
    #[must_use]
    pub const fn is_empty_handle(self) -> bool {
        // TPM_RC_HANDLE for handle 1; TPM_RC_REFERENCE_H0 when an object is not loaded.
        matches!(self.0, 0x18B | 0x910)
    }

    /// The code as a rejection of that command.
    #[must_use]
    pub fn into_rejection(self, command: CommandCode) -> Rejection {
        Rejection::new(self.code(), Subject::field(command.name())).found(format!("{self}"))
    }

    /// Our code for it: one for each thing that a person has to do.
    const fn code(self) -> Code {
        match self.kind().0 {
            0x100 => Code::TpmNotStarted,
            0x101 | 0x153 => Code::TpmFailureMode,
            0x143 => Code::TpmCommandUnknown,
            0x08B | 0x910..=0x916 => Code::TpmHandleEmpty,
            0x08E | 0x0A2 | 0x09D | 0x124 | 0x125 | 0x12F | 0x149 => Code::TpmAuthorization,
            0x09F => Code::TpmBlobForeign,
            0x902..=0x906 | 0x14B => Code::TpmNoRoom,
            0x921 => Code::TpmLockout,
            0x908..=0x90A | 0x920 | 0x922 | 0x923 => Code::TpmBusy,
            _ => Code::TpmRefused,
        }
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("a code without a name"))?;
        match self.located() {
            Located::Nowhere => {}
            Located::Handle(number) => write!(f, ", handle {number}")?,
            Located::Session(number) => write!(f, ", session {number}")?,
            Located::Parameter(number) => write!(f, ", parameter {number}")?,
        }
        write!(f, " (0x{:x})", self.0)
    }
}

/// Names of the codes, without what they are about.
macro_rules! names {
    ($( $value:literal $name:ident, )*) => {
        impl ResponseCode {
            /// The name in the specification, if it has one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.kind().0 {
                    $( $value => Some(concat!("TPM_RC_", stringify!($name))), )*
                    _ => None,
                }
            }
        }
    };
}

names! {
    0x000 SUCCESS, 0x01E BAD_TAG,
    // Format one.
    0x081 ASYMMETRIC, 0x082 ATTRIBUTES, 0x083 HASH, 0x084 VALUE, 0x085 HIERARCHY, 0x087 KEY_SIZE,
    0x088 MGF, 0x089 MODE, 0x08A TYPE, 0x08B HANDLE, 0x08C KDF, 0x08D RANGE, 0x08E AUTH_FAIL,
    0x08F NONCE, 0x090 PP, 0x092 SCHEME, 0x095 SIZE, 0x096 SYMMETRIC, 0x097 TAG, 0x098 SELECTOR,
    0x09A INSUFFICIENT, 0x09B SIGNATURE, 0x09C KEY, 0x09D POLICY_FAIL, 0x09F INTEGRITY, 0x0A0 TICKET,
    0x0A1 RESERVED_BITS, 0x0A2 BAD_AUTH, 0x0A3 EXPIRED, 0x0A4 POLICY_CC, 0x0A5 BINDING, 0x0A6 CURVE,
    0x0A7 ECC_POINT,
    // Format zero, errors.
    0x100 INITIALIZE, 0x101 FAILURE, 0x103 SEQUENCE, 0x10B PRIVATE, 0x119 HMAC, 0x120 DISABLED,
    0x121 EXCLUSIVE, 0x124 AUTH_TYPE, 0x125 AUTH_MISSING, 0x126 POLICY, 0x127 PCR, 0x128 PCR_CHANGED,
    0x12D UPGRADE, 0x12E TOO_MANY_CONTEXTS, 0x12F AUTH_UNAVAILABLE, 0x130 REBOOT, 0x131 UNBALANCED,
    0x142 COMMAND_SIZE, 0x143 COMMAND_CODE, 0x144 AUTHSIZE, 0x145 AUTH_CONTEXT, 0x146 NV_RANGE,
    0x147 NV_SIZE, 0x148 NV_LOCKED, 0x149 NV_AUTHORIZATION, 0x14A NV_UNINITIALIZED, 0x14B NV_SPACE,
    0x14C NV_DEFINED, 0x150 BAD_CONTEXT, 0x151 CPHASH, 0x152 PARENT, 0x153 NEEDS_TEST,
    0x154 NO_RESULT, 0x155 SENSITIVE,
    // Format zero, warnings.
    0x901 CONTEXT_GAP, 0x902 OBJECT_MEMORY, 0x903 SESSION_MEMORY, 0x904 MEMORY, 0x905 SESSION_HANDLES,
    0x906 OBJECT_HANDLES, 0x907 LOCALITY, 0x908 YIELDED, 0x909 CANCELED, 0x90A TESTING,
    0x910 REFERENCE_H0, 0x911 REFERENCE_H1, 0x912 REFERENCE_H2, 0x913 REFERENCE_H3,
    0x914 REFERENCE_H4, 0x915 REFERENCE_H5, 0x916 REFERENCE_H6, 0x918 REFERENCE_S0,
    0x919 REFERENCE_S1, 0x91A REFERENCE_S2, 0x91B REFERENCE_S3, 0x91C REFERENCE_S4,
    0x91D REFERENCE_S5, 0x91E REFERENCE_S6, 0x920 NV_RATE, 0x921 LOCKOUT, 0x922 RETRY,
    0x923 NV_UNAVAILABLE,
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    /// Codes that a software TPM was seen to answer, and what each was about.
    #[test]
    fn codes_are_taken_apart() {
        for (value, text) in [
            (0x18B, "TPM_RC_HANDLE, handle 1 (0x18b)"),
            (0x28B, "TPM_RC_HANDLE, handle 2 (0x28b)"),
            (0x1DF, "TPM_RC_INTEGRITY, parameter 1 (0x1df)"),
            (0x2C2, "TPM_RC_ATTRIBUTES, parameter 2 (0x2c2)"),
            (0x3C7, "TPM_RC_KEY_SIZE, parameter 3 (0x3c7)"),
            (0x4D5, "TPM_RC_SIZE, parameter 4 (0x4d5)"),
            (0x9A2, "TPM_RC_BAD_AUTH, session 1 (0x9a2)"),
            (0x182, "TPM_RC_ATTRIBUTES, handle 1 (0x182)"),
            (0x12F, "TPM_RC_AUTH_UNAVAILABLE (0x12f)"),
            (0x922, "TPM_RC_RETRY (0x922)"),
            (0x01E, "TPM_RC_BAD_TAG (0x1e)"),
            (0xFFFF_FFFF, "a code without a name (0xffffffff)"),
        ] {
            assert_eq!(ResponseCode::new(value).to_string(), text);
        }
    }

    #[test]
    fn what_a_person_has_to_do_has_a_code_of_its_own() {
        for (value, code) in [
            (0x100, Code::TpmNotStarted),
            (0x101, Code::TpmFailureMode),
            (0x143, Code::TpmCommandUnknown),
            (0x18B, Code::TpmHandleEmpty),
            (0x98E, Code::TpmAuthorization),
            (0x1DF, Code::TpmBlobForeign),
            (0x902, Code::TpmNoRoom),
            (0x921, Code::TpmLockout),
            (0x922, Code::TpmBusy),
            (0x2C2, Code::TpmRefused),
        ] {
            let refused = ResponseCode::new(value).into_rejection(CommandCode::Import);
            assert_eq!(refused.code(), code, "{value:x}");
        }
    }
}
