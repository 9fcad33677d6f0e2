//! What every provisor rejection is made of.
//!
//! Small things that all other crates share, so that a certificate, a TPM structure and an
//! enrollment are refused in one language:
//!
//! * [`Code`]: one table of stable codes (number, name, sentence, remedy, specification);
//! * [`Rejection`]: a code, what it is about ([`Subject`]), what was expected and what was found;
//! * [`Form`]: what bytes are that should be a structure, and are a text or a package of it;
//! * [`UnixTime`]: the time a verdict is asked for, always an argument, never read from a clock;
//! * [`percent`]: encoded text, read in one way by all who are sent it.
//!
//! ```
//! use provisor_report::{Code, Rejection, Subject, UnixTime};
//!
//! let rejection = Rejection::new(Code::X509Expired, Subject::certificate(1, "CN=line-7 issuing CA"))
//!     .expected("notAfter at or after 2026-10-02T08:11:04Z")
//!     .found("2026-03-01T00:00:00Z");
//! assert_eq!(rejection.code().number(), 2103);
//! assert!(rejection.to_string().starts_with("X509_EXPIRED (2103): certificate 1 (CN=line-7 issuing CA)"));
//! assert_eq!(UnixTime::parse_rfc3339("2026-03-01T00:00:00Z"), Some(UnixTime::new(1_772_323_200)));
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod code;
mod form;
pub mod limits;
pub mod percent;
mod rejection;
mod shorten;
mod subject;
mod time;

pub use code::{Class, Code};
pub use form::Form;
pub use rejection::Rejection;
pub use shorten::Shortened;
pub use subject::Subject;
pub use time::UnixTime;
