//! A JSON value (RFC 8259).

use alloc::string::String;
use alloc::vec::Vec;

/// One value. What two texts have in common that mean the same: escapes, white space and the
/// notation of numbers are gone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Self>),
    /// In the order of the text; names are unique.
    Object(Vec<(String, Self)>),
}

/// Integers of 64 bits are kept exactly; everything else is what a double makes of it, as it is for
/// every reader (RFC 8259 section 6).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Negative(i64),
    Natural(u64),
    /// Finite.
    Real(f64),
}

impl Number {
    /// The number of a JSON notation; `None`: none that can be kept.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let integer = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        if integer && text != "-0" {
            if let Ok(natural) = text.parse() {
                return Some(Self::Natural(natural));
            }
            // Beyond 64 bits a double would change the digits.
            return text.parse().ok().map(Self::Negative);
        }
        text.parse().ok().and_then(Self::real)
    }

    pub(crate) fn real(real: f64) -> Option<Self> {
        real.is_finite().then_some(Self::Real(real))
    }

    #[cfg(feature = "serde")]
    pub(crate) fn integer(integer: i64) -> Self {
        u64::try_from(integer).map_or(Self::Negative(integer), Self::Natural)
    }
}
