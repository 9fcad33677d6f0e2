//! What becomes of a device that registers again, as a table.
//!
//! ```
//! println!("{}", provisor::registration::reprovision::table());
//! ```
//!
//! The policy says what an operator wants; the situation is what the hubs allow. Whatever has to be
//! given up is said in the decision before anything happens.
//!
//! A policy that is not stated is `MigrateData`, and `Never` for a client from before there were policies
//! ([`Settings::reprovision`](crate::enrollment::Settings::reprovision)).
//!
//! # Who may go on as whom
//!
//! A registration ID is a name, and any issuer that any group of the scope trusts can write any
//! name into a certificate. So a record is continued only through the enrollment that made it: the
//! one of the same [generation](crate::enrollment::Generation), and not whoever bears its name now.
//! What another one admits is refused: otherwise the CA of one group could take the devices of all.
//! This holds after the first enrollment was deleted, too: that ends a device, it names no heir.
//! Whoever means it deletes the record.
//!
//! Three things go on all the same ([`Lineage`]):
//!
//! * An enrollment **made anew** under its name with a CA or key in common, in whatever case the
//!   name is written: a script that makes everything anew locks nobody out. A CA is its name and
//!   key, so that a renewed certificate is the same CA. A group with symmetric keys is the same if it
//!   derives one of the keys on record for the device.
//! * A device **taken out of its group** by an individual enrollment for the same certificate or
//!   key, or for a CA that vouches for both. Under the policy that resets it begins again.
//! * What the operator **states** at the service ([`Succession`](super::Succession)): how a fleet
//!   moves to a new group after a change of its CA.
//!
//! An individual enrollment by *another* key gives the name and not the data: an operator wrote down
//! this very ID, and nothing says that it is the same machine as before. The device begins again,
//! under every policy.
//!
//! # What deleting does
//!
//! Deleting an individual enrollment deletes its record; deleting a group leaves the records of its
//! devices, without an heir ([`RegistrationRecord::fate`](super::RegistrationRecord::fate)). The
//! devices in the hubs are not touched by either. What is deleted leaves a
//! [`Tombstone`](super::Tombstone): to the tables the next device of the ID has no record, and what the
//! last one left in its hub is removed, or begins again where the two meet.

use core::fmt;

use super::record::Substatus;
use crate::enrollment::ReprovisionPolicy;

pub use super::lineage::{Inheritance, LINEAGES, Lineage, LineageRow, inheritance};

/// Where a device stands that may go on.
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
#[non_exhaustive]
pub struct Row {
    /// The enrollment's policy.
    pub policy: ReprovisionPolicy,
    /// Where the device stands.
    pub situation: Situation,
    /// What to do.
    pub action: Action,
}

const fn row(policy: ReprovisionPolicy, situation: Situation, action: Action) -> Row {
    Row {
        policy,
        situation,
        action,
    }
}

/// Every policy in every situation.
///
/// A hub that is not linked cannot be read or cleared, so that there is no data to keep: the device
/// is created anew under every policy, and what the old hub still has is its owner's to clear.
/// `Never` gives way to an enrollment that excludes the hub, which is the operator's later word; the
/// data then goes along.
pub const RULES: [Row; 15] = {
    use Action::{Create, Keep, MoveKeepingData, MoveResettingData};
    use ReprovisionPolicy::{MigrateData, Never, ResetData};
    use Situation::{HubNotListed, HubUnlinked, New, OtherHub, SameHub};
    [
        row(MigrateData, New, Create),
        row(MigrateData, SameHub, Keep),
        row(MigrateData, OtherHub, MoveKeepingData),
        row(MigrateData, HubNotListed, MoveKeepingData),
        row(MigrateData, HubUnlinked, Create),
        row(ResetData, New, Create),
        row(ResetData, SameHub, Keep),
        row(ResetData, OtherHub, MoveResettingData),
        row(ResetData, HubNotListed, MoveResettingData),
        row(ResetData, HubUnlinked, Create),
        row(Never, New, Create),
        row(Never, SameHub, Keep),
        row(Never, OtherHub, Keep),
        row(Never, HubNotListed, MoveKeepingData),
        row(Never, HubUnlinked, Create),
    ]
};

/// What to do, from [`RULES`], with a device that may go on.
#[must_use]
pub fn action(policy: ReprovisionPolicy, situation: Situation) -> Action {
    let mut rows = RULES.iter();
    // The table is complete (a test goes through it); beginning again gives nothing away.
    rows.find(|row| row.policy == policy && row.situation == situation)
        .map_or(Action::MoveResettingData, |row| row.action)
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

/// Both tables as text: who may go on, and what happens then.
#[must_use]
pub fn table() -> impl fmt::Display {
    struct Table;

    impl fmt::Display for Table {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            writeln!(f, "| policy | on record | may |\n|---|---|---|")?;
            for row in LINEAGES {
                let policy = words(row.policy);
                writeln!(f, "| {policy} | {} | {} |", row.lineage, row.inheritance)?;
            }
            writeln!(f, "\n| policy | situation | action |\n|---|---|---|")?;
            for row in RULES {
                let policy = words(row.policy);
                writeln!(f, "| {policy} | {} | {} |", row.situation, row.action)?;
            }
            Ok(())
        }
    }

    Table
}

const fn words(policy: ReprovisionPolicy) -> &'static str {
    match policy {
        ReprovisionPolicy::MigrateData => "migrate data",
        ReprovisionPolicy::Never => "never",
        ReprovisionPolicy::ResetData => "reset data",
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "no record",
            Self::SameHub => "same hub",
            Self::OtherHub => "another hub",
            Self::HubNotListed => "hub no longer listed",
            Self::HubUnlinked => "hub no longer linked",
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
    const SITUATIONS: [Situation; 5] = [
        Situation::New,
        Situation::SameHub,
        Situation::OtherHub,
        Situation::HubNotListed,
        Situation::HubUnlinked,
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
            assert_eq!(action(policy, Situation::New), Action::Create);
            assert_eq!(action(policy, Situation::SameHub), Action::Keep);
            assert_eq!(action(policy, Situation::HubUnlinked), Action::Create);
            assert_ne!(action(policy, Situation::HubNotListed), Action::Keep);
        }
    }

    #[test]
    fn the_policies_differ_where_they_should() {
        let moved = |policy| action(policy, Situation::OtherHub);
        assert_eq!(
            moved(ReprovisionPolicy::MigrateData),
            Action::MoveKeepingData
        );
        assert_eq!(
            moved(ReprovisionPolicy::ResetData),
            Action::MoveResettingData
        );
        assert_eq!(moved(ReprovisionPolicy::Never), Action::Keep);
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
        let lines = table().to_string().lines().count();
        assert_eq!(lines, 5 + LINEAGES.len() + RULES.len());
    }
}
