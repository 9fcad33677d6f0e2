//! The device half: TPM commands as bytes, responses read, and the flows that a device needs.
//!
//! Nothing here talks to a TPM. A [`Flow`] decides which command comes next, a [`Machine`] hands
//! its bytes out and takes the response in; the caller carries them, over SPI, TIS, a device file
//! or a socket. Time, threads and buffers stay with the caller, so the same code runs in firmware
//! and in a service.
//!
//! | flow | what it does |
//! |---|---|
//! | [`ReadIdentity`] | endorsement key, storage root key, certificate; makes the keys when they are missing |
//! | [`Activate`] | opens an activation blob; the new key stands beside the one in use |
//! | [`Survey`] | which identity key is in use, and whether one waits for its confirmation |
//! | [`Sign`] | HMAC with an identity key, short or long |
//! | [`Confirm`] | gives the old key up, now that the service took the new one |
//!
//! ```
//! use provisor_tpm::device::{Action, Machine, ReadIdentity};
//!
//! let mut machine = Machine::new(ReadIdentity::default());
//! // The first command asks for the endorsement key at 0x81010001.
//! let Action::Send(command) = machine.action() else { return };
//! assert_eq!(command, [0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x73, 0x81, 1, 0, 1]);
//! // The TPM is busy: the same command goes out again.
//! machine.on_response(&[0x80, 1, 0, 0, 0, 10, 0, 0, 0x09, 0x22]);
//! assert!(matches!(machine.action(), Action::Send(again) if again.ends_with(&[0x81, 1, 0, 1])));
//! ```
//!
//! With a transport that is a function from command to response, [`Machine::run`] does the loop.

pub mod command;
mod flow;
mod handle;
mod machine;
mod rc;
mod response;
pub mod slots;
mod tag;

pub use command::{Command, CommandCode};
pub use flow::activate::{Activate, Candidate};
pub use flow::confirm::{Confirm, ConfirmedIdentity};
pub use flow::identity::{DeviceIdentity, KeyHandles, ReadIdentity};
pub use flow::sign::Sign;
pub use flow::survey::Survey;
pub use flow::{Flow, Step};
pub use handle::Handle;
pub use machine::{Action, Machine};
pub use rc::{Located, ResponseCode};
pub use response::{Answer, Response};

#[cfg(test)]
mod tests;
