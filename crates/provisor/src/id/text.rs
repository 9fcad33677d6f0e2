//! The traits that every identifier has, written once.

/// Gives an identifier with `as_str()` and `parse(&str)` its conversions, `Display` and serde.
macro_rules! text_traits {
    ($type:ident) => {
        impl AsRef<str> for $type {
            /// The original spelling.
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl core::fmt::Display for $type {
            /// The original spelling.
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::str::FromStr for $type {
            type Err = provisor_report::Rejection;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            /// The original spelling.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            /// Through the type's one door: an illegal text is refused.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                Self::try_from(&*text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_traits;
