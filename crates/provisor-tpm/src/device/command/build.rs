//! A command from its parts.

use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use super::code::CommandCode;
use crate::device::handle::Handle;
use crate::device::tag::{NO_SESSIONS, SESSIONS};
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

    pub(in crate::device) const fn sessions(&self) -> usize {
        self.sessions
    }

    pub(in crate::device) const fn closes(&self) -> Option<Handle> {
        self.closes
    }

    /// Header, handles, authorizations, and whatever `parameters` writes.
    pub(super) fn build(
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

    pub(super) fn closing(self, handle: Handle) -> Self {
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
pub(super) fn own_size(writer: &mut Writer, tpm2b: &[u8]) {
    writer.bytes(tpm2b);
}
