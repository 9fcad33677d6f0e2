//! Identifiers: checked, and brought to the form that is compared and stored.

mod device;
mod group;
mod hub;
mod registration;
mod scope;

pub use device::*;
pub use group::*;
pub use hub::*;
pub use registration::*;
pub use scope::*;

/// The longest registration ID, in bytes.
pub const PROVISOR_REGISTRATION_ID_MAX: usize = 128;
/// The longest device ID, in bytes.
pub const PROVISOR_DEVICE_ID_MAX: usize = 128;
/// The longest enrollment group ID, in bytes.
pub const PROVISOR_GROUP_ID_MAX: usize = 128;
/// The longest ID scope, in bytes.
pub const PROVISOR_ID_SCOPE_MAX: usize = 32;
/// The longest host name of a hub, in bytes.
pub const PROVISOR_HUB_NAME_MAX: usize = 253;

#[cfg(test)]
mod tests {
    use provisor::{DeviceId, GroupId, HubName, IdScope, Rejection};

    use super::*;

    /// The header's lengths are the core's: the longest is accepted, one more is not.
    #[test]
    fn the_longest_are_the_longest() {
        fn holds<T>(longest: usize, parse: impl Fn(&str) -> Result<T, Rejection>) {
            // Host names are made of labels, which are shorter than the whole.
            let text = |len: usize| "a.".repeat(len).get(..len).unwrap().to_owned();
            let plain = |len: usize| "a".repeat(len);
            let accepted = |len| parse(&text(len)).is_ok() || parse(&plain(len)).is_ok();
            assert!(accepted(longest) && !accepted(longest + 1) && !accepted(longest + 2));
        }
        holds(PROVISOR_REGISTRATION_ID_MAX, |text| {
            provisor::RegistrationId::try_from(text)
        });
        holds(PROVISOR_DEVICE_ID_MAX, DeviceId::parse);
        holds(PROVISOR_GROUP_ID_MAX, GroupId::parse);
        holds(PROVISOR_ID_SCOPE_MAX, IdScope::parse);
        holds(PROVISOR_HUB_NAME_MAX, HubName::parse);
    }
}
