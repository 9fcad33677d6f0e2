//! SAS tokens: the shared access signatures that devices with a symmetric key, or with a key in
//! their TPM, prove themselves by.
//!
//! ```text
//! SharedAccessSignature sr={resource}&sig={signature}&se={expiry}[&skn=registration]
//! resource  = {idScope}/registrations/{registrationId}, percent-encoded
//! expiry    = seconds since 1970
//! signature = percent-encoded base64 of HMAC-SHA256(key, sr as sent + "\n" + se as sent)
//! ```
//!
//! The signature covers `sr` and `se` exactly as they were sent: clients encode the slash as `%2F`,
//! as `%2f` or not at all, and each signs what it sends. What is compared with the request is the
//! decoded resource, rebuilt by the service from the ID scope and the registration ID.
//!
//! ```
//! use provisor::sas::{Resource, SasKey, SasToken};
//! use provisor::{IdScope, RegistrationId, UnixTime};
//!
//! let key = SasKey::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
//! let scope = IdScope::parse("0ne0A1B2C3D")?;
//! let id = RegistrationId::try_from("line-7")?;
//! let resource = Resource::registration(&scope, &id);
//! let now = UnixTime::new(1_790_000_000);
//!
//! let text = key.sign(&resource, now.saturating_add(3600)).to_string();       // the device
//! let verified = SasToken::parse(&text)?.verify(&resource, &[&key], now)?;    // the service
//! assert_eq!(verified.registration_id(), &id);
//! # Ok::<(), provisor::Rejection>(())
//! ```

mod key;
mod percent;
mod resource;
mod sign;
mod token;
mod verify;

pub use key::SasKey;
pub use resource::Resource;
pub use sign::{SignedToken, UnsignedToken};
pub use token::SasToken;
pub use verify::VerifiedToken;
pub(crate) use verify::{shown, spellings};
