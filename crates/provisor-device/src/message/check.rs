//! Names: what they are made of, on both sides of the wire. Each check answers [`Reason::ArgumentLength`] with the length,
//! or [`Reason::ArgumentCharacter`] with the position.

use crate::limits;
use crate::reason::{Error, Reason};

fn check(text: &str, longest: usize, may_have: impl Fn(u8) -> bool) -> Result<(), Error> {
    if text.is_empty() || text.len() > longest {
        return Err(Reason::ArgumentLength.with(text.len()));
    }
    match text.bytes().position(|byte| !may_have(byte)) {
        Some(position) => Err(Reason::ArgumentCharacter.with(position)),
        None => Ok(()),
    }
}

/// An ID scope: letters, digits and `-`.
///
/// # Errors
/// As the module says.
pub fn scope(text: &str) -> Result<(), Error> {
    check(text, limits::SCOPE_BYTES, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'-'
    })
}

/// A registration ID: letters, digits, `-`, `.`, `_`, `:`; the last a letter, a digit or `-`.
///
/// # Errors
/// As the module says.
pub fn registration_id(text: &str) -> Result<(), Error> {
    check(text, limits::REGISTRATION_ID_BYTES, |byte| {
        byte.is_ascii_alphanumeric() || b"-._:".contains(&byte)
    })?;
    match text.bytes().next_back() {
        Some(b'.' | b'_' | b':') => Err(Reason::ArgumentCharacter.with(text.len() - 1)),
        _ => Ok(()),
    }
}

/// An operation's ID is the service's business. It is encoded wherever it goes, so only its length counts.
///
/// # Errors
/// As the module says.
pub fn operation_id(text: &str) -> Result<(), Error> {
    check(text, limits::OPERATION_ID_BYTES, |_| true)
}

/// A hub's name: a host name, or an address, with or without a port.
///
/// # Errors
/// As the module says.
pub fn hub(text: &str) -> Result<(), Error> {
    check(text, limits::HUB_BYTES, |byte| {
        byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)
    })
}

/// A device's ID in its hub (IoT Hub's table of characters).
///
/// # Errors
/// As the module says.
pub fn device_id(text: &str) -> Result<(), Error> {
    check(text, limits::DEVICE_ID_BYTES, |byte| {
        byte.is_ascii_alphanumeric() || b"-.+%_#*?!(),:=@$'".contains(&byte)
    })
}

/// One line of a head: nothing that would end it (RFC 9110 section 5.5).
///
/// # Errors
/// As the module says.
pub fn plain(text: &str) -> Result<(), Error> {
    check(text, usize::MAX, |byte| {
        byte == b' ' || byte.is_ascii_graphic()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(result: Result<(), Error>) -> (Reason, u32) {
        let error = result.unwrap_err();
        (error.reason(), error.detail())
    }

    #[test]
    fn each_name_has_its_characters_and_its_length() {
        assert!(scope("0ne0A1B2C3D").is_ok());
        assert_eq!(fault(scope("")), (Reason::ArgumentLength, 0));
        assert_eq!(fault(scope("0ne/x")), (Reason::ArgumentCharacter, 3));
        assert!(registration_id("Line.7_0001:a").is_ok());
        assert_eq!(
            fault(registration_id("line-7.")),
            (Reason::ArgumentCharacter, 6)
        );
        let long = "a".repeat(129);
        assert_eq!(fault(registration_id(&long)), (Reason::ArgumentLength, 129));
        assert!(hub("hub-1.example.net").is_ok() && hub("[::1]:8883").is_ok());
        assert_eq!(fault(hub("hub/x")), (Reason::ArgumentCharacter, 3));
        assert!(device_id("a%b@c").is_ok());
        assert_eq!(fault(device_id("a b")), (Reason::ArgumentCharacter, 1));
        assert_eq!(fault(plain("a\r\nb")), (Reason::ArgumentCharacter, 1));
    }
}
