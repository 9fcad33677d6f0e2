//! Digests and drawn bytes as text: hexadecimal digits, the same in a store as on a screen.

use alloc::format;

use data_encoding::Encoding;
use provisor_report::Rejection;

/// Reads `N` bytes in digits of that alphabet. `before` bytes of what was given stand in front of them.
pub(super) fn bytes<const N: usize>(
    text: &str,
    before: usize,
    alphabet: &Encoding,
    refused: impl Fn() -> Rejection,
) -> Result<[u8; N], Rejection> {
    if text.len() != 2 * N {
        return Err(refused().found(format!("{} bytes", text.len())));
    }
    let bytes = alphabet.decode(text.as_bytes()).map_err(|error| {
        refused()
            .found("another character")
            .at(before + error.position)
    })?;
    bytes.as_slice().try_into().map_err(|_| refused())
}

/// Gives a type with `parse(&str)` and `Display` what is the same for all of them: `Debug`, `TryFrom`
/// and serde, through the one door.
macro_rules! digit_traits {
    ($type:ident) => {
        impl TryFrom<&str> for $type {
            type Error = provisor_report::Rejection;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            /// The text.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            /// An illegal text is refused.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use digit_traits;
