//! The rights of a shared access policy.

use core::fmt;

/// One right (DPS, how to control access).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// To read enrollments and groups, without their keys.
    EnrollmentRead,
    /// To make, replace and delete enrollments and groups.
    EnrollmentWrite,
    /// To read registration records.
    RegistrationStatusRead,
    /// To delete registration records.
    RegistrationStatusWrite,
    /// To do what concerns the service as a whole: its hubs, CAs, policies and settings.
    ServiceConfig,
}

/// A set of rights.
///
/// ```
/// use provisor::operations::{Right, Rights};
///
/// let rights = Rights::NONE.with(Right::EnrollmentRead).with(Right::EnrollmentWrite);
/// assert!(rights.has(Right::EnrollmentRead) && !rights.has(Right::ServiceConfig));
/// assert_eq!(rights.to_string(), "EnrollmentRead, EnrollmentWrite");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rights(u8);

impl Right {
    /// Every right, in the order in which they are written.
    pub const ALL: [Self; 5] = [
        Self::EnrollmentRead,
        Self::EnrollmentWrite,
        Self::RegistrationStatusRead,
        Self::RegistrationStatusWrite,
        Self::ServiceConfig,
    ];

    /// The word of the service's settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnrollmentRead => "EnrollmentRead",
            Self::EnrollmentWrite => "EnrollmentWrite",
            Self::RegistrationStatusRead => "RegistrationStatusRead",
            Self::RegistrationStatusWrite => "RegistrationStatusWrite",
            Self::ServiceConfig => "ServiceConfig",
        }
    }

    /// The right of that name, case disregarded.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|right| right.as_str().eq_ignore_ascii_case(name))
    }

    const fn bit(self) -> u8 {
        match self {
            Self::EnrollmentRead => 1,
            Self::EnrollmentWrite => 2,
            Self::RegistrationStatusRead => 4,
            Self::RegistrationStatusWrite => 8,
            Self::ServiceConfig => 16,
        }
    }
}

impl Rights {
    /// All five, as the owner policy has them.
    pub const ALL: Self = Self(31);
    /// None.
    pub const NONE: Self = Self(0);

    /// These and that one.
    #[must_use]
    pub const fn with(self, right: Right) -> Self {
        Self(self.0 | right.bit())
    }

    /// True when that one is among them.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are there, in the order of [`Right::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Rights {
    /// The names, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        for (number, right) in self.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{right}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn c9_five_rights_each_its_own() {
        for right in Right::ALL {
            let only = Rights::NONE.with(right);
            assert_eq!(only.iter().collect::<alloc::vec::Vec<_>>(), [right]);
            assert_eq!(only.to_string(), right.as_str());
            assert_eq!(
                Right::from_name(&right.as_str().to_lowercase()),
                Some(right)
            );
        }
        assert_eq!(Right::ALL.into_iter().collect::<Rights>(), Rights::ALL);
        assert_eq!(Rights::NONE.to_string(), "none");
        assert_eq!(Right::from_name("DeviceConnect"), None);
    }
}
