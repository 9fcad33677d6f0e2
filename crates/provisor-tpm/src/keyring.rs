//! The service keyring: challenges that nobody has to remember.
//!
//! A service draws one secret for each *epoch*, a stretch of days, and gives the ring of them to
//! all its replicas. The key of a challenge is derived from the epoch's secret and from everything
//! that the challenge is about. Whoever holds the ring derives it again when the answer comes: on
//! another machine, or after a restart. `docs/tpm.md` has the rules in words.
//!
//! # What ends the life of an answer
//!
//! * *Its use.* The number of registrations that the device has completed
//!   ([`Binding::registrations`]) goes into the key. A registration that succeeds changes the
//!   number, and with it the key: the same answer is refused as a replay. That number is kept in
//!   the service's record of the device, which is no session.
//! * *The epoch.* No answer counts after [`EpochTimes::accepts_until`].
//! * *The token.* A SAS token has an expiry of its own, which the caller checks.
//!
//! An answer that was captured and never reached the service can be used until the first of the
//! three. It gets its thief nothing but the device's own registration: the hub's key goes out
//! sealed to the TPM.

mod binding;
mod epoch;
mod judge;
mod refusal;
mod ring;
mod stored;

pub use binding::{Binding, Purpose};
pub use epoch::{Epoch, EpochTimes};
pub use judge::Judged;
pub use ring::Keyring;

#[cfg(test)]
mod tests;
