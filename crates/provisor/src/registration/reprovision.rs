//! What becomes of a device that registers again, as a table.
//!
//! ```
//! println!("{}", provisor::registration::reprovision::table());
//! ```
//!
//! The policy says what an operator wants; the situation is what the hubs allow. Whatever has to be
//! given up is said in the decision before anything happens.
//!
//! # Who may go on as whom
//!
//! A registration ID is a name, and any issuer that any group of the scope trusts can write any
//! name into a certificate. So a record is continued only through the enrollment that made it, and
//! what another one admits is refused: otherwise the CA of one group could take the devices of all.
//! This holds after the first enrollment was deleted, too: that ends a device, it names no heir.
//! Whoever means it deletes the record.
//!
//! One change is allowed by itself: from a group to an individual enrollment. There an operator
//! wrote down this very ID and the very key or CA that it goes with, which is how one device is
//! taken out of its group. Nothing says that it is the same machine as before, so the data is
//! reset, under every policy.

use core::fmt;

use provisor_report::Code;

use super::record::Substatus;
use crate::attestation::EnrollmentRef;
use crate::enrollment::ReprovisionPolicy;

/// Where a device stands when it registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Situation {
    /// It has no record: it never registered, or its record was deleted.
    New,
    /// Allocation says the hub that it has, or has no hub to offer in its place.
    SameHub,
    /// Allocation says another hub.
    OtherHub,
    /// Its hub is linked, but its enrollment does not list it any more.
    HubNotListed,
    /// Its hub is not linked any more: the service can neither read nor clear it.
    HubUnlinked,
    /// A group admitted it before; now an individual enrollment does, wherever its hub is.
    HandedOver,
    /// Another enrollment admitted it before, and nothing says that this is the same device.
    OtherEnrollment,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Create the device in the hub that allocation says, with the initial twin.
    Create,
    /// Leave it where it is. Its data stays.
    Keep,
    /// Move it to the hub that allocation says, with its data.
    MoveKeepingData,
    /// Move it to the hub that allocation says; it begins with the initial twin.
    MoveResettingData,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The enrollment's policy.
    pub policy: ReprovisionPolicy,
    /// Where the device stands.
    pub situation: Situation,
    /// What to do, or the code of the refusal.
    pub action: Result<Action, Code>,
}

const fn row(policy: ReprovisionPolicy, situation: Situation, action: Result<Action, Code>) -> Row {
    Row {
        policy,
        situation,
        action,
    }
}

/// Every policy in every situation.
///
/// A hub that is not linked cannot be read or cleared, so that there is no data to keep: the device
/// is created anew under every policy, and what the old hub still has is its owner's to clear. `Never` gives way to an enrollment that excludes the hub, which is the
/// operator's later word; the data then goes along.
pub const RULES: [Row; 21] = {
    use ReprovisionPolicy::{MigrateData, Never, ResetData};
    use Situation::{
        HandedOver, HubNotListed, HubUnlinked, New, OtherEnrollment, OtherHub, SameHub,
    };
    const CREATE: Result<Action, Code> = Ok(Action::Create);
    const KEEP: Result<Action, Code> = Ok(Action::Keep);
    const MOVE: Result<Action, Code> = Ok(Action::MoveKeepingData);
    const RESET: Result<Action, Code> = Ok(Action::MoveResettingData);
    const REFUSE: Result<Action, Code> = Err(Code::RegOtherEnrollment);
    [
        row(MigrateData, New, CREATE),
        row(MigrateData, SameHub, KEEP),
        row(MigrateData, OtherHub, MOVE),
        row(MigrateData, HubNotListed, MOVE),
        row(MigrateData, HubUnlinked, CREATE),
        row(MigrateData, HandedOver, RESET),
        row(MigrateData, OtherEnrollment, REFUSE),
        row(ResetData, New, CREATE),
        row(ResetData, SameHub, KEEP),
        row(ResetData, OtherHub, RESET),
        row(ResetData, HubNotListed, RESET),
        row(ResetData, HubUnlinked, CREATE),
        row(ResetData, HandedOver, RESET),
        row(ResetData, OtherEnrollment, REFUSE),
        row(Never, New, CREATE),
        row(Never, SameHub, KEEP),
        row(Never, OtherHub, KEEP),
        row(Never, HubNotListed, MOVE),
        row(Never, HubUnlinked, CREATE),
        row(Never, HandedOver, RESET),
        row(Never, OtherEnrollment, REFUSE),
    ]
};

/// What to do, from [`RULES`].
///
/// # Errors
/// [`RegOtherEnrollment`](Code::RegOtherEnrollment), for the situation of that name.
pub fn action(policy: ReprovisionPolicy, situation: Situation) -> Result<Action, Code> {
    let mut rows = RULES.iter();
    // The table is complete (a test goes through it); refusing is what does no harm.
    rows.find(|row| row.policy == policy && row.situation == situation)
        .map_or(Err(Code::RegOtherEnrollment), |row| row.action)
}

/// The situation of a device that comes through `now` and is on record by `before`, if the change
/// makes one; hubs do not matter then.
pub(super) fn change_of_hands(before: &EnrollmentRef, now: &EnrollmentRef) -> Option<Situation> {
    // No `_` arm: a new kind of enrollment must not inherit devices by accident.
    match (before, now) {
        (EnrollmentRef::Individual, EnrollmentRef::Individual) => None,
        #[cfg(feature = "x509")]
        (EnrollmentRef::Group(before), EnrollmentRef::Group(now)) if before == now => None,
        #[cfg(feature = "x509")]
        (EnrollmentRef::Group(_), EnrollmentRef::Individual) => Some(Situation::HandedOver),
        #[cfg(feature = "x509")]
        (EnrollmentRef::Group(_) | EnrollmentRef::Individual, EnrollmentRef::Group(_)) => {
            Some(Situation::OtherEnrollment)
        }
    }
}

