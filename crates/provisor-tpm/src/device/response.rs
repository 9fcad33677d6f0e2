//! Responses: header, handle, parameters, sessions (TPM 2.0 Part 1 section 18).

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::command::{Command, CommandCode};
use super::handle::Handle;
use super::rc::ResponseCode;
use super::tag::{NO_SESSIONS, SESSIONS};
use crate::limits;
use crate::marshal::{Reader, check_input};

/// `TPM_ST_RSP_COMMAND`: a TPM that did not even understand the tag answers as version 1.2 did.
const TAG_1_2: u16 = 0x00C4;

/// What a TPM said to a command.
#[derive(Clone, Debug)]
pub enum Answer<'a> {
    /// Done.
    Done(Response<'a>),
    /// Refused, with this reason.
    Refused(CommandCode, ResponseCode),
}

/// The content of a response, borrowed. It may hold secrets: the caller's buffer is the caller's.
#[derive(Clone)]
pub struct Response<'a> {
    code: CommandCode,
    handle: Option<Handle>,
    parameters: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads the whole response to `command`.
    ///
    /// # Errors
    ///
    /// `TPM_RESPONSE_FORM` when the bytes are no response to that command; `TPM_TRUNCATED`,
    /// `TPM_TRAILING_BYTES` or `TPM_TOO_LONG` when their lengths do not fit.
    pub fn read(command: &Command, bytes: &'a [u8]) -> Result<Self, Rejection> {
        let code = command.code();
        let what = code.name();
        check_input(what, bytes, limits::TPM_RESPONSE)?;
        let mut reader = Reader::new(what, bytes);
        let (tag, size) = (reader.u16()?, reader.u32()?);
        let answered = ResponseCode::new(reader.u32()?);
        if usize::try_from(size) != Ok(bytes.len()) {
            return Err(form(code, 2)
                .expected(format!("responseSize {}", bytes.len()))
                .found(format!("{size}")));
        }
        if answered != ResponseCode::SUCCESS {
            // Part 1 section 18.2: a refusal is the header alone, without sessions.
            check_tag(code, tag, &[NO_SESSIONS, TAG_1_2])?;
            reader.end()?;
            return Ok(Self::Refused(code, answered));
        }
        let sessions = command.sessions();
        check_tag(
            code,
            tag,
            if sessions == 0 {
                &[NO_SESSIONS]
            } else {
                &[SESSIONS]
            },
        )?;
        let handle = read_handle(code, &mut reader)?;
        let parameters = if sessions == 0 {
            reader.rest()
        } else {
            read_sessions(code, &mut reader, sessions)?
        };
        Ok(Self::Done(Response {
            code,
            handle,
            parameters,
        }))
    }

    /// The response, when the command was done.
    ///
    /// # Errors
    ///
    /// The TPM's reason as a rejection: `TPM_REFUSED` and its more telling neighbours.
    pub fn done(self) -> Result<Response<'a>, Rejection> {
        match self {
            Self::Done(response) => Ok(response),
            Self::Refused(command, code) => Err(code.into_rejection(command)),
        }
    }

    /// The response, or `None` when nothing is at the handle that was asked about.
    ///
    /// # Errors
    ///
    /// Any other reason, as [`Answer::done`].
    pub fn occupied(self) -> Result<Option<Response<'a>>, Rejection> {
        match self {
            Self::Refused(_, code) if code.is_empty_handle() => Ok(None),
            other => other.done().map(Some),
        }
    }
}

impl<'a> Response<'a> {
    /// The command that this is the response to.
    #[must_use]
    pub const fn code(&self) -> CommandCode {
        self.code
    }

    /// The handle of what the command made.
    ///
    /// # Errors
    ///
    /// `TPM_RESPONSE_FORM` for the response of a command that makes nothing.
    pub fn handle(&self) -> Result<Handle, Rejection> {
        self.handle
            .ok_or_else(|| form(self.code, 10).expected("a command that answers with a handle"))
    }

    /// A cursor over the parameters.
    #[must_use]
    pub const fn parameters(&self) -> Reader<'a> {
        Reader::new(self.code.name(), self.parameters)
    }
}

impl core::fmt::Debug for Response<'_> {
    /// Without the parameters, which may be secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Response")
            .field("code", &self.code)
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

pub(super) fn form(code: CommandCode, position: usize) -> Rejection {
    Rejection::new(Code::TpmResponseForm, Subject::field(code.name())).at(position)
}

fn check_tag(code: CommandCode, tag: u16, allowed: &[u16]) -> Result<(), Rejection> {
    if allowed.contains(&tag) {
        return Ok(());
    }
    Err(form(code, 0)
        .expected(if allowed.contains(&SESSIONS) {
            "TPM_ST_SESSIONS (0x8002)"
        } else {
            "TPM_ST_NO_SESSIONS (0x8001)"
        })
        .found(format!("0x{tag:04x}")))
}

/// A handle of another kind must not come in here: it would be flushed or used as if we had made it.
fn read_handle(code: CommandCode, reader: &mut Reader<'_>) -> Result<Option<Handle>, Rejection> {
    if !code.makes_a_handle() {
        return Ok(None);
    }
    let at = reader.position();
    let handle = Handle::new(reader.u32()?);
    let fits = match code {
        CommandCode::StartAuthSession => handle.is_session(),
        _ => handle.is_transient(),
    };
    if fits {
        return Ok(Some(handle));
    }
    Err(form(code, at)
        .expected("the handle of a session or of a transient object")
        .found(format!("{handle}")))
}

/// The parameters, and after them one acknowledgement for each session (Part 1 section 18.8.3). A
/// password is answered by an empty one, and so is a policy session without a secret; only the lengths count.
fn read_sessions<'a>(
    code: CommandCode,
    reader: &mut Reader<'a>,
    sessions: usize,
) -> Result<&'a [u8], Rejection> {
    let at = reader.position();
    let length = reader.u32()?;
    let length = usize::try_from(length)
        .map_err(|_| form(code, at).expected("a parameterSize inside the response"))?;
    let parameters = reader.take(length)?;
    for _ in 0..sessions {
        let (_nonce, _attributes, _hmac) = (reader.sized()?, reader.u8()?, reader.sized()?);
    }
    reader.end()?;
    Ok(parameters)
}
