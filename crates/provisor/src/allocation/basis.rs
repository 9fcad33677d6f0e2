//! What a service stores for its allocation and never changes: the version and the salt.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use provisor_report::{Code, Rejection, Subject};
use zeroize::Zeroizing;

use crate::limits;

/// The algorithm that a service's devices are allocated by; stored beside the ID scope as a number.
///
/// A later algorithm gets a number of its own, and its draws are independent of these.
///
/// ```
/// use provisor::allocation::AllocationVersion;
/// use provisor::Code;
///
/// assert_eq!(AllocationVersion::new(1)?, AllocationVersion::V1);
/// assert_eq!(AllocationVersion::new(2).unwrap_err().code(), Code::AllocVersion);
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AllocationVersion {
    /// Weighted rendezvous hashing as `docs/allocation.md` specifies it.
    #[default]
    V1,
}

impl AllocationVersion {
    /// The algorithm of that number.
    ///
    /// # Errors
    /// [`AllocVersion`](Code::AllocVersion) for any number but 1: devices of a later algorithm would
    /// all be sent elsewhere.
    pub fn new(number: u32) -> Result<Self, Rejection> {
        match number {
            1 => Ok(Self::V1),
            other => Err(
                Rejection::new(Code::AllocVersion, Subject::field("allocation"))
                    .expected("1")
                    .found(format!("{other}")),
            ),
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
        }
    }
}

/// Secret random bytes that key a service's allocation beside its ID scope: none, or 16 to 64.
///
/// The scope stands on every device. With a salt nobody who knows only the scope can compute which
/// hub an ID goes to. Fixed when the service is created: another salt moves nearly all devices.
///
/// Never printed, and overwritten when dropped.
#[derive(Clone, Default)]
pub struct Salt(Option<Zeroizing<Vec<u8>>>);

impl Salt {
    /// Bytes of a salt that is not empty.
    pub const BYTES: RangeInclusive<usize> = limits::ALLOCATION_SALT_BYTES;
    /// No salt.
    pub const NONE: Self = Self(None);

    /// The salt of these bytes; none when there are none.
    ///
    /// # Errors
    /// [`AllocSalt`](Code::AllocSalt) when there are some and not 16 to 64.
    pub fn new(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.is_empty() {
            return Ok(Self::NONE);
        }
        if !Self::BYTES.contains(&bytes.len()) {
            return Err(Rejection::new(Code::AllocSalt, Subject::field("salt"))
                .expected("no byte, or 16 to 64")
                .found(format!("{} bytes", bytes.len())));
        }
        Ok(Self(Some(Zeroizing::new(bytes.to_vec()))))
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The bytes, for whoever stores them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |bytes| bytes)
    }
}

impl PartialEq for Salt {
    /// In a time that depends on the lengths alone.
    fn eq(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.expose(), other.expose());
        let pairs = mine.iter().zip(theirs);
        let difference = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        mine.len() == theirs.len() && difference == 0
    }
}

impl Eq for Salt {}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_none() {
            "Salt(none)"
        } else {
            "Salt(..)"
        })
    }
}

/// What a service stores for its allocation beside its ID scope, when it is created and for good.
///
/// ```
/// use provisor::allocation::{AllocationBasis, Salt};
///
/// let basis = AllocationBasis::new(Salt::new(&[7; 32])?);
/// assert_eq!(basis.version().number(), 1);
/// assert_eq!(format!("{:?}", basis.salt()), "Salt(..)");
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// With the feature `serde` it is `{"allocation": 1, "salt": "0707..."}`, where a salt may be missing
/// and the number may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllocationBasis {
    version: AllocationVersion,
    salt: Salt,
}

impl AllocationBasis {
    /// The present algorithm without a salt.
    pub const UNSALTED: Self = Self::new(Salt::NONE);

    /// The present algorithm with that salt.
    #[must_use]
    pub const fn new(salt: Salt) -> Self {
        Self {
            version: AllocationVersion::V1,
            salt,
        }
    }

    /// The algorithm.
    #[must_use]
    pub const fn version(&self) -> AllocationVersion {
        self.version
    }

