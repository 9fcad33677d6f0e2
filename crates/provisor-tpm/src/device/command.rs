//! Commands as bytes (TPM 2.0 Part 1 section 18, Part 3), and what their responses hold.
//!
//! One function for each command builds its bytes; where the response holds something, a type of
//! the same file reads it. Authorizations are the empty password, which is what provisioned devices
//! have, or a policy session.

mod activation;
mod mac;
mod memory;
mod object;
mod session;

use core::fmt;

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

pub use activation::{activate_credential, activated_secret, import, imported_private};
pub use mac::{hmac, hmac_start, mac, quote, quoted, sequence_complete, sequence_update};
pub use memory::{
    Capability, NvPublic, Property, get_capability, nv_data, nv_read, nv_read_public, startup,
};
pub use object::{
    Loaded, create_primary, created_public, evict_control, flush_context, load, public_area,
    read_public,
};
pub use session::{policy_or, policy_secret, start_policy_session};

use super::Handle;
use super::response::{NO_SESSIONS, SESSIONS};
use crate::marshal::Writer;
use crate::{SecretBytes, limits};

/// A command, ready to be sent. Its bytes are erased when it is dropped: `TPM2_Import` carries a key.
pub struct Command {
    code: CommandCode,
    sessions: usize,
    /// What is gone when the command was done: a flushed handle, a session that was used up.
    closes: Option<Handle>,
    bytes: SecretBytes,
}

/// How a handle is authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// The empty password.
    EmptyPassword,
    /// A policy session, which is gone afterwards when the command is done.
    Policy(Handle),
}

impl Command {
    /// The command.
    #[must_use]
    pub const fn code(&self) -> CommandCode {
        self.code
    }

    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn sessions(&self) -> usize {
        self.sessions
    }

    pub(super) const fn closes(&self) -> Option<Handle> {
        self.closes
    }

    /// Header, handles, authorizations, and whatever `parameters` writes.
    fn build(
        code: CommandCode,
        handles: &[Handle],
        authorizations: &[Authorization],
        parameters: impl FnOnce(&mut Writer) -> Result<(), Rejection>,
    ) -> Result<Self, Rejection> {
        // One buffer from the start: one that grows would leave its old memory behind.
        let mut writer = Writer::with_capacity(limits::TPM_COMMAND);
        let tag = if authorizations.is_empty() {
            NO_SESSIONS
        } else {
            SESSIONS
        };
        writer.u16(tag).u32(0).u32(code.value());
        for handle in handles {
            writer.u32(handle.value());
        }
        let mut closes = None;
        if !authorizations.is_empty() {
            let mut area = Writer::new();
            for authorization in authorizations {
                closes = closes.or(authorization.write(&mut area)?);
            }
            let area = area.finish();
            writer.u32(length(code, &area)?).bytes(&area);
        }
        parameters(&mut writer)?;
        let mut bytes = SecretBytes::new(writer.finish());
        let size = length(code, &bytes)?;
        if let Some(field) = bytes.get_mut(2..6) {
            field.copy_from_slice(&size.to_be_bytes());
        }
        Ok(Self {
            code,
            sessions: authorizations.len(),
            closes,
            bytes,
        })
    }

    fn closing(self, handle: Handle) -> Self {
        Self {
            closes: Some(handle),
            ..self
        }
    }
}

impl fmt::Debug for Command {
    /// Without the bytes, which may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({}, {} bytes)", self.code, self.bytes.len())
    }
}

impl Authorization {
    /// One `TPMS_AUTH_COMMAND` (Part 2 section 10.13.2). Answers with the session that this use ends.
    fn write(self, area: &mut Writer) -> Result<Option<Handle>, Rejection> {
        // continueSession is always set for a password, and clear where a session should end.
        let (handle, attributes, ends) = match self {
            Self::EmptyPassword => (Handle::PASSWORD, 1, None),
            Self::Policy(session) => (session, 0, Some(session)),
        };
        area.u32(handle.value()).sized(&[])?.u8(attributes);
        area.sized(&[])?;
        Ok(ends)
    }
}

/// A length that fits the limit of commands.
fn length(code: CommandCode, bytes: &[u8]) -> Result<u32, Rejection> {
    u32::try_from(bytes.len())
        .ok()
        .filter(|_| bytes.len() <= limits::TPM_COMMAND)
        .ok_or_else(|| {
            Rejection::new(Code::TpmTooLong, Subject::field(code.name()))
                .expected(format!("at most {} bytes", limits::TPM_COMMAND))
                .found(format!("{} bytes", bytes.len()))
        })
}

/// Appends a field that brings its own size, as the fields of a blob do.
fn own_size(writer: &mut Writer, tpm2b: &[u8]) {
    writer.bytes(tpm2b);
}

/// Names the commands that this crate sends, in the order of their numbers.
macro_rules! commands {
    ($( $name:ident = $value:literal, $text:literal, $doc:literal; )*) => {
        /// A `TPM_CC` that this crate sends (Part 2 section 6.5.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum CommandCode {
            $( #[doc = $doc] $name, )*
        }

        impl CommandCode {
            /// The number.
            #[must_use]
            pub const fn value(self) -> u32 {
                match self { $( Self::$name => $value, )* }
            }

            /// The name in the specification.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => concat!("TPM2_", $text), )* }
            }
        }
    };
}

commands! {
    EvictControl = 0x120, "EvictControl", "Makes an object persistent, or ends that.";
    CreatePrimary = 0x131, "CreatePrimary", "Makes a key from a seed and a template.";
    SequenceComplete = 0x13E, "SequenceComplete", "The last part of a sequence.";
    Startup = 0x144, "Startup", "Starts the TPM after power was applied.";
    ActivateCredential = 0x147, "ActivateCredential", "Opens a credential.";
    NvRead = 0x14E, "NV_Read", "Reads an NV index.";
    PolicySecret = 0x151, "PolicySecret", "A policy: the password of an entity is known.";
    Hmac = 0x155, "HMAC", "An HMAC in one command.";
    Import = 0x156, "Import", "Takes a wrapped object in, under a parent.";
    Load = 0x157, "Load", "Loads a child of a parent.";
    Quote = 0x158, "Quote", "Signs the state of PCRs.";
    HmacStart = 0x15B, "HMAC_Start", "Begins an HMAC in parts.";
    SequenceUpdate = 0x15C, "SequenceUpdate", "A further part of a sequence.";
    FlushContext = 0x165, "FlushContext", "Removes a transient object or a session.";
    NvReadPublic = 0x169, "NV_ReadPublic", "The size and attributes of an NV index.";
    PolicyOr = 0x171, "PolicyOR", "A policy: one of several was satisfied.";
    ReadPublic = 0x173, "ReadPublic", "The public area of an object.";
    StartAuthSession = 0x176, "StartAuthSession", "Begins a session.";
    GetCapability = 0x17A, "GetCapability", "What the TPM can do and holds.";
}

impl CommandCode {
    /// Whether the response begins with the handle of something that has to be flushed.
    pub(super) const fn makes_a_handle(self) -> bool {
        matches!(
            self,
            Self::CreatePrimary | Self::Load | Self::StartAuthSession | Self::HmacStart
        )
    }
}

impl fmt::Display for CommandCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
