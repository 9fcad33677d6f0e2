//! Signing with the identity key.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::{Flow, Step, answered};
use crate::device::command::{Capability, Property};
use crate::device::{Answer, Command, CommandCode, Handle, command};
use crate::marshal::check_input;
use crate::{HashAlg, Mac, limits};

/// HMAC-SHA256 of a text with a key in the TPM: in one command when the text fits the TPM's input
/// buffer, as a sequence otherwise.
///
/// The signature of a SAS token is the base64 of what comes out.
#[derive(Clone, Debug)]
pub struct Sign {
    key: Handle,
    data: Vec<u8>,
    /// How much of `data` was sent.
    sent: usize,
    buffer: usize,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Begin,
    Buffer,
    Short,
    Started,
    Updated(Handle),
    Completed,
}

impl Sign {
    /// Signs `data`, of any length up to [`limits::SIGNED_DATA`] bytes, with the key at `key`.
    ///
    /// # Errors
    ///
    /// `TPM_TOO_LONG`.
    pub fn new(key: Handle, data: &[u8]) -> Result<Self, Rejection> {
        check_input("data", data, limits::SIGNED_DATA)?;
        Ok(Self {
            key,
            data: data.to_vec(),
            sent: 0,
            buffer: 0,
            state: State::Begin,
        })
    }

    /// The next part goes in, or the last one.
    fn part(&mut self, sequence: Handle) -> Result<Command, Rejection> {
        let rest = self.data.get(self.sent..).unwrap_or_default();
        match rest.get(..self.buffer) {
            Some(part) if rest.len() > self.buffer => {
                let update = command::sequence_update(sequence, part)?;
                self.sent += self.buffer;
                self.state = State::Updated(sequence);
                Ok(update)
            }
            _ => {
                self.state = State::Completed;
                command::sequence_complete(sequence, rest)
            }
        }
    }
}

impl Flow for Sign {
    type Output = Mac;

    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<Mac>, Rejection> {
        if let State::Begin = self.state {
            self.state = State::Buffer;
            let question = command::get_capability(Property::INPUT_BUFFER, 1)?;
            return Ok(Step::Send(question));
        }
        let response = answered(answer)?.done()?;
        Ok(Step::Send(match self.state {
            State::Begin | State::Buffer => {
                let known = Capability::read(&response)?.property(Property::INPUT_BUFFER);
                self.buffer = buffer(CommandCode::Hmac, known)?;
                if self.data.len() <= self.buffer {
                    self.state = State::Short;
                    command::hmac(self.key, HashAlg::Sha256, &self.data)?
                } else {
                    self.state = State::Started;
                    command::hmac_start(self.key, HashAlg::Sha256)?
                }
            }
            State::Started => self.part(response.handle()?)?,
            State::Updated(sequence) => self.part(sequence)?,
            State::Short | State::Completed => {
                return command::mac(&response, HashAlg::Sha256).map(Step::Done);
            }
        }))
    }
}

/// A buffer of the TPM: never more than what every command of ours has room for.
///
/// # Errors
///
/// [`Code::TpmDeviceBuffer`] below [`limits::SMALLEST_BUFFER`].
pub(super) fn buffer(what: CommandCode, known: Option<u32>) -> Result<usize, Rejection> {
    /// The size in the reference code, and the usual one.
    const USUAL: usize = 1024;
    // A TPM that does not say has the usual one.
    let size = known.map_or(USUAL, |size| usize::try_from(size).unwrap_or(USUAL));
    if size < usize::from(limits::SMALLEST_BUFFER) {
        return Err(
            Rejection::new(Code::TpmDeviceBuffer, Subject::field(what.name()))
                .expected(alloc::format!("at least {} bytes", limits::SMALLEST_BUFFER))
                .found(alloc::format!("{size}")),
        );
    }
    Ok(size.min(USUAL))
}