/// The substatus that goes on record. `returns` says that the new hub is the one given first;
/// `before` is what was on record.
#[must_use]
pub const fn substatus(action: Action, returns: bool, before: Option<Substatus>) -> Substatus {
    match (action, before) {
        (Action::Keep, Some(before)) => before,
        (Action::Keep | Action::Create, None) => Substatus::InitialAssignment,
        (Action::Create | Action::MoveKeepingData | Action::MoveResettingData, _) if returns => {
            Substatus::ReprovisionedToInitialAssignment
        }
        (Action::MoveKeepingData, _) => Substatus::DeviceDataMigrated,
        (Action::Create | Action::MoveResettingData, _) => Substatus::DeviceDataReset,
    }
}

/// The table as text.
#[must_use]
pub fn table() -> impl fmt::Display {
    struct Table;

    impl fmt::Display for Table {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            writeln!(f, "| policy | situation | action |\n|---|---|---|")?;
            for row in RULES {
                let policy = match row.policy {
                    ReprovisionPolicy::MigrateData => "migrate data",
                    ReprovisionPolicy::Never => "never",
                    ReprovisionPolicy::ResetData => "reset data",
                };
                match row.action {
                    Ok(action) => writeln!(f, "| {policy} | {} | {action} |", row.situation),
                    Err(code) => writeln!(f, "| {policy} | {} | {code} |", row.situation),
                }?;
            }
            Ok(())
        }
    }

    Table
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "no record",
            Self::SameHub => "same hub",
            Self::OtherHub => "another hub",
            Self::HubNotListed => "hub no longer listed",
            Self::HubUnlinked => "hub no longer linked",
            Self::HandedOver => "handed over from a group",
            Self::OtherEnrollment => "another enrollment",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Keep => "keep",
            Self::MoveKeepingData => "move, keep data",
            Self::MoveResettingData => "move, reset data",
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    const POLICIES: [ReprovisionPolicy; 3] = [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::Never,
        ReprovisionPolicy::ResetData,
    ];
    const SITUATIONS: [Situation; 7] = [
        Situation::New,
        Situation::SameHub,
        Situation::OtherHub,
        Situation::HubNotListed,
        Situation::HubUnlinked,
        Situation::HandedOver,
        Situation::OtherEnrollment,
    ];

    #[test]
    fn every_case_has_exactly_one_row() {
        for policy in POLICIES {
            for situation in SITUATIONS {
                let rows = RULES
                    .iter()
                    .filter(|row| row.policy == policy && row.situation == situation);
                assert_eq!(rows.count(), 1, "{policy:?} {situation:?}");
            }
        }
        assert_eq!(RULES.len(), POLICIES.len() * SITUATIONS.len());
    }

    #[test]
    fn what_holds_whatever_the_policy() {
        for policy in POLICIES {
            assert_eq!(action(policy, Situation::New), Ok(Action::Create));
            assert_eq!(action(policy, Situation::SameHub), Ok(Action::Keep));
            assert_eq!(action(policy, Situation::HubUnlinked), Ok(Action::Create));
            assert_ne!(action(policy, Situation::HubNotListed), Ok(Action::Keep));
            assert_eq!(
                action(policy, Situation::HandedOver),
                Ok(Action::MoveResettingData)
            );
            assert_eq!(
                action(policy, Situation::OtherEnrollment),
                Err(Code::RegOtherEnrollment)
            );
        }
    }

    #[test]
    fn the_policies_differ_where_they_should() {
        let moved = |policy| action(policy, Situation::OtherHub);
        assert_eq!(
            moved(ReprovisionPolicy::MigrateData),
            Ok(Action::MoveKeepingData)
        );
        assert_eq!(
            moved(ReprovisionPolicy::ResetData),
            Ok(Action::MoveResettingData)
        );
        assert_eq!(moved(ReprovisionPolicy::Never), Ok(Action::Keep));
    }

    #[test]
    fn the_substatus_tells_what_happened_last() {
        use Substatus as S;
        let first = Some(S::InitialAssignment);
        for (action, returns, before, expected) in [
            (Action::Create, false, None, S::InitialAssignment),
            (Action::Keep, true, first, S::InitialAssignment),
            (
                Action::Keep,
                false,
                Some(S::DeviceDataMigrated),
                S::DeviceDataMigrated,
            ),
            (Action::MoveKeepingData, false, first, S::DeviceDataMigrated),
            (Action::MoveResettingData, false, first, S::DeviceDataReset),
            (
                Action::MoveKeepingData,
                true,
                first,
                S::ReprovisionedToInitialAssignment,
            ),
            (
                Action::MoveResettingData,
                true,
                first,
                S::ReprovisionedToInitialAssignment,
            ),
            (Action::Create, false, first, S::DeviceDataReset),
        ] {
            assert_eq!(substatus(action, returns, before), expected, "{action}");
        }
    }

    #[test]
    fn the_table_prints() {
        assert_eq!(table().to_string().lines().count(), 2 + RULES.len());
    }
}
