//! Identifiers: a value that exists is a value that is legal.
//!
//! | type | rule | compared |
//! |---|---|---|
//! | [`RegistrationId`] | an explicit [`IdRules`] | without regard to case |
//! | [`DeviceId`] | IoT Hub device ID, 128 characters | exactly |
//! | [`IdScope`] | letters, digits, hyphens, 32 characters | without regard to case |
//! | [`GroupId`] | as a current registration ID | without regard to case |
//! | [`HubName`] | RFC 1123 host name | without regard to case |
//! | [`CaName`] | letters, digits, `-`, `.`, `_`, 64 characters | exactly |
//!
//! Each has one door, `parse` (and `TryFrom<&str>`, `FromStr`). What the door refuses comes back as
//! a [`Rejection`](crate::Rejection) with the position, the character, the set that is allowed, and
//! where there is one, the spelling that would have been accepted.
//!
//! ```
//! use provisor::{Code, IdRules, RegistrationId};
//!
//! let id = RegistrationId::parse("Line-7.Press", IdRules::Current)?;
//! assert_eq!(id.to_string(), "Line-7.Press");
//! assert_eq!(id.normal_form(), "line-7.press");
//! assert_eq!(id, RegistrationId::try_from("line-7.press")?);
//!
//! let refused = RegistrationId::parse("Line-7", IdRules::V2017).unwrap_err();
//! assert_eq!(refused.code(), Code::IdCharacter);
//! assert_eq!(refused.position(), Some(0));
//! assert!(refused.remedy_text().contains("line-7"));
//! # Ok::<(), provisor::Rejection>(())
//! ```

mod ca;
pub(crate) mod derive;
mod device;
mod folded;
mod group;
mod hub;
mod registration;
mod rule;
mod scope;
mod text;

pub use ca::CaName;
pub use device::DeviceId;
pub use group::GroupId;
pub use hub::HubName;
pub use registration::{IdRules, RegistrationId};
pub use scope::IdScope;
pub(crate) use text::text_traits;
