//! Who is to blame: the class of a code.

use core::fmt;

/// Who has to do something about a code, and so what a service answers: a refusal, or an error that
/// is its own.
///
/// A code has one class, whoever meets it. Where the cause may lie on either side (a CA that is
/// nowhere known), it is that of whoever has to act for this device to be admitted.
///
/// ```
/// use provisor_report::{Class, Code};
///
/// assert_eq!(Code::X509Expired.class(), Class::Device);
/// assert_eq!(Code::AttestDisabled.class(), Class::Operator);
/// assert_eq!(Code::RegFacts.class(), Class::Service);
/// assert_eq!(Code::RegSaveLost.class(), Class::Transient);
/// assert!(Class::Service.is_own_fault());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// The device, or who made its keys and certificates: what it sent is not right, and the same
    /// again will be refused again.
    Device = 1,
    /// Who runs the service: what is enrolled, linked, trusted or set does not allow it.
    Operator = 2,
    /// The service itself: its program, its keys or its store. The device knows nothing of it, and
    /// is never refused for it.
    Service = 3,
    /// Nobody: the same again, later, may succeed.
    Transient = 4,
}

impl Class {
    /// Every class, in the order of the numbers.
    pub const ALL: &'static [Self] =
        &[Self::Device, Self::Operator, Self::Service, Self::Transient];

    /// The number that the bindings have for it.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The word: `device`, `operator`, `service` or `transient`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Operator => "operator",
            Self::Service => "service",
            Self::Transient => "transient",
        }
    }

    /// True when it is no refusal of the device: the device should come again, and is told no more
    /// than that.
    #[must_use]
    pub const fn is_own_fault(self) -> bool {
        match self {
            Self::Device | Self::Operator => false,
            Self::Service | Self::Transient => true,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Class {
    /// The word.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::Code;

    #[test]
    fn numbers_and_words_are_unique_and_in_order() {
        for pair in Class::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number());
            assert_ne!(pair[0].to_string(), pair[1].to_string());
        }
    }

    #[test]
    fn codes_of_one_kind_have_the_class_of_who_can_act() {
        for (class, codes) in [
            (
                Class::Device,
                &[
                    Code::IdCharacter,
                    Code::X509Der,
                    Code::X509Expired,
                    Code::X509Revoked,
                    Code::TpmTruncated,
                    Code::TpmChallengeAnswer,
                    Code::TpmChallengeExpired,
                    Code::TpmEpochExpired,
                    Code::SasSignature,
                    Code::AttestMechanism,
                    Code::AttestEkMismatch,
                    Code::AttestNotAdmitted,
                    Code::AttestChallengeUsed,
                    Code::RegScope,
                    Code::RegKeysMissing,
                ][..],
            ),
            (
                Class::Operator,
                &[
                    Code::X509CrlExpired,
                    Code::X509NoAnchors,
                    Code::AttestNotEnrolled,
                    Code::AttestDisabled,
                    Code::AttestGroupDisabled,
                    Code::AttestCaUnverified,
                    Code::AttestGroupAmbiguous,
                    Code::AllocNoHubs,
                    Code::AllocNoWeight,
                    Code::RegOtherEnrollment,
                    Code::RegDeviceOwned,
                ],
            ),
            (
                Class::Service,
                &[
                    Code::TpmRandom,
                    Code::TpmChallengeStored,
                    Code::TpmNoEpoch,
                    Code::TpmKeyringStored,
                    Code::AttestChallengeOther,
                    Code::AllocVersion,
                    Code::RegFacts,
                    Code::RegEffectUnknown,
                    Code::ArgNull,
                    Code::ArgPanic,
                ],
            ),
            (
                Class::Transient,
                &[
                    Code::TpmBusy,
                    Code::TpmEpochEarly,
                    Code::RegSaveLost,
                    Code::RegFenced,
                    Code::RegUnavailable,
                ],
            ),
        ] {
            for code in codes {
                assert_eq!(code.class(), class, "{code}");
                assert_eq!(
                    class.is_own_fault(),
                    matches!(class, Class::Service | Class::Transient)
                );
            }
        }
    }

    #[test]
    fn whole_ranges_are_never_the_services_fault() {
        for code in Code::ALL {
            match code.number() {
                // What is the matter with the sender's certificate or token.
                1000..=2999 | 3500..=3999 => assert!(!code.class().is_own_fault(), "{code}"),
                // The caller's arguments.
                9000..=9049 => assert_eq!(code.class(), Class::Service, "{code}"),
                _ => {}
            }
        }
    }
}