    /// The salt.
    #[must_use]
    pub const fn salt(&self) -> &Salt {
        &self.salt
    }
}

#[cfg(feature = "serde")]
mod wire {
    use alloc::string::String;

    use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
    use serde::de::Error as _;
    use serde::ser::SerializeStruct as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use zeroize::{Zeroize as _, Zeroizing};

    use super::{AllocationBasis, AllocationVersion, Salt};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Read {
        allocation: u32,
        #[serde(default)]
        salt: Text,
    }

    /// Overwritten when dropped.
    #[derive(Default, Deserialize)]
    struct Text(String);

    impl Drop for Text {
        fn drop(&mut self) {
            self.0.zeroize();
        }
    }

    impl Serialize for AllocationBasis {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let salt = Zeroizing::new(HEXLOWER.encode(self.salt.expose()));
            let mut members = serializer.serialize_struct("AllocationBasis", 2)?;
            members.serialize_field("allocation", &self.version.number())?;
            members.serialize_field("salt", salt.as_str())?;
            members.end()
        }
    }

    impl<'de> Deserialize<'de> for AllocationBasis {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let read = Read::deserialize(deserializer)?;
            let version = AllocationVersion::new(read.allocation).map_err(D::Error::custom)?;
            // The decoder's own error would print a digit of the salt.
            let salt = HEXLOWER_PERMISSIVE.decode(read.salt.0.as_bytes());
            let salt = salt.map_err(|_| D::Error::custom("the salt is no hexadecimal text"))?;
            let salt = Salt::new(&Zeroizing::new(salt)).map_err(D::Error::custom)?;
            Ok(Self { version, salt })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_none_or_long_enough_and_is_not_printed() {
        assert!(Salt::new(&[]).unwrap().is_none());
        for length in [16, 17, 64] {
            let salt = Salt::new(&[0xA5; 64][..length]).unwrap();
            assert_eq!(salt.expose().len(), length);
            assert!(!salt.is_none());
            let shown = format!("{:?}", AllocationBasis::new(salt));
            assert!(!shown.contains("a5") && !shown.contains("165"), "{shown}");
        }
        let salt = |byte, length| Salt::new(&[byte; 64][..length]).unwrap();
        assert_eq!(salt(1, 16), salt(1, 16));
        assert_ne!(salt(1, 16), salt(2, 16));
        assert_ne!(salt(1, 16), salt(1, 17));
        assert_ne!(salt(1, 16), Salt::NONE);
        for length in [1, 15, 65] {
            let refused = Salt::new(&[1; 65][..length]).unwrap_err();
            assert_eq!(refused.code(), Code::AllocSalt);
        }
    }

    #[test]
    fn other_algorithms_are_refused() {
        assert_eq!(AllocationVersion::new(1).unwrap().number(), 1);
        for number in [0, 2, u32::MAX] {
            let refused = AllocationVersion::new(number).unwrap_err();
            assert_eq!(refused.code(), Code::AllocVersion);
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn what_is_stored_comes_back_and_nothing_else_is_read() {
        let basis = AllocationBasis::new(Salt::new(&[0xA5; 16]).unwrap());
        let stored = serde_json::to_string(&basis).unwrap();
        assert_eq!(
            stored,
            format!(r#"{{"allocation":1,"salt":"{}"}}"#, "a5".repeat(16))
        );
        let back: AllocationBasis = serde_json::from_str(&stored).unwrap();
        assert_eq!(back, basis);
        assert!(serde_json::from_str::<AllocationBasis>(r#"{"allocation":1}"#).is_ok());
        for refused in [
            "{}",
            r#"{"allocation":2}"#,
            r#"{"allocation":0,"salt":""}"#,
            r#"{"allocation":"1"}"#,
            r#"{"allocation":1,"salt":"a5"}"#,
            r#"{"allocation":1,"salt":"zz"}"#,
            r#"{"allocation":1,"Salt":""}"#,
            r#"{"salt":""}"#,
        ] {
            assert!(
                serde_json::from_str::<AllocationBasis>(refused).is_err(),
                "{refused}"
            );
        }
    }
}
